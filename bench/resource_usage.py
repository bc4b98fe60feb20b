"""What the system under test uses, as the operating system tells it: CPU-seconds and memory.

Each part of the system (web, worker, broker, postgresql) is a process with its descendants. Linux only.
"""

import os
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")
_PROC = Path("/proc")


@dataclass(frozen=True, slots=True)
class Reading:
    """CPU-seconds used so far by each part, ended children included, and by everything on this machine."""

    cpu: Mapping[str, float]
    own: float
    """By this process, which plays the clients."""
    machine: float
    at: float
    """Seconds on the monotonic clock."""

    def since(self, before: "Reading") -> dict[str, float]:
        """What each part used between two readings."""
        return {name: used - before.cpu[name] for name, used in self.cpu.items()}

    def others(self, before: "Reading") -> float:
        """The share (0..1) of the machine that was used by anybody else between two readings."""
        known = sum(self.since(before).values()) + self.own - before.own
        whole = (self.at - before.at) * (os.cpu_count() or 1)
        return max(0.0, self.machine - before.machine - known) / whole


def read(parts: Mapping[str, int]) -> Reading:
    """CPU-seconds of each part; ``parts`` maps its name to the process at its root."""
    children, times = _children(), os.times()
    return Reading(
        {name: sum(map(_cpu, _tree(pid, children))) for name, pid in parts.items()},
        times.user + times.system,
        _machine(),
        time.monotonic(),
    )


class Peak:
    """Looks at the memory of the parts every half second; ``parts`` and ``total`` are the most it saw, in MB."""

    def __init__(self, parts: Mapping[str, int]) -> None:
        self._watched = parts
        self._ended = threading.Event()
        self.parts: dict[str, float] = {}
        self.total = 0.0

    def __enter__(self) -> "Peak":
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._ended.set()
        self._thread.join()

    def _watch(self) -> None:
        while True:
            held = memory(self._watched)
            self.parts = {name: max(size, self.parts.get(name, 0.0)) for name, size in held.items()}
            self.total = max(self.total, sum(held.values()))
            if self._ended.wait(0.5):
                return


def memory(parts: Mapping[str, int]) -> dict[str, float]:
    """Proportional set size of each part in MB: shared pages are shared out, so that sums are true."""
    children = _children()
    return {name: sum(map(_pss, _tree(pid, children))) / 1024 for name, pid in parts.items()}


def memory_map(parts: Mapping[str, int]) -> list[tuple[str, str, float]]:
    """Where the memory is: part with its processes, what for, MB (proportional); the largest first in each part."""
    children = _children()
    found = []
    for name, root in parts.items():
        tree, sizes = _tree(root, children), dict[str, int]()
        for pid in tree:
            for kind, size in _mapped(pid).items():
                sizes[kind] = sizes.get(kind, 0) + size
        kinds = sorted(sizes.items(), key=lambda kind: -kind[1])
        found += [(f"{name} ({len(tree)})", kind, size / 1024) for kind, size in kinds if size >= 512]
    return found


def _mapped(pid: int) -> dict[str, int]:
    """kB by kind: Python's own objects lie in anonymous memory, what libraries ask of C in the heap."""
    sizes: dict[str, int] = {}
    kind = ""
    for line in (_PROC / str(pid) / "smaps").read_text().splitlines():
        fields = line.split()
        if fields[0].endswith(":"):
            if fields[0] == "Pss:":
                sizes[kind] = sizes.get(kind, 0) + int(fields[1])
        elif len(fields) < 6:
            kind = "anonymous"
        else:
            kind = fields[5].strip("[]") if fields[5].startswith("[") else "files"
    return sizes


def _children() -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for entry in _PROC.iterdir():
        if entry.name.isdigit() and (fields := _stat(int(entry.name))):
            found.setdefault(int(fields[1]), []).append(int(entry.name))
    return found


def _tree(pid: int, children: Mapping[int, list[int]]) -> list[int]:
    return [pid, *(below for child in children.get(pid, ()) for below in _tree(child, children))]


def _cpu(pid: int) -> float:
    """User and system time of a process and of its children that have ended."""
    fields = _stat(pid)
    return sum(int(value) for value in fields[11:15]) / _TICKS if fields else 0.0


def _stat(pid: int) -> list[str]:
    """The fields of ``/proc/PID/stat`` after the name, which may hold anything; empty when it has ended."""
    try:
        return (_PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []


def _machine() -> float:
    """CPU-seconds used by everything since the machine started; not idle, not waiting for a disk."""
    user, nice, system, _idle, _waiting, irq, soft_irq, stolen = map(
        int, (_PROC / "stat").read_text().split(maxsplit=9)[1:9]
    )
    return (user + nice + system + irq + soft_irq + stolen) / _TICKS


def _pss(pid: int) -> int:
    try:
        rollup = (_PROC / str(pid) / "smaps_rollup").read_text()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:")), 0)
