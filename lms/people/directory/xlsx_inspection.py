"""A look at a workbook before its parser sees it: every part within bounds, no DTD, no sheet without end.

The parser is then given a new archive of just the parts that were looked at, so that nothing else unpacks.
"""

import io
import posixpath
import struct
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from xml.parsers import expat

from lms.contract.errors import Invalid
from lms.contract.parsing import parse_int
from lms.contract.text import message
from lms.people.directory.workbook_bounds import MAX_ELEMENTS, Area, Counted, not_safe

MAX_UNPACKED = 24 * 1024 * 1024
"""Three thousand teachers in forty columns unpack to about 8 MB."""
MAX_PARTS = 1000
NO_RESULT = "#RUMUS"
"""What stands for a formula without a stored result."""
_CHUNK = 1 << 16
_FURTHEST = 9_999_999
"""Rows, columns, repetitions and places of texts beyond this are not believed."""
_TELLING = 20
"""Letters of a value that are looked at: it may be the number of a shared string."""


@dataclass(slots=True)
class Look:
    """What was noticed: ``paths`` of sheets by name, and cells (row, column, from 0) by path."""

    names: dict[str, str] = field(default_factory=dict)
    targets: dict[str, str] = field(default_factory=dict)
    cells: dict[str, list[tuple[int, int]]] = field(default_factory=dict)

    def formulas(self, sheet: str) -> list[tuple[int, int]]:
        """Cells of a sheet whose formula has no stored result."""
        target = self.targets.get(self.names.get(sheet, ""), "")
        path = target.lstrip("/") if target.startswith("/") else posixpath.normpath(f"xl/{target}")
        return self.cells.get(path, [])


def look_at(data: bytes) -> tuple[bytes, Look]:
    """The workbook without what no list needs, and what was noticed. Raises Invalid or TooLarge."""
    _refuse_long_directory(data)
    look, counted, strings = Look(), Counted(), list[int]()
    whole = io.BytesIO()
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(whole, "w") as new:
            names = old.namelist()
            _refuse_other_kinds(names)
            for name in sorted(
                names, key=lambda name: (not name.lower().endswith("sharedstrings.xml"), name)
            ):
                if name == "mimetype":
                    new.writestr(name, old.read(name)[:200])
                elif name.endswith((".xml", ".rels")):
                    part = _Part(name, look, counted, strings)
                    new.writestr(name, _looked_through(old, name, part))
    except (
        zipfile.BadZipFile,
        expat.ExpatError,
        NotImplementedError,
        RuntimeError,
        EOFError,
        OSError,
    ) as error:
        raise not_safe() from error
    return whole.getvalue(), look


def _looked_through(archive: zipfile.ZipFile, name: str, part: "_Part") -> bytes:
    kept = io.BytesIO()
    with archive.open(name) as unpacked:
        while chunk := unpacked.read(_CHUNK):
            part.counted.unpacked += len(chunk)
            if part.counted.unpacked > MAX_UNPACKED:
                raise not_safe()
            part.feed(chunk)
            kept.write(chunk)
    part.end()
    return kept.getvalue()


class _Part:
    """One part: its elements are counted while they stream by."""

    def __init__(self, name: str, look: Look, counted: Counted, strings: list[int]) -> None:
        self.look, self.counted, self.strings, self.name = look, counted, strings, name
        self.row = self.column = -1
        self.row_span = self.column_span = 1
        self.area = Area(counted)
        self.kind, self.has_formula, self.value, self.letters = "", False, "", 0
        self.in_value = False
        self.parser = expat.ParserCreate()
        self.parser.buffer_text = True
        self.parser.StartDoctypeDeclHandler = self._refuse
        low = name.lower()
        if low.endswith("sharedstrings.xml"):
            self._hear(self._string, self._letters_of_string)
        elif low == "content.xml":
            self._hear(self._ods, self._letters_of_ods)
        else:
            self._hear(self._ooxml, self._letters)

    def _hear(self, start: Callable[[str, dict[str, str]], None], text: Callable[[str], None]) -> None:
        self.parser.StartElementHandler, self.parser.CharacterDataHandler = start, text

    def feed(self, chunk: bytes) -> None:
        """More of the part."""
        self.parser.Parse(chunk, False)

    def end(self) -> None:
        """All of it was seen."""
        self.parser.Parse(b"", True)
        self._cell_ends()

    def _refuse(self, *_declaration: Any) -> None:
        raise not_safe()

    def _count(self) -> None:
        self.counted.elements += 1
        if self.counted.elements > MAX_ELEMENTS:
            raise not_safe()

    def _string(self, tag: str, _attributes: dict[str, str]) -> None:
        self._count()
        if tag.rpartition(":")[2] == "si":
            self.strings.append(0)

    def _letters_of_string(self, text: str) -> None:
        if self.strings:
            self.strings[-1] += len(text)

    def _ooxml(self, tag: str, attributes: dict[str, str]) -> None:
        self._count()
        local = tag.rpartition(":")[2]
        self.in_value = local in ("v", "t")
        if local == "c":
            self._cell_ends()
            reference = attributes.get("r", "")
            self.row, self.column = _place(reference) if reference else (max(self.row, 0), self.column + 1)
            self.kind = attributes.get("t", "n")
        elif local == "f":
            self.has_formula = True
        elif local == "row":
            self._cell_ends()
            number = parse_int(attributes.get("r", ""), high=_FURTHEST)
            self.row = self.row + 1 if number is None else number - 1
            self.column = -1
        elif local == "sheet":
            self.look.names[attributes.get("name", "")] = _of_relation(attributes)
        elif local == "Relationship" and self.name == "xl/_rels/workbook.xml.rels":
            self.look.targets[attributes.get("Id", "")] = attributes.get("Target", "")

    def _letters(self, text: str) -> None:
        if self.in_value:
            self.letters += len(text)
            if len(self.value) < _TELLING:
                self.value += text[:_TELLING]

    def _cell_ends(self) -> None:
        """What is known of the cell before this one."""
        if self.has_formula and not self.value.strip() and self.kind != "str":
            self.look.cells.setdefault(self.name, []).append((self.row, self.column))
            self.value = NO_RESULT
        if self.value:
            self.area.widen(self.row, self.column)
            at = parse_int(self.value, high=_FURTHEST) if self.kind == "s" else None
            self.counted.spend(self.letters if at is None or at >= len(self.strings) else self.strings[at])
        self.kind, self.has_formula, self.value, self.letters = "", False, "", 0

    def _ods(self, tag: str, attributes: dict[str, str]) -> None:
        self._count()
        local = tag.rpartition(":")[2]
        if local == "table":
            self.area, self.row, self.column = Area(self.counted), -1, -1
            self.row_span = self.column_span = 1
        elif local == "table-row":
            self.row += self.row_span
            self.row_span, self.column, self.column_span = _repeated(attributes, "rows"), -1, 1
        elif local in {"table-cell", "covered-table-cell"}:
            self.column += self.column_span
            self.column_span = _repeated(attributes, "columns")
            if any(name.endswith(":value-type") for name in attributes):
                self.area.widen(self.row, self.column)
                self.area.widen(self.row + self.row_span - 1, self.column + self.column_span - 1)

    def _letters_of_ods(self, text: str) -> None:
        self.counted.spend(len(text) * self.row_span * self.column_span)


def _refuse_long_directory(data: bytes) -> None:
    """Listing a long directory costs more than the file is worth; its length stands at the end."""
    at = data.rfind(b"PK\x05\x06")
    if at < 0 or len(data) - at < 22:
        raise not_safe()
    entries, length = struct.unpack_from("<HL", data, at + 10)
    if entries > MAX_PARTS or length > 200 * MAX_PARTS:
        raise not_safe()


def _refuse_other_kinds(names: list[str]) -> None:
    if "xl/workbook.bin" in names:
        raise Invalid(
            message(
                "Berkas ini buku kerja biner (.xlsb). Belum ada yang diubah. "
                "Simpan sebagai Buku Kerja Excel (.xlsx), lalu unggah lagi."
            )
        )
    if "xl/workbook.xml" not in names and "content.xml" not in names:
        raise Invalid(
            message(
                "Berkas ini bukan buku kerja Excel. Belum ada yang diubah. Unggah berkas .xlsx, .xls, .ods atau CSV."
            )
        )


def _place(reference: str) -> tuple[int, int]:
    """``B12`` -> (11, 1); raises Invalid for what is no cell."""
    letters = reference.rstrip("0123456789")
    digits = reference[len(letters) :]
    if not (1 <= len(letters) <= 3 and letters.isascii() and letters.isalpha() and 1 <= len(digits) <= 7):
        raise not_safe()
    column = 0
    for letter in letters.upper():
        column = column * 26 + ord(letter) - 64
    return int(digits) - 1, column - 1


def _repeated(attributes: dict[str, str], what: str) -> int:
    ending = f":number-{what}-repeated"
    number = parse_int(
        next((value for name, value in attributes.items() if name.endswith(ending)), "1"), high=_FURTHEST
    )
    return 1 if number is None else number


def _of_relation(attributes: dict[str, str]) -> str:
    return next((value for name, value in attributes.items() if name.endswith(":id")), "")
