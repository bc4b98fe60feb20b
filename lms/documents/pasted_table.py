"""A table as people paste it into a field: from Excel or Word (tabs between cells), or typed with | or ;. Pure."""

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass

from lms.contract.text import Text, message

MOST_COLUMNS, MOST_ROWS = 8, 30
"""What still fits across a page of A4, and on one."""
_RULE = re.compile(r"[\s|:\-+]*-[\s|:\-+]*")
"""The line under the heading of a table in Markdown."""


@dataclass(frozen=True, slots=True)
class Table:
    """``head``: one cell a column. ``rows``: as many cells each; a cell may be empty."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    @property
    def fits(self) -> bool:
        """Whether the table is small enough for a page."""
        return len(self.head) <= MOST_COLUMNS and len(self.rows) <= MOST_ROWS


def table_of(text: str) -> Table | None:
    """The table in ``text``, its first line the heading; None when there are not two columns and one row.

    Cells that are missing at the end of a line are empty; empty lines and empty columns are left out.
    """
    lines = [[" ".join(cell.split()) for cell in line] for line in _split(text)]
    lines = [line for line in lines if any(line)]
    width = max((len(line) for line in lines), default=0)
    lines = [line + [""] * (width - len(line)) for line in lines]
    used = [at for at in range(width) if any(line[at] for line in lines)]
    if len(used) < 2 or len(lines) < 2:
        return None
    head, *rows = (tuple(line[at] for at in used) for line in lines)
    return Table(head, tuple(rows))


def table_fault(text: str) -> Text | None:
    """What is wrong with a pasted table, as a sentence; None when it is sound, or nothing is written."""
    if not text.strip():
        return None
    found = table_of(text)
    if found is None:
        return message(
            "Tabel ini belum terbaca. Tempel dari Excel atau Word, atau ketik tiap baris dengan tanda | di antara "
            "sel. Baris pertama adalah judul kolom."
        )
    if not found.fits:
        return message(
            "Paling banyak %(most_columns)s kolom dan %(most_rows)s baris, supaya muat satu halaman. Kurangi yang tidak diperlukan.",
            most_columns=MOST_COLUMNS,
            most_rows=MOST_ROWS,
        )
    return None


def _split(text: str) -> Iterator[list[str]]:
    """The cells of each line; the separator is the first of tab, | and ; that occurs."""
    lines = text.splitlines()
    separator = next((sign for sign in "\t|;" if sign in text), None)
    if separator == "\t" and text.count('"') % 2 == 0:
        yield from csv.reader(lines, delimiter="\t")  # Excel quotes cells that hold a line break
    elif separator == "|":
        kept = (line.strip() for line in lines if not _RULE.fullmatch(line))
        yield from (line.removeprefix("|").removesuffix("|").split("|") for line in kept)
    elif separator:
        yield from (line.split(separator) for line in lines)
