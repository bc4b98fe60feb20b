"""Trying something out on the data as they are: nothing stays, and nobody waits meanwhile.

On PostgreSQL that is a transaction which is taken back. SQLite has one writer, for whom everybody's answers
would wait; there it happens on a copy of the file, taken within one read transaction and thrown away.
"""

import shutil
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import Engine, NullPool, create_engine, event
from sqlalchemy.orm import Session

from lms.platform.db import db
from lms.platform.session import writing

PREFIX = "scratch-"
LEFT_SECONDS = 3600
"""No trial takes so long: a copy of that age is nobody's any more."""


@contextmanager
def scratch() -> Iterator[Session]:
    """A session that may change everything; at the end all of it is taken back.

    Call it outside ``write()``. What is to be seen afterwards must have been read before the end.
    """
    if writing.get():
        raise RuntimeError("scratch() would keep other writers waiting; call it outside write()")
    db.session().rollback()
    with _apart(db.engine) as engine, Session(engine, expire_on_commit=False) as session:
        token = writing.set(True)
        try:
            yield session
        finally:
            writing.reset(token)
            session.rollback()


@contextmanager
def _apart(engine: Engine) -> Iterator[Engine]:
    if engine.dialect.name != "sqlite":
        yield engine
        return
    place = engine.url.database
    assert place, "a database in memory is nobody's to share"
    forget_left(engine)
    with TemporaryDirectory(prefix=PREFIX, dir=Path(place).parent) as folder:
        path = Path(folder) / "copy.sqlite3"
        copy = sqlite3.connect(path)
        with engine.connect() as connection:
            source: Any = connection.connection.driver_connection
            source.backup(copy)
        copy.close()
        copied = create_engine(f"sqlite:///{path}", poolclass=NullPool, hide_parameters=True)
        event.listen(copied, "connect", _connect)
        event.listen(copied, "begin", lambda connection: connection.exec_driver_sql("BEGIN"))
        try:
            yield copied
        finally:
            copied.dispose()


def forget_left(engine: Engine) -> None:
    """Throw away copies that a killed process has left: names, hashes, and gigabytes."""
    place = engine.url.database
    if engine.dialect.name != "sqlite" or not place:
        return
    for folder in Path(place).parent.glob(f"{PREFIX}*"):
        with suppress(FileNotFoundError):  # another process may tidy, too
            if (
                abs(time.time() - folder.stat().st_mtime) > LEFT_SECONDS
            ):  # a time in the future is a wrong clock's
                shutil.rmtree(folder)


def _connect(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves
    for pragma in ("foreign_keys=ON", "journal_mode=MEMORY", "synchronous=OFF"):
        connection.execute(f"PRAGMA {pragma}")
