"""Figures as measured: times of steps, and a report in Markdown that says on what and when."""

import os
import platform
import shutil
import sqlite3
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from math import ceil
from pathlib import Path

from sqlalchemy import create_engine

_DISTRIBUTIONS = ("flask", "sqlalchemy", "granian", "celery", "argon2-cffi", "typst")


@dataclass(slots=True)
class Times:
    """Seconds by step, and what went wrong. Threads append; appending is atomic."""

    steps: dict[str, list[float]] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)

    def add(self, step: str, seconds: float) -> None:
        """One more measurement of a step."""
        self.steps.setdefault(step, []).append(seconds)

    def lines(self) -> list[tuple[str, ...]]:
        """Step, times done, p50, p95, p99 in milliseconds."""
        return [
            (step, str(len(seconds)), *(f"{percentile(seconds, share) * 1000:.0f}" for share in (50, 95, 99)))
            for step, seconds in self.steps.items()
        ]


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that is not exceeded by ``share`` percent of ``values``."""
    ordered = sorted(values)
    return ordered[max(0, ceil(len(ordered) * share / 100) - 1)]


def table(head: Sequence[str], lines: Sequence[Sequence[str]]) -> str:
    """A table in Markdown; all columns but the first are numbers."""
    rule = ["---", *("---:" for _column in head[1:])]
    return "\n".join(f"| {' | '.join(line)} |" for line in (head, rule, *lines))


def verdict(measured: float, limit: float, *, at_least: bool = False) -> str:
    """Whether a figure holds."""
    holds = measured >= limit if at_least else measured <= limit
    return "holds" if holds else "MISSED"


def circumstances(database: str) -> str:
    """When, on which machine, with which versions."""
    versions = ", ".join(f"{name} {version(name)}" for name in _DISTRIBUTIONS)
    return (
        f"Measured {datetime.now(UTC):%Y-%m-%d %H:%M} UTC, revision {_revision()}, on {_machine()}, "
        f"Python {platform.python_version()}, {database_version(database)}, {versions}."
    )


def database_version(url: str) -> str:
    """Name and version of the database behind ``url``."""
    if url.startswith("sqlite"):
        return f"SQLite {sqlite3.sqlite_version}"
    engine = create_engine(url)
    with engine.connect() as connection:
        found = connection.exec_driver_sql("SHOW server_version").scalar()
    engine.dispose()
    return f"PostgreSQL {str(found).split(' ')[0]}"


def _machine() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    model = next((line.partition(": ")[2] for line in lines if line.startswith("model name")), "unknown CPU")
    return f"{os.cpu_count()} cores {model}, Linux {platform.release()}"


def _revision() -> str:
    if not shutil.which("git"):
        return "unknown"
    asked = subprocess.run(
        ["git", "describe", "--always", "--dirty"],
        cwd=Path(__file__).parent,
        capture_output=True,
        text=True,
        check=False,
    )
    return asked.stdout.strip() or "unknown"
