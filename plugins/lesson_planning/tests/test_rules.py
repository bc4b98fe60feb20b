"""The rules against slow, independent ways of saying the same; the data behind them."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st
from imbas_lesson_planning import rules
from imbas_lesson_planning.catalogue import kinds, lacking
from imbas_lesson_planning.documents import PLAN
from imbas_lesson_planning.plugin import CONTENT

from lms.api import DocumentContent, DocumentRow, load_rubrics, rubric_verdict

RUBRICS = {rubric.key: rubric for rubric in load_rubrics(CONTENT / "rubrics.yaml")}
STATES = ["draft", "in_review", *(decision.value for decision in PLAN.decisions)]
"""Where a plan may stand; none is rejected."""
states = st.lists(st.sampled_from(STATES), max_size=6)


def test_the_regulation_names_thirteen_parts_and_the_circular_three() -> None:
    required = {
        kind.key: [part.key for part in kind.parts[:-1] if part.fields[0].required] for kind in kinds()
    }
    assert len(required["k13"]) == 13
    assert required["one_page"] == ["objectives", "steps", "assessment"]
    for kind in kinds():
        assert kind.rubric in RUBRICS
        assert len({part.key for part in kind.parts}) == len(kind.parts)
        assert {"objectives", "steps", "assessment"} <= {part.key for part in kind.parts}


def test_tags_of_their_school_year() -> None:
    profile, character, literacy = (
        next(field for kind in kinds() for part in kind.parts for field in part.fields if field.key == key)
        for key in ("profile", "character", "literacy")
    )
    assert [len(profile.options_of(year)) for year in (2020, 2022, 2024, 2025)] == [0, 6, 6, 8]
    assert not set(profile.options_of(2024)) & set(profile.options_of(2025))
    assert (len(character.options_of(2020)), len(literacy.options_of(2020))) == (5, 6)


def test_thinking_needs_a_high_level_or_a_reason() -> None:
    def lacks(**values: object) -> list[str]:
        row = DocumentRow("heading", 0, values)
        return [part for part, _name in lacking(DocumentContent("one_page", 2020, (row,)))]

    assert lacks(bloom=["C1", "C5"]) == []
    assert lacks(bloom=["C1", "C3"]) == ["heading"]
    assert lacks(bloom=["C1"], low_reason="KD ini meminta mengenal") == [], "where the KD allows none"
    assert lacks(bloom=["C1"], low_reason=" - ...") == ["heading"], "a dash is no reason"
    assert lacks(bloom=[]) == [], "the field itself is required"


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
        assert f"{found.count('accepted')} dari {wanted}" in result.reason.in_("id")


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
