"""Essays of an invented participant are sentences that somebody could write, and earn what they are worth."""

from decimal import Decimal
from typing import Any, cast

from imbas_demo.answers import essay, points_of
from imbas_demo.habits import luck

from lms.assessment.api import LoadedItem
from lms.contract.text import Localized

GUIDE: list[dict[str, Any]] = [
    {
        "code": code,
        "aspect": f"Bagian {code}",
        "max": "3",
        "samples": {"1": f"{code} seadanya.", "2": f"{code} cukup.", "3": f"{code} lengkap."},
    }
    for code in "ABCD"
]


def an_essay(secret: dict[str, Any]) -> LoadedItem:
    return LoadedItem(
        1, "x.q1", 1, "essay", "C6", Localized(id="", en=""), Decimal(12), {"stem": "Rancanglah."}, secret
    )


def earned(item: LoadedItem, answer: str) -> Decimal:
    return sum(cast("dict[str, Decimal]", points_of(item, answer)).values(), Decimal(0))


def test_good_and_weak_essays_differ_and_are_not_all_alike() -> None:
    item = an_essay({"guide": GUIDE})
    good = [essay(item, True, luck("good", number)) for number in range(60)]
    weak = [essay(item, False, luck("weak", number)) for number in range(60)]
    assert all(answer.strip() for answer in good + weak)
    assert min(earned(item, answer) for answer in good) >= 8 > max(earned(item, answer) for answer in weak)
    assert len({earned(item, answer) for answer in good}) >= 3
    assert len({earned(item, answer) for answer in weak}) >= 4
    assert len(set(weak)) > 20


def test_points_are_those_of_the_samples_in_the_answer() -> None:
    item = an_essay({"guide": GUIDE})
    assert points_of(item, "A lengkap.\nC seadanya.") == {"A": 3, "B": 0, "C": 1, "D": 0}


def test_without_samples_the_model_answer_is_what_is_written() -> None:
    bare = [{key: value for key, value in line.items() if key != "samples"} for line in GUIDE]
    item = an_essay({"guide": bare, "explanation": "Contoh jawaban. Data awal 40%. Sasarannya 80%."})
    assert essay(item, True, luck("any")) == "Data awal 40%. Sasarannya 80%."
    assert essay(item, False, luck("any")) == "Data awal 40%"
    assert points_of(item, "apa saja") is None
