"""One write transaction at a time, opened at the edge, committed in one place.

SQLite has one writer. Waiting for it in SQLite's busy handler starves writers and, when a read
transaction wants to become a write one, fails at once; so a writer first takes a file lock, then
``BEGIN IMMEDIATE``. Readers never wait.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from typing import Any

from sqlalchemy import Connection, Engine, event
from sqlalchemy.orm import Session

from lms.platform.db import ask_the_rested, db

try:
    import fcntl
except ImportError:  # Windows has no flock: SQLite's own busy handler has to do
    fcntl = None  # type: ignore[assignment]

PREPARED = 250
"""Statements that a PostgreSQL connection keeps prepared."""
_SOUND = 2
"""libpq's PQTRANS_INTRANS: in a transaction, and nothing in it has failed."""
_READS = "lms_reads"
_writing: ContextVar[bool] = ContextVar("lms_writing", default=False)
_AFTER_COMMIT = "lms_after_commit"


class WriteOutsideTransaction(RuntimeError):
    """A use case was called outside ``write()``: the row would be lost or the lock missing."""


@contextmanager
def write() -> Iterator[Session]:
    """Open the one write transaction of this request, task or command.

    Commits at the end, rolls back on an exception, then runs what ``after_commit`` collected.
    Never nest it, and keep slow work (hashing, images, rendering) outside.
    """
    if _writing.get():
        raise RuntimeError("write() does not nest")
    session = db.session()
    session.rollback()  # a read transaction may be open; it must not be upgraded
    with _writer_lock(session.get_bind()):  # type: ignore[arg-type]
        token = _writing.set(True)
        try:
            yield session
            session.commit()
        except BaseException:
            session.rollback()
            session.info.pop(_AFTER_COMMIT, None)
            raise
        finally:
            _writing.reset(token)
    for callback in session.info.pop(_AFTER_COMMIT, {}).values():
        callback()


def reading(session: Session) -> Connection:
    """The session's connection for what only reads; ``write()`` takes another one.

    On PostgreSQL its transaction ends with COMMIT, unless it failed: at a ROLLBACK psycopg forgets
    every statement that it has prepared, and parsing and planning them anew costs more than running them.
    """
    if session.in_transaction():
        return session.connection()
    return session.connection(execution_options={_READS: True})


def after_commit(session: Session, name: str, callback: Callable[[], None]) -> None:
    """Run ``callback`` once after this transaction has committed; ``name`` coalesces repeats."""
    session.info.setdefault(_AFTER_COMMIT, {})[name] = callback


def is_writing() -> bool:
    """Whether the current context is inside ``write()``."""
    return _writing.get()


def configure(engine: Engine) -> None:
    """Install what the database of ``engine`` needs around its connections and transactions."""
    if engine.dialect.name == "sqlite":
        _configure_sqlite(engine)
    else:
        _configure_postgresql(engine)


def _configure_postgresql(engine: Engine) -> None:
    ask_the_rested(engine)

    @event.listens_for(engine, "connect")
    def _connect(connection: Any, _record: Any) -> None:
        connection.prepared_max = PREPARED

    @event.listens_for(engine, "rollback")
    def _end_reading(connection: Connection) -> None:
        if connection.invalidated or _READS not in connection.get_execution_options():
            return
        driver: Any = connection.connection.driver_connection
        if driver.info.transaction_status == _SOUND:
            with suppress(engine.dialect.loaded_dbapi.Error):
                driver.commit()  # when the server is gone, the rollback that follows says so


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
            "cache_size=-16000",
            "journal_size_limit=67108864",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE" if _writing.get() else "BEGIN")


@event.listens_for(Session, "before_flush")
def _refuse_stray_writes(_session: Session, _context: Any, _instances: Any) -> None:
    if not _writing.get():
        raise WriteOutsideTransaction("open write() at the edge before changing rows")


@contextmanager
def _writer_lock(engine: Engine) -> Iterator[None]:
    path = engine.url.database if engine.dialect.name == "sqlite" else None
    if not path or fcntl is None:
        yield
        return
    lock = os.open(f"{path}.wlock", os.O_RDWR | os.O_CREAT, 0o644)  # a new description: threads wait too
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)
