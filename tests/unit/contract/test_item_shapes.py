"""An item of the wrong shape is refused by every check, and never met as an error by who takes the quiz."""

from decimal import Decimal
from typing import Any

import pytest

from lms.assessment.items import ITEM_TYPES
from lms.contract.item_shapes import item_faults, shape_faults
from lms.contract.items import Bloom, ItemSpec
from lms.contract.text import Localized

KINDS = {kind.key: kind for kind in ITEM_TYPES}
OPTIONS = [{"id": letter, "text": f"Pilihan {letter}"} for letter in "abc"]
TABLE = {"type": "table", "caption": "Kolam", "head": ["Minggu", "Ikan"], "rows": [["1", 40], ["2", 38.5]]}
PICTURE = {"type": "picture", "src": "kolam.svg", "alt": "Kolam sekolah"}
WORDS = {"type": "text", "text": "Amati kolam."}


def item(kind: str = "mc_single", **changes: Any) -> ItemSpec:
    body = {"stem": "Apa?", "options": OPTIONS, "stimulus": [TABLE, PICTURE, WORDS]} | changes.pop("body", {})
    secret = {"key": "a", "explanation": "Karena."} | changes.pop("secret", {})
    return ItemSpec("q1", kind, Bloom.C4, Localized(id="K", en="C"), 2, "", Decimal(1), body, secret)


def test_a_sound_item_has_no_faults() -> None:
    assert item_faults(KINDS, item()) == []
    assert item_faults(KINDS, item(body={"stimulus": None})) == []


@pytest.mark.parametrize(
    "body",
    [
        {"stimulus": "Amati kolam."},
        {"stimulus": {"type": "text", "text": "x"}},
        {"stimulus": ["Amati kolam."]},
        {"stimulus": [None]},
        {"stimulus": [{"type": "text"}]},
        {"stimulus": [{"type": "text", "text": ["dua", "baris"]}]},
        {"stimulus": [{"text": "tanpa jenis"}]},
        {"stimulus": [{"type": "video", "src": "x.mp4"}]},
        {"stimulus": [TABLE | {"rows": "1 40"}]},
        {"stimulus": [TABLE | {"rows": [["1"]]}]},
        {"stimulus": [TABLE | {"rows": [7]}]},
        {"stimulus": [TABLE | {"rows": [[["1"], 2]]}]},
        {"stimulus": [TABLE | {"rows": []}]},
        {"stimulus": [TABLE | {"head": None}]},
        {"stimulus": [TABLE | {"caption": 7}]},
        {"stimulus": [PICTURE | {"src": "../rahasia.svg"}]},
        {"stimulus": [PICTURE | {"src": None}]},
        {"stimulus": [PICTURE | {"alt": ""}]},
        {"stem": ""},
        {"stem": ["Apa?"]},
        {"options": "abc"},
        {"options": ["a", "b", "c"]},
        {"options": [{"text": "tanpa id"}, *OPTIONS]},
        {"options": [{"id": ["a"], "text": "x"}, *OPTIONS]},
        {"options": [{"id": "d"}, *OPTIONS]},
        {"options": [{"id": "d", "text": 7}, *OPTIONS]},
        {"options": 7},
        {"unit": ["kg"]},
        {"statements": [{"id": 1}]},
        {"left": {"id": 1, "text": "x"}},
    ],
)
def test_a_body_of_the_wrong_shape_is_named(body: dict[str, Any]) -> None:
    (first, *_more) = item_faults(KINDS, item(body=body))
    assert first.startswith("q1: ")
    assert "cannot check" not in first


@pytest.mark.parametrize(
    "secret",
    [
        {"scoring": "all"},
        {"scoring": {"max": "banyak"}},
        {"scoring": {"max": 0}},
        {"scoring": {"max": "NaN"}},
        {"scoring": {"max": True}},
        {"explanation": ["a"]},
        {"accept": "lima"},
        {"accept": [["lima"]]},
        {"guide": "4 poin"},
        {"guide": [{"text": "tanpa poin"}]},
        {"key": ["a"]},
        {"key": {"a": 1}},
    ],
)
def test_a_key_of_the_wrong_shape_is_named(secret: dict[str, Any]) -> None:
    assert item_faults(KINDS, item(secret=secret))


def test_a_kind_that_stumbles_over_an_item_is_a_fault_of_the_item() -> None:
    (fault,) = item_faults(KINDS, item("mc_multiple", secret={"key": [["a"]]}))
    assert "cannot check it: TypeError" in fault
    assert item_faults(KINDS, item("garden.how_many")) == ["q1: unknown item type garden.how_many"]


def test_no_mapping_at_all() -> None:
    assert shape_faults([], {}) == ["body and secret must be mappings"]  # type: ignore[arg-type]
