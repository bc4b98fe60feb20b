"""A compound file (OLE), in which Excel keeps a workbook of 1997 to 2003: one stream out of it, and one into a new one.

Chains of sectors are followed within bounds, so that a file that goes round in circles ends. Pure.
Source: [MS-CFB] Compound File Binary File Format, sections 2.2 to 2.6.
"""

import struct
from array import array

_END, _FREE, _OF_TABLE = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD
_SECTOR = 512
_SMALL = 4096
"""A shorter stream lies in a stream of its own kind, in pieces of 64 bytes."""


class BadCompound(Exception):
    """It is not one, is damaged, or leads nowhere."""


def stream_of(data: bytes, names: tuple[str, ...]) -> tuple[str, bytes]:
    """Name and content of the first stream that has one of ``names``; raises BadCompound."""
    if len(data) < _SECTOR:
        raise BadCompound
    shift, small_shift = struct.unpack_from("<HH", data, 30)
    if shift not in {9, 12} or small_shift != 6:
        raise BadCompound
    tables, directory, small_table = (struct.unpack_from("<L", data, at)[0] for at in (44, 48, 60))
    sectors = _Sectors(data, 1 << shift)
    sectors.chain = _table(sectors, tables, data)
    entries = _entries(sectors.read(directory))
    root = next((entry for entry in entries if entry[1] == 5), None)
    for name, kind, start, size in entries:
        if kind == 2 and name in names:
            if size >= _SMALL or root is None:
                return name, sectors.read(start)[:size]
            small = _Sectors(bytes(64) + sectors.read(root[2]), 64)
            small.chain = _numbers(sectors.read(small_table))
            return name, small.read(start)[:size]
    raise BadCompound


def compound_of(name: str, content: bytes) -> bytes:
    """A compound file of one stream and nothing else."""
    body = content.ljust(_SMALL, b"\0")
    body += bytes(-len(body) % _SECTOR)
    count = len(body) // _SECTOR
    tables = -(-(count + 1) // (_SECTOR // 4 - 1))
    if tables > 109:
        raise BadCompound
    table = [*range(1, count), _END, _END, *[_OF_TABLE] * tables]
    table += [_FREE] * (tables * _SECTOR // 4 - len(table))
    places = [count + 1 + number for number in range(tables)] + [_FREE] * (109 - tables)
    header = struct.pack(
        "<8s16xHHHHH6x9L", _MAGIC, 62, 3, 0xFFFE, 9, 6, 0, tables, count, 0, _SMALL, _END, 0, _END, 0
    )
    directory = _entry("Root Entry", 5, 1, _END, 0) + _entry(name, 2, _FREE, 0, len(body)) + bytes(256)
    return header + struct.pack("<109L", *places) + body + directory + struct.pack(f"<{len(table)}L", *table)


_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


class _Sectors:
    """Pieces of one size, behind a header of the same size, and which one follows which."""

    def __init__(self, data: bytes, size: int) -> None:
        self.data, self.size = data, size
        self.count = -(-len(data) // size) - 1
        self.chain = array("L")

    def one(self, number: int) -> bytes:
        """Raises BadCompound where there is none."""
        if number >= self.count:
            raise BadCompound
        return self.data[(number + 1) * self.size : (number + 2) * self.size]

    def read(self, start: int) -> bytes:
        """All of a chain; raises BadCompound when it is longer than the file, or leads out of it."""
        found: list[bytes] = []
        while start != _END:
            if len(found) > self.count or start >= len(self.chain):
                raise BadCompound
            found.append(self.one(start))
            start = self.chain[start]
        return b"".join(found)


def _table(sectors: _Sectors, count: int, data: bytes) -> "array[int]":
    """Which sector follows which: the sectors that tell it are named in the header, and in more sectors behind it."""
    if count > sectors.count:
        raise BadCompound
    places = list(struct.unpack_from("<109L", data, 76))
    more, seen = struct.unpack_from("<L", data, 68)[0], 0
    while more not in {_END, _FREE} and seen < sectors.count:
        *named, more = _numbers(sectors.one(more))
        places += named
        seen += 1
    return _numbers(b"".join(sectors.one(place) for place in places[:count] if place != _FREE))


def _numbers(content: bytes) -> "array[int]":
    return array("L", struct.unpack(f"<{len(content) // 4}L", content[: len(content) // 4 * 4]))


def _entries(directory: bytes) -> list[tuple[str, int, int, int]]:
    """Name, kind (2 a stream, 5 the root), first sector and length of each entry."""
    found = []
    for at in range(0, len(directory) - 127, 128):
        length, kind = struct.unpack_from("<HB", directory, at + 64)
        name = directory[at : at + max(min(length, 64) - 2, 0)].decode("utf-16-le", errors="replace")
        found.append((name, kind, *struct.unpack_from("<LL", directory, at + 116)))
    return found


def _entry(name: str, kind: int, child: int, start: int, size: int) -> bytes:
    words = name.encode("utf-16-le")
    return struct.pack("<64sHBB3L36xLLL", words, len(words) + 2, kind, 1, _FREE, _FREE, child, start, size, 0)
