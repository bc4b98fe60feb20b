"""Uploads on their way: what has arrived of a file lies in the data folder until it is whole.

Bytes are written as they come, so that a cut, or a killed process, costs none that had arrived.
One request at a time writes to a file. A phone that fell out of the network leaves its request
hanging, so a newcomer takes over when nothing has come for ``QUIET`` seconds.
"""

import hashlib
import math
import os
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path
from typing import Protocol

from lms.contract.times import SKEW
from lms.platform.application import platform
from lms.platform.disk import leave

CHUNK = 8192
"""Bytes read at once: the server waits until it has them, so at most these are lost with a process."""
QUIET = 10.0
"""Seconds without a byte, after which another request may go on with the file."""
AT_ONCE = 32
"""Uploads that a process takes in at once: half of its threads, so that slow or silent phones leave some for pages."""
STRANGE = 24 * 3600
"""Seconds after which bytes without an upload are forgotten."""


class Busy(Exception):
    """Another request is writing to this file, or too many are writing to others."""


class Moved(Exception):
    """The request begins elsewhere than where the file ends."""


class Damaged(Exception):
    """What arrived has another checksum than the request said; it was thrown away."""


class Stream(Protocol):
    """The body of a request."""

    def read(self, size: int, /) -> bytes:
        """At most ``size`` bytes; b"" at the end, also when the network was cut."""


@dataclass(frozen=True, slots=True)
class Checksum:
    """Of one request's body: ``algorithm`` is one of hashlib's."""

    algorithm: str
    digest: bytes


_turns = threading.BoundedSemaphore(AT_ONCE)


class Parts:
    """Part files in ``folder``, each under its upload's random id; ``reserve`` bytes of its disk are left alone."""

    def __init__(self, folder: Path, reserve: int = 0) -> None:
        self.folder, self.reserve = folder, reserve

    def size(self, upload_id: str) -> int:
        """Bytes that have arrived."""
        try:
            return self._path(upload_id, "part").stat().st_size
        except FileNotFoundError:
            return 0

    def open(self, upload_id: str) -> BufferedReader:
        """What has arrived; raises FileNotFoundError."""
        return self._path(upload_id, "part").open("rb")

    def receive(
        self, upload_id: str, stream: Stream, *, at: int, size: int, checksum: Checksum | None = None
    ) -> int:
        """Write ``stream`` from byte ``at`` on, up to ``size`` bytes in all; the bytes that are here now.

        They are on disk when it returns. Raises Busy, Moved, NoRoom, and with a ``checksum`` Damaged: then
        nothing of this stream is kept, also when it was cut, for nothing else proves it.
        """
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with _turn(), self._alone(upload_id) as still_alone:
            if at != self.size(upload_id):
                raise Moved
            handle = os.open(self._path(upload_id, "part"), os.O_WRONLY | os.O_CREAT, 0o600)
            with os.fdopen(handle, "wb", buffering=0) as file:
                file.seek(at)
                found = hashlib.new(checksum.algorithm) if checksum else None
                here = at
                while here < size and (chunk := _read(stream, min(CHUNK, size - here))):
                    if not still_alone():
                        raise Busy
                    leave(self.folder, self.reserve, len(chunk))
                    file.write(chunk)
                    here += len(chunk)
                    if found:
                        found.update(chunk)
                if found and checksum and found.digest() != checksum.digest:
                    file.truncate(at)
                    raise Damaged
                os.fsync(file.fileno())
        return here

    def forget(self, upload_id: str) -> None:
        """Throw away what has arrived."""
        for ending in ("part", "lock"):
            self._path(upload_id, ending).unlink(missing_ok=True)

    def forget_strangers(self, known: frozenset[str]) -> None:
        """Throw away what belongs to none of the ``known`` uploads and has not been touched for a day.

        The files' times are the machine's: the application's clock may be shifted.
        """
        for path in self.folder.glob("*.*"):
            with suppress(FileNotFoundError):
                if path.stem not in known and _age(path) > STRANGE:
                    path.unlink()

    @contextmanager
    def _alone(self, upload_id: str) -> Iterator[Callable[[], bool]]:
        """Keep other requests out; yields a question that also says "I am alive"."""
        path, mine = self._path(upload_id, "lock"), secrets.token_hex(8)
        try:
            _claim(path, mine)
        except FileExistsError:
            with suppress(FileNotFoundError):
                if _age(path) < QUIET:
                    raise Busy from None
                path.unlink()
            try:
                _claim(path, mine)
            except FileExistsError:
                raise Busy from None

        def still_alone() -> bool:
            try:
                alone = path.read_text() == mine
                os.utime(path)
            except FileNotFoundError:
                return False
            return alone

        try:
            yield still_alone
        finally:
            if still_alone():
                path.unlink(missing_ok=True)

    def _path(self, upload_id: str, ending: str) -> Path:
        if not upload_id.isalnum():
            raise FileNotFoundError(upload_id)
        return self.folder / f"{upload_id}.{ending}"


def parts() -> Parts:
    """The part files of the current application."""
    settings = platform().settings
    return Parts(settings.data / "uploads", settings.disk_reserve_bytes)


@contextmanager
def _turn() -> Iterator[None]:
    """One of the process's turns; a phone that finds none asks again soon (Busy)."""
    if not _turns.acquire(blocking=False):
        raise Busy
    try:
        yield
    finally:
        _turns.release()


def _age(path: Path) -> float:
    """Seconds since a file was touched; for ever when that lies in the future, as after a clock that was ahead."""
    seconds = time.time() - path.stat().st_mtime
    return seconds if seconds > -SKEW.total_seconds() else math.inf


def _claim(path: Path, mine: str) -> None:
    with path.open("x") as file:
        file.write(mine)


def _read(stream: Stream, size: int) -> bytes:
    """A cut is an end: some servers say so with an error."""
    try:
        return stream.read(size)
    except OSError:
        return b""
