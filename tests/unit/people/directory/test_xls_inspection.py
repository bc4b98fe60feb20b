"""Workbooks of Excel 97-2003, made record by record: ordinary ones are read, hostile ones found before the parser."""

import io
import struct
import time
import tracemalloc

import pytest

from lms.contract.errors import Invalid, TooLarge
from lms.people.directory.compound_file import BadCompound, compound_of, stream_of
from lms.people.directory.spreadsheet_parser import read_sheets

LIST = [
    ["Nama", "NUPTK"],
    ["Nur\u2019aini Sya\u2019bani", "1234567890123456"],
    ["Ani Lestari", "1234567890123457"],
]
SIGNS = "x\u2019"
MOST = 8224
"""Bytes of one record."""


def record(kind: int, body: bytes = b"") -> bytes:
    return struct.pack("<HH", kind, len(body)) + body


def begin(substream: int) -> bytes:
    return record(0x0809, struct.pack("<HHHHLL", 0x0600, substream, 0x0DBB, 0x07CC, 0, 6))


def string(text: str) -> bytes:
    wide = not all(ord(sign) < 256 for sign in text)
    return struct.pack("<HB", len(text), wide) + text.encode("utf-16-le" if wide else "latin-1")


def _table(strings: list[str]) -> bytes:
    """The shared strings in records of at most MOST bytes; a text that goes on in the next one says its width anew."""
    pieces = [struct.pack("<LL", 99, len(strings))]
    for text in map(string, strings):
        if len(pieces[-1]) + 3 > MOST:
            pieces.append(b"")
        free = MOST - len(pieces[-1])
        free -= (free - 3) % 2 if text[2] else 0
        pieces[-1] += text[:free]
        while rest := text[free:]:
            pieces.append(text[2:3] + rest[: MOST - 2])
            free += MOST - 2
    first, *more = pieces
    return record(0x00FC, first) + b"".join(record(0x003C, piece) for piece in more)


def workbook(*sheets: bytes, strings: list[str], more: bytes = b"") -> bytes:
    """The stream: what all sheets share, then each sheet's records between its beginning and end."""
    shared = _table(strings)
    names = [f"Lembar {number}" for number in range(len(sheets))]
    length = sum(4 + 8 + len(name) for name in names)
    bodies = [begin(0x0010) + sheet + record(0x000A) for sheet in sheets]
    at = len(begin(5)) + len(more) + length + len(shared) + len(record(0x000A))
    listed = b""
    for name, body in zip(names, bodies, strict=True):
        listed += record(0x0085, struct.pack("<LHBB", at, 0, len(name), 0) + name.encode())
        at += len(body)
    return begin(5) + more + listed + shared + record(0x000A) + b"".join(bodies)


def shared(row: int, column: int, number: int) -> bytes:
    return record(0x00FD, struct.pack("<HHHL", row, column, 0, number))


def number(row: int, column: int, value: float = 1) -> bytes:
    return record(0x0203, struct.pack("<HHHd", row, column, 0, value))


def size(rows: int, columns: int) -> bytes:
    return record(0x0200, struct.pack("<LLHHH", 0, rows, 0, columns, 0))


def of(stream: bytes) -> bytes:
    return compound_of("Workbook", stream)


def listed(rows: list[list[str]], *before: bytes) -> bytes:
    cells = [
        shared(at, column, at * len(row) + column)
        for at, row in enumerate(rows)
        for column in range(len(row))
    ]
    return workbook(b"".join((*before, *cells)), strings=[text for row in rows for text in row])


def read(data: bytes) -> list[tuple[str, list[list[str]]]]:
    return read_sheets(io.BytesIO(data))


def in_small_pieces(stream: bytes) -> bytes:
    """A compound file whose stream is so short that it lies in pieces of 64 bytes inside the root's stream."""
    whole = bytearray(of(bytes(4096)))
    pieces = -(-len(stream) // 64)
    whole[512 : 512 + len(stream)] = stream
    whole[512 + 4096 : 512 + 4096] = struct.pack(
        "<128L", *range(1, pieces), 0xFFFFFFFE, *[0xFFFFFFFF] * (128 - pieces)
    )
    struct.pack_into("<L", whole, 48, 9)  # the directory
    struct.pack_into("<LL", whole, 60, 8, 1)  # which small piece follows which
    struct.pack_into("<L", whole, 76, 10)  # which sector follows which
    root = 512 + 9 * 512
    struct.pack_into("<LL", whole, root + 116, 0, 4096)
    struct.pack_into("<LL", whole, root + 128 + 116, 0, len(stream))
    struct.pack_into(
        "<11L", whole, 512 + 10 * 512, *range(1, 8), 0xFFFFFFFE, 0xFFFFFFFE, 0xFFFFFFFE, 0xFFFFFFFD
    )
    return bytes(whole)


def test_an_ordinary_list_is_read() -> None:
    assert read(of(listed(LIST))) == [("Lembar 0", LIST)]


def test_a_short_one_is_read_from_small_pieces() -> None:
    stream = listed([["Nama", "NIP"], ["Ani", "-"]])
    assert stream_of(in_small_pieces(stream), ("Workbook",)) == ("Workbook", stream)
    assert read(in_small_pieces(stream))[0][1] == [["Nama", "NIP"], ["Ani", "-"]]


def test_three_thousand_lines_whose_texts_go_on_in_further_records_are_read() -> None:
    rows = [
        ["Nama", "NUPTK"],
        *([f"Guru {SIGNS[at % 2] * (1 + at % 40)}", f"{at:016d}"] for at in range(2900)),
    ]
    assert read(of(listed(rows)))[0][1] == rows


@pytest.mark.parametrize("of_file", [size(1_048_576, 16_384), size(0xFFFFFFFF, 0xFFFF), size(0, 0)])
def test_how_large_a_sheet_says_it_is_does_not_matter(of_file: bytes) -> None:
    assert read(of(listed(LIST, of_file)))[0][1] == LIST


def _round_in_circles() -> bytes:
    data = bytearray(of(listed(LIST)))
    table = 512 + 9 * 512
    struct.pack_into("<L", data, table + 4 * 7, 0)
    return bytes(data)


LONG = ["x" * 32_000]
HOSTILE = {
    "a cell far away": lambda: of(workbook(number(0, 0) + number(65_535, 255), strings=[])),
    "a far end of several cells": lambda: of(
        workbook(record(0x00BD, struct.pack("<HHHLH", 60_000, 0, 0, 0, 200)), strings=[])
    ),
    "twenty wide sheets": lambda: of(workbook(*[number(9998, 99)] * 20, strings=[])),
    "one long text in every cell": lambda: of(
        workbook(
            b"".join(shared(row, column, 0) for row in range(200) for column in range(100)), strings=LONG
        )
    ),
    "sectors in circles": _round_in_circles,
    "half a file": lambda: of(listed(LIST))[:3000],
    "no workbook": lambda: compound_of("WordDocument", listed(LIST)),
    "nothing but the first bytes": lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
}


@pytest.mark.parametrize("what", HOSTILE)
def test_a_hostile_one_is_found_before_the_parser_has_it(what: str) -> None:
    body = HOSTILE[what]()
    tracemalloc.start()
    began = time.process_time()
    with pytest.raises((Invalid, TooLarge)):
        read(body)
    assert time.process_time() - began < 1
    assert tracemalloc.get_traced_memory()[1] < 200 * 1024 * 1024
    tracemalloc.stop()


def test_the_cell_that_lies_far_away_is_named() -> None:
    with pytest.raises(TooLarge) as refused:
        read(HOSTILE["a cell far away"]())
    assert "IV65536" in refused.value.text.in_("id")


def test_a_password_is_named() -> None:
    with pytest.raises(Invalid) as refused:
        read(of(workbook(number(0, 0), strings=[], more=record(0x002F, bytes(54)))))
    assert "kata sandi" in refused.value.text.in_("id")


def test_a_stream_that_needs_more_tables_than_a_header_names_is_not_made() -> None:
    with pytest.raises(BadCompound):
        compound_of("Workbook", bytes(8 * 1024 * 1024))
