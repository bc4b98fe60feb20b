"""A teacher list in the shape of Dapodik: which column is what, and what a line says. Pure.

Columns are named as Dapodik's list of teachers names them. Private columns (NIK, mother's name,
address, religion, birth...) are never read; that they were there is told.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from lms.contract.errors import Invalid
from lms.contract.normalise import clean_text, fold
from lms.contract.text import message
from lms.people.directory.headings import Headings, find_headings, plain
from lms.people.directory.identifiers import EmploymentStatus, check_npsn, has_no_result
from lms.people.directory.names import split_titles, tidy_name
from lms.people.directory.person_validation import CheckedFields, PersonFields, check_fields

_FOOTER = re.compile(
    r"(jumlah|total|mengetahui|menyetujui|mengesahkan|kepala (?:sekolah|sd|sdn|smp|smpn|tk|dinas|satuan)|plt kepala"
    r"|yang membuat|pembuat|dibuat|operator sekolah|pengawas|catatan|keterangan|ket|nip|nuptk|tanda tangan|ttd"
    r"|tertanda|sumber|dicetak|hormat kami|a n)\b"
)
"""How totals, notes and signatures below a list begin, folded."""
_DATE_LINE = re.compile(
    r"\D*\b\d{1,2} (jan|feb|mar|apr|mei|jun|jul|agu|agt|sep|okt|nov|des)[a-z]* (?:19|20)\d\d$"
)
"""``Palembang, 5 Oktober 2020``, folded."""
_NO_NAME = message("Nama di baris ini kosong. Isi namanya, lalu unggah lagi.")
_FORMULA_NAME = message("Nama di baris ini rumus tanpa hasil. Buka di Excel, simpan, lalu unggah lagi.")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the list: its number in the file, the person, what is wrong, whether a teacher."""

    number: int
    checked: CheckedFields
    is_teacher: bool
    other_school: str = ""


@dataclass(frozen=True, slots=True)
class TeacherList:
    """What was read, and everything that was not, so that nothing is left out in silence."""

    lines: tuple[Line, ...]
    dropped: tuple[str, ...] = ()
    """Headings of private columns."""
    unread: tuple[str, ...] = ()
    """Headings, or letters, of other columns that hold something."""
    footer: tuple[str, ...] = ()
    """Totals and signatures below the list."""
    sheet: str = ""
    other_sheets: tuple[str, ...] = ()
    """Sheets that are shown and hold a list as well, but a shorter one."""


def best_list(sheets: Iterable[tuple[str, Sequence[Sequence[str]]]], npsn: str) -> TeacherList:
    """The longest teacher list among sheets (name, rows); raises Invalid when none is one."""
    found: list[TeacherList] = []
    refused: Invalid | None = None
    for name, rows in sheets:
        try:
            found.append(replace(read_list(rows, npsn), sheet=name))
        except Invalid as error:
            refused = refused or error
    if not found:
        raise refused or _no_headings()
    best = max(found, key=lambda entry: len(entry.lines))
    others = tuple(entry.sheet for entry in found if entry is not best and entry.lines)
    return replace(best, other_sheets=others)


def read_list(rows: Sequence[Sequence[str]], npsn: str) -> TeacherList:
    """Understand a table; ``npsn`` is the school for which it is read. Raises Invalid."""
    headings = find_headings(rows)
    if headings is None:
        raise _no_headings()
    lines: list[Line] = []
    footer: list[str] = []
    below = False
    for number, row in enumerate(rows[headings.below :], start=headings.below + 1):
        name = clean_text(headings.get(row, "name"))
        has_numbers = _has_numbers(row, headings)
        below = not has_numbers and (below or _begins_footer(row, name, headings))
        if below:
            if text := "  ".join(clean_text(cell) for cell in row if cell.strip()):
                footer.append(text)
        elif name or has_numbers:
            lines.append(_line(number, row, headings, npsn))
    return TeacherList(tuple(lines), headings.private, headings.unread(rows), tuple(footer))


def employment_status(words: str) -> EmploymentStatus | None:
    """The status that Dapodik's words mean; None for none."""
    found = plain(words)
    if not found:
        return None
    if "pppk" in found or "p3k" in found:
        return EmploymentStatus.PPPK
    return EmploymentStatus.PNS if "pns" in found and "non pns" not in found else EmploymentStatus.HONORARY


def _no_headings() -> Invalid:
    return Invalid(
        message("Judul kolom belum ditemukan. Perlu kolom Nama dan satu lagi, misalnya NUPTK atau NIP.")
    )


def _has_numbers(row: Sequence[str], headings: Headings) -> bool:
    """Whether a line has a number of its own: an identifier, a phone, or its place in the list."""
    if any(
        len(re.sub(r"\D", "", headings.get(row, name))) > 8 or has_no_result(headings.get(row, name))
        for name in ("nuptk", "nip", "nip_or_nuptk", "phone")
    ):
        return True
    before = row[: headings.columns["name"]]
    return bool(headings.get(row, "name").strip()) and any(
        re.fullmatch(r"\d{1,4}[.)]?", cell) for cell in before
    )


def _begins_footer(row: Sequence[str], name: str, headings: Headings) -> bool:
    told = [name] if name else row
    told = [*told, *row[: headings.columns["name"]]]
    return any(_FOOTER.match(words) or _DATE_LINE.match(words) for words in map(fold, told))


def _line(number: int, row: Sequence[str], headings: Headings, npsn: str) -> Line:
    raw = headings.get(row, "name")
    no_result = has_no_result(raw)
    front, name, back = split_titles("" if no_result else raw)
    kind = headings.get(row, "kind")
    nip, nuptk = headings.get(row, "nip"), headings.get(row, "nuptk")
    if either := headings.get(row, "nip_or_nuptk"):
        is_nuptk = len(re.sub(r"\D", "", either)) == 16
        nip, nuptk = (nip, nuptk or either) if is_nuptk else (nip or either, nuptk)
    fields = PersonFields(
        full_name=tidy_name(name),
        title_front=headings.get(row, "front") or front,
        title_back=headings.get(row, "back") or back,
        nip=nip,
        nuptk=nuptk,
        employment_status=employment_status(headings.get(row, "status")),
        position=kind,
        phone=headings.get(row, "phone"),
    )
    checked = check_fields(fields)
    if no_result or not name:
        why = _FORMULA_NAME if no_result else _NO_NAME
        checked = replace(checked, faults={**checked.faults, "full_name": why})
    stated = check_npsn(headings.get(row, "npsn")).value
    return Line(
        number=number,
        checked=checked,
        is_teacher="tenaga" not in plain(kind),
        other_school=stated if stated and stated != npsn else "",
    )
