"""Files are hostile until parsed: the name promises nothing, the content decides.

Photos are written anew, upright and without EXIF and place; PDFs with active content, Office files
with macros, and zip bombs are refused, each with a sentence that says what to do.
"""

import hashlib
import io
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePosixPath
from tempfile import TemporaryFile
from typing import Any, BinaryIO, cast

from lms.contract.files import FILE_KINDS, FileKind
from lms.contract.text import message
from lms.evidence.blanking import Blanked
from lms.evidence.refusals import refused
from lms.platform import storage as storage_files
from lms.platform.isolated import Unreadable, run_isolated
from lms.platform.storage import storage


@dataclass(frozen=True, slots=True)
class CheckedFile:
    """A file that is what it says: ``body`` is what will be stored, ``sha256`` of what was sent."""

    name: str
    kind: FileKind
    body: BinaryIO
    preview: bytes
    sha256: str
    taken: str = ""
    """Of a photo: what the camera's clock said."""


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A checked file in the store, of which no row tells yet."""

    name: str
    kind: FileKind
    size: int
    sha256: str
    storage_key: str
    preview_key: str
    taken: str
    in_store: tuple[storage_files.StoredFile, ...] = ()
    """What the store took, with the hash of it: of a photo another than the one that was sent."""


def check_file(name: str, stream: BinaryIO, *, kinds: frozenset[str], max_bytes: int) -> CheckedFile:
    """Parse an upload in a child process; raises Invalid with a sentence that names the file, and ServerBusy.

    ``kinds`` are names of FILE_KINDS; ``max_bytes`` bounds its size. ``stream`` is seekable and stays open until
    the answer is stored. Takes up to 25 seconds: never call it inside ``write()``.
    """

    def isolated(stream: BinaryIO, kind: str, name: str) -> dict[str, Any]:
        try:
            found: dict[str, Any] = run_isolated("lms.evidence.file_contents:examine", stream, kind, name)
        except Unreadable:
            raise refused(
                name,
                message(
                    "terlalu berat atau rusak, jadi tidak dapat diperiksa. Buka, simpan ulang dengan ukuran lebih kecil, "
                    "lalu unggah lagi"
                ),
            ) from None
        return found

    return _checked(name, stream, kinds, max_bytes, isolated)


def check_own_file(name: str, body: bytes, *, kinds: frozenset[str], max_bytes: int) -> CheckedFile:
    """Parse a file that Imbas itself has made, for the demonstration and tests: here, with the same rules."""
    from lms.evidence.file_contents import examine

    with TemporaryFile() as copy:  # parsers want a real file
        copy.write(body)
        copy.seek(0)

        def here(_stream: BinaryIO, kind: str, name: str) -> dict[str, Any]:
            return examine(cast(BinaryIO, copy), kind, name)

        return _checked(name, io.BytesIO(body), kinds, max_bytes, here)


def store_file(checked: CheckedFile) -> StoredFile:
    """Put a checked file into the store, before the transaction that writes its row."""
    checked.body.seek(0)
    kept = storage().put(checked.body, suffix=checked.kind.extensions[0])
    in_store = (kept, storage().put(checked.preview, suffix="jpg")) if checked.preview else (kept,)
    preview = in_store[-1].key if checked.preview else ""
    return StoredFile(
        checked.name, checked.kind, kept.size, checked.sha256, kept.key, preview, checked.taken, in_store
    )


def forget_file(stored: StoredFile) -> None:
    """Take a stored file out of the store again: no row tells of it."""
    for key in filter(None, (stored.storage_key, stored.preview_key)):
        storage().delete(key)


def _checked(
    name: str,
    stream: BinaryIO,
    kinds: frozenset[str],
    max_bytes: int,
    examine: Callable[[BinaryIO, str, str], dict[str, Any]],
) -> CheckedFile:
    shown = plain_name(name)
    check_size(shown, stream.seek(0, os.SEEK_END), max_bytes)
    kind = kind_of(shown, kinds)
    stream.seek(0)
    sha256 = hashlib.file_digest(stream, "sha256").hexdigest()  # type: ignore[arg-type]
    found = examine(stream, kind.name, shown)
    if "body" in found:
        name = f"{PurePosixPath(shown).stem}.jpg"
        return CheckedFile(name, kind, io.BytesIO(found["body"]), found["preview"], sha256, found["taken"])
    body = cast(BinaryIO, Blanked(stream, found["blank"])) if found.get("blank") else stream
    return CheckedFile(shown, kind, body, b"", sha256)


def check_size(name: str, size: int, max_bytes: int) -> None:
    """Raise Invalid (status 413 when it is too large) unless a file of ``size`` bytes may be sent."""
    if size > max_bytes:
        limit = max_bytes // (1024 * 1024)
        error = refused(
            name,
            message(
                "lebih besar dari %(limit)s MB. Kecilkan dulu, misalnya foto ulang atau simpan sebagai PDF kecil",
                limit=limit,
            ),
        )
        error.status = 413
        raise error
    if size < 1:
        raise refused(name, message("kosong. Pilih berkas lain"))


def kind_of(name: str, kinds: frozenset[str]) -> FileKind:
    """What the name says it is; raises Invalid when that is not wanted here."""
    ending = PurePosixPath(name).suffix.lower().lstrip(".")
    for known in sorted(kinds):
        if ending in FILE_KINDS[known].extensions:
            return FILE_KINDS[known]
    wanted = ", ".join(sorted(FILE_KINDS[known].extensions[0] for known in kinds))
    raise refused(
        name,
        message("tidak dapat dipakai di sini. Yang diterima: %(wanted)s", wanted=wanted),
    )


def plain_name(name: str) -> str:
    """The last part of the name, without signs that a file system or a header could trip over."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    kept = "".join(sign for sign in last if sign.isprintable() and sign not in '<>:"|?*').strip(". ")
    return (kept or "berkas")[-120:]
