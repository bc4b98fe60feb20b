"""The table of what is protected names tests that exist."""

import re
from pathlib import Path

TESTS = Path(__file__).parents[1]
DOCUMENT = TESTS.parent / "docs" / "security.md"


def test_every_named_test_exists() -> None:
    named = re.findall(r"`([a-z_/]+\.py)::(test_[a-z0-9_]+)`", DOCUMENT.read_text(encoding="utf-8"))
    assert len(named) > 30
    for file, test in named:
        if file != "test_x.py":
            assert f"def {test}(" in (TESTS / file).read_text(encoding="utf-8"), (file, test)


def test_every_row_of_the_table_is_shown_by_something() -> None:
    rows = [line for line in DOCUMENT.read_text(encoding="utf-8").splitlines() if line.startswith("| V")]
    assert len(rows) > 25
    for row in rows:
        assert row.split("|")[4].strip(), row
