"""The core's item formats: points against counting by hand, every fault of an item by name."""

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.assessment.items import choice, written
from lms.assessment.items.choice import MC_MULTIPLE, MC_SINGLE, NO_GUESSING
from lms.assessment.items.written import ESSAY, MAX_ESSAY, MAX_SHORT, SHORT_ANSWER
from lms.contract.errors import Invalid

OPTIONS = ["a", "b", "c", "d", "e"]
BODY: dict[str, Any] = {"stem": "Pilih.", "options": [{"id": name, "text": name.upper()} for name in OPTIONS]}
subsets = st.lists(st.sampled_from(OPTIONS), unique=True)
some = st.lists(st.sampled_from(OPTIONS), unique=True, min_size=1, max_size=4)


def options(*pairs: tuple[str, str]) -> dict[str, Any]:
    return {"stem": "Pilih.", "options": [{"id": name, "text": text} for name, text in pairs]}


@given(st.sampled_from([*OPTIONS, None, "zz"]), st.sampled_from(OPTIONS), st.integers(1, 9))
def test_one_choice_earns_all_or_nothing(answer: str | None, right: str, maximum: int) -> None:
    score = MC_SINGLE.score(BODY, {"key": right, "scoring": {"max": str(maximum)}}, answer)
    assert score is not None
    assert (score.earned, score.maximum) == (maximum if answer == right else 0, maximum)


@given(subsets, some, st.integers(1, 9), st.sampled_from(["all_or_nothing", NO_GUESSING, None]))
def test_several_choices_earn_what_counting_gives(
    answer: list[str], right: list[str], maximum: int, rule: str | None
) -> None:
    scoring = {"max": str(maximum)} | ({"rule": rule} if rule else {})
    score = MC_MULTIPLE.score(BODY, {"key": right, "scoring": scoring}, answer or None)
    hits = sum(name in right for name in answer)
    misses = len(answer) - hits
    if rule == NO_GUESSING:
        exact = Fraction(maximum) * max(0, hits - misses) / len(right)
        expected = Fraction((exact * 20_000 + 1) // 2, 10_000)  # half up, four decimals
    else:
        expected = Fraction(maximum if sorted(answer) == sorted(right) else 0)
    assert score is not None
    assert (Fraction(score.earned), score.maximum) == (expected, maximum)


def test_a_half_is_rounded_up_also_in_points() -> None:
    # 0.0005 x 1 of 2 = 0.00025: to the even digit it would be 0.0002
    score = MC_MULTIPLE.score(
        BODY, {"key": ["a", "b"], "scoring": {"rule": NO_GUESSING, "max": "0.0005"}}, ["a"]
    )
    assert score is not None
    assert score.earned == Decimal("0.0003")


def test_without_a_rule_one_point_and_all_or_nothing() -> None:
    score = MC_MULTIPLE.score(BODY, {"key": ["a", "b"]}, ["a"])
    assert score is not None
    assert (score.earned, score.maximum) == (0, 1)
    assert MC_SINGLE.score(BODY, {"key": "a"}, "a") == MC_MULTIPLE.score(BODY, {"key": ["a"]}, ["a"])


@given(st.lists(st.sampled_from([*OPTIONS, "zz", ""])))
def test_only_options_that_exist_are_taken(posted: list[str]) -> None:
    known = [name for name in posted if name in OPTIONS]
    assert MC_SINGLE.parse(BODY, {"": posted}) == (known[-1] if known else None)
    assert MC_MULTIPLE.parse(BODY, {"": posted}) == (sorted(set(known)) or None)


def test_nothing_posted_is_no_answer() -> None:
    for kind in (MC_SINGLE, MC_MULTIPLE, SHORT_ANSWER, ESSAY):
        answer = kind.parse(BODY, {})
        assert answer is None
        assert not kind.is_answered(answer)
        assert kind.display(BODY, answer) == ()
    assert MC_SINGLE.is_answered("a")
    assert MC_MULTIPLE.is_answered(["a"])


def test_choices_are_shown_by_their_texts() -> None:
    assert choice.display(BODY, "b") == ("B",)
    assert choice.display(BODY, ["e", "a"]) == ("A", "E")


THREE = (("a", "A"), ("b", "B"), ("c", "C"))


@pytest.mark.parametrize(
    ("body", "key", "faults"),
    [
        (BODY, {"key": "a"}, []),
        (options(*THREE), {"key": "a"}, []),
        (options(*THREE[:2]), {"key": "a"}, ["at least three options are needed"]),
        (options(*THREE, ("a", "D")), {"key": "a"}, ["two options have the same id"]),
        (options(*THREE, ("d", "  ")), {"key": "a"}, ["an option has no text"]),
        (
            {"stem": "Pilih.", "options": [*BODY["options"], {"id": "f"}]},
            {"key": "a"},
            ["an option has no text"],
        ),
        ({**BODY, "stem": ""}, {"key": "a"}, ["the stem is empty"]),
        (BODY, {"key": "z"}, ["the key 'z' is not one of the options"]),
        (BODY, {}, ["the key None is not one of the options"]),
    ],
)
def test_faults_of_a_single_choice(body: Any, key: Any, faults: list[str]) -> None:
    assert list(MC_SINGLE.check(body, key)) == faults


@pytest.mark.parametrize(
    ("key", "faults"),
    [
        ({"key": ["a"]}, []),
        ({"key": ["a", "b"], "scoring": {"rule": NO_GUESSING}}, []),
        ({"key": ["a", "b"], "scoring": {"rule": "all_or_nothing"}}, []),
        ({"key": "a"}, ["the key must list options that exist"]),
        ({"key": []}, ["the key must list options that exist"]),
        ({}, ["the key must list options that exist"]),
        ({"key": ["a", "z"]}, ["the key must list options that exist"]),
        ({"key": OPTIONS}, ["not every option can be right"]),
        ({"key": ["a"], "scoring": {"rule": "lucky"}}, ["unknown scoring rule"]),
    ],
)
def test_faults_of_a_multiple_choice(key: Any, faults: list[str]) -> None:
    assert list(MC_MULTIPLE.check(BODY, key)) == faults


def test_a_body_without_anything_has_every_fault_named() -> None:
    assert len(MC_SINGLE.check({}, {})) == 3
    assert list(SHORT_ANSWER.check({}, {})) == ["the stem is empty", "no accepted answer"]
    assert list(ESSAY.check({}, {})) == ["the stem is empty", "no scoring guide"]


@pytest.mark.parametrize(
    ("typed", "right"),
    [
        ("akar masalah", True),
        ("  Akar   MASALAH ", True),
        ("\uff41kar masalah", True),  # a full-width letter, as some phones write it
        ("akar", False),
        ("akar masalahnya", False),
        ("", False),
    ],
)
def test_a_short_answer_is_compared_as_people_write(typed: str, right: bool) -> None:
    body, key = {"stem": "Apa?"}, {"accept": ["Akar Masalah", "sebab"], "scoring": {"max": "2"}}
    score = SHORT_ANSWER.score(body, key, SHORT_ANSWER.parse(body, {"": [typed]}))
    assert score is not None
    assert (score.earned, score.maximum) == (2 if right else 0, 2)


@pytest.mark.parametrize(
    ("typed", "tolerance", "right"),
    [
        ("0,5", None, True),
        ("0.50", None, True),
        ("0,51", None, False),
        ("0,51", "0.01", True),
        ("0,49", "0.01", True),
        ("0,511", "0.01", False),
        ("0,5 jam", None, True),
        ("setengah", None, True),
        ("lima", "9", False),
    ],
)
def test_a_number_is_right_within_the_tolerance(typed: str, tolerance: str | None, right: bool) -> None:
    body = {"stem": "Berapa?", "numeric": True, "unit": "jam"}
    key = {"accept": ["setengah", "0,5"]} | ({"tolerance": tolerance} if tolerance else {})
    score = SHORT_ANSWER.score(body, key, typed)
    assert score is not None
    assert (score.earned, score.maximum) == (1 if right else 0, 1)


def test_decimal_comma_and_point_are_one_also_where_the_item_does_not_ask_for_a_number() -> None:
    for body in ({"stem": "Berapa?"}, {"numeric": True}):
        score = SHORT_ANSWER.score(body, {"accept": ["0,5"]}, "0.5")
        assert score is not None
        assert score.earned == 1


def test_a_numeric_item_needs_a_number() -> None:
    body = {"stem": "Berapa?", "numeric": True}
    assert list(SHORT_ANSWER.check(body, {"accept": ["lima"]})) == [
        "a numeric item needs a number among the accepted answers"
    ]
    assert list(SHORT_ANSWER.check(body, {"accept": ["lima", 5]})) == []


def test_typed_text_is_kept_whole_or_refused() -> None:
    assert SHORT_ANSWER.parse({}, {"": ["dulu", "  baru "]}) == "baru"
    for kind, longest in ((SHORT_ANSWER, MAX_SHORT), (ESSAY, MAX_ESSAY)):
        assert kind.parse({}, {"": ["x" * longest]}) == "x" * longest
        with pytest.raises(Invalid, match="terlalu panjang"):
            kind.parse({}, {"": ["x" * (longest + 1)]})
    assert ESSAY.parse({}, {"": ["dulu", " satu\r\ndua"]}) == " satu\ndua"
    assert ESSAY.parse({}, {"": [" \r\n "]}) is None
    assert written.display({}, "satu\ndua") == ("satu", "dua")


def test_an_essay_waits_for_a_person_and_an_empty_one_for_nobody() -> None:
    key = {"scoring": {"max": "4"}}
    assert ESSAY.score({}, key, "Menurut saya ...") is None
    for nothing in (None, ""):
        score = ESSAY.score({}, key, nothing)
        assert score is not None
        assert (score.earned, score.maximum) == (0, 4)


@pytest.mark.parametrize(
    ("parts", "faults"),
    [
        (["1", "3"], []),
        (["1.5", "2.5"], []),
        (["1", "2"], ["the guide adds up to 3, the maximum is 4"]),
        ([], ["no scoring guide"]),
    ],
)
def test_the_guide_of_an_essay_adds_up(parts: list[str], faults: list[str]) -> None:
    key = {"guide": [{"max": part} for part in parts], "scoring": {"max": "4"}}
    assert list(ESSAY.check({"stem": "Jelaskan."}, key)) == faults


@pytest.mark.parametrize(
    ("samples", "faults"),
    [
        ({}, []),
        ({"1": "Satu alasan.", "2": "Dua alasan."}, []),
        ({1: "Satu alasan."}, []),
        ({"0": "Kosong."}, ["A: samples are named by their level: 1, 2"]),
        ({"3": "Tiga alasan."}, ["A: samples are named by their level: 1, 2"]),
        (["Satu alasan."], ["A: samples are named by their level: 1, 2"]),
        ({"1": " "}, ["A: a sample answer is empty"]),
        ({"1": None}, ["A: a sample answer is empty"]),
    ],
)
def test_a_sample_answer_belongs_to_a_level(samples: Any, faults: list[str]) -> None:
    key = {"guide": [{"code": "A", "max": "2", "samples": samples}], "scoring": {"max": "2"}}
    assert list(ESSAY.check({"stem": "Jelaskan."}, key)) == faults
