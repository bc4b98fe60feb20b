"""Turns at what a machine can bear only a few times at once, counted over all processes by file locks."""

import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

try:
    import fcntl
except ImportError:  # Windows has no flock: the turns of one process have to do
    fcntl = None  # type: ignore[assignment]

_LOOK = 0.02
"""Seconds between two looks at locks that other processes hold."""


class NoTurn(Exception):
    """None came in time, or too many wait already."""


class Turns:
    """``places`` turns for all processes that use the same ``folder``, at most ``waiting`` in each of them.

    A lock ends with its process, so a killed one blocks nobody. Within a process who came first is first.
    """

    def __init__(self, name: str, *, places: int, waiting: int) -> None:
        self.name, self.places = name, places
        self._here = threading.Semaphore(places)
        self._queue = threading.BoundedSemaphore(waiting)

    @contextmanager
    def take(self, folder: Path, *, patience: float) -> Iterator[None]:
        """Hold a turn; raises NoTurn after ``patience`` seconds without one, or at once when the queue is full."""
        end = time.monotonic() + patience
        if not self._queue.acquire(blocking=False):
            raise NoTurn
        try:
            if not self._here.acquire(timeout=patience):
                raise NoTurn
        finally:
            self._queue.release()
        try:
            lock = self._lock(folder, end)
            try:
                yield
            finally:
                os.close(lock)
        finally:
            self._here.release()

    def _lock(self, folder: Path, end: float) -> int:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        while True:
            for place in range(self.places):
                lock = os.open(folder / f"{self.name}-{place}.lock", os.O_RDWR | os.O_CREAT, 0o600)
                try:
                    if fcntl is not None:
                        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except OSError:
                    os.close(lock)
                else:
                    return lock
            if time.monotonic() > end:
                raise NoTurn
            time.sleep(_LOOK)
