"""One write transaction at a time, opened at the edge, committed in one place.

SQLite has one writer. Waiting for it in SQLite's busy handler starves writers and, when a read
transaction wants to become a write one, fails at once; so a writer first takes a file lock, then
``BEGIN IMMEDIATE``. Readers never wait.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any, Literal, TypeVarTuple

from flask import Flask
from sqlalchemy import Engine, Row, Select, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from lms.platform.application import platform
from lms.platform.db import db, ping_idle_connections
from lms.platform.session import read_through, writing

try:
    import fcntl
except ImportError:  # Windows has no flock: SQLite's own busy handler has to do
    fcntl = None  # type: ignore[assignment]

PREPARED = 250
"""Statements that a PostgreSQL connection keeps prepared."""
AT_ONCE = 1000
"""Rows of a long query that are in memory at the same time."""
_AFTER_COMMIT = "lms_after_commit"
_DEADLOCK = "40P01"
Columns = TypeVarTuple("Columns")


@contextmanager
def write() -> Iterator[Session]:
    """Open the one write transaction of this request, task or command.

    Commits at the end, rolls back on an exception, then runs what ``after_commit`` collected.
    Never nest it, and keep slow work (hashing, images, rendering) outside.
    """
    if writing.get():
        raise RuntimeError("write() does not nest")
    session = db.session()
    session.rollback()  # a read transaction may be open; it must not be upgraded
    with writer_lock(db.engine):
        token = writing.set(True)
        try:
            yield session
            session.commit()
        except BaseException:
            session.rollback()
            session.info.pop(_AFTER_COMMIT, None)
            raise
        finally:
            writing.reset(token)
    for callback in session.info.pop(_AFTER_COMMIT, {}).values():
        callback()


def is_deadlock(error: DBAPIError) -> bool:
    """Whether the database ended this transaction because two waited for each other: done again, it goes through."""
    return getattr(error.orig, "sqlstate", "") == _DEADLOCK


def after_commit(session: Session, name: str, callback: Callable[[], None]) -> None:
    """Run ``callback`` once after this transaction has committed; ``name`` coalesces repeats."""
    session.info.setdefault(_AFTER_COMMIT, {})[name] = callback


def is_writing() -> bool:
    """Whether the current context is inside ``write()``."""
    return writing.get()


def savepoint_if_writing(session: Session) -> AbstractContextManager[Any]:
    """Keep what fails inside from spoiling what is around it: a savepoint while writing.

    What only reads needs none: on PostgreSQL no transaction is open, on SQLite a failed query spoils nothing.
    """
    return session.begin_nested() if writing.get() else nullcontext()


def streaming(query: Select[*Columns]) -> Iterator[Row[*Columns]]:
    """The rows of a long query, ``AT_ONCE`` of them in memory, all as they were at its beginning.

    The session gives its connection back first: who held two of them could wait for a third person's
    for ever. Raises RuntimeError inside ``write()``, whose changes it would not see.
    """
    if writing.get():
        raise RuntimeError("streaming() reads through a connection of its own; call it outside write()")
    db.session().rollback()
    with db.engine.connect() as connection:
        yield from connection.execution_options(yield_per=AT_ONCE).execute(query)


def configure(app: Flask, engine: Engine) -> None:
    """Install what the database of ``engine`` needs around its connections and transactions."""
    if engine.dialect.name == "sqlite":
        _configure_sqlite(engine)
    else:
        _configure_postgresql(engine, platform(app).settings.database_prepared)
        read_through(app, engine.execution_options(isolation_level="AUTOCOMMIT"))


def _configure_postgresql(engine: Engine, prepared: bool | Literal["auto"]) -> None:
    ping_idle_connections(engine)

    @event.listens_for(engine, "connect")
    def _connect(connection: Any, _record: Any) -> None:
        connection.prepared_max = PREPARED
        if prepared is False or (prepared == "auto" and is_pooled(connection)):
            connection.prepare_threshold = None


def is_pooled(connection: Any) -> bool:
    """Whether a pooler such as PgBouncer stands in between: then the next transaction may meet another server
    process, which does not know what was prepared. It gives its clients numbers of processes of its own.
    """
    threshold, connection.prepare_threshold = connection.prepare_threshold, None
    (server_process,) = connection.execute("SELECT pg_backend_pid()").fetchone()
    connection.rollback()
    connection.prepare_threshold = threshold
    return bool(server_process != connection.info.backend_pid)


def _configure_sqlite(engine: Engine) -> None:

    @event.listens_for(engine, "connect")
    def _connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves
        cursor = connection.cursor()
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",  # an acknowledged answer survives a power cut
            "foreign_keys=ON",
            "busy_timeout=20000",
            "cache_size=-512",  # kB for each of many connections; the system's own cache is behind it
            "journal_size_limit=67108864",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing.get() else "BEGIN")


@contextmanager
def writer_lock(engine: Engine) -> Iterator[None]:
    """On SQLite, the turn of one writer at a time, in whichever process; not reentrant."""
    path = engine.url.database if engine.dialect.name == "sqlite" else None
    if not path or fcntl is None:
        yield
        return
    lock = os.open(f"{path}.wlock", os.O_RDWR | os.O_CREAT, 0o600)  # a new description: threads wait too
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)
