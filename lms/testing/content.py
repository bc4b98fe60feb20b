"""Checks of writing for plugin authors: quizzes that think, keys that give themselves away, pictures on a phone.

Each raises AssertionError. ``table``, ``column`` and ``number`` read the stimulus of an item, so that a test
computes its key again.
"""

import re
from collections import Counter
from decimal import Decimal
from importlib.resources.abc import Traversable
from xml.etree import ElementTree as ET

from lms.contract.items import ItemSpec, QuizSpec

PICTURE_WIDTH = 320
"""Pictures are drawn for the narrowest phone and shown no wider than the text."""
_LETTER = {"400": 0.48, "600": 0.55, "700": 0.55}
"""Width of a mean letter in parts of the font size, by weight, of a wide sans serif (DejaVu)."""


def check_quiz(quiz: QuizSpec, formats: set[str], least: int = 15) -> None:
    """A quiz of a module: ``least`` items or more in all ``formats``, two thirds of them C4 or higher, in time."""
    assert {item.type for item in quiz.items} == formats
    assert len(quiz.items) >= least
    high = [item for item in quiz.items if item.bloom.value >= "C4"]
    assert len(high) * 3 >= len(quiz.items) * 2
    assert all(item.body["stimulus"] for item in high)
    assert 3 <= len({item.competence for item in quiz.items}) <= 4
    assert sum(item.minutes for item in quiz.items) <= quiz.minutes
    check_single_choice(quiz)


def check_item(item: ItemSpec) -> None:
    """An item explains itself, each distractor and each step of its guide; its options are of a length."""
    assert len(item.secret["explanation"]) > 20
    assert item.indicator.endswith(".")
    if item.type in ("mc_single", "mc_multiple"):
        key = item.secret["key"]
        keys = {key} if isinstance(key, str) else set(key)
        ids = {option["id"] for option in item.body["options"]}
        assert keys < ids
        assert set(item.secret["distractors"]) == ids - keys
        lengths = [len(option["text"]) for option in item.body["options"]]
        assert max(lengths) <= 2.5 * min(lengths), "the key must not stand out by its length"
    elif item.type == "essay":
        assert sum(Decimal(line["max"]) for line in item.secret["guide"]) == item.maximum
        for line in item.secret["guide"]:
            points = [level.split(":")[0] for level in line["levels"]]
            assert points == [str(point) for point in range(int(line["max"]) + 1)]


def check_material(content: Traversable, words: int, sections: int = 12) -> str:
    """The text has ``words`` or more, seven to ``sections`` sections, each picture of its folder; returns it."""
    text = (content / "material.md").read_text(encoding="utf-8")
    assert len(text.split()) >= words
    assert 7 <= len(re.findall(r"^## ", text, re.MULTILINE)) <= sections
    pictures = {entry.name: entry for entry in (content / "pictures").iterdir()}
    assert sorted(re.findall(r"!\[[^\]]{20,}\]\(([^)]+)\)", text)) == sorted(pictures)
    for picture in pictures.values():
        check_picture(picture.read_text(encoding="utf-8"))
    return text


def number(text: str) -> Decimal:
    """A number as people write it in texts and tables: ``1.250,5``."""
    return Decimal(text.replace(".", "").replace(",", "."))


def table(item: ItemSpec) -> list[list[str]]:
    """The rows of the table in an item's stimulus."""
    rows: list[list[str]] = next(part["rows"] for part in item.body["stimulus"] if part["type"] == "table")
    return rows


def column(item: ItemSpec, at: int) -> list[Decimal]:
    """One column of that table, as numbers."""
    return [number(row[at]) for row in table(item)]


def check_single_choice(quiz: QuizSpec) -> None:
    """Keys of single choice must not be told by length or place.

    No key is more than a quarter longer than the mean of the other options, at most half of the
    keys are the longest option, and no letter holds more than half of the keys.
    """
    items = [item for item in quiz.items if item.type == "mc_single"]
    longest = 0
    for item in items:
        key, others = _lengths(item)
        assert key * len(others) <= 1.25 * sum(others), f"{item.key}: the key stands out by its length"
        longest += key > max(others)
    assert longest * 2 <= len(items), "the key is the longest option too often"
    places = Counter(str(item.secret["key"]) for item in items)
    assert max(places.values()) * 2 <= len(items), f"keys are not spread: {places}"


def check_picture(svg: str) -> None:
    """A picture has a text alternative, colours for the dark, and no words cut off."""
    root = ET.fromstring(svg)
    assert root.get("viewBox", "").split()[2] == str(PICTURE_WIDTH)
    tags = {element.tag.rpartition("}")[2] for element in root}
    assert {"title", "desc"} <= tags, "a picture needs a title and a description"
    assert "script" not in tags
    assert "prefers-color-scheme" in svg, "a picture needs colours for the dark"
    for element in root.iter("{http://www.w3.org/2000/svg}text"):
        left, right = _span(element)
        assert 0 <= left < right <= PICTURE_WIDTH, f"{element.text!r} does not fit: {left:.0f}..{right:.0f}"


def _lengths(item: ItemSpec) -> tuple[int, list[int]]:
    """Length of the key and of the other options."""
    lengths = {option["id"]: len(option["text"]) for option in item.body["options"]}
    key = lengths.pop(item.secret["key"])
    return key, list(lengths.values())


def _span(element: ET.Element) -> tuple[float, float]:
    """Where a line of words begins and ends."""
    letter = _LETTER[element.get("font-weight", "400")] * float(element.get("font-size", "13"))
    width, x = letter * len("".join(element.itertext())), float(element.get("x", "0"))
    start = x - width * {"start": 0, "middle": 0.5, "end": 1}[element.get("text-anchor", "start")]
    return start, start + width
