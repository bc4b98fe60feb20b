"""An Office file as a package: a zip of parts within bounds, with their content types and relationships.

Source: ECMA-376 part 2; part names are compared without regard to case.
"""

import posixpath
import struct
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import IO, BinaryIO
from urllib.parse import unquote

from lms.evidence.office_xml import BadXml, each_element

MAX_ENTRIES = 5000
MAX_UNPACKED = 200 * 1024 * 1024
MAX_RATIO = 200
MAX_DIRECTORY = 2 * 1024 * 1024
"""Of a zip's list of entries: reading a longer one costs more memory than the file has bytes."""
_MAX_LIST = 4 * 1024 * 1024
"""Of relationships and content types, unpacked."""
_MAX_RELATIONSHIPS = 20_000
_END = b"PK\x05\x06"


class Bomb(Exception):
    """More entries or bytes than any program writes, or entries that leave their folder or hide each other."""


@dataclass(frozen=True, slots=True)
class Relationship:
    """``kind`` is the last word of its type, lower case; ``source`` a part, "" the package; ``target`` as written."""

    source: str
    kind: str
    target: str
    is_external: bool

    @property
    def part(self) -> str:
        """The part that an internal relationship names."""
        folder = "/" + posixpath.dirname(self.source)
        return posixpath.normpath(posixpath.join(folder, unquote(self.target))).lstrip("/").lower()


@dataclass(slots=True)
class Package:
    """An open package; part names are lower case, without the first slash."""

    archive: zipfile.ZipFile
    parts: dict[str, zipfile.ZipInfo] = field(default_factory=dict)
    relationships: list[Relationship] = field(default_factory=list)
    _types: dict[str, str] = field(default_factory=dict)
    _types_by_ending: dict[str, str] = field(default_factory=dict)

    def open(self, part: str) -> IO[bytes]:
        """The content of a part; raises KeyError."""
        return self.archive.open(self.parts[part])

    def type_of(self, part: str) -> str:
        """What the package says that a part is, lower case; "" when it says nothing."""
        return self._types.get(part) or self._types_by_ending.get(part.rpartition(".")[2], "")

    def read_types(self) -> None:
        """Read what the parts are; raises KeyError, BadXml."""

        def tell(element: str, has: Mapping[str, str]) -> None:
            if element == "Override":
                self._types[unquote(has["PartName"]).lstrip("/").lower()] = has["ContentType"].lower()
            elif element == "Default":
                self._types_by_ending[has["Extension"].lower()] = has["ContentType"].lower()

        with self.open("[content_types].xml") as part:
            each_element(part, tell, most=_MAX_LIST)

    def read_relationships(self, path: str) -> None:
        """Read one ``_rels/*.rels``, of which the source is the part beside its folder; raises KeyError, BadXml."""
        folder, last = posixpath.split(path)
        source = posixpath.join(posixpath.dirname(folder), last.removesuffix(".rels"))

        def tell(element: str, has: Mapping[str, str]) -> None:
            if element != "Relationship":
                return
            kind = has["Type"].rstrip("/").rpartition("/")[2].lower()
            is_external = has.get("TargetMode", "").strip().lower() == "external"
            self.relationships.append(Relationship(source, kind, has["Target"], is_external))
            if len(self.relationships) > _MAX_RELATIONSHIPS:
                raise BadXml("too many relationships")

        with self.open(path) as part:
            each_element(part, tell, most=_MAX_LIST)


def open_package(file: BinaryIO | IO[bytes]) -> Package:
    """The package in ``file``, which stays open; raises Bomb, BadXml, and what ``zipfile`` raises of broken ones."""
    size = file.seek(0, 2)
    if _directory_size(file, size) > MAX_DIRECTORY:
        raise Bomb
    package = Package(zipfile.ZipFile(file))
    entries = package.archive.infolist()
    unpacked = sum(entry.file_size for entry in entries)
    if len(entries) > MAX_ENTRIES or unpacked > min(MAX_UNPACKED, MAX_RATIO * max(size, 1)):
        raise Bomb
    for entry in entries:
        path = entry.filename.replace("\\", "/")
        if path.startswith("/") or ".." in path.split("/") or path.lower() in package.parts:
            raise Bomb
        if not entry.is_dir():
            package.parts[path.lower()] = entry
    package.read_types()
    for path in package.parts:
        if path.endswith(".rels"):  # wherever it lies: some reader may look there
            package.read_relationships(path)
    return package


def _directory_size(file: BinaryIO | IO[bytes], size: int) -> int:
    """How long the zip says its list of entries is; 0 without an end record (it is no zip then)."""
    start = max(0, size - 66_000)
    file.seek(start)
    tail = file.read(66_000)
    at = tail.rfind(_END)
    if at < 0 or len(tail) < at + 16:
        return 0
    return int(struct.unpack_from("<I", tail, at + 12)[0])
