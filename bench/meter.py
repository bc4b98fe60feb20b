"""What the system under test uses, as the operating system tells it: CPU-seconds and memory.

Each part of the system (web, worker, broker, postgresql) is a process with its descendants. Linux only.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")
_PROC = Path("/proc")


@dataclass(frozen=True, slots=True)
class Reading:
    """CPU-seconds used so far by each part, ended children included."""

    cpu: Mapping[str, float]

    def since(self, before: "Reading") -> dict[str, float]:
        """What each part used between two readings."""
        return {name: used - before.cpu[name] for name, used in self.cpu.items()}


def read(parts: Mapping[str, int]) -> Reading:
    """CPU-seconds of each part; ``parts`` maps its name to the process at its root."""
    children = _children()
    return Reading({name: sum(map(_cpu, _tree(pid, children))) for name, pid in parts.items()})


def memory(parts: Mapping[str, int]) -> dict[str, float]:
    """Proportional set size of each part in MB: shared pages are shared out, so that sums are true."""
    children = _children()
    return {name: sum(map(_pss, _tree(pid, children))) / 1024 for name, pid in parts.items()}


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


def _pss(pid: int) -> int:
    try:
        rollup = (_PROC / str(pid) / "smaps_rollup").read_text()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:")), 0)
