"""A teacher list as people have it: xlsx or csv of any make, read within strict limits."""

import csv
import io
import zipfile
from itertools import islice
from typing import Any

from openpyxl import load_workbook

from lms.contract.errors import Invalid, TooLarge
from lms.contract.text import Text

MAX_BYTES = 4 * 1024 * 1024
MAX_UNPACKED = 16 * 1024 * 1024
"""Three thousand teachers in forty columns unpack to about 5 MB."""
MAX_ROWS = 3000
MAX_COLUMNS = 120
_EXACT_BELOW = 10**15
"""A spreadsheet keeps 15 digits of a number; longer ones have lost their end."""
_UNREADABLE = Text(
    "Berkas ini tidak dapat dibaca sebagai Excel (.xlsx) atau CSV. Belum ada yang diubah. "
    "Simpan ulang dari Excel, lalu unggah lagi.",
    "This file cannot be read as Excel (.xlsx) or CSV. Nothing was changed. "
    "Save it again from your spreadsheet, then upload it.",
)


def read_table(data: bytes) -> list[list[str]]:
    """The rows of a file as text cells; raises Invalid or TooLarge with a sentence.

    A number that is too long to be exact is given as 1,23457E+15, so that no identifier is made
    up from it.
    """
    if len(data) > MAX_BYTES:
        raise TooLarge(
            Text("Berkas daftar guru paling besar 4 MB. Belum ada yang diubah.",
                 "A teacher list has at most 4 MB. Nothing was changed.")
        )  # fmt: skip
    rows = _read_xlsx(data) if data.startswith(b"PK\x03\x04") else _read_csv(data)
    if len(rows) > MAX_ROWS:
        raise _too_long()
    return rows


def _read_xlsx(data: bytes) -> list[list[str]]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            _look_before_parsing(archive)
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        sheet = book.worksheets[0]
        rows = [
            [_cell(value) for value in row]
            for row in sheet.iter_rows(max_row=MAX_ROWS + 1, max_col=MAX_COLUMNS, values_only=True)
        ]
        book.close()
    except (Invalid, TooLarge):
        raise
    except Exception as error:  # openpyxl raises whatever its XML parser meets
        raise Invalid(_UNREADABLE) from error
    return rows


def _look_before_parsing(archive: zipfile.ZipFile) -> None:
    """Refuse what an XML parser would spend seconds on: bombs, own entities, rows without end."""
    entries = archive.infolist()
    if sum(entry.file_size for entry in entries) > MAX_UNPACKED:
        raise Invalid(_UNREADABLE)
    for entry in entries:
        if entry.filename.endswith((".xml", ".rels")):
            part = archive.read(entry)
            if b"<!DOCTYPE" in part[:2000] or part.count(b"<c ") > MAX_ROWS * MAX_COLUMNS:
                raise Invalid(_UNREADABLE)
            if part.count(b"<row") > MAX_ROWS + 1:
                raise _too_long()


def _too_long() -> TooLarge:
    return TooLarge(
        Text(
            f"Daftar ini lebih dari {MAX_ROWS} baris. Bagi menjadi beberapa berkas.",
            f"This list has more than {MAX_ROWS} lines. Split it.",
        )
    )


def _cell(value: Any) -> str:
    if value is None or isinstance(value, bool):
        return ""
    if isinstance(value, int | float):
        if abs(value) >= _EXACT_BELOW:
            return f"{value:.5E}".replace(".", ",")
        return str(int(value)) if value == int(value) else str(value)
    return str(value).strip()


def _read_csv(data: bytes) -> list[list[str]]:
    if b"\x00" in data:
        raise Invalid(_UNREADABLE)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252", errors="replace")
    head = text[:5000]
    delimiter = max(",;\t", key=head.count)
    try:
        reader = csv.reader(io.StringIO(text), delimiter=delimiter)
        return [[cell.strip() for cell in row[:MAX_COLUMNS]] for row in islice(reader, MAX_ROWS + 1)]
    except csv.Error as error:
        raise Invalid(_UNREADABLE) from error
