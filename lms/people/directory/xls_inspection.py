"""A look at a workbook of Excel 5 to 2003 (.xls) before its parser sees it: no sheet without end, no endless text.

The parser is then given a new file of the workbook's stream alone: no macros, no other streams, no chain of sectors
that goes round in circles. Source: [MS-XLS] Excel Binary File Format, sections 2.4 and 2.5.
"""

import struct
from collections.abc import Iterator

from lms.people.directory.compound_file import BadCompound, compound_of, stream_of
from lms.people.directory.workbook_bounds import MAX_ELEMENTS, Area, Counted, has_password, not_safe

_BEGIN, _PASSWORD, _SIZE, _STRINGS, _CONTINUED = 0x0809, 0x002F, 0x0200, 0x00FC, 0x003C
_OF_STRING, _SEVERAL = 0x00FD, 0x00BD
_CELLS = frozenset({0x0006, 0x0203, 0x0204, 0x0205, 0x027E, 0x00D6, _OF_STRING, _SEVERAL})
"""Formulas, numbers, texts, truths and errors; each begins with its row and column."""
_TEXTS = frozenset({0x0204, 0x00D6})


def look_at_old(data: bytes) -> bytes:
    """The workbook without what no list needs; raises Invalid or TooLarge."""
    try:
        name, stream = stream_of(data, ("Workbook", "Book"))
        content = bytearray(stream)
        _look(content)
        return compound_of(name, bytes(content))
    except (BadCompound, struct.error) as error:
        raise not_safe() from error


def _look(content: bytearray) -> None:
    counted = Counted()
    area, strings, pieces = Area(counted), list[int](), list[bytes]()
    for kind, at, length in _records(content):
        counted.elements += 1
        if counted.elements > MAX_ELEMENTS:
            raise not_safe()
        if kind == _PASSWORD:
            raise has_password()
        if kind == _STRINGS or (kind == _CONTINUED and pieces):
            pieces.append(bytes(content[at : at + length]))
            continue
        if pieces:
            strings, pieces = _lengths(pieces), []
        if kind == _BEGIN:
            area = Area(counted)
        elif kind == _SIZE:
            _make_small(content, at, length)
        elif kind in _CELLS:
            area.widen(*_place(content, kind, at, length))
            counted.spend(_letters(content, kind, at, length, strings))


def _place(content: bytearray, kind: int, at: int, length: int) -> tuple[int, int]:
    """Row and column of a cell, of the last one where a record has several."""
    row, column = struct.unpack_from("<HH", content, at)
    if kind == _SEVERAL:
        column = max(column, struct.unpack_from("<H", content, at + length - 2)[0])
    return row, column


def _letters(content: bytearray, kind: int, at: int, length: int, strings: list[int]) -> int:
    if kind in _TEXTS:
        return length
    (number,) = struct.unpack_from("<L", content, at + 6) if kind == _OF_STRING else (len(strings),)
    return strings[number] if number < len(strings) else 0


def _records(content: bytearray) -> Iterator[tuple[int, int, int]]:
    """Kind, place and length of each record; zeros behind the last one are none."""
    at = 0
    while at + 4 <= len(content):
        kind, length = struct.unpack_from("<HH", content, at)
        if not kind and not length:
            return
        if at + 4 + length > len(content):
            raise BadCompound
        yield kind, at + 4, length
        at += 4 + length


def _make_small(content: bytearray, at: int, length: int) -> None:
    """The parser reserves memory for as many cells as a sheet says that it has; let it say one."""
    one = struct.pack("<LLHHH", 0, 1, 0, 1, 0) if length >= 14 else struct.pack("<HHHHH", 0, 1, 0, 1, 0)
    if length >= len(one):
        content[at : at + length] = one.ljust(length, b"\0")


def _lengths(pieces: list[bytes]) -> list[int]:
    """Letters of each shared string; the table goes on in the next piece wherever it was full."""
    found: list[int] = []
    (count,) = struct.unpack_from("<L", pieces[0], 4)
    reader = _Pieces(pieces, at=8)
    while len(found) < count and not reader.is_over():
        letters, flags = struct.unpack("<HB", reader.take(3))
        formats = struct.unpack("<H", reader.take(2))[0] if flags & 8 else 0
        extra = struct.unpack("<L", reader.take(4))[0] if flags & 4 else 0
        reader.skip_letters(letters, wide=bool(flags & 1))
        reader.skip(4 * formats + extra)
        found.append(letters)
    return found


class _Pieces:
    """Reads on over the ends of pieces."""

    def __init__(self, pieces: list[bytes], at: int) -> None:
        self._pieces, self._number, self._at = pieces, 0, at

    def is_over(self) -> bool:
        """Whether nothing is left."""
        self._turn()
        return self._number >= len(self._pieces)

    def _turn(self) -> None:
        while self._number < len(self._pieces) and self._at >= len(self._pieces[self._number]):
            self._number, self._at = self._number + 1, 0

    def take(self, count: int) -> bytes:
        """The next bytes; raises BadCompound when there are fewer."""
        found = b""
        while len(found) < count:
            if self.is_over():
                raise BadCompound
            more = self._pieces[self._number][self._at : self._at + count - len(found)]
            found, self._at = found + more, self._at + len(more)
        return found

    def skip(self, count: int) -> None:
        """Step over bytes."""
        while count > 0:
            if self.is_over():
                raise BadCompound
            step = min(count, len(self._pieces[self._number]) - self._at)
            count, self._at = count - step, self._at + step

    def skip_letters(self, letters: int, *, wide: bool) -> None:
        """Step over a text; where a piece ends in it, the next one says anew how wide its letters are."""
        while letters > 0:
            width, here = (2 if wide else 1), len(self._pieces[self._number]) - self._at
            step = min(letters, here // width)
            letters, self._at = letters - step, self._at + step * width
            if letters:
                self._number, self._at = self._number + 1, 0
                if self._number >= len(self._pieces) or not self._pieces[self._number]:
                    raise BadCompound
                wide, self._at = bool(self._pieces[self._number][0] & 1), 1
