"""A teacher list in the shape of Dapodik: which column is what, and what a line says. Pure.

Columns after dapodik_import_columns.csv of the domain brief. Private columns (NIK, mother's name,
address, religion, birth...) are never read; that they were there is told.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from lms.contract.errors import Invalid
from lms.contract.text import Text
from lms.people.identifiers import EmploymentStatus
from lms.people.names import split_titles, tidy_name
from lms.people.person_fields import CheckedFields, PersonFields, check_fields

_HEADERS = {
    "nama": "name", "nama lengkap": "name", "nama_ptk": "name", "nama ptk": "name", "nama guru": "name",
    "nuptk": "nuptk", "nip": "nip", "nip/ni pppk": "nip",
    "status kepegawaian": "status", "status pegawai": "status",
    "jenis ptk": "kind", "gelar depan": "front", "gelar belakang": "back", "gelar": "back",
    "hp": "phone", "no hp": "phone", "nomor hp": "phone", "no. hp": "phone", "no. wa": "phone", "no wa": "phone",
    "npsn": "npsn",
}  # fmt: skip
_PRIVATE = frozenset(
    {"nik", "nama ibu kandung", "alamat", "alamat jalan", "agama", "tempat lahir", "tanggal lahir", "no kk",
     "npwp", "nama suami/istri", "rekening", "nomor rekening bank", "lintang", "bujur", "rt", "rw", "jk",
     "jenis kelamin", "l/p", "email"}
)  # fmt: skip
_HEADER_WITHIN = 20
"""Dapodik puts four title rows above the headings; others put more."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the list: its number in the file, the person, what is wrong, whether a teacher."""

    number: int
    checked: CheckedFields
    is_teacher: bool
    other_school: str = ""


@dataclass(frozen=True, slots=True)
class TeacherList:
    """What was read, and the names of the private columns that were left out."""

    lines: tuple[Line, ...]
    dropped: tuple[str, ...] = field(default=())


def read_list(rows: Sequence[Sequence[str]], npsn: str) -> TeacherList:
    """Understand a table; ``npsn`` is the school for which it is read. Raises Invalid."""
    top = _header_row(rows)
    columns: dict[str, int] = {}
    for index, heading in enumerate(rows[top]):
        known = _HEADERS.get(_plain(heading))
        if known:
            columns.setdefault(known, index)
    dropped = tuple(heading for heading in rows[top] if _plain(heading) in _PRIVATE)
    lines = [
        _line(number, row, columns, npsn)
        for number, row in enumerate(rows[top + 1 :], start=top + 2)
        if _get(row, columns, "name")
    ]
    return TeacherList(tuple(lines), dropped)


def employment_status(words: str) -> EmploymentStatus | None:
    """The status that Dapodik's words mean; None for none."""
    plain = _plain(words)
    if not plain:
        return None
    if "pppk" in plain or "p3k" in plain:
        return EmploymentStatus.PPPK
    return EmploymentStatus.PNS if "pns" in plain else EmploymentStatus.HONORARY


def _header_row(rows: Sequence[Sequence[str]]) -> int:
    for index, row in enumerate(rows[:_HEADER_WITHIN]):
        found = {_HEADERS.get(_plain(cell)) for cell in row} - {None}
        if "name" in found and len(found) > 1:
            return index
    raise Invalid(
        Text(
            "Judul kolom belum ditemukan. Perlu kolom Nama dan satu lagi, misalnya NUPTK atau NIP.",
            "No headings were found. There must be Nama and one more, such as NUPTK or NIP.",
        )
    )


def _line(number: int, row: Sequence[str], columns: dict[str, int], npsn: str) -> Line:
    front, name, back = split_titles(_get(row, columns, "name"))
    kind = _get(row, columns, "kind")
    fields = PersonFields(
        full_name=tidy_name(name),
        title_front=_get(row, columns, "front") or front,
        title_back=_get(row, columns, "back") or back,
        nip=_get(row, columns, "nip"),
        nuptk=_get(row, columns, "nuptk"),
        employment_status=employment_status(_get(row, columns, "status")),
        position=kind,
        phone=_get(row, columns, "phone"),
    )
    stated = _get(row, columns, "npsn")
    return Line(
        number=number,
        checked=check_fields(fields),
        is_teacher="tenaga" not in _plain(kind),
        other_school=stated if stated and stated != npsn else "",
    )


def _get(row: Sequence[str], columns: dict[str, int], name: str) -> str:
    index = columns.get(name)
    return row[index].strip() if index is not None and index < len(row) else ""


def _plain(heading: str) -> str:
    return " ".join(heading.casefold().split())
