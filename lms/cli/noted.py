"""Runs that the admin's first screen remembers: when a backup or a drill ended, and how."""

import logging
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from lms.contract.characters import storable
from lms.platform import worker
from lms.platform.clock import now
from lms.platform.db import db
from lms.platform.transaction import write

log = logging.getLogger(__name__)

STOPPED = "stopped before it had ended"
_TERMINATED = 128 + signal.SIGTERM
"""What a shell says of a program that SIGTERM has ended."""


def noted(name: str, work: Callable[[], dict[str, int]]) -> dict[str, int]:
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
        _note(name, "")
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


def _note(name: str, error: str) -> None:
    db.session.remove()  # what the work had begun ends here
    with write() as session:
        worker.note_run(session, name=name, moment=now(), error=error)
    db.session.remove()
