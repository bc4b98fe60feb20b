"""Reports that plugins declare, as files: a workbook, or text with commas. Each row is written as it is read."""

import csv
import io
import tempfile
from collections.abc import Iterator
from decimal import Decimal
from typing import IO

from sqlalchemy.orm import Session

from lms.contract.actors import Place
from lms.contract.errors import Conflict
from lms.contract.plugin import Report
from lms.contract.text import Text, message
from lms.platform.plugins import plugins
from lms.web.routing import may

Cell = str | int | Decimal
MEDIA_TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv",
}
_IN_MEMORY = 4 * 1024 * 1024
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What spreadsheets run instead of showing it, when a text of a CSV file begins with it."""


def offered(place: Place) -> tuple[Report, ...]:
    """The reports that the reader may download at ``place``, in the order of their keys."""
    reports = plugins().registry.reports
    return tuple(reports[key] for key in sorted(reports) if may(reports[key].permission, place))


def report_file(session: Session, report: Report, *, ending: str, place: Place, language: str) -> IO[bytes]:
    """An open file at its beginning; ``ending`` is one of ``MEDIA_TYPES``, ``language`` is a code such as ``"id"``.

    Raises Conflict when the plugin fails; the failure is noted for the admin.
    """
    write = _workbook if ending == "xlsx" else _csv
    file = tempfile.SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115  # the response closes it
    try:
        write(file, _rows(session, report, place, language))
    except Exception as error:
        file.close()
        plugins().failures.add(report.key.partition(".")[0], f"report {report.key}", error)
        raise Conflict(
            message(
                "Tabel ini belum dapat dibuat karena modulnya bermasalah. Data tetap aman, dan admin sudah diberi tahu. "
                "Coba lagi nanti."
            )
        ) from error
    file.seek(0)
    return file


def _rows(session: Session, report: Report, place: Place, language: str) -> Iterator[tuple[Cell, ...]]:
    yield tuple(title.in_(language) for title in report.columns)
    for row in report.rows(session, place):
        if len(row) != len(report.columns):
            raise ValueError(f"a row has {len(row)} cells, the report {len(report.columns)} columns")
        yield tuple(_cell(value, language) for value in row)


def _cell(value: object, language: str) -> Cell:
    if isinstance(value, Text):
        return value.in_(language)
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        return value
    return "" if value is None else str(value)


def _workbook(file: IO[bytes], rows: Iterator[tuple[Cell, ...]]) -> None:
    """Texts stay texts: a spreadsheet would round an identity number of 18 digits."""
    import xlsxwriter  # with the first export

    options = {"strings_to_formulas": False, "strings_to_urls": False, "constant_memory": True}
    with xlsxwriter.Workbook(file, options) as book:
        sheet = book.add_worksheet()
        bold = book.add_format({"bold": True})
        for number, row in enumerate(rows):
            for column, cell in enumerate(row):
                if isinstance(cell, str):
                    sheet.write_string(number, column, cell, None if number else bold)
                else:
                    sheet.write_number(number, column, float(cell))


def _csv(file: IO[bytes], rows: Iterator[tuple[Cell, ...]]) -> None:
    """UTF-8 with its mark, which spreadsheets need, and numbers with a point."""
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="", write_through=True)
    try:
        csv.writer(text).writerows([_harmless(cell) for cell in row] for row in rows)
    finally:
        text.detach()


def _harmless(cell: Cell) -> Cell:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell
