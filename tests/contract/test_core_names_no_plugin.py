"""The core does not know its plugins: import-linter sees imports, this sees strings."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PLUGINS = [path.parent.name for path in ROOT.glob("plugins/*/pyproject.toml")]
SUFFIXES = {".py", ".html", ".js", ".css", ".yaml", ".typ", ".txt", ".mako"}


def test_there_are_plugins_to_look_for() -> None:
    assert len(PLUGINS) == 7


def test_nothing_in_the_core_names_a_plugin() -> None:
    found = [
        f"{path.relative_to(ROOT)}: {name}"
        for folder in ("lms", "migrations")
        for path in (ROOT / folder).rglob("*")
        if path.suffix in SUFFIXES
        for name in PLUGINS
        if _named(name).search(path.read_text(encoding="utf-8"))
    ]
    assert found == []


def _named(name: str) -> re.Pattern[str]:
    """A plugin's name anywhere; one that is an ordinary word, where it is a key: quoted, or part of a table or package."""
    return re.compile(
        name
        if "_" in name
        else rf"""["']{name}["'.]|\b(?:p|imbas|alembic_version)_{name}(?:_|\b)|- key: {name}\."""
    )


def test_a_name_that_is_a_word_is_found_where_it_is_a_key() -> None:
    found = _named("grant").search
    assert found('{"grant": 1}')
    assert found("'grant.report'")
    assert found("- key: grant.report")
    assert found("SELECT * FROM p_grant_line")
    assert not found("a grant of a role; grant.role; grant_role(")
