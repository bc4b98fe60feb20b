"""Schools of an agency added from a list: rows copied from a sheet, all of them or none."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from lms.contract.actors import Actor
from lms.contract.errors import Invalid
from lms.contract.normalise import clean_text
from lms.contract.text import Text, message
from lms.people.directory.schools import create_school

MOST = 2000
_FIELDS = ("npsn", "name", "region_code", "level")


@dataclass(frozen=True, slots=True)
class Row:
    """One school as it was written; ``line`` counts from 1."""

    line: int
    npsn: str
    name: str
    region_code: str
    level: str


def read_rows(text: str) -> tuple[Row, ...]:
    """Rows of a pasted sheet: NPSN, name, region code, level; parted by tabs or semicolons."""
    return tuple(_rows(text))


def add_schools(
    session: Session, *, agency_id: int, rows: tuple[Row, ...], actor: Actor | None, now: datetime
) -> int:
    """Add every school and count them; raises Invalid with a sentence for each row that is wrong."""
    faults: dict[str, Text] = {}
    if not rows or len(rows) > MOST:
        faults["0"] = message("Tulis 1 sampai %(most)s sekolah.", most=MOST)
    for row in rows[:MOST]:
        try:
            create_school(
                session,
                agency_id=agency_id,
                npsn=row.npsn,
                name=row.name,
                level=row.level or "SD",
                region_code=row.region_code,
                actor=actor,
                now=now,
            )
        except Invalid as invalid:
            for text in invalid.fields.values():
                faults[str(row.line)] = message("Baris %(line)s: %(text)s", line=row.line, text=text)
    if faults:
        raise Invalid(
            message("Belum ada sekolah yang ditambahkan. Isian masih ada; betulkan barisnya."),
            fields=faults,
        )
    return len(rows)


def _rows(text: str) -> Iterator[Row]:
    for number, line in enumerate(text.splitlines(), start=1):
        cells = [clean_text(cell) for cell in line.split("\t" if "\t" in line else ";")]
        if any(cells) and cells[0].casefold() != "npsn":
            yield Row(number, **dict(zip(_FIELDS, [*cells, "", "", "", ""][:4], strict=True)))
