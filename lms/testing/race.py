"""Two pieces of work at once on a real PostgreSQL: neither commits before both have read and written.

Each runs in a thread with an application context, a session and a connection of its own. Both are held
at the first changing statement of every transaction and again before every COMMIT, until the other one
stands at such a point, too, waits for a lock of this one, or has ended. So what one of them read before
it wrote is always older than what the other one wrote: code that reads, checks and writes without a lock,
a constraint or a compare-and-set shows its fault every time.

SQLite has one writer: ``write()`` lets the second one begin when the first one has committed. Nothing is
held there, and the outcome must be the same.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from flask import Flask, current_app
from sqlalchemy import Connection, Engine, create_engine, event, text

from lms.platform.db import db
from lms.platform.transaction import is_writing

PATIENCE = 30.0
"""Seconds after which a race gives up: one of both waits for something that is no lock of the database."""
_LOOK = 0.01
_CHANGING = ("INSERT", "UPDATE", "DELETE")

Race = Callable[[Callable[[], Any], Callable[[], Any]], "tuple[Outcome, Outcome]"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one of both returned, or the exception that ended it."""

    value: Any = None
    error: Exception | None = None


def run_race(first: Callable[[], Any], second: Callable[[], Any]) -> tuple[Outcome, Outcome]:
    """Run both at once against the current application's database; the outcome of each.

    Each opens its own ``write()``, or sends a request through a client of its own (``sign_in``). Raises
    RuntimeError inside ``write()``, whose locks both would wait for, and when the two never meet.
    """
    if is_writing():
        raise RuntimeError("call race() outside write(): both would wait for its locks")
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001
    engine = db.engine
    db.session.rollback()
    outcomes: dict[int, Outcome] = {}
    meeting = _Meeting()

    def run(number: int, work: Callable[[], Any]) -> None:
        try:
            with app.app_context():
                meeting.enter(number)
                try:
                    outcomes[number] = Outcome(work())
                finally:
                    db.session.remove()
        except Exception as error:
            outcomes[number] = Outcome(error=error)
        finally:
            meeting.leave(number)

    with _held(engine, meeting):
        threads = [
            threading.Thread(target=run, args=entry, daemon=True) for entry in enumerate((first, second))
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    if meeting.lost_patience:
        raise RuntimeError(f"the two did not meet within {PATIENCE:.0f} seconds: {outcomes}")
    return outcomes[0], outcomes[1]


class _Meeting:
    """Where both wait for each other; knows which connection each one uses."""

    def __init__(self) -> None:
        self.lost_patience = False
        self._changed = threading.Condition()
        self._local = threading.local()
        self._backends: dict[int, int] = {}
        self._waiting: set[int] = set()
        self._gone: set[int] = set()
        self._round = 0

    def enter(self, number: int) -> None:
        self._local.number = number

    def leave(self, number: int) -> None:
        with self._changed:
            self._gone.add(number)
            self._changed.notify_all()

    def begins(self, backend: int) -> None:
        """The current thread has begun a transaction on this connection."""
        number = getattr(self._local, "number", None)
        if number is not None:
            self._backends[number] = backend
            self._local.wrote = False

    def writes(self, watch: Connection) -> None:
        if not getattr(self._local, "wrote", True):
            self._local.wrote = True
            self.wait(watch)

    def wait(self, watch: Connection) -> None:
        """Until the other one waits here, too, waits for a lock of this one, or has ended."""
        number = getattr(self._local, "number", None)
        if number is None:
            return
        other = 1 - number
        with self._changed:
            if other in self._waiting:
                self._waiting.clear()
                self._round += 1
                self._changed.notify_all()
                return
            self._waiting.add(number)
            own_round = self._round
            met = self._changed.wait_for(lambda: self._round != own_round or other in self._gone, _LOOK)
            left = PATIENCE
            while not met and not self._blocked(watch, other, number):
                met = self._changed.wait_for(lambda: self._round != own_round or other in self._gone, _LOOK)
                left -= _LOOK
                if left < 0:
                    self.lost_patience = True
                    break
            self._waiting.discard(number)

    def _blocked(self, watch: Connection, who: int, by: int) -> bool:
        """Whether the connection of ``who`` waits for a lock that the connection of ``by`` holds."""
        if who not in self._backends:
            return False
        found = watch.execute(
            text("SELECT :by = ANY(pg_blocking_pids(:who))"),
            {"by": self._backends[by], "who": self._backends[who]},
        )
        return bool(found.scalar())


@contextmanager
def _held(engine: Engine, meeting: _Meeting) -> Iterator[None]:
    """Hold what runs through ``engine`` at its points of writing; SQLite's writer lock needs no help."""
    if engine.dialect.name != "postgresql":
        yield
        return
    watcher = create_engine(engine.url, isolation_level="AUTOCOMMIT")

    def begins(connection: Connection) -> None:
        backend: Any = connection.connection.dbapi_connection
        meeting.begins(backend.info.backend_pid)

    with watcher.connect() as watch:

        def writes(_connection: Connection, _cursor: Any, statement: str, *_more: Any) -> None:
            if statement.lstrip().startswith(_CHANGING):
                meeting.writes(watch)

        def commits(_connection: Connection) -> None:
            meeting.wait(watch)

        listeners = (("begin", begins), ("before_cursor_execute", writes), ("commit", commits))
        for name, listener in listeners:
            event.listen(engine, name, listener)
        try:
            yield
        finally:
            for name, listener in listeners:
                event.remove(engine, name, listener)
    watcher.dispose()
