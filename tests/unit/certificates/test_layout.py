"""The longest texts that every field allows are set on paper: nothing overlaps, nothing leaves the page."""

from ctypes import c_uint
from itertools import combinations
from typing import Any

import pypdfium2
import pytest
import zxingcpp
from pypdfium2 import raw

from lms.certificates.models import Certificate
from lms.certificates.pdf import Unprintable, render
from lms.people.directory.models import Agency, Person, School
from lms.platform.db import table_of
from lms.programmes.definition.document import Definition
from lms.programmes.editing.form import longest

ADDRESS = "https://belajar.lpmp-sumatera-selatan.example.invalid/v/0123456789ABCDEFGHJK"
MARGIN = 8 / 25.4 * 72
"""Points from the edge of the paper to the frame."""
OVERLAP = 0.5
"""Points that two boxes may share: less than the width of a stroke."""
WORDS = "Lembaga Penjaminan Mutu Pendidikan Sumatera Selatan Jalan Gunawan Kabupaten Banyuasin Sy. Qolby "
SMALLEST = 7.0
"""Points: what is read on paper without a glass."""


def column(table: type, name: str) -> int:
    length: int = table_of(table).c[name].type.length
    return length


def field(*path: str | int) -> int:
    found = longest(path)
    assert found, path
    return found


LETTERHEAD_LINES = Definition.model_json_schema()["$defs"]["Certificate"]["properties"]["letterhead"][
    "maxItems"
]


def paper(text: Any, *, lines: int = 8) -> dict[str, Any]:
    """A snapshot in which every text is as long as its field allows; ``text(n)`` makes n characters."""
    letterhead = field("certificate", "letterhead", 0)
    name = sum(column(Person, part) for part in ("title_front", "full_name", "title_back")) + len(" , ")
    signer = {part: text(field("certificate", "signer", part)) for part in ("position", "name", "nip")}
    activity = text(field("certificate", "activity"))
    return {
        "letterhead": [text(letterhead)] * LETTERHEAD_LINES,
        "agency": text(max(field("certificate", "agency"), column(Agency, "name"))),
        "title": text(max(field("certificate", "title"), field("certificate", "school_title"))),
        "name": text(max(name, column(School, "name"))),
        "identity": "NIP 19800101 200501 1 001",
        "school": text(column(School, "name")),
        "activity": activity,
        "sentence": f"telah menyelesaikan {activity} pada 30 September 2020 sampai 30 November 2020, setara 960 jam pelajaran (JP).",
        "predicate": text(field("passing", "predicates", 0, "label")),
        "structure": [{"title": text(field("stages", 0, "materials", 0, "title")), "jp_in": 80, "jp_on": 80}]
        * lines,
        "jp_in": 80 * lines,
        "jp_on": 80 * lines,
        "lines": [{"label": text(60), "value": text(120)}] * 4,
        "city": text(field("certificate", "city")),
        "date": "30 November 2020",
        "signer": signer,
        "responsible": signer,
    }


def prose(length: int) -> str:
    return (WORDS * (length // len(WORDS) + 1))[: length - 1] + "g"


def capitals(length: int) -> str:
    return prose(length).upper()


def wide(length: int) -> str:
    return "W" * length


def printed(snapshot: dict[str, Any], number: str = "0" * 80) -> pypdfium2.PdfDocument:
    code = "01234-56789-ABCDE-FGHJK"
    return pypdfium2.PdfDocument(render(snapshot, number=number, code=code, address=ADDRESS))


Box = tuple[float, float, float, float]


def boxes(page: pypdfium2.PdfPage) -> list[tuple[Box, str]]:
    """Each run of text in one line with its box: left, bottom, right, top, in points."""
    text = page.get_textpage()
    found = [
        (text.get_rect(at), text.get_text_bounded(*text.get_rect(at))) for at in range(text.count_rects())
    ]
    return [(box, words) for box, words in found if words.strip()]


def pictures(page: pypdfium2.PdfPage) -> list[Box]:
    """The box of the QR code, around all that has its colour; none on a page without one."""
    dark = [
        item.get_bounds()
        for item in page.get_objects(max_depth=5)
        if item.type == raw.FPDF_PAGEOBJ_PATH and _fill(item) == (11, 47, 42)
    ]
    if not dark:
        return []
    return [
        (min(b[0] for b in dark), min(b[1] for b in dark), max(b[2] for b in dark), max(b[3] for b in dark))
    ]


def _fill(item: pypdfium2.PdfObject) -> tuple[int, ...]:
    colours = [c_uint() for _ in range(4)]
    raw.FPDFPageObj_GetFillColor(item.raw, *colours)
    return tuple(colour.value for colour in colours[:3])


def common(one: Box, other: Box) -> bool:
    across = min(one[2], other[2]) - max(one[0], other[0])
    along = min(one[3], other[3]) - max(one[1], other[1])
    return across > OVERLAP and along > OVERLAP


def faults(document: pypdfium2.PdfDocument) -> list[str]:
    """What overlaps or leaves the frame, in words."""
    found = []
    for number, page in enumerate(document, start=1):
        width, height = page.get_size()
        lines = boxes(page)
        everything = lines + [(box, "(QR)") for box in pictures(page)]
        for box, words in everything:
            if box[0] < MARGIN or box[1] < MARGIN or box[2] > width - MARGIN or box[3] > height - MARGIN:
                found.append(f"page {number}: {words!r} leaves the frame")
        for (one, first), (other, second) in combinations(everything, 2):
            if common(one, other):
                found.append(f"page {number}: {first!r} lies on {second!r}")
    return found


def sizes(document: pypdfium2.PdfDocument) -> list[float]:
    return [
        size
        for page in document
        for item in page.get_objects(max_depth=5)
        if item.type == raw.FPDF_PAGEOBJ_TEXT and (size := item.get_font_size() * item.get_matrix().a) > 0
    ]


@pytest.mark.parametrize("text", [prose, capitals])
def test_the_longest_texts_lie_on_nothing_and_stay_readable(text: Any) -> None:
    document = printed(paper(text))
    assert faults(document) == []
    assert min(sizes(document)) >= SMALLEST
    assert column(Certificate, "number") == 80
    picture = document[0].render(scale=3).to_pil()
    assert [found.text for found in zxingcpp.read_barcodes(picture)] == [ADDRESS]


def test_nothing_but_wide_letters_without_a_blank_lies_on_nothing() -> None:
    assert faults(printed(paper(wide, lines=3))) == []


@pytest.mark.parametrize("lines", [1, 24, 70])
def test_a_long_table_goes_on_and_stays_readable(lines: int) -> None:
    document = printed(paper(prose, lines=lines))
    assert faults(document) == []
    assert min(sizes(document)) >= SMALLEST
    words = [page.get_textpage().get_text_bounded() for page in document]
    assert all("JP In" in said for said in words[1:-1]), "each page of the table has its head"
    assert f"{160 * lines}" in "".join(words)
    assert all(
        (f"Lembar {at} dari" in said) == (len(words) > 2) for at, said in enumerate(words[1:], start=2)
    )


def test_an_ordinary_table_stays_on_one_page() -> None:
    usual = paper(prose, lines=16)
    usual["structure"] = [{**line, "title": "Program unggulan dan Tri Pusat"} for line in usual["structure"]]
    usual |= {
        "lines": [],
        "activity": "Pendampingan",
        "responsible": {"position": "PJ", "name": "X", "nip": ""},
    }
    assert len(printed(usual)) == 2


def test_a_letterhead_of_five_lines_and_a_name_of_two() -> None:
    document = printed(
        paper(prose)
        | {
            "letterhead": [
                "Kementerian",
                "Direktorat",
                "Lembaga",
                "Jalan Contoh 1, Telepon 0",
                "Laman x.invalid",
            ],
            "agency": "Lembaga Penjaminan Mutu Pendidikan Sumatera Selatan",
            "title": "SERTIFIKAT",
            "name": "Prof. Dr. Hj. Raden Ayu Nur'aini Sya'bani Kusumawardhani Binti Abdurrahman, S.Pd.SD., M.Pd., Gr.",
            "school": "SD Negeri 4 Banyuasin III",
            "sentence": "telah menyelesaikan Pendampingan pada 7 September 2020 sampai 25 November 2020, setara 50 JP.",
            "predicate": "Amat Baik",
            "city": "Palembang",
            "signer": {"position": "Kepala LPMP", "name": "Drs. Ahmad", "nip": ""},
        },
        "0001/B5.6/GT.03.00/2020",
    )
    assert faults(document) == []
    assert 25 in [round(size) for size in sizes(document)], "there was room for the usual size"


def test_a_letter_without_a_font_is_named_and_no_empty_box_is_printed() -> None:
    with pytest.raises(Unprintable) as javanese:
        printed(paper(prose) | {"name": "\ua9a4\ua9b8\ua9ab Siti"})
    assert "JAVANESE LETTER NA" in javanese.value.text.in_("id")
    assert "JAVANESE LETTER NA" in javanese.value.text.in_("en")
    assert printed(paper(prose))  # and the next one is printed


def test_arabic_is_printed_or_its_missing_font_is_named() -> None:
    arabic = "\u0646\u0648\u0631\u0639\u064a\u0646\u064a"
    try:
        document = printed(paper(prose) | {"name": arabic, "school": "SD 1"})
    except Unprintable as fault:
        said = fault.text.in_("id")
    else:
        assert faults(document) == []
        said = "ARABIC LETTER" if arabic[0] in document[0].get_textpage().get_text_bounded() else ""
    assert "ARABIC LETTER" in said
