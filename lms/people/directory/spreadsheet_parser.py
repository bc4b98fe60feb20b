"""Sheets of a file as people have it, as rows of text. Runs in the child process for files of strangers.

Excel (.xlsx, .xlsm, .xls), OpenDocument (.ods) and delimited text of any make. What else is called .xls gets a
sentence that says what it is.
"""

import io
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any, BinaryIO

from lms.contract.errors import Invalid, TooLarge
from lms.contract.text import Text, message, message_in, verbatim
from lms.people.directory.delimited import read_delimited
from lms.people.directory.workbook_bounds import has_password, not_safe
from lms.people.directory.xls_inspection import look_at_old
from lms.people.directory.xlsx_inspection import NO_RESULT, Look, look_at

MAX_ROWS = 3000
_EXACT_BELOW = 10**15
"""A spreadsheet keeps 15 digits of a number; longer ones have lost their end."""
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OTHERS: dict[bytes, Text] = {
    b"%PDF": message("PDF"),
    b"\xff\xd8\xff": message_in("a kind of file", "foto"),
    b"\x89PNG": message("gambar"),
    b"GIF8": message("gambar"),
    b"Rar!": message("arsip RAR"),
    b"7z\xbc\xaf": message("arsip 7z"),
}
_IN_DISGUISE: tuple[tuple[bytes, Text], ...] = (
    (b"schemas-microsoft-com:office:spreadsheet", message("XML Spreadsheet 2003")),
    (b"mime-version:", message("halaman web (MHTML)")),
    (b"<html", message("halaman web (HTML)")),
    (b"<!doctype html", message("halaman web (HTML)")),
    (b"<table", message("halaman web (HTML)")),
    (b"<?xml", verbatim("XML")),
)
Rows = list[list[str]]


def read_sheets(file: BinaryIO) -> list[tuple[str, Rows]]:
    """Name and rows of each sheet that is shown; the name is empty for text. Raises Invalid or TooLarge.

    A number that is too long to be exact is given as 1,23457E+15, so that no identifier is made up from it; a
    formula without a stored result as ``#RUMUS``. Row and column positions are those of the sheet.
    """
    data = file.read()
    if data.startswith(b"PK\x03\x04"):
        sheets = _workbook(*look_at(data))
    elif data.startswith(_OLE):
        sheets = _old_workbook(data)
    else:
        _refuse_others(data)
        sheets = [("", read_delimited(data, most=MAX_ROWS + 1))]
    for _name, rows in sheets:
        while rows and not any(rows[-1]):
            rows.pop()
        if sum(1 for row in rows if any(row)) > MAX_ROWS:
            raise TooLarge(
                message(
                    "Daftar ini lebih dari %(max_rows)s baris. Bagi menjadi beberapa berkas.",
                    max_rows=MAX_ROWS,
                )
            )
    return sheets


def _old_workbook(data: bytes) -> list[tuple[str, Rows]]:
    if "EncryptedPackage".encode("utf-16-le") in data:
        raise has_password()
    return _workbook(look_at_old(data), Look())


def _workbook(data: bytes, look: Look) -> list[tuple[str, Rows]]:
    from python_calamine import (
        CalamineError,
        CalamineWorkbook,
        PasswordError,
        SheetTypeEnum,
        SheetVisibleEnum,
    )

    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        shown = [
            sheet.name
            for sheet in book.sheets_metadata
            if sheet.visible == SheetVisibleEnum.Visible and sheet.typ == SheetTypeEnum.WorkSheet
        ]
        return [
            (name, _rows(book.get_sheet_by_name(name).to_python(skip_empty_area=False), look.formulas(name)))
            for name in shown
        ]
    except PasswordError as error:
        raise has_password() from error
    except CalamineError as error:
        raise not_safe() from error


def _rows(values: Iterable[list[Any]], formulas: Iterable[tuple[int, int]]) -> Rows:
    rows = [[_cell(value) for value in row] for row in values]
    for at, column in formulas:
        while len(rows) <= at:
            rows.append([])
        row = rows[at]
        row.extend([""] * (column + 1 - len(row)))
        row[column] = row[column] or NO_RESULT
    return rows


def _cell(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float):
        if abs(value) >= _EXACT_BELOW:
            return f"{value:.5E}".replace(".", ",")
        return str(int(value)) if value == int(value) else str(value)
    if isinstance(value, datetime):
        return value.isoformat(" ", "seconds")
    if isinstance(value, timedelta):
        seconds = round(value.total_seconds())
        return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
    return value.isoformat() if isinstance(value, date | time) else str(value).strip()


def _refuse_others(data: bytes) -> None:
    """Raise Invalid for a file that is known to be something else, and say what."""
    for start, what in _OTHERS.items():
        if data.startswith(start):
            raise Invalid(
                message(
                    "Berkas ini %(what)s, bukan daftar. Belum ada yang diubah. Unggah berkas Excel atau CSV.",
                    what=what,
                )
            )
    head = data[:4000].replace(b"\x00", b"").lower()
    start = head.lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
    for mark, what in _IN_DISGUISE:
        if mark in head if start.startswith((b"<", b"mime-version")) else start.startswith(mark):
            raise Invalid(
                message(
                    "Berkas ini sebenarnya %(what)s yang diberi nama Excel. Belum ada yang diubah. Buka di Excel, pilih Simpan Sebagai, Buku Kerja Excel (.xlsx), lalu unggah lagi.",
                    what=what,
                )
            )
