"""The rules against slow, independent ways of saying the same."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from imbas_program_unggulan import queries, rules
from imbas_program_unggulan.models import FlagshipLine
from imbas_program_unggulan.plugin import CONTENT
from imbas_program_unggulan.reviewing import RUBRIC
from imbas_program_unggulan.rules import PlanState

from lms.api import Text, load_rubrics, rubric_verdict

PLAN_REVIEW = next(rubric for rubric in load_rubrics(CONTENT / "rubrics.yaml") if rubric.key == RUBRIC)
FULL_PLAN = {**dict.fromkeys(rules.PLAN_TEXTS, "Sudah ditulis"), "code": "1.1.10"}
FULL_LINE = {
    **dict.fromkeys(rules.LINE_PARTS, "Sudah ditulis"),
    "unit": "%",
    "baseline": Decimal(45),
    "target": Decimal(70),
}
values = st.integers(-100_000, 100_000)


@given(values, values, values)
def test_progress_is_the_schoolbook_formula(baseline: int, target: int, value: int) -> None:
    found = rules.progress(Decimal(baseline), Decimal(target), Decimal(value))
    if baseline == target:
        assert found is None
        return
    assert found is not None
    exact = Fraction(value - baseline, target - baseline) * 100
    assert abs(Fraction(found) - exact) <= Fraction(5, 1000)
    assert rules.progress(Decimal(baseline), Decimal(target), Decimal(target)) == 100
    assert rules.progress(Decimal(baseline), Decimal(target), Decimal(baseline)) == 0


def test_progress_upwards_and_downwards_and_away() -> None:
    def share(*figures: int) -> Decimal | None:
        return rules.progress(*(Decimal(figure) for figure in figures))

    assert (share(45, 70, 60), share(32, 12, 17), share(40, 10, 22)) == (60, 75, 60)
    assert (share(45, 70, 40), share(45, 70, 80)) == (-20, 140)
    assert rules.progress(Decimal(45), None, Decimal(60)) is None
    assert rules.progress(Decimal(45), Decimal(70), None) is None


def test_what_is_missing() -> None:
    assert rules.missing_plan_texts(FULL_PLAN) == ()
    assert rules.missing_plan_texts({**FULL_PLAN, "risk": " - ", "code": "9.1"}) == ("code", "risk")
    assert rules.missing_line_parts(FULL_LINE) == ()
    assert rules.missing_line_parts({}) == rules.LINE_PARTS
    assert rules.missing_line_parts({**FULL_LINE, "unit": " ", "role_family": "..."}) == (
        "unit",
        "role_family",
    )
    assert rules.missing_line_parts({**FULL_LINE, "target": Decimal(45)}) == ("target",)


@pytest.mark.parametrize(
    ("text", "valid"),
    [
        ("1.1.10", True),
        ("6.2", True),
        ("8.1.1", True),
        ("9.1", False),
        ("6", False),
        ("1.01", False),
        ("1.1.1.1", False),
        ("a.b", False),
    ],
)
def test_codes(text: str, valid: bool) -> None:
    assert rules.is_code(text) is valid


def test_a_role_without_a_visible_deed_gets_a_hint() -> None:
    line = FlagshipLine(
        role_school="Mendukung dan menghadiri kegiatan",
        role_family="Mendukung dan memaraf buku penghubung",
        role_community="Kelompok tani di desa",
    )
    assert queries.weak_roles(line) == ("school",)


def test_a_plan_that_goes_back_has_a_comment_for_each_weak_criterion() -> None:
    scores = {"U1": [0, 1, 2, 3], "U2": [0, 1, 2], "U3": [0, 1], "U4": [], "U5": [2]}
    assert rules.uncommented(PLAN_REVIEW, scores, {}) == ("U3", "U4", "U5", "U6")
    assert rules.uncommented(PLAN_REVIEW, scores, {"U3": "a", "U4": "b", "U6": "c", "U5": ""}) == ("U5",)


def test_the_marks_of_the_material() -> None:
    def mark(*counts: int) -> Decimal:
        scores = {f"U{number}": list(range(met)) for number, met in enumerate(counts, start=1)}
        assert rules.descriptors_met(scores) == sum(counts)
        return rubric_verdict(PLAN_REVIEW, scores).percent

    assert mark(4, 3, 3, 2, 1, 3) == Decimal("66.67")
    assert mark(4, 3, 3, 2, 2, 3) == Decimal("70.83")
    assert mark(4, 3, 3, 2, 3, 3) == Decimal("75.00")


states = st.sampled_from([None, *(state.value for state in PlanState)])
counts = st.integers(0, 4)


@given(states, counts, counts, counts, counts)
def test_completion_says_met_exactly_when_all_is_there(
    state: str | None, lines: int, measured: int, need_lines: int, need_measured: int
) -> None:
    result = rules.plan_reviewed(
        {"state": state, "lines": lines, "measured": measured},
        {"lines": need_lines, "measured": need_measured},
    )
    assert result.met is (state == "accepted" and lines >= need_lines and measured >= need_measured)
    assert (result.fraction == 1) is result.met
    assert (result.who == "") is result.met
    if not result.met:
        assert result.who == ("facilitator" if state == "in_review" else "quality_team")
        assert (f"{lines} dari {need_lines} sasaran lengkap" in result.reason.id) is (lines < need_lines)


def test_an_accepted_plan_is_not_called_lacking() -> None:
    facts = {"state": "accepted", "lines": 3, "measured": 0}
    found = rules.plan_reviewed(facts, {"lines": 2, "measured": 1})
    assert not found.met
    assert found.reason == Text("0 dari 1 sasaran sudah diukur", "0 of 1 goals measured")
