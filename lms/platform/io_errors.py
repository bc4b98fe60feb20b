"""What an error of the disk or of a database means, whichever library raised it."""

import errno
import sqlite3
from collections.abc import Iterator

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoConnectionFree

_FULL_DISK = frozenset({errno.ENOSPC, errno.EDQUOT})
_FULL_POSTGRESQL = "53100"
_DAMAGED_POSTGRESQL = frozenset({"XX001", "XX002"})
_DAMAGED_SQLITE = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
_BUSY_SQLITE = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})
_BUSY_POSTGRESQL = frozenset({"40001", "40P01", "53300", "55P03", "57P01", "57P02", "57P03"})
"""In the way of another transaction, too many connections, shutting down or starting."""
_PRIMARY = 0xFF
"""SQLite's extended codes carry the plain one in their lowest byte."""


def is_full(error: BaseException) -> bool:
    """Whether something could not be written because a disk, or what a user may use of it, is full."""
    return any(_is_full(cause) for cause in _causes(error))


def is_damage(error: BaseException) -> bool:
    """Whether a database has found a page that cannot be right."""
    return any(
        (_sqlite_code(cause) & _PRIMARY) in _DAMAGED_SQLITE
        or getattr(cause, "sqlstate", "") in _DAMAGED_POSTGRESQL
        for cause in _causes(error)
    )


def is_passing(error: BaseException) -> bool:
    """Whether the database cannot be reached or has too much to do: the same request is right a little later."""
    return any(_is_passing(cause) for cause in _causes(error))


def in_words(error: BaseException) -> str:
    """Kind and first line of an error; of one of SQLAlchemy's, what the database itself said."""
    cause = getattr(error, "orig", None) or error
    lines = str(cause).strip().splitlines()
    return f"{type(cause).__name__}: {lines[0]}"[:300] if lines else type(cause).__name__


def _is_full(error: BaseException) -> bool:
    if isinstance(error, OSError):
        return error.errno in _FULL_DISK
    if getattr(error, "sqlstate", "") == _FULL_POSTGRESQL:
        return True
    code = _sqlite_code(error)
    # a write-ahead log or its index for which there is no room is no "full" to SQLite
    return code & _PRIMARY == sqlite3.SQLITE_FULL or code in {
        sqlite3.SQLITE_IOERR_WRITE,
        sqlite3.SQLITE_IOERR_SHMSIZE,
        sqlite3.SQLITE_IOERR_SHMMAP,
        sqlite3.SQLITE_IOERR_SHMOPEN,
        sqlite3.SQLITE_IOERR_TRUNCATE,
    }


def _is_passing(error: BaseException) -> bool:
    if isinstance(error, NoConnectionFree) or (_sqlite_code(error) & _PRIMARY) in _BUSY_SQLITE:
        return True
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return True
    state = getattr(error, "sqlstate", "")
    # psycopg has no code for what the server could not say itself: refused, reset, no answer in time
    return (
        state in _BUSY_POSTGRESQL
        or (state is None and type(error).__name__ == "OperationalError")
        or str(state)[:2] == "08"
    )


def _sqlite_code(error: BaseException) -> int:
    return getattr(error, "sqlite_errorcode", 0) or 0


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """The error itself, what a database driver said, and what led to each."""
    seen: set[int] = set()
    waiting = [error]
    while waiting:
        cause = waiting.pop()
        if cause is None or id(cause) in seen:
            continue
        seen.add(id(cause))
        yield cause
        waiting += [getattr(cause, "orig", None), cause.__cause__, cause.__context__]
