"""The discussion of an item by its kind: each line says right or wrong as the score does."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.assessment.items.choice import MC_MULTIPLE, MC_SINGLE
from lms.assessment.items.written import SHORT_ANSWER
from lms.contract.items import ReviewLine, ReviewMark

OPTIONS = ["a", "b", "c", "d", "e"]
BODY: dict[str, Any] = {
    "stem": "Pilih.",
    "options": [{"id": name, "text": f"Teks {name}"} for name in OPTIONS],
}
WHY = {"a": "Menarik karena pertama.", "c": "Menarik karena panjang."}
subsets = st.lists(st.sampled_from(OPTIONS), unique=True)
some = st.lists(st.sampled_from(OPTIONS), unique=True, min_size=1, max_size=4)


def review(kind: Any, key: dict[str, Any], answer: Any, body: dict[str, Any] = BODY) -> list[ReviewLine]:
    assert kind.review is not None
    return list(kind.review(body, key, answer))


@given(subsets, some)
def test_every_option_is_marked_by_what_was_chosen_and_what_is_right(
    answer: list[str], right: list[str]
) -> None:
    key = {"key": right, "distractors": WHY, "scoring": {"max": "1"}}
    lines = review(MC_MULTIPLE, key, answer or None)
    assert [line.text for line in lines] == [f"Teks {name}" for name in OPTIONS]
    for name, line in zip(OPTIONS, lines, strict=True):
        assert (line.mark in ("right", "wrong")) is (name in answer)
        assert (line.mark in ("right", "missed")) is (name in right)
        assert line.note == WHY.get(name, "")
    score = MC_MULTIPLE.score(BODY, key, answer or None)
    assert score is not None
    assert (score.earned == 1) is all(line.mark in ("right", "") for line in lines)


@pytest.mark.parametrize(
    ("answer", "marks"),
    [
        ("b", ["", "right", "", "", ""]),
        ("a", ["wrong", "missed", "", "", ""]),
        (None, ["", "missed", "", "", ""]),
    ],
)
def test_one_choice(answer: str | None, marks: list[str]) -> None:
    lines = review(MC_SINGLE, {"key": "b", "distractors": WHY}, answer)
    assert [line.mark for line in lines] == marks
    assert [line.note for line in lines] == ["Menarik karena pertama.", "", "Menarik karena panjang.", "", ""]


def test_options_numbered_by_numbers() -> None:
    """YAML reads ids without quotes as numbers; forms always send text."""
    body = {"stem": "Pilih.", "options": [{"id": number, "text": f"{number}"} for number in (1, 2, 3)]}
    lines = review(MC_MULTIPLE, {"key": [1, 3]}, ["1", "2"], body)
    assert [line.mark for line in lines] == ["right", "wrong", "missed"]


@pytest.mark.parametrize(
    ("answer", "mark", "note"),
    [
        ("0,37", ReviewMark.RIGHT, ""),
        ("0.37", ReviewMark.RIGHT, ""),
        ("0,36", ReviewMark.WRONG, "Dari batas atas."),
        ("0,9", ReviewMark.WRONG, ""),
        (None, ReviewMark.MISSED, ""),
    ],
)
def test_a_short_answer_beside_the_accepted_ones(answer: str | None, mark: ReviewMark, note: str) -> None:
    key = {"accept": ["0,37", "0,370"], "distractors": {"0,36": "Dari batas atas."}}
    (line,) = review(SHORT_ANSWER, key, answer, {"stem": "Berapa?", "numeric": True})
    assert line == ReviewLine("", mark, given=answer or "", key="0,37; 0,370", note=note)
