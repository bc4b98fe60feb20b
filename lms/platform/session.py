"""The session of a request: it reads without a transaction, and writes only inside ``write()``.

SQLite reads in a transaction, whose snapshot costs nothing. On PostgreSQL a page of ten queries would
send BEGIN and ROLLBACK besides, and at a ROLLBACK psycopg forgets every statement that it has prepared,
which the server then parses and plans anew.
"""

from contextvars import ContextVar
from typing import Any

from flask import Flask
from flask_sqlalchemy.session import Session as FlaskSession
from sqlalchemy import Connection, Engine, UpdateBase, event

from lms.platform.application import platform

writing: ContextVar[bool] = ContextVar("lms_writing", default=False)
"""Whether the current context is inside ``write()``; set nowhere else."""
_REFUSED = "open write() at the edge before changing rows"


class WriteOutsideTransaction(RuntimeError):
    """A use case was called outside ``write()``: the row would be lost or the lock missing."""


class Session(FlaskSession):
    """Takes the engine that commits inside ``write()``, and the one that only reads everywhere else."""

    def get_bind(
        self,
        mapper: Any | None = None,
        clause: Any | None = None,
        bind: Engine | Connection | None = None,
        **kwargs: Any,
    ) -> Engine | Connection:
        """The engine for a statement; raises WriteOutsideTransaction for one that changes rows."""
        if not writing.get():
            if isinstance(clause, UpdateBase):
                raise WriteOutsideTransaction(_REFUSED)
            reading_engine = platform().reading_engine
            if reading_engine is not None and bind is None:
                return reading_engine
        return super().get_bind(mapper=mapper, clause=clause, bind=bind, **kwargs)


def read_through(app: Flask, engine: Engine) -> None:
    """Let sessions of ``app`` read through ``engine``."""
    platform(app).reading_engine = engine


@event.listens_for(Session, "before_flush")
def _refuse_stray_writes(_session: Session, _context: Any, _instances: Any) -> None:
    if not writing.get():
        raise WriteOutsideTransaction(_REFUSED)
