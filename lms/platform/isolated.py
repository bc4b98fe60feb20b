"""Run a function that reads a hostile file in a child process with limits of time and memory.

A parser that is slow, greedy or broken then costs one file its turn and nobody else anything. Use::

    rows = run_isolated("lms.people.directory.spreadsheet_parser:read_sheets", data)

``"module:function"`` names a function of the signature ``function(file: BinaryIO, *arguments)``. Its module is
imported in the child only, so the web process never loads the parsers: keep heavy imports out of modules that
the web process imports for other reasons. ``file`` is read-only, seekable, at its beginning. Arguments and
result are what JSON can say, and ``bytes``; tuples come back as lists. A refusal is any error of
``lms.contract.errors`` raised in the function: it comes out of ``run_isolated`` with its sentence. Any other
exception is logged with its traceback and becomes ``Unreadable``, as do a child that was stopped at its limits and
one that crashed: catch it to say which file it was.

Small files (``SMALL`` bytes) have ``QUICK`` limits; what is larger, or outgrows those, has the ``FULL`` limits. Of each there is
one at a time on a machine, so that small ones do not wait for large ones, and pages keep a core. Who has waited ``PATIENCE`` seconds gets
ServerBusy (503 with ``Retry-After``), which senders try again. Never call it inside ``write()``: it raises
RuntimeError there. The session gives its connection back while the child works.

Decision record 0022 tells why a new process each time.
"""

import base64
import json
import logging
import os
import select
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any, BinaryIO, cast

from lms.contract import errors
from lms.contract.errors import ImbasError, Invalid, ServerBusy
from lms.contract.text import message, text_of
from lms.platform import isolated_child
from lms.platform.application import platform
from lms.platform.db import db
from lms.platform.file_semaphore import NoTurn, Turns
from lms.platform.transaction import is_writing

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Limits:
    """Of one child: ``seconds`` of wall time, ``cpu`` seconds of a processor, ``megabytes`` of memory of its own.

    Code of libraries comes on top of the memory: 8 to 25 MB resident.
    """

    seconds: float
    cpu: int
    megabytes: int


SMALL = 1024 * 1024
"""Bytes up to which a file is tried within the QUICK limits first."""
QUICK, FULL = Limits(3, 1, 90), Limits(5, 5, 260)
PATIENCE = 20.0
"""Seconds that a file waits for its turn."""
_WAITING = 16
"""Files that wait in one process: a quarter of its threads, so that pages keep the others."""
_MAX_ANSWER = 64 * 1024 * 1024
_BUSY_SERVER = 0.5
"""Share of its seconds that a child must have had of a processor to be called slow."""
_QUICK_TURNS = Turns("quick", places=1, waiting=_WAITING)
_FULL_TURNS = Turns("full", places=1, waiting=_WAITING)


class Unreadable(Invalid):
    """The file could not be examined within the limits; ``why`` is time, memory, result, crash or bug."""

    def __init__(self, why: str) -> None:
        super().__init__(_UNREADABLE)
        self.why = why


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one child: its ``answer``, seconds of wall and processor time, megabytes at its peak."""

    answer: dict[str, Any]
    seconds: float
    cpu: float
    peak: float
    starved: bool = False
    """It ran out of time, but had hardly any of a processor: that says nothing against its file."""


def run_isolated(function: str, file: Path | bytes | BinaryIO, *arguments: Any) -> Any:
    """Call ``function(file, *arguments)`` in a child process with limits of time and memory; what it returns.

    ``function`` is ``"module:function"``; the module is imported in the child only. ``file`` is a path, bytes or a seekable
    stream; the child reads it from its beginning. Arguments and result are what JSON can say, and bytes; tuples come back
    as lists. Errors of ``lms.contract.errors`` that the function raises come out as they are. Raises Unreadable when the
    child crashes, breaks or reaches its limits (docs/security.md has the figures); ServerBusy when its turn does not come; and
    RuntimeError inside a write transaction, because it takes seconds.
    """
    if is_writing():
        raise RuntimeError("run_isolated() takes seconds; call it before write()")
    db.session().rollback()
    folder: Path = platform().settings.data / "turns"
    with _opened(file) as opened:
        if os.fstat(opened.fileno()).st_size <= SMALL:
            with _turn(_QUICK_TURNS, folder):
                outcome = run_child(function, opened, arguments, QUICK)
            if "outgrown" not in outcome.answer:
                return _result(outcome)
            opened.seek(0)
        with _turn(_FULL_TURNS, folder):
            return _result(run_child(function, opened, arguments, FULL))


def run_child(function: str, file: BinaryIO, arguments: tuple[Any, ...], limits: Limits) -> Outcome:
    """Run ``function`` once in a child, which is gone when this returns."""
    task = {
        "function": function,
        "arguments": arguments,
        "path": sys.path,
        "parent": os.getpid(),
        "seconds": limits.seconds,
        "cpu": limits.cpu,
        "megabytes": limits.megabytes,
    }
    started = time.monotonic()
    child = subprocess.Popen(  # noqa: S603  (no preexec_fn: so this process with its threads is not forked)
        [sys.executable, "-I", "-S", isolated_child.__file__],
        stdin=file,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=_environment(json.dumps(task)),
        start_new_session=True,
    )
    said, why = b"", "crash"
    try:
        said = _said(child, started + limits.seconds)
    except TimeoutError:
        why = "time"
    finally:
        cpu = _end(child)
    seconds = time.monotonic() - started
    peak, answer = _parsed(said) if said else (float(limits.megabytes), {"outgrown": why})
    if sys.platform != "win32" and child.returncode == -signal.SIGXCPU:
        answer = {"outgrown": "time"}
    starved = answer.get("outgrown") == "time" and cpu < limits.seconds * _BUSY_SERVER
    ended = next(iter(answer), "crash") + " " + str(answer.get("outgrown", answer.get("refusal", "")))
    log.info("isolated %s: %.2f s, %.2f s cpu, %.0f MB, %s", function, seconds, cpu, peak, ended.strip())
    return Outcome(answer, seconds, cpu, peak, starved)


def _said(child: subprocess.Popen[bytes], end: float) -> bytes:
    """All that the child wrote; raises TimeoutError at ``end``."""
    assert child.stdout
    if sys.platform == "win32":
        try:
            return child.communicate(timeout=end - time.monotonic())[0]
        except subprocess.TimeoutExpired:
            raise TimeoutError from None
    handle, found = child.stdout.fileno(), bytearray()
    ready = select.poll()
    ready.register(handle, select.POLLIN | select.POLLHUP)
    while ready.poll(max(0.0, end - time.monotonic()) * 1000):
        part = os.read(handle, 1 << 16)
        if not part:
            return bytes(found)
        found += part
        if len(found) > _MAX_ANSWER:
            return b""
    raise TimeoutError


def _end(child: subprocess.Popen[bytes]) -> float:
    """Kill what still runs; the seconds of processor time that it had, where the system tells."""
    assert child.stdout
    child.stdout.close()
    if sys.platform == "win32":
        child.kill()
        child.wait()
        return 0.0
    os.kill(child.pid, signal.SIGKILL)  # nobody has waited for it yet, so its number is still its own
    _pid, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    return used.ru_utime + used.ru_stime


def _parsed(said: bytes) -> tuple[float, dict[str, Any]]:
    """The child's peak in megabytes, and its answer. JSON: what a taken-over child says must not run here."""
    try:
        peak, answer = said.split(b"\n", 1)
        return float(json.loads(peak)["peak"]), dict(json.loads(answer, object_hook=_text_as_bytes))
    except (ValueError, TypeError, KeyError):
        return 0.0, {"outgrown": "crash"}


def _text_as_bytes(found: dict[str, Any]) -> Any:
    if found.keys() == {"__bytes__"}:
        return base64.b64decode(found["__bytes__"])
    return found


def _result(outcome: Outcome) -> Any:
    answer = outcome.answer
    if "result" in answer:
        return answer["result"]
    if "refusal" in answer:
        raise _refusal(answer)
    if outcome.starved:
        raise ServerBusy(_BUSY)
    if "bug" in answer:
        log.error("a reader of files failed:\n%s", answer["bug"])
        raise Unreadable("bug")
    log.warning(
        "a file was given up: %s after %.2f s, %.0f MB", answer["outgrown"], outcome.seconds, outcome.peak
    )
    raise Unreadable(str(answer["outgrown"]))


def _refusal(answer: dict[str, Any]) -> ImbasError:
    kind = getattr(errors, answer["refusal"], Invalid)
    fields = {field: text_of(text) for field, text in answer["fields"].items()}
    error = cast(ImbasError, kind(text_of(answer["text"]), fields=fields))
    error.status = int(answer["status"])
    return error


@contextmanager
def _turn(turns: Turns, folder: Path) -> Iterator[None]:
    try:
        with turns.take(folder, patience=PATIENCE):
            yield
    except NoTurn:
        raise ServerBusy(_BUSY) from None


@contextmanager
def _opened(file: Path | bytes | BinaryIO) -> Iterator[BinaryIO]:
    """The file with a descriptor of its own: the child's reading must not move the caller's place in it."""
    if not isinstance(file, Path | bytes):
        file = _path_of(file) or file
    if isinstance(file, Path):
        with file.open("rb") as opened:
            yield opened
        return
    with TemporaryFile() as copy:
        if isinstance(file, bytes):
            copy.write(file)
        else:
            file.seek(0)
            shutil.copyfileobj(file, copy, 1 << 20)
        copy.seek(0)
        yield cast(BinaryIO, copy)


def _path_of(file: BinaryIO) -> Path | None:
    """Where an open file lies, unless it has no name, or another one has that name by now."""
    name = getattr(file, "name", None)
    if not isinstance(name, str):
        return None
    with suppress(OSError):
        if os.path.samestat(Path(name).stat(), os.fstat(file.fileno())):
            return Path(name)
    return None


def _environment(task: str) -> dict[str, str]:
    """Nothing of the web process's: its environment may hold keys."""
    needed = {name: os.environ[name] for name in ("LD_LIBRARY_PATH", "SYSTEMROOT") if name in os.environ}
    return {"IMBAS_ISOLATED": task, "LC_ALL": "C.UTF-8", "MALLOC_ARENA_MAX": "1", **needed}


_UNREADABLE = message(
    "Berkas ini terlalu berat atau rusak, jadi tidak dapat diperiksa. Belum ada yang diubah. "
    "Buka, simpan ulang dengan ukuran lebih kecil, lalu unggah lagi."
)
_BUSY = message(
    "Server sedang sibuk memeriksa berkas lain, jadi berkas ini belum diterima. Yang sudah tersimpan aman. "
    "Tunggu sebentar, lalu kirim lagi."
)
