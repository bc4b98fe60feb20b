"""The lines of a Zoom report: which column is what, under headings old and new, English and Indonesian. Pure."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from lms.contract.normalise import clean_text, fold

Rows = Sequence[Sequence[str]]

_COLUMNS = {
    "name": re.compile(r"^(user |display |full )?name\b|^nama\b"),
    "email": re.compile(r"e ?mail|surel"),
    "join": re.compile(
        r"^(time )?join(ed)?\b|^first join|^(waktu|jam) (bergabung|masuk|gabung|mulai)|^(bergabung|masuk)$"
    ),
    "leave": re.compile(
        r"^(time )?(leave|left)\b|^last leave|^(waktu|jam) (keluar|meninggalkan|berakhir|selesai)|^keluar$"
    ),
    "minutes": re.compile(r"duration|durasi|time in session|lama (hadir|bergabung)"),
    "waiting": re.compile(r"waiting room|ruang tunggu"),
}
_UNITS = (("seconds", re.compile(r"sec|detik")), ("hours", re.compile(r"hours?\b|\bjam\b")))


@dataclass(frozen=True, slots=True)
class Row:
    """One line: its number in the file, its cells as text, and the unit that the heading gives bare lengths."""

    number: int
    name: str
    email: str
    join: str
    leave: str
    minutes: str
    waiting: str
    unit: str

    @property
    def content(self) -> tuple[str, ...]:
        """What makes two lines the same."""
        return self.name, self.email, self.join, self.leave, self.minutes


def has_header(rows: Rows) -> bool:
    """Whether a table names people and times."""
    return any(_header(row) for row in rows)


def read_rows(rows: Rows) -> Iterable[Row]:
    """Lines under each header that names a person and a time; what stands elsewhere is not read."""
    columns: dict[str, int] = {}
    unit = ""
    for number, row in enumerate(rows, start=1):
        header = _header(row)
        if header:
            columns = header
            told = fold(row[header["minutes"]]) if "minutes" in header else ""
            unit = next((name for name, pattern in _UNITS if pattern.search(told)), "")
        elif columns:
            cells = {name: clean_text(row[at]) if at < len(row) else "" for name, at in columns.items()}
            if cells["name"]:
                yield Row(
                    number,
                    cells["name"],
                    cells.get("email", ""),
                    cells.get("join", ""),
                    cells.get("leave", ""),
                    cells.get("minutes", ""),
                    cells.get("waiting", ""),
                    unit,
                )


def _header(row: Sequence[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for at, cell in enumerate(row):
        words = fold(cell)
        for name, pattern in _COLUMNS.items():
            if name not in found and pattern.search(words):
                found[name] = at
                break
    complete = "name" in found and (found.keys() >= {"join", "leave"} or "minutes" in found)
    return found if complete else {}


def without_repeats(files: Sequence[Sequence[Row]]) -> list[Row]:
    """The rows of all files; what stands in two of them is one row, since a file may be chosen twice.

    Within one file equal rows are two devices.
    """
    kept: list[Row] = []
    have: Counter[tuple[str, ...]] = Counter()
    for rows in files:
        here: Counter[tuple[str, ...]] = Counter()
        for row in rows:
            here[row.content] += 1
            if here[row.content] > have[row.content]:
                kept.append(row)
        have |= here
    return kept
