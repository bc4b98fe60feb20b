"""Runs that the admin's first screen remembers: when a backup or a drill ended, and how."""

import logging
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Protocol, TypeVar

from lms.contract.characters import storable
from lms.platform import worker
from lms.platform.clock import now
from lms.platform.db import db
from lms.platform.transaction import write

log = logging.getLogger(__name__)

STOPPED = "stopped before it had ended"
_TERMINATED = 128 + signal.SIGTERM
"""What a shell says of a program that SIGTERM has ended."""


Ended = TypeVar("Ended", bound="WithComplaint")


class WithComplaint(Protocol):
    """What a run brought."""

    @property
    def complaint(self) -> str:
        """What the admin must know although it was done; "" when there is nothing."""


def noted(name: str, work: Callable[[], Ended]) -> Ended:
    """Do it, and write down when and how it ended, also when somebody stopped it."""
    with _terminated_by_exception():
        try:
            count = work()
        except BaseException as problem:
            stopped = not isinstance(problem, Exception)
            _note_failure(
                name, STOPPED if stopped else storable(f"{type(problem).__name__}: {problem}", 2000)
            )
            raise
        _note(name, count.complaint[:2000], done=True)
        return count


@contextmanager
def closed() -> Iterator[None]:
    """Leave no connection open, however it ends."""
    try:
        yield
    finally:
        db.engine.dispose()


@contextmanager
def _terminated_by_exception() -> Iterator[None]:
    """SIGTERM, which systemd sends, runs the same ``except`` and ``finally`` as Ctrl-C, which is heard everywhere."""

    def stop(_number: int, _frame: Any) -> None:
        raise SystemExit(_TERMINATED)

    wanted = {signal.SIGTERM: stop, signal.SIGINT: signal.default_int_handler}
    before = {number: signal.signal(number, handler) for number, handler in wanted.items()}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _note_failure(name: str, error: str) -> None:
    """What went wrong matters more than that it could not be written down (a full disk, say)."""
    try:
        _note(name, error)
    except Exception:
        log.exception("how %s ended could not be written down", name)


def _note(name: str, error: str, *, done: bool = False) -> None:
    db.session.remove()  # what the work had begun ends here
    with write() as session:
        worker.note_run(session, name=name, moment=now(), error=error, done=done)
    db.session.remove()
