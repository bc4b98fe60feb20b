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
    shown = _plain_name(name)
    content = stream.read(max_bytes + 1)
    if len(content) > max_bytes:
        size = max_bytes // (1024 * 1024)
        raise refused(
            shown, f"lebih besar dari {size} MB. Kecilkan dulu, misalnya foto ulang atau simpan sebagai PDF kecil",
            f"is larger than {size} MB. Make it smaller first",
        )  # fmt: skip
    if not content:
        raise refused(shown, "kosong. Pilih berkas lain", "is empty. Choose another file")
    kind = _kind(shown, kinds)
    sha256 = hashlib.sha256(content).hexdigest()
    if kind.name == "photo":
        found = photo(shown, content)
        name = f"{PurePosixPath(shown).stem}.jpg"
        return CheckedFile(name, kind, found.body, found.preview, sha256, found.taken)
    return CheckedFile(shown, kind, checked(kind.name, shown, content), b"", sha256)


def _kind(name: str, kinds: frozenset[str]) -> FileKind:
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


def _plain_name(name: str) -> str:
    """The last part of the name, without signs that a file system or a header could trip over."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    kept = "".join(sign for sign in last if sign.isprintable() and sign not in '<>:"|?*').strip(". ")
    return (kept or "berkas")[-120:]
