"""What is in a file: read in a child process (``lms/platform/isolated.py``), so nothing here knows Flask or a database."""

from typing import Any, BinaryIO

from lms.contract.text import message
from lms.evidence.refusals import refused

_OFFICE = frozenset({"docx", "xlsx", "pptx"})


def examine(file: BinaryIO, kind: str, name: str) -> dict[str, Any]:
    """Parse a file that shall be of ``kind`` (a name of FILE_KINDS); raises Invalid.

    The answer says what differs from the file as it was sent: of a photo ``body`` and ``preview`` (JPEG), and
    ``taken``, its camera's clock; of a video ``blank``, boxes to blank as ``[start, content, end]``. Empty: nothing differs.
    """
    if kind == "photo":
        from lms.evidence.photos import photo

        return photo(file, name)
    if kind == "pdf":
        from lms.evidence.pdf_files import check_pdf

        check_pdf(file, name)
    elif kind in _OFFICE:
        from lms.evidence.office_files import check_office

        check_office(file, kind, name)
    elif kind == "mp4":
        from lms.evidence.videos import notes_to_blank

        return {"blank": notes_to_blank(file, name)}
    else:
        _check_csv(file, name)
    return {}


def _check_csv(file: BinaryIO, name: str) -> None:
    """Text in UTF-8, in UTF-16 as Excel writes "Unicode text", or in Windows' old Latin."""
    content = file.read()
    encodings = ("utf-16",) if content[:2] in {b"\xff\xfe", b"\xfe\xff"} else ("utf-8-sig", "cp1252")
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return
    raise refused(name, message("bukan tabel teks. Simpan sebagai CSV, lalu unggah lagi"))
