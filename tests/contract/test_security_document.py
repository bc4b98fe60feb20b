"""Each row of the table of what is protected names tests, and these exist."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
DOCUMENT = TESTS.parent / "docs" / "security.md"
ROWS = [line for line in DOCUMENT.read_text(encoding="utf-8").splitlines() if line.startswith("| V")]
TEST = re.compile(r"`([a-z0-9_/]+\.py)::(test_[a-z0-9_]+)`")


def test_there_are_rows() -> None:
    assert len(ROWS) > 25


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.split("|")[2].strip())
def test_a_row_names_tests_that_exist(row: str) -> None:
    _, _chapter, _what, _how, shown_by, _ = row.split("|")
    named = TEST.findall(shown_by)
    assert named, "a protection without a test"
    assert TEST.sub("", shown_by).strip(" ,") == "", "words instead of a test"
    for file, test in named:
        assert test in functions_of(file), f"{file}::{test}"


@cache
def functions_of(file: str) -> set[str]:
    tree = ast.parse((TESTS / file).read_text(encoding="utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
