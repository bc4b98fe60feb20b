"""Files are hostile until parsed: the name promises nothing, the content decides.

Photos are written anew, upright and without EXIF and place; PDFs with active content, Office files
with macros, and zip bombs are refused, each with a sentence that says what to do.
"""

import hashlib
import io
import zipfile
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import BinaryIO

from PIL import Image, ImageOps, UnidentifiedImageError

from lms.contract.errors import Invalid
from lms.contract.files import FILE_KINDS, FileKind
from lms.contract.text import Text

MAX_SIDE = 1600
PREVIEW_SIDE = 240
MAX_PIXELS = 60_000_000
MAX_ENTRIES = 5000
MAX_UNPACKED = 200 * 1024 * 1024
MAX_RATIO = 200
_ACTIVE_PDF = (b"/JavaScript", b"/JS ", b"/Launch", b"/EmbeddedFile", b"/RichMedia", b"/XFA")
_OFFICE_PART = {"docx": "word/document.xml", "xlsx": "xl/workbook.xml", "pptx": "ppt/presentation.xml"}


@dataclass(frozen=True, slots=True)
class CheckedFile:
    """A file that is what it says: ``body`` is what will be stored."""

    name: str
    kind: FileKind
    body: bytes
    preview: bytes
    sha256: str


def check_file(name: str, stream: BinaryIO, *, kinds: frozenset[str], max_bytes: int) -> CheckedFile:
    """Parse an upload; raises Invalid with a sentence that names the file.

    ``kinds`` are names of FILE_KINDS; ``max_bytes`` bounds what is read.
    """
    shown = _plain_name(name)
    content = stream.read(max_bytes + 1)
    if len(content) > max_bytes:
        size = max_bytes // (1024 * 1024)
        raise _refused(
            shown, f"lebih besar dari {size} MB. Kecilkan dulu, misalnya foto ulang atau simpan sebagai PDF kecil",
            f"is larger than {size} MB. Make it smaller first",
        )  # fmt: skip
    if not content:
        raise _refused(shown, "kosong. Pilih berkas lain", "is empty. Choose another file")
    kind = _kind(shown, kinds)
    sha256 = hashlib.sha256(content).hexdigest()
    if kind.name == "photo":
        body, preview = _photo(shown, content)
        return CheckedFile(f"{PurePosixPath(shown).stem}.jpg", kind, body, preview, sha256)
    _CHECKS[kind.name](shown, content, kind)
    return CheckedFile(shown, kind, content, b"", sha256)


def _kind(name: str, kinds: frozenset[str]) -> FileKind:
    ending = PurePosixPath(name).suffix.lower().lstrip(".")
    for known in sorted(kinds):
        if ending in FILE_KINDS[known].extensions:
            return FILE_KINDS[known]
    wanted = ", ".join(sorted(FILE_KINDS[known].extensions[0] for known in kinds))
    if ending in {"heic", "heif"}:
        raise _refused(
            name, "berformat HEIC. Ubah pengaturan kamera ke JPEG, lalu foto atau pilih lagi",
            "is HEIC. Set the camera to JPEG and choose again",
        )  # fmt: skip
    raise _refused(
        name,
        f"tidak dapat dipakai di sini. Yang diterima: {wanted}",
        f"cannot be used here. Accepted: {wanted}",
    )


def _photo(name: str, content: bytes) -> tuple[bytes, bytes]:
    try:
        with Image.open(io.BytesIO(content), formats=("JPEG", "PNG", "WEBP")) as picture:
            if picture.width * picture.height > MAX_PIXELS:
                raise _refused(
                    name, "terlalu besar ukurannya. Foto ulang dengan resolusi biasa", "has too many pixels"
                )
            picture.draft("RGB", (MAX_SIDE * 3 // 4, MAX_SIDE * 3 // 4))
            upright = ImageOps.exif_transpose(picture).convert("RGB")
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        raise _refused(
            name, "bukan foto yang dapat dibuka. Foto atau pilih lagi", "is not a photo that opens"
        ) from None
    upright.thumbnail((MAX_SIDE, MAX_SIDE))
    large = _jpeg(upright, 82)
    upright.thumbnail((PREVIEW_SIDE, PREVIEW_SIDE))
    return large, _jpeg(upright, 70)


def _jpeg(picture: Image.Image, quality: int) -> bytes:
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=quality, optimize=True)
    return out.getvalue()


def _pdf(name: str, content: bytes, _kind: FileKind) -> None:
    if not content.startswith(b"%PDF-") or b"%%EOF" not in content[-2048:]:
        raise _refused(
            name, "bukan PDF yang utuh. Simpan ulang sebagai PDF, lalu unggah lagi", "is not a whole PDF"
        )
    if any(word in content for word in _ACTIVE_PDF):
        raise _refused(
            name, "memuat isi aktif yang berbahaya. Cetak ulang ke PDF, lalu unggah lagi",
            "carries active content. Print it to a new PDF and upload again",
        )  # fmt: skip


def _office(name: str, content: bytes, kind: FileKind) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        entries = []
    names = {entry.filename for entry in entries}
    if "[Content_Types].xml" not in names or _OFFICE_PART[kind.name] not in names:
        raise _refused(
            name, f"bukan berkas {kind.name} yang utuh. Buka, simpan ulang, lalu unggah lagi",
            f"is not a whole {kind.name}. Open it, save it again, upload again",
        )  # fmt: skip
    unpacked = sum(entry.file_size for entry in entries)
    bomb = (
        len(entries) > MAX_ENTRIES or unpacked > MAX_UNPACKED or unpacked > MAX_RATIO * max(len(content), 1)
    )
    strays = any(path.startswith("/") or ".." in PurePosixPath(path).parts for path in names)
    if bomb or strays:
        raise _refused(
            name, "rusak atau berbahaya. Buat ulang berkasnya", "is damaged or dangerous. Make it anew"
        )
    if any(path.lower().endswith(("vbaproject.bin", ".exe", ".js")) for path in names):
        raise _refused(
            name, "memuat makro. Simpan tanpa makro, lalu unggah lagi", "carries macros. Save it without them"
        )


def _csv(name: str, content: bytes, _kind: FileKind) -> None:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", "replace")
    if "\x00" in text or "\ufffd" in text:
        raise _refused(name, "bukan tabel teks. Simpan sebagai CSV, lalu unggah lagi", "is not a text table")


def _mp4(name: str, content: bytes, _kind: FileKind) -> None:
    if content[4:8] != b"ftyp":
        raise _refused(name, "bukan video MP4 yang utuh. Rekam atau simpan ulang", "is not a whole MP4 video")


_CHECKS = {"pdf": _pdf, "docx": _office, "xlsx": _office, "pptx": _office, "csv": _csv, "mp4": _mp4}


def _plain_name(name: str) -> str:
    """The last part of the name, without signs that a file system or a header could trip over."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    kept = "".join(sign for sign in last if sign.isprintable() and sign not in '<>:"|?*').strip(". ")
    return (kept or "berkas")[-120:]


def _refused(name: str, why_id: str, why_en: str) -> Invalid:
    return Invalid(
        Text(
            f"{name} {why_id}. Berkas lain dan catatan tetap aman.",
            f"{name} {why_en}. Other files and the note are safe.",
        )
    )
