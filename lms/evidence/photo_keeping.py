"""Photos that a module keeps for itself: checked and written anew as photos of evidence are."""

from typing import BinaryIO

from lms.evidence.file_validation import check_file
from lms.platform.storage import storage

PHOTO_BYTES = 20 * 1024 * 1024
"""The largest photo that is read; what is stored is a JPEG of at most 1600 pixels a side."""


def keep_photo(name: str, stream: BinaryIO) -> str:
    """Check a sent photo and store it; its storage key. Raises Invalid with a sentence that names the file.

    Slow, for it is read in a child process: call it in ``prepare`` of a command, before the transaction begins.
    """
    checked = check_file(name, stream, kinds=frozenset({"photo"}), max_bytes=PHOTO_BYTES)
    return storage().put(checked.body, suffix="jpg").key
