"""Delimited text as rows: encoding and delimiter found out, because nobody knows them. Pure."""

import codecs
import csv
import io
from collections import Counter
from itertools import islice

from lms.contract.errors import Invalid
from lms.contract.text import message

_DELIMITERS = ",;\t|"
_LOOKED_AT = 400
"""Records by which the delimiter is chosen."""


def read_delimited(data: bytes, *, most: int) -> list[list[str]]:
    """The first ``most`` records; raises Invalid for bytes that are no text."""
    text = _decoded(data)
    first, _, rest = text.partition("\n")
    delimiter = ""
    if first.strip().lower().startswith("sep=") and len(first.strip("\r")) == 5:
        delimiter, text = first[4], rest  # Excel's own hint, which it counts as no row
    try:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter or _delimiter(text))
        return [[cell.strip() for cell in row] for row in islice(reader, most)]
    except (csv.Error, TypeError) as error:
        raise _no_text() from error


def _delimiter(text: str) -> str:
    """The sign by which most records have the same number of fields.

    Counting signs would do for no list in which names carry their titles behind commas.
    """
    best, best_score = ",", (0, 0)
    for delimiter in _DELIMITERS:
        try:
            records = islice(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), _LOOKED_AT)
            widths = Counter(len(record) for record in records if len(record) > 1)
        except csv.Error:
            continue
        width, number = max(widths.items(), key=lambda found: (found[1], found[0]), default=(0, 0))
        if (number, width) > best_score:
            best, best_score = delimiter, (number, width)
    return best


def _decoded(data: bytes) -> str:
    """UTF-8, UTF-16 (Excel's "Unicode text"), or what Windows writes here without saying so."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        text = data.decode("utf-16", errors="replace")
    elif data[1:200:2].count(0) > len(data[:200]) // 3:
        text = data.decode("utf-16-le", errors="replace")
    elif data[0:200:2].count(0) > len(data[:200]) // 3:
        text = data.decode("utf-16-be", errors="replace")
    else:
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = data.decode("cp1252", errors="replace")
    if "\x00" in text:
        raise _no_text()
    return text.removeprefix("\ufeff")


def _no_text() -> Invalid:
    return Invalid(
        message(
            "Berkas ini tidak dapat dibaca sebagai Excel (.xlsx, .xls, .ods) atau CSV. Belum ada yang diubah. "
            "Simpan ulang dari Excel, lalu unggah lagi."
        )
    )
