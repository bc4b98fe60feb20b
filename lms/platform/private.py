"""What the installation writes belongs to the user that runs it alone, whatever the umask it was started with."""

import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

_OTHERS = stat.S_IRWXG | stat.S_IRWXO


def keep_private() -> None:
    """Let this process create files of mode 600 and folders of mode 700: database, journals, archives, logs, copies."""
    os.umask(_OTHERS)


def write_whole(path: Path, text: str) -> None:
    """Write ``text`` to ``path``, mode 600: what stood there stays until all of the new text is on the disk.

    Raises OSError, for example on a full disk; then nothing has changed.
    """
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
        keep_names(path.parent)
    except BaseException:
        with suppress(OSError):
            part.unlink(missing_ok=True)
        raise


def keep_names(folder: Path) -> None:
    """Let the names in ``folder`` outlive a power cut: of a file that was renamed only the content is on the disk so far.

    Where a folder cannot be opened (Windows) nothing is done.
    """
    with suppress(PermissionError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def open_to_others(folder: Path) -> Iterator[Path]:
    """``folder`` itself and what lies directly in it that group or others may read or write."""
    for path in (folder, *sorted(folder.iterdir())):
        with suppress(FileNotFoundError):  # a journal may go meanwhile
            if path.stat().st_mode & _OTHERS:
                yield path
