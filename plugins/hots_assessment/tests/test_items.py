"""The three formats against slow oracles."""

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from imbas_hots_assessment.items import ITEM_TYPES, MATCHING, TRUE_FALSE_TABLE
from imbas_hots_assessment.items.scoring import scoring_faults

ROWS = ["1", "2", "3", "4", "5", "6"]
CHOICES = ["a", "b", "c"]
STEPS = [["1.0", "2"], ["0.6", "1"], ["0", "0"]]


def body(rows: list[str], choices: list[str]) -> dict[str, Any]:
    return {
        "stem": "Tentukan.",
        "statements": [{"id": row, "text": f"Pernyataan {row}"} for row in rows],
        "categories": [{"id": choice, "text": choice.upper()} for choice in choices],
    }


answers = st.dictionaries(st.sampled_from([*ROWS, "zz"]), st.sampled_from([*CHOICES, "zz"]), max_size=7)
keys = st.fixed_dictionaries({row: st.sampled_from(CHOICES) for row in ROWS})


@given(answers, keys, st.sampled_from(["all_or_nothing", "per_pair", "graded"]), st.integers(1, 9))
def test_score_equals_counting_by_hand(answer: Any, key: Any, rule: str, maximum: int) -> None:
    steps = [["1", str(maximum)], ["0.6", "1"], ["0", "0"]]
    secret = {"key": key, "scoring": {"rule": rule, "max": str(maximum), "steps": steps}}
    kind = ITEM_TYPES[1]
    score = kind.score(body(ROWS, CHOICES), secret, answer or None)
    hits = 0
    for row in ROWS:
        if row in answer and answer[row] == key[row]:
            hits += 1
    share = Fraction(hits, len(ROWS))
    expected = {
        "all_or_nothing": Fraction(maximum if share == 1 else 0),
        "per_pair": share * maximum,
        "graded": Fraction(maximum if share == 1 else 1 if share >= Fraction(6, 10) else 0),
    }[rule]
    assert score is not None
    assert abs(Fraction(score.earned) - expected) <= Fraction(1, 20000)
    assert score.maximum == maximum


@given(answers, keys)
def test_parsed_answer_gives_the_same_score_as_the_raw_one(answer: Any, key: Any) -> None:
    kind, item = ITEM_TYPES[1], body(ROWS, CHOICES)
    secret = {"key": key, "scoring": {"rule": "per_pair", "max": "6"}}
    parsed = kind.parse(item, {row: [choice] for row, choice in answer.items()})
    assert kind.score(item, secret, parsed) == kind.score(item, secret, answer)
    assert kind.is_answered(parsed) == bool(parsed)
    assert len(kind.display(item, parsed)) == len(parsed or {})


def test_nothing_answered_earns_nothing() -> None:
    secret = {"key": dict.fromkeys(ROWS, "a"), "scoring": {"rule": "graded", "max": "2", "steps": STEPS}}
    score = ITEM_TYPES[1].score(body(ROWS, CHOICES), secret, None)
    assert score is not None
    assert score.earned == 0


@pytest.mark.parametrize(("hits", "points"), [(6, 2), (5, 1), (4, 1), (3, 0), (0, 0)])
def test_graded_steps_of_the_programme(hits: int, points: int) -> None:
    secret = {"key": dict.fromkeys(ROWS, "a"), "scoring": {"rule": "graded", "max": "2", "steps": STEPS}}
    answer = {row: "a" if index < hits else "b" for index, row in enumerate(ROWS)}
    score = ITEM_TYPES[1].score(body(ROWS, CHOICES), secret, answer)
    assert score is not None
    assert score.earned == Decimal(points)


def test_check_names_every_fault() -> None:
    bad = {"stem": "", "statements": [{"id": "1", "text": "x"}, {"id": "1", "text": ""}], "categories": []}
    faults = TRUE_FALSE_TABLE.check(bad, {"key": {"9": "a"}, "scoring": {"rule": "lucky"}})
    assert len(faults) == 8


def test_matching_needs_left_over_entries() -> None:
    three = [{"id": str(number), "text": "t"} for number in range(3)]
    item = {"stem": "Pasangkan.", "left": three, "right": three}
    key = {"key": {"0": "0", "1": "1", "2": "2"}, "scoring": {"rule": "per_pair", "max": "3"}}
    assert MATCHING.check(item, key) == ("matching needs more entries at the right than at the left",)


@pytest.mark.parametrize("steps", [[], [["1", "1"]], [["1", "2"], ["2", "0"]], [["0", "2"], ["1", "1"]]])
def test_unsound_steps_are_refused(steps: list[list[str]]) -> None:
    assert scoring_faults({"rule": "graded", "max": "2", "steps": steps})


@given(answers, keys)
def test_a_review_says_of_every_row_what_the_score_counts(answer: Any, key: Any) -> None:
    kind, item = ITEM_TYPES[1], body(ROWS, CHOICES)
    parsed = kind.parse(item, {row: [choice] for row, choice in answer.items()})
    secret = {"key": key, "distractors": {"2": "Menarik."}, "scoring": {"rule": "per_pair", "max": "6"}}
    assert kind.review is not None
    lines = kind.review(item, secret, parsed)
    assert [line.text for line in lines] == [f"Pernyataan {row}" for row in ROWS]
    score = kind.score(item, secret, parsed)
    assert score is not None
    assert sum(line.mark == "right" for line in lines) == score.earned
    for row, line in zip(ROWS, lines, strict=True):
        assert line.given == ((parsed or {}).get(row, "")).upper()
        assert line.key == key[row].upper()
        assert (line.mark == "missed") is (row not in (parsed or {}))
        assert line.note == ("Menarik." if row == "2" else "")


def test_a_choice_that_is_left_over_says_why_it_attracts() -> None:
    item = {
        "stem": "Pasangkan.",
        "left": [{"id": str(number), "text": f"Kiri {number}"} for number in (1, 2, 3)],
        "right": [{"id": name, "text": f"Kanan {name}"} for name in "abcd"],
    }
    assert MATCHING.review is not None
    lines = MATCHING.review(
        item, {"key": {"1": "a", "2": "b", "3": "c"}, "distractors": {"d": "Mirip."}}, {"1": "a", "2": "d"}
    )
    assert [(line.mark, line.given, line.key) for line in lines[:3]] == [
        ("right", "Kanan a", "Kanan a"),
        ("wrong", "Kanan d", "Kanan b"),
        ("missed", "", "Kanan c"),
    ]
    assert (lines[3].text, lines[3].mark, lines[3].note) == ("Kanan d", "", "Mirip.")
