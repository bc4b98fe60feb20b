"""The rules against slow, independent ways of saying the same; the data behind them."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from imbas_lesson_planning import rules
from imbas_lesson_planning.catalogue import kinds, kinds_of, tag_groups
from imbas_lesson_planning.plugin import CONTENT
from imbas_lesson_planning.rules import PlanState

from lms.api import load_rubrics, rounded, rubric_verdict

RUBRICS = {rubric.key: rubric for rubric in load_rubrics(CONTENT / "rubrics.yaml")}
TEXTS = {part.key: "Satu dua tiga" for kind in kinds().values() for part in kind.parts}
TAGS = {
    "character": ["integrity"],
    "profile": ["diversity"],
    "literacy": ["digital"],
    "c4": ["creative"],
    "bloom": ["C1", "C5"],
}
states = st.lists(st.sampled_from([state.value for state in PlanState]), max_size=6)


def test_the_regulation_names_thirteen_parts_and_the_circular_three() -> None:
    required = {key: [part.key for part in kind.parts if part.required] for key, kind in kinds().items()}
    assert len(required["k13"]) == 13
    assert required["one_page"] == ["objectives", "steps", "assessment"]
    for kind in kinds().values():
        assert kind.rubric in RUBRICS
        assert set(kind.groups) <= set(tag_groups())
        assert len({part.key for part in kind.parts}) == len(kind.parts)
        assert {"objectives", "steps", "assessment"} <= {part.key for part in kind.parts}


def test_tags_of_their_school_year() -> None:
    profile = tag_groups()["profile"]
    assert [len(profile.tags_of(year)) for year in (2020, 2022, 2024, 2025)] == [0, 6, 6, 8]
    assert not set(profile.tags_of(2024)) & set(profile.tags_of(2025))
    assert len(tag_groups()["character"].tags_of(2020)) == 5
    assert len(tag_groups()["literacy"].tags_of(2020)) == 6
    assert (rules.school_year_start("2020/2021"), rules.school_year_start("tahun ini")) == (2020, 0)


@pytest.mark.parametrize("kind", kinds().values(), ids=lambda kind: kind.key)
def test_a_dash_is_not_a_part(kind: rules.Kind) -> None:
    assert rules.missing_parts(kind, TEXTS) == ()
    for part in kind.parts:
        found = rules.missing_parts(kind, {**TEXTS, part.key: " - ...\n"})
        assert found == ((part.key,) if part.required else ())
    assert rules.missing_parts(kinds()["k13"], {**TEXTS, "grade": "V"}) == ()


@pytest.mark.parametrize("kind", kinds().values(), ids=lambda kind: kind.key)
def test_each_group_needs_a_tag_and_thinking_a_high_one(kind: rules.Kind) -> None:
    groups, year = tag_groups(), max(kind.since, 2020)
    assert rules.missing_tags(kind, groups, TAGS, year) == ()
    for key in kind.groups:
        assert rules.missing_tags(kind, groups, {**TAGS, key: []}, year) == (key,)
        assert rules.missing_tags(kind, groups, {**TAGS, key: ["tidak ada"]}, year) == (key,)
    low = {**TAGS, "bloom": ["C1", "C2", "C3"]}
    assert rules.missing_tags(kind, groups, low, year) == ("bloom",)
    assert rules.missing_tags(kind, groups, low, year, "KD ini meminta mengenal") == (), (
        "where the KD allows none"
    )
    assert rules.missing_tags(kind, groups, low, year, " - ...") == ("bloom",), "a dash is no reason"
    assert rules.missing_tags(kind, groups, {**TAGS, "bloom": []}, year, "KD ini meminta mengenal") == (
        "bloom",
    )


def test_kinds_of_their_school_year() -> None:
    """The teaching module came with Kurikulum Merdeka; a plan of before is not stuck for want of its profile."""
    assert list(kinds_of(2020)) == ["k13", "one_page"]
    assert list(kinds_of(2022)) == ["k13", "one_page", "teaching_module"]
    assert rules.missing_tags(kinds()["teaching_module"], tag_groups(), {**TAGS, "profile": []}, 2020) == ()


def test_the_weighted_points_are_what_the_percentage_rests_on() -> None:
    """Five of twelve descriptors are twelve of 28 points, and those are 42,86."""
    one_page = RUBRICS["lesson_planning.review_one_page"]
    scores = {"T1": [0, 1], "L1": [0, 1], "N1": [0]}
    earned, most = rules.weighted_points(one_page, scores)
    assert (rules.descriptors_met(scores), earned, most) == (5, 12, 28)
    assert rubric_verdict(one_page, scores).percent == Decimal("42.86") == rounded(earned * 100 / most)
    assert rules.weighted_points(RUBRICS["lesson_planning.review_k13"], {}) == (0, 48)


@given(states, st.integers(1, 3))
def test_completion_counts_accepted_plans(found: list[str], wanted: int) -> None:
    result = rules.plan_reviewed({"states": found}, {"plans": wanted})
    assert result.met is (found.count("accepted") >= wanted)
    assert (result.fraction == 1) is result.met
    assert (result.who == "") is result.met
    if not result.met:
        waiting_first = sorted(found, key=["accepted", "in_review", "needs_revision", "draft"].index)[:wanted]
        open_ones = [state for state in waiting_first if state != "accepted"]
        assert result.who == ("headmaster" if open_ones[:1] == ["in_review"] else "teacher")
        assert f"{found.count('accepted')} dari {wanted}" in result.reason.id


@given(st.lists(states, min_size=2, max_size=2))
def test_more_plans_never_set_back(pair: list[list[str]]) -> None:
    few, more = pair[0], pair[0] + pair[1]
    params = {"plans": 2}
    assert (
        rules.plan_reviewed({"states": more}, params).fraction
        >= rules.plan_reviewed({"states": few}, params).fraction
    )


def test_the_marks_of_the_material() -> None:
    rubric = RUBRICS["lesson_planning.review_one_page"]
    first = {"T1": [0, 1], "L1": [0, 1], "N1": [0]}
    second = {"T1": [0, 1, 2, 3], "L1": [0, 1, 2], "N1": [1, 2, 3]}
    assert (rubric_verdict(rubric, first).percent, rubric_verdict(rubric, first).passed) == (
        Decimal("42.86"),
        False,
    )
    assert (rubric_verdict(rubric, second).percent, rubric_verdict(rubric, second).passed) == (
        Decimal("82.14"),
        True,
    )
    assert (rules.descriptors_met(first), rules.descriptors_met(second)) == (5, 10)
