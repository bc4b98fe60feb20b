"""The guides say what the screens say, and every picture is made by the script and used."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
GUIDES = sorted((ROOT / "docs/panduan").glob("*.md"))
ROLES = {"guru", "tpmps", "kepala-sekolah", "operator", "fasilitator", "penilai", "admin-lpmp"} | {
    "pimpinan",
    "pengawas",
    "dinas",
    "masuk",
    "README",
}


def test_each_role_has_a_guide() -> None:
    assert {guide.stem for guide in GUIDES} == ROLES


@pytest.mark.parametrize("guide", [*GUIDES, ROOT / "docs/tutorial.md"], ids=lambda path: path.stem)
def test_each_word_in_bold_stands_on_a_screen(guide: Path) -> None:
    quoted = set(re.findall(r"\*\*(.+?)\*\*", guide.read_text(encoding="utf-8"), flags=re.DOTALL))
    assert sorted(words for words in quoted if not _on_a_screen(words)) == []


def test_each_picture_is_made_by_the_script_and_used() -> None:
    made = set(re.findall(r'Picture\(\s*"([\w-]+)"', (ROOT / "docs/screenshots.py").read_text()))
    kept = {path.stem for path in (ROOT / "docs/pictures").glob("*.webp")}
    texts = "".join(page.read_text(encoding="utf-8") for page in (ROOT / "README.md", *GUIDES))
    used = set(re.findall(r"pictures/([\w-]+)\.webp", texts))
    assert made == kept == used


def test_pictures_are_light() -> None:
    sizes = [path.stat().st_size for path in (ROOT / "docs/pictures").iterdir()]
    assert max(sizes) < 60_000
    assert sum(sizes) < 900_000


def _on_a_screen(words: str) -> bool:
    plain, patterns = _screen_words()
    words = " ".join(words.split())
    return words in plain or any(pattern.fullmatch(words) for pattern in patterns)


@cache
def _screen_words() -> tuple[frozenset[str], tuple[re.Pattern[str], ...]]:
    """Every sentence that a template or a value can show, and those with a gap in them."""
    found = {part for words in _messages() for part in (words, *words.split("|"))}
    gaps = [re.escape(words) for words in found if "%(" in words]
    return frozenset(found), tuple(re.compile(re.sub(r"%\\\(\w+\\\)[sd]", ".+", words)) for words in gaps)


def _messages() -> Iterator[str]:
    """What templates and views pass through gettext."""
    for folder in ("lms", "plugins"):
        for file in (*(ROOT / folder).rglob("*.html"), *(ROOT / folder).rglob("*.py")):
            yield from re.findall(
                r'\b(?:_|ngettext|message|verbatim|counted_message|message_in\(\s*"[^"]+",\s*)\(?\s*"([^"]+)"',
                file.read_text(encoding="utf-8"),
            )
