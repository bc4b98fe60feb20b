"""The rules against slow, independent ways of saying the same."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from imbas_program_unggulan import rules
from imbas_program_unggulan.documents import PLAN, faults_of_goal, faults_of_plan
from imbas_program_unggulan.measuring import Goal
from imbas_program_unggulan.plugin import CONTENT

from lms.api import (
    DocumentContent,
    DocumentRow,
    load_rubrics,
    missing_in_document,
    rubric_verdict,
)

(KIND,) = PLAN.kinds
PLAN_REVIEW = next(rubric for rubric in load_rubrics(CONTENT / "rubrics.yaml") if rubric.key == KIND.rubric)
FULL_PLAN = {**{field.key: "Sudah ditulis" for field in KIND.parts[0].fields}, "code": "1.1.10"}
FULL_GOAL = {
    **{field.key: "Sudah ditulis" for field in KIND.parts[1].fields},
    "unit": "%",
    "baseline": Decimal(45),
    "target": Decimal(70),
    "starts_on": date(2020, 10, 1),
    "ends_on": date(2020, 11, 30),
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


def missing(plan: dict[str, object], goal: dict[str, object]) -> dict[tuple[str, int], list[str]]:
    rows = (DocumentRow("plan", 0, plan), DocumentRow("goals", 1, goal))
    found = missing_in_document(PLAN, DocumentContent("flagship", 2020, rows))
    return {key: [name.in_("id") for name in names] for key, names in found.items()}


def test_what_is_missing() -> None:
    assert missing(FULL_PLAN, FULL_GOAL) == {}
    assert missing({**FULL_PLAN, "risk": " - ", "code": "9.1"}, FULL_GOAL) == {
        ("plan", 0): ["Kode indikator", "Risiko dan pencegahan"]
    }
    assert len(missing(FULL_PLAN, {})["goals", 1]) == 11
    assert missing(FULL_PLAN, {**FULL_GOAL, "unit": " ", "role_family": "..."}) == {
        ("goals", 1): ["Satuan", "Peran keluarga"]
    }
    assert missing(FULL_PLAN, {**FULL_GOAL, "target": Decimal(45)}) == {("goals", 1): ["Target"]}


def test_faults_are_told_beside_their_field() -> None:
    assert faults_of_plan({"code": "tidak tahu"}).keys() == {"code"}
    assert faults_of_plan({"code": ""}) == {}
    late = {"starts_on": date(2020, 10, 2), "ends_on": date(2020, 10, 1)}
    assert faults_of_goal({**late, "baseline": Decimal(1), "target": Decimal("1.0")}).keys() == {
        "ends_on",
        "target",
    }


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
    roles = {
        "role_school": "Mendukung dan menghadiri kegiatan",
        "role_family": "Mendukung dan memaraf buku penghubung",
        "role_community": "Kelompok tani di desa",
    }
    assert Goal(1, roles, ()).weak_roles == ("school",)


def test_the_marks_of_the_material() -> None:
    def mark(*counts: int) -> Decimal:
        scores = {f"U{number}": list(range(met)) for number, met in enumerate(counts, start=1)}
        return rubric_verdict(PLAN_REVIEW, scores).percent

    assert mark(4, 3, 3, 2, 1, 3) == Decimal("66.67")
    assert mark(4, 3, 3, 2, 2, 3) == Decimal("70.83")
    assert mark(4, 3, 3, 2, 3, 3) == Decimal("75.00")


STATES = ["draft", "in_review", *(decision.value for decision in PLAN.decisions)]
"""Where a plan may stand; none is rejected."""
states = st.sampled_from([None, *STATES])
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
        assert (f"{lines} dari {need_lines} sasaran lengkap" in result.reason.in_("id")) is (
            lines < need_lines
        )


def test_an_accepted_plan_is_not_called_lacking() -> None:
    facts = {"state": "accepted", "lines": 3, "measured": 0}
    found = rules.plan_reviewed(facts, {"lines": 2, "measured": 1})
    assert not found.met
    assert found.reason.in_("id") == "0 dari 1 sasaran sudah diukur"
    assert found.reason.in_("en") == "0 of 1 goals measured"
