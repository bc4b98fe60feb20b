"""Child processes that do not outlive this one, however it ends."""

import atexit
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

from lms.platform import process_reaper

STOPS = (signal.SIGINT, signal.SIGTERM)


def start(
    arguments: Sequence[str | Path],
    *,
    end_by: signal.Signals = signal.SIGTERM,
    log: IO[bytes] | None = None,
    env: Mapping[str, str] | None = None,
    **options: Any,
) -> subprocess.Popen[bytes]:
    """Start a program in a session of its own; ``end_by`` is what ends it once this process is gone.

    ``log`` takes both of its outputs; ``options`` are those of ``subprocess.Popen``.
    """
    process: subprocess.Popen[bytes] = subprocess.Popen(
        list(arguments),
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=log,
        env=env,
        start_new_session=True,
        **options,
    )
    _tell(f"child {process.pid} {int(end_by)}")
    return process


def remove_at_end(folder: Path) -> None:
    """Remove ``folder`` once this process and the children it has started are gone."""
    _tell(f"folder {folder.resolve()}")


def heed_signals() -> None:
    """Let Ctrl-C and SIGTERM stop this process and what it starts.

    A shell starts its background jobs deaf to Ctrl-C, and every program they start inherits that.
    """
    for number in STOPS:
        if signal.getsignal(number) is signal.SIG_IGN:
            given = signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL
            signal.signal(number, given)


def end_with(parent: int, *, within: float = 15) -> None:
    """End this process once its ``parent`` is gone: by SIGTERM, and by force after ``within`` seconds."""

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(0.5)
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(within)
        os._exit(1)

    threading.Thread(target=watch, name="parent", daemon=True).start()


_lock = threading.Lock()
_reaper: subprocess.Popen[bytes] | None = None


@atexit.register
def _leave() -> None:
    """At an orderly end wait until the reaper has cleared up; mostly there is nothing left."""
    if _reaper is not None:
        with suppress(OSError, subprocess.TimeoutExpired):
            _reaper.communicate(timeout=process_reaper.GRACE_SECONDS + 3)


def _tell(line: str) -> None:
    global _reaper
    with _lock:
        if _reaper is None or _reaper.poll() is not None:
            _reaper = subprocess.Popen(
                [sys.executable, "-I", "-S", process_reaper.__file__],
                stdin=subprocess.PIPE,
                start_new_session=True,
            )
        assert _reaper.stdin
        _reaper.stdin.write(f"{line}\n".encode())
        _reaper.stdin.flush()
