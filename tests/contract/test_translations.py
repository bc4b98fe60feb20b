"""English catalogues are complete, fresh and compiled; no page says anything untranslated."""

import io
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

ROOT = Path(__file__).parents[2]
METHODS = [("**/tests/**", "ignore"), ("**.py", "python"), ("**/templates/**.html", "jinja2")]
PACKAGES = [ROOT / "lms", *sorted((ROOT / "plugins").glob("*/imbas_*"))]


def _wanted(package: Path) -> set[object]:
    return {
        found[2]
        for found in extract_from_dir(
            str(package), METHODS, options_map={"**/templates/**.html": {"silent": "false"}}
        )
    }


def _catalogue(package: Path) -> Catalog:
    with (package / "translations/en/LC_MESSAGES/messages.po").open("rb") as file:
        return read_po(file)


@pytest.mark.parametrize("package", PACKAGES, ids=lambda package: package.name)
def test_every_sentence_has_its_english(package: Path) -> None:
    known = {message.id for message in _catalogue(package) if message.string and not message.fuzzy}
    known |= {
        message.id[0]
        for message in _catalogue(package)
        if isinstance(message.id, tuple) and all(message.string)
    }
    shared = {message.id for message in _catalogue(ROOT / "lms") if message.string}
    missing = {
        text for text in _wanted(package) if (text[0] if isinstance(text, tuple) else text) not in known
    }
    assert sorted(map(str, missing - shared)) == []


@pytest.mark.parametrize("package", PACKAGES, ids=lambda package: package.name)
def test_no_sentence_is_left_that_nobody_says(package: Path) -> None:
    wanted = {text[0] if isinstance(text, tuple) else text for text in _wanted(package)}
    said = {message.id[0] if isinstance(message.id, tuple) else message.id for message in _catalogue(package)}
    assert sorted(map(str, said - wanted - {""})) == []


@pytest.mark.parametrize("package", PACKAGES, ids=lambda package: package.name)
def test_the_compiled_catalogue_is_fresh(package: Path) -> None:
    fresh = io.BytesIO()
    write_mo(fresh, _catalogue(package))
    compiled = package / "translations/en/LC_MESSAGES/messages.mo"
    assert compiled.read_bytes() == fresh.getvalue(), "run: make translations"
