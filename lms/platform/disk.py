"""One reserve of disk for everything that stores files or rows, so that the disk never fills up: files stop first, rows last, reading never.

Below the reserve no file is taken in (uploads, imports, certificates, exports, archives on the same disk). Below a tenth
of it no row is written either on SQLite, so that its journal always has room. Twice the reserve is the time to warn.
"""

import shutil
from enum import StrEnum
from pathlib import Path
from urllib.parse import unquote, urlsplit

from lms.contract.errors import ImbasError
from lms.contract.text import message
from lms.settings import Settings

WARN_TIMES = 2
"""Reserves that are left when somebody should do something."""
ROWS_PART = 10
"""The part of the reserve that is left when no row is written any more."""


class NoRoom(ImbasError):
    """The disk of the server has no room for this (507)."""

    status = 507

    def __init__(self) -> None:
        super().__init__(
            message(
                "Tempat di server sedang penuh, jadi kiriman ini belum disimpan. Yang sudah tersimpan tetap aman "
                "dan dapat dibaca. Beri tahu admin, lalu coba lagi nanti."
            )
        )


class Room(StrEnum):
    """How full the disk is."""

    PLENTY = "plenty"
    LOW = "low"
    """Less than twice the reserve: nothing is refused yet."""
    NO_FILES = "no files"
    """The reserve is reached: files are refused."""
    NO_ROWS = "no rows"
    """Nearly nothing is left: on SQLite changes are refused, too."""


def free_at(folder: Path) -> int:
    """Bytes that this user may still write where ``folder`` is, or would be made."""
    while not folder.exists():
        folder = folder.parent
    return shutil.disk_usage(folder).free


def free(settings: Settings) -> int:
    """Bytes left for data and files of this installation: on the fuller of their disks."""
    return min(free_at(folder) for folder in _folders(settings))


def room(settings: Settings) -> Room:
    """How full the disk of this installation is."""
    left, reserve = free(settings), settings.disk_reserve_bytes
    if left < reserve // ROWS_PART:
        return Room.NO_ROWS
    if left < reserve:
        return Room.NO_FILES
    return Room.LOW if left < WARN_TIMES * reserve else Room.PLENTY


def leave(folder: Path, reserve: int, wanted: int = 0) -> None:
    """Raise NoRoom unless ``reserve`` bytes stay free where ``folder`` is when ``wanted`` more are written."""
    if free_at(folder) - wanted < reserve:
        raise NoRoom


def leave_for_files(settings: Settings, wanted: int = 0) -> None:
    """Raise NoRoom unless ``wanted`` bytes of files may be written."""
    for folder in _folders(settings):
        leave(folder, settings.disk_reserve_bytes, wanted)


def leave_for_rows(settings: Settings) -> None:
    """Raise NoRoom when so little is left that rows of SQLite may not be written; elsewhere the server says so."""
    if settings.database.startswith("sqlite"):
        leave(settings.data, settings.disk_reserve_bytes // ROWS_PART)


def _folders(settings: Settings) -> tuple[Path, ...]:
    files = urlsplit(settings.files)
    return (settings.data, Path(unquote(files.path))) if files.scheme == "file" else (settings.data,)
