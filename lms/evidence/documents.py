"""PDF, Office, table and video files: each is what it says and does nothing by itself, or is refused."""

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import PurePosixPath

from lms.contract.errors import Invalid
from lms.evidence.refusals import refused

MAX_ENTRIES = 5000
MAX_UNPACKED = 200 * 1024 * 1024
MAX_RATIO = 200
MAX_DIRECTORY = 2 * 1024 * 1024
"""Of a zip's list of entries: reading a longer one costs more memory than the file has bytes."""
_ACTIVE = re.compile(rb"/(?:JavaScript|Launch|EmbeddedFiles?|RichMedia)(?![A-Za-z])")
_ACTIVE_SHORT = re.compile(rb"/(?:JS|XFA)(?![A-Za-z0-9])")
"""Short enough to stand in a compressed picture by chance: looked for outside streams only."""
_STREAM = re.compile(rb"stream\r?\n.*?endstream", re.DOTALL)
_OBJECT_STREAM = re.compile(rb"/ObjStm.{0,400}?stream\r?\n", re.DOTALL)
_ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")
_OFFICE_PART = {"docx": "word/document.xml", "xlsx": "xl/workbook.xml", "pptx": "ppt/presentation.xml"}
_RELATION = re.compile(rb"<Relationship\b[^>]*>")
_FETCHED = re.compile(rb'/(?:attachedTemplate|oleObject|frame|subDocument)"')
_ELSEWHERE = re.compile(rb'Target="(?:https?:|ftp:|mhtml:|file://[^/]|\\\\)', re.IGNORECASE)
_PLACE = re.compile(rb"[+-]\d{1,2}\.\d{2,}[+-]\d{1,3}\.\d{2,}(?:[+-]\d+(?:\.\d+)?)?/?")
"""ISO 6709, as phones write it into a video."""
Check = Callable[[str, str, bytes], bytes]


def checked(kind: str, name: str, content: bytes) -> bytes:
    """What will be stored of a file that shall be of ``kind``; raises Invalid."""
    return _CHECKS[kind](kind, name, content)


def _pdf(_kind: str, name: str, content: bytes) -> bytes:
    if not content.startswith(b"%PDF-") or b"%%EOF" not in content[-2048:]:
        raise refused(
            name, "bukan PDF yang utuh. Simpan ulang sebagai PDF, lalu unggah lagi", "is not a whole PDF"
        )
    plain = _ESCAPED.sub(lambda found: bytes([int(found[1], 16)]), content)
    if (
        _ACTIVE.search(plain)
        or _ACTIVE_SHORT.search(_STREAM.sub(b" ", plain))
        or any(_ACTIVE.search(part) or _ACTIVE_SHORT.search(part) for part in _object_streams(content))
    ):
        raise refused(
            name, "memuat isi aktif yang berbahaya. Cetak ulang ke PDF, lalu unggah lagi",
            "carries active content. Print it to a new PDF and upload again",
        )  # fmt: skip
    return content


def _object_streams(content: bytes) -> Iterator[bytes]:
    """What stands in compressed object streams, as far as 32 MB go."""
    left = 32 * 1024 * 1024
    for found in _OBJECT_STREAM.finditer(content):
        try:
            part = zlib.decompressobj().decompress(content[found.end() : found.end() + left], left)
        except zlib.error:
            continue
        left -= len(part)
        yield _ESCAPED.sub(lambda hit: bytes([int(hit[1], 16)]), part)
        if left <= 0:
            return


def _office(kind: str, name: str, content: bytes) -> bytes:
    if _directory_size(content) > MAX_DIRECTORY:
        raise _dangerous(name)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _judge(kind, name, archive, len(content))
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, RuntimeError, zlib.error):
        raise _not_whole(kind, name) from None
    return content


def _judge(kind: str, name: str, archive: zipfile.ZipFile, size: int) -> None:
    entries = archive.infolist()
    paths = {entry.filename for entry in entries}
    if "[Content_Types].xml" not in paths or _OFFICE_PART[kind] not in paths:
        raise _not_whole(kind, name)
    unpacked = sum(entry.file_size for entry in entries)
    bomb = len(entries) > MAX_ENTRIES or unpacked > MAX_UNPACKED or unpacked > MAX_RATIO * max(size, 1)
    strays = any(path.startswith("/") or ".." in PurePosixPath(path).parts for path in paths)
    if bomb or strays:
        raise _dangerous(name)
    runs = any(path.lower().endswith(("vbaproject.bin", ".exe", ".js", ".vbs")) for path in paths)
    if runs or b"macroEnabled" in _head(archive, "[Content_Types].xml"):
        raise refused(
            name, "memuat makro. Simpan tanpa makro, lalu unggah lagi", "carries macros. Save it without them"
        )
    for path in sorted(paths):
        if path.endswith(".rels") and _fetches(_head(archive, path)):
            raise refused(
                name, "mengambil isi dari alamat lain saat dibuka. Simpan ulang tanpa tautan templat",
                "fetches content from elsewhere when opened. Save it again without a linked template",
            )  # fmt: skip


def _head(archive: zipfile.ZipFile, path: str) -> bytes:
    with archive.open(path) as file:
        return file.read(1024 * 1024)


def _fetches(relations: bytes) -> bool:
    return any(
        b'TargetMode="External"' in tag and _FETCHED.search(tag) and _ELSEWHERE.search(tag)
        for tag in _RELATION.findall(relations)
    )


def _directory_size(content: bytes) -> int:
    """How long the zip says its list of entries is; 0 without an end record (it is no zip then)."""
    at = content.rfind(b"PK\x05\x06", max(0, len(content) - 66_000))
    if at < 0 or len(content) < at + 16:
        return 0
    return int(struct.unpack_from("<I", content, at + 12)[0])


def _csv(_kind: str, name: str, content: bytes) -> bytes:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", "replace")
    if "\x00" in text or "\ufffd" in text:
        raise refused(name, "bukan tabel teks. Simpan sebagai CSV, lalu unggah lagi", "is not a text table")
    return content


def _mp4(_kind: str, name: str, content: bytes) -> bytes:
    if content[4:8] != b"ftyp":
        raise refused(name, "bukan video MP4 yang utuh. Rekam atau simpan ulang", "is not a whole MP4 video")
    return _without_place(content)


def _without_place(content: bytes) -> bytes:
    """The video with zeros where the phone wrote the place; nothing moves, so it plays as before."""
    at = 0
    while at + 8 <= len(content):
        size, name = struct.unpack_from(">I4s", content, at)
        if size == 1 and at + 16 <= len(content):
            size = struct.unpack_from(">Q", content, at + 8)[0]
        end = at + size if size >= 8 else len(content)
        if name in {b"moov", b"udta", b"meta"}:
            box = _PLACE.sub(lambda found: b"0" * len(found[0]), content[at:end])
            content = content[:at] + box + content[end:]
        at = end
    return content


def _not_whole(kind: str, name: str) -> Invalid:
    return refused(
        name, f"bukan berkas {kind} yang utuh. Buka, simpan ulang, lalu unggah lagi",
        f"is not a whole {kind}. Open it, save it again, upload again",
    )  # fmt: skip


def _dangerous(name: str) -> Invalid:
    return refused(
        name, "rusak atau berbahaya. Buat ulang berkasnya", "is damaged or dangerous. Make it anew"
    )


_CHECKS: dict[str, Check] = {
    "pdf": _pdf, "docx": _office, "xlsx": _office, "pptx": _office, "csv": _csv, "mp4": _mp4,
}  # fmt: skip
