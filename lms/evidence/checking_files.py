"""Files are hostile until parsed: the name promises nothing, the content decides.

Photos are written anew, upright and without EXIF and place; PDFs with active content, Office files
with macros, and zip bombs are refused, each with a sentence that says what to do.
"""

import hashlib
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import BinaryIO

from lms.contract.files import FILE_KINDS, FileKind
from lms.evidence.documents import checked
from lms.evidence.photos import photo
from lms.evidence.refusals import refused


@dataclass(frozen=True, slots=True)
class CheckedFile:
    """A file that is what it says: ``body`` is what will be stored, ``sha256`` of what was sent."""

    name: str
    kind: FileKind
    body: bytes
    preview: bytes
    sha256: str
    taken: str = ""
    """Of a photo: what the camera's clock said."""


def check_file(name: str, stream: BinaryIO, *, kinds: frozenset[str], max_bytes: int) -> CheckedFile:
    """Parse an upload; raises Invalid with a sentence that names the file.

    ``kinds`` are names of FILE_KINDS; ``max_bytes`` bounds what is read.
    """
    shown = plain_name(name)
    content = stream.read(max_bytes + 1)
    check_size(shown, len(content), max_bytes)
    kind = kind_of(shown, kinds)
    sha256 = hashlib.sha256(content).hexdigest()
    if kind.name == "photo":
        found = photo(shown, content)
        name = f"{PurePosixPath(shown).stem}.jpg"
        return CheckedFile(name, kind, found.body, found.preview, sha256, found.taken)
    return CheckedFile(shown, kind, checked(kind.name, shown, content), b"", sha256)


def check_size(name: str, size: int, max_bytes: int) -> None:
    """Raise Invalid (status 413 when it is too large) unless a file of ``size`` bytes may be sent."""
    if size > max_bytes:
        limit = max_bytes // (1024 * 1024)
        error = refused(
            name, f"lebih besar dari {limit} MB. Kecilkan dulu, misalnya foto ulang atau simpan sebagai PDF kecil",
            f"is larger than {limit} MB. Make it smaller first",
        )  # fmt: skip
        error.status = 413
        raise error
    if size < 1:
        raise refused(name, "kosong. Pilih berkas lain", "is empty. Choose another file")


def kind_of(name: str, kinds: frozenset[str]) -> FileKind:
    """What the name says it is; raises Invalid when that is not wanted here."""
    ending = PurePosixPath(name).suffix.lower().lstrip(".")
    for known in sorted(kinds):
        if ending in FILE_KINDS[known].extensions:
            return FILE_KINDS[known]
    wanted = ", ".join(sorted(FILE_KINDS[known].extensions[0] for known in kinds))
    if ending in {"heic", "heif"}:
        raise refused(
            name, "berformat HEIC. Ubah pengaturan kamera ke JPEG, lalu foto atau pilih lagi",
            "is HEIC. Set the camera to JPEG and choose again",
        )  # fmt: skip
    raise refused(
        name,
        f"tidak dapat dipakai di sini. Yang diterima: {wanted}",
        f"cannot be used here. Accepted: {wanted}",
    )


def plain_name(name: str) -> str:
    """The last part of the name, without signs that a file system or a header could trip over."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    kept = "".join(sign for sign in last if sign.isprintable() and sign not in '<>:"|?*').strip(". ")
    return (kept or "berkas")[-120:]
