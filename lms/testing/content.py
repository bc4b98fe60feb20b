"""Checks of writing for plugin authors: keys that give themselves away, pictures that do not fit a phone."""

from collections import Counter
from xml.etree import ElementTree as ET

from lms.contract.items import ItemSpec, QuizSpec

PICTURE_WIDTH = 320
"""Pictures are drawn for the narrowest phone and shown no wider than the text."""
_LETTER = {"400": 0.48, "600": 0.55, "700": 0.55}
"""Width of a mean letter in parts of the font size, by weight, of a wide sans serif (DejaVu)."""


def check_single_choice(quiz: QuizSpec) -> None:
    """Keys of single choice must not be told by length or place; raises AssertionError.

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
    """A picture has a text alternative, colours for the dark, and no words cut off; raises AssertionError."""
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
