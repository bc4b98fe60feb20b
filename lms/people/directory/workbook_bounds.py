"""What a workbook may be: the bounds of its sheets together, whatever its format, and the sentences of a refusal. Pure."""

from dataclasses import dataclass

from lms.contract.errors import Invalid, TooLarge
from lms.contract.text import message

MAX_ELEMENTS = 800_000
MAX_AREA = 1_000_000
"""Cells of one sheet as far as its last one with a value: the parser keeps a place for each."""
MAX_AREAS = 2 * MAX_AREA
"""Of all sheets together."""
MAX_TEXT = 24_000_000
"""Letters in all cells together: one long string may stand in each of them."""


@dataclass(slots=True)
class Counted:
    """Over all parts together."""

    unpacked: int = 0
    elements: int = 0
    text: int = 0
    area: int = 0
    """Of all sheets so far."""

    def spend(self, letters: int) -> None:
        """So many letters more in cells; raises Invalid when they are too many."""
        self.text += letters
        if self.text > MAX_TEXT:
            raise not_safe()


class Area:
    """How far the cells with a value of one sheet reach."""

    def __init__(self, counted: Counted) -> None:
        self._counted, self._rows, self._columns = counted, 0, 0

    def widen(self, row: int, column: int) -> None:
        """There is a value (row and column from 0); raises TooLarge with the cell that lies too far away."""
        before = self._rows * self._columns
        self._rows, self._columns = max(self._rows, row + 1), max(self._columns, column + 1)
        now = self._rows * self._columns
        self._counted.area += now - before
        if now > MAX_AREA or self._counted.area > MAX_AREAS:
            cell = f"{_letters_of(column)}{row + 1}"
            raise TooLarge(
                message(
                    "Ada isian jauh di luar daftar, di sel %(cell)s. Belum ada yang diubah. Hapus baris dan kolom kosong sesudah daftar, simpan, lalu unggah lagi.",
                    cell=cell,
                )
            )


def not_safe() -> Invalid:
    """The sentence for a workbook that is damaged or made to do harm."""
    return Invalid(
        message(
            "Berkas ini tidak dapat dibaca sebagai Excel (.xlsx, .xls, .ods) atau CSV. Belum ada yang diubah. "
            "Simpan ulang dari Excel, lalu unggah lagi."
        )
    )


def has_password() -> Invalid:
    """The sentence for a workbook behind a password."""
    return Invalid(
        message(
            "Berkas ini memakai kata sandi. Belum ada yang diubah. Buka di Excel, hapus kata sandinya "
            "(File, Info, Lindungi Buku Kerja), simpan, lalu unggah lagi."
        )
    )


def _letters_of(column: int) -> str:
    letters = ""
    while column >= 0:
        column, digit = divmod(column, 26)
        letters, column = chr(65 + digit) + letters, column - 1
    return letters
