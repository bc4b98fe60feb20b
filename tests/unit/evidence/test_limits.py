"""Whatever is sent: an answer within the limits of the child that reads it. Figures: ``python -m bench files``."""

from pathlib import Path

import pytest

from lms.contract.files import FILE_KINDS
from lms.evidence.file_validation import kind_of
from lms.platform.isolated import FULL, QUICK, SMALL, Limits, Outcome, run_child
from lms.testing.hostile import HOSTILE, LARGEST

PATIENT = 30.0
"""Seconds of wall time on a machine that runs tests beside it; what counts here is the processor's time."""
AT_ONCE = {
    what
    for what in HOSTILE
    if what.startswith(("docx", "PNG", "JPEG, 4", "JPEG, progressive, 60", "mp4")) or "dictionaries" in what
} - {"docx, 60 MB of fields"}
"""Those that a look before finds."""


def examined(name: str, body: bytes, folder: Path) -> Outcome:
    kind = kind_of(name, frozenset(FILE_KINDS)).name
    path = folder / "file"
    path.write_bytes(body)
    for limits in (QUICK, FULL) if len(body) <= SMALL else (FULL,):
        with path.open("rb") as file:
            found = run_child(
                "lms.evidence.file_contents:examine",
                file,
                (kind, name),
                Limits(PATIENT, limits.cpu, limits.megabytes),
            )
        if "outgrown" not in found.answer:
            break
    return found


@pytest.mark.slow
@pytest.mark.parametrize("what", HOSTILE)
def test_a_hostile_file_is_refused_within_the_limits(what: str, tmp_path: Path) -> None:
    name, make = HOSTILE[what]
    found = examined(name, make(), tmp_path)
    assert "refusal" in found.answer or "outgrown" in found.answer
    assert found.cpu < 6
    assert found.peak < 300
    if what in AT_ONCE:
        assert "refusal" in found.answer
        assert found.cpu < 1.2
        assert found.peak < 230


@pytest.mark.slow
@pytest.mark.parametrize("what", LARGEST)
def test_the_largest_honest_file_is_taken_within_the_limits(what: str, tmp_path: Path) -> None:
    name, make = LARGEST[what]
    found = examined(name, make(), tmp_path)
    assert "result" in found.answer
    assert found.cpu < 5
    assert found.peak < 300
