"""Floors of `make coverage`, by part: how many lines and branches tests must run where it matters most (R15).

Each floor was measured and rounded down; who changes a part keeps it or lifts it.
"""

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatch


@dataclass(frozen=True, slots=True)
class Part:
    """``files``: patterns of paths. ``floor``: percent of lines and branches."""

    name: str
    files: tuple[str, ...]
    floor: int


PARTS = (
    Part("scoring", ("lms/assessment/*", "lms/evidence/rubric_scoring.py"), 95),
    Part("completion", ("lms/completion/*",), 98),
    Part("certificates", ("lms/certificates/*",), 95),
    Part("authorisation", ("lms/people/access/auth*.py", "lms/web/routing.py"), 97),
)


def measured() -> Iterator[tuple[str, int, int]]:
    """Each file, its lines and branches that were run, and all of them."""
    command = [sys.executable, "-m", "coverage", "json", "-q", "-o", "-"]
    report = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    for path, found in json.loads(report)["files"].items():
        summary = found["summary"]
        run = summary["covered_lines"] + summary["covered_branches"]
        yield path, run, summary["num_statements"] + summary["num_branches"]


def main() -> int:
    """Print each part beside its floor; how many lie below."""
    below = 0
    files = list(measured())
    for part in PARTS:
        own = [(run, of) for path, run, of in files if any(fnmatch(path, name) for name in part.files)]
        share = 100 * sum(run for run, _of in own) / sum(of for _run, of in own)
        low = share < part.floor
        print(f"{part.name:14} {share:6.2f} %  floor {part.floor} %{'  TOO LOW' if low else ''}")
        below += low
    return below


if __name__ == "__main__":
    sys.exit(main())
