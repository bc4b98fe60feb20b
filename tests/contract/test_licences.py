"""The list of licences is that of the lock, and holds free licences alone."""

import importlib.util
from pathlib import Path

ROOT = Path(__file__).parents[2]
_SPEC = importlib.util.spec_from_file_location("licences", ROOT / "requirements" / "licences.py")
assert _SPEC
assert _SPEC.loader
licences = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(licences)


def test_the_page_is_what_the_lock_installs() -> None:
    """When it is not: `make lock`, and read what is new."""
    assert len(licences.locked()) > 50
    assert licences.PAGE.read_text(encoding="utf-8") == licences.page()


def test_every_licence_is_a_free_one() -> None:
    named = {name: licences.licence(name) for name in licences.locked()}
    named |= {what: free for what, _wheel, free in licences.INSIDE}
    assert {name: said for name, said in named.items() if licences.parts(said) - licences.FREE} == {}


def test_a_licence_that_is_not_free_would_be_seen() -> None:
    assert licences.parts("MIT OR (GPL-2.0-only AND Apache-2.0)") == {"MIT", "GPL-2.0-only", "Apache-2.0"}
    assert "GPL-2.0-only" not in licences.FREE


def test_what_stands_inside_a_wheel_is_in_the_lock() -> None:
    assert {wheel for _what, wheel, _free in licences.INSIDE} <= set(licences.locked())
