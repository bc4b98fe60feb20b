"""What a filled rubric says of each criterion: what is met, what is lacking, for every kind of scale."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given

from lms.contract.rubrics import Criterion, Rubric, ScaleKind
from lms.contract.text import Localized
from lms.evidence.rubric_outcomes import criterion_outcomes, still_lacking
from lms.evidence.rubric_scoring import NOT_APPLICABLE, verdict
from tests.unit.evidence.test_rubric_scoring import filled

PARTS = ("satu", "dua", "tiga", "empat")


def rubric(scale: ScaleKind, *codes: str, parts: tuple[str, ...] = PARTS) -> Rubric:
    lines = tuple(Criterion(code, f"Kriteria {code}", parts=parts) for code in codes)
    return Rubric("r", "1", Localized(id="Rubrik", en="Rubric"), scale, lines)


def lacking(found: Rubric, values: dict[str, Any]) -> dict[str, tuple[str, ...]]:
    return {outcome.criterion.code: outcome.lacking for outcome in still_lacking(found, values)}


def test_what_is_ticked_in_one_criterion_says_nothing_of_another() -> None:
    found = rubric(ScaleKind.DESCRIPTOR_COUNT, "T1", "L1", "N1")
    assert lacking(found, {"T1": [0], "L1": [0, 1], "N1": [0]}) == {
        "T1": ("dua", "tiga", "empat"),
        "L1": ("tiga", "empat"),
        "N1": ("dua", "tiga", "empat"),
    }


@pytest.mark.parametrize(
    ("scale", "parts", "value", "expected"),
    [
        (ScaleKind.DESCRIPTOR_COUNT, PARTS, None, {"k": PARTS}),
        (ScaleKind.DESCRIPTOR_COUNT, PARTS, [], {"k": PARTS}),
        (ScaleKind.DESCRIPTOR_COUNT, PARTS, [3], {"k": PARTS[:3]}),
        (ScaleKind.DESCRIPTOR_COUNT, PARTS, [0, 1, 2, 3], {}),
        (ScaleKind.BINARY_TREE, PARTS, [1, 2], {"k": ("satu", "empat")}),
        (ScaleKind.BINARY_TREE, (), 0, {"k": ()}),
        (ScaleKind.BINARY_TREE, (), 1, {}),
        (ScaleKind.BINARY, PARTS, 0, {"k": ()}),
        (ScaleKind.BINARY, (), None, {"k": ()}),
        (ScaleKind.BINARY, (), 1, {}),
        (ScaleKind.LEVEL, PARTS, 0, {"k": ("empat",)}),
        (ScaleKind.LEVEL, PARTS, None, {"k": ("empat",)}),
        (ScaleKind.LEVEL, PARTS, 3, {}),
        (ScaleKind.PERCENT, (), "60", {"k": ()}),
        (ScaleKind.PERCENT, (), "100", {}),
    ],
)
def test_each_scale(
    scale: ScaleKind, parts: tuple[str, ...], value: Any, expected: dict[str, tuple[str, ...]]
) -> None:
    assert lacking(rubric(scale, "k", parts=parts), {} if value is None else {"k": value}) == expected


def test_critical_ones_come_first_and_what_does_not_apply_is_left_out() -> None:
    lines = (
        Criterion("a", "Biasa"),
        Criterion("b", "Wajib", critical=True),
        Criterion("c", "Lain", may_not_apply=True),
    )
    found = Rubric("r", "1", Localized(id="Rubrik", en="Rubric"), ScaleKind.BINARY, lines)
    assert list(lacking(found, {"a": 0, "b": 0, "c": NOT_APPLICABLE})) == ["b", "a"]


@given(filled())
def test_outcomes_are_what_the_score_is_made_of(case: tuple[Rubric, dict[str, Any]]) -> None:
    found, values = case
    outcomes = criterion_outcomes(found, values)
    assert [outcome.criterion for outcome in outcomes] == list(found.criteria)
    for outcome in outcomes:
        line = outcome.criterion
        if line.parts and found.scale in (ScaleKind.DESCRIPTOR_COUNT, ScaleKind.BINARY_TREE):
            assert sorted((*outcome.met, *outcome.lacking)) == sorted(line.parts)
            assert outcome.share == Decimal(len(outcome.met)) / len(line.parts)
    assert {o.criterion.code for o in outcomes if o.criterion.critical and not o.is_met} == set(
        verdict(found, values).critical
    )
