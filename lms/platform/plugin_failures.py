"""What plugins got wrong, kept for the admin: pages, worker and commands note it in one table.

A failure may happen while a page is only read or in a transaction that is rolled back, so it is
collected first and written when the request, task or command is over.
"""

import logging
import threading
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import Flask
from sqlalchemy import String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from lms.contract.characters import storable
from lms.contract.times import is_recent
from lms.platform.clock import now
from lms.platform.db import Base, db
from lms.platform.transaction import is_writing, write

log = logging.getLogger(__name__)
RECENT = timedelta(days=3)
PAUSE = timedelta(seconds=30)
"""A panel that fails on each page is written this often."""


class PluginFailure(Base):
    """The last thing that a plugin raised at one place, and how often it did."""

    __tablename__ = "plugin_failure"
    plugin: Mapped[str] = mapped_column(String(40), primary_key=True)
    place: Mapped[str] = mapped_column(String(120), primary_key=True)
    """The hook or the rule."""
    error: Mapped[str] = mapped_column(String(500))
    count: Mapped[int]
    last_at: Mapped[datetime]


@dataclass(slots=True)
class _Waiting:
    error: str
    count: int


class Failures:
    """Collects failures of one process. One per application."""

    def __init__(self) -> None:
        self._waiting: dict[tuple[str, str], _Waiting] = {}
        self._written: dict[tuple[str, str], datetime] = {}
        self._lock = threading.Lock()

    def add(self, plugin: str, place: str, error: Exception) -> None:
        """Log a failure now and write it later."""
        log.error("plugin %s failed in %s", plugin, place, exc_info=error)
        text = storable(f"{type(error).__name__}: {error}", 500)
        with self._lock:
            known = self._waiting.get((plugin, place))
            self._waiting[plugin, place] = _Waiting(text, known.count + 1 if known else 1)

    def take(self, moment: datetime) -> dict[tuple[str, str], _Waiting]:
        """What is to be written at ``moment``."""
        with self._lock:
            due = {
                key: value
                for key, value in self._waiting.items()
                if not is_recent(self._written.get(key), moment, PAUSE)
            }
            for key in due:
                del self._waiting[key]
                self._written[key] = moment
        return due


def init_failures(app: Flask, failures: Failures) -> None:
    """Write what was collected when a request, task or command is over.

    Call it before the database is initialised: what is registered first is torn down last, so the
    session of the request is closed by then.
    """

    @app.teardown_appcontext
    def _write(_error: BaseException | None) -> None:
        if is_writing():  # a context inside another one; the outer end comes
            return
        found = failures.take(now())
        if not found:
            return
        try:
            with write() as session:
                for (plugin, place), waiting in found.items():
                    _note(session, plugin, place, waiting)
        except Exception:
            log.exception("failures of plugins could not be written")
        finally:
            db.session.remove()


def recent_failures(session: Session, moment: datetime) -> list[PluginFailure]:
    """What failed in the last days, newest first."""
    query = select(PluginFailure).where(PluginFailure.last_at > moment - RECENT)
    return list(session.scalars(query.order_by(PluginFailure.last_at.desc()).limit(20)))


def forget_failure(session: Session, *, plugin: str, place: str) -> None:
    """Somebody has looked at it; it comes back when it happens again."""
    row = session.get(PluginFailure, (plugin, place))
    if row is not None:
        session.delete(row)


def _note(session: Session, plugin: str, place: str, waiting: _Waiting) -> None:
    row = session.get(PluginFailure, (plugin, place))
    if row is None:
        row = PluginFailure(plugin=plugin, place=place, count=0)
        session.add(row)
    row.error, row.count, row.last_at = waiting.error, row.count + waiting.count, now()
