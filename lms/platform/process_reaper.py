"""A process of its own that ends others once the process that started it is gone, also after ``kill -9``.

Runs as a program without this package: see ``lms.platform.children``. Its standard input is a pipe
whose other end only that process holds, so the end of input is the end of that process.
"""

import os
import shutil
import signal
import sys
import time
from contextlib import suppress
from pathlib import Path

GRACE_SECONDS = 12
"""What a process may take to end by the signal it was started with."""


def main() -> None:
    """Read lines until the input ends: ``child PID SIGNAL`` or ``folder PATH``; then end and remove them."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    children: dict[int, tuple[int, str]] = {}
    folders: list[str] = []
    for line in sys.stdin:
        word, _, rest = line.rstrip("\n").partition(" ")
        if word == "child":
            pid, end_by = map(int, rest.split())
            children[pid] = (end_by, _born(pid))
        else:
            folders.append(rest)
    _end({pid: end_by for pid, (end_by, born) in children.items() if born and _born(pid) == born})
    for folder in folders:
        shutil.rmtree(folder, ignore_errors=True)


def _end(children: dict[int, int]) -> None:
    for pid, end_by in children.items():
        _signal(pid, end_by)
    end = time.monotonic() + GRACE_SECONDS
    while any(map(_born, children)) and time.monotonic() < end:
        time.sleep(0.05)
    for pid in children:
        _signal(pid, signal.SIGKILL)  # with what it started itself


def _signal(pid: int, number: int) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, number)


def _born(pid: int) -> str:
    """When the process began, so that another one with its number is left alone; empty when it is gone."""
    try:
        state, *fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except FileNotFoundError:
        return "" if Path("/proc/self").exists() else _answers(pid)
    except ProcessLookupError:
        return ""
    return "" if state in {"Z", "X"} else fields[18]


def _answers(pid: int) -> str:
    """Where there is no ``/proc``."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return ""
    return "alive"


if __name__ == "__main__":
    main()
