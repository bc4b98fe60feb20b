"""The core does not know its plugins: import-linter sees imports, this sees strings."""

from pathlib import Path

ROOT = Path(__file__).parents[2]
PLUGINS = [path.parent.name for path in ROOT.glob("plugins/*/pyproject.toml")]
SUFFIXES = {".py", ".html", ".js", ".css", ".yaml", ".typ", ".txt", ".mako"}


def test_there_are_plugins_to_look_for() -> None:
    assert len(PLUGINS) == 4


def test_nothing_in_the_core_names_a_plugin() -> None:
    found = [
        f"{path.relative_to(ROOT)}: {name}"
        for folder in ("lms", "migrations")
        for path in (ROOT / folder).rglob("*")
        if path.suffix in SUFFIXES
        for name in PLUGINS
        if name in path.read_text(encoding="utf-8")
    ]
    assert found == []
