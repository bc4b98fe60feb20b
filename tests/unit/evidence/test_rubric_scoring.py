"""The five kinds of scale against fractions, and what people post in their forms."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.contract.rubrics import EVIDENCE_BANDS, Criterion, Rubric, ScaleKind
from lms.contract.text import Localized
from lms.evidence.rubric_scoring import band_of, parse, share, verdict

PARTS = ("p0", "p1", "p2", "p3", "p4")
TITLE = Localized(id="Rubrik", en="Rubric")


def rubric(scale: ScaleKind, *criteria: Criterion) -> Rubric:
    return Rubric("r", "1", TITLE, scale, criteria)


def value_of(scale: ScaleKind, has_parts: bool) -> st.SearchStrategy[Any]:
    if scale is ScaleKind.PERCENT:
        return st.decimals(0, 100, places=2).map(str)
    if scale is ScaleKind.LEVEL:
        return st.integers(0, 4)
    if scale is ScaleKind.BINARY or not has_parts:
        return st.integers(0, 1)
    return st.lists(st.integers(0, 4), unique=True)


@st.composite
def filled(draw: st.DrawFn) -> tuple[Rubric, dict[str, Any]]:
    scale = draw(st.sampled_from(list(ScaleKind)))
    criteria, values = [], {}
    for number in range(draw(st.integers(1, 6))):
        code = f"k{number}"
        has_parts = scale is not ScaleKind.BINARY_TREE or draw(st.booleans())
        criteria.append(
            Criterion(
                code,
                "Kriteria",
                group=draw(st.sampled_from("AB")),
                weight=draw(st.sampled_from([Decimal(1), Decimal("2.5"), Decimal(40)])),
                parts=PARTS if has_parts else (),
                critical=draw(st.booleans()),
            )
        )
        if draw(st.booleans()):
            values[code] = draw(value_of(scale, has_parts))
    return rubric(scale, *criteria), values


def met(scale: ScaleKind, criterion: Criterion, value: Any) -> Fraction:
    if value is None:
        return Fraction(0)
    if scale is ScaleKind.PERCENT:
        return Fraction(value) / 100
    if isinstance(value, list):
        return Fraction(len(value), 5)
    return Fraction(value, 4) if scale is ScaleKind.LEVEL else Fraction(value)


@given(filled())
def test_a_verdict_is_what_fractions_give(case: tuple[Rubric, dict[str, Any]]) -> None:
    filled_rubric, values = case
    scale = filled_rubric.scale
    shares = {line.code: met(scale, line, values.get(line.code)) for line in filled_rubric.criteria}
    if scale is ScaleKind.BINARY_TREE:
        names = {line.group for line in filled_rubric.criteria}
        means = []
        for name in names:
            own = [shares[line.code] for line in filled_rubric.criteria if line.group == name]
            means.append(sum(own, Fraction(0)) / len(own))
        exact = 100 * sum(means, Fraction(0)) / len(means)
    else:
        weights = {line.code: Fraction(line.weight) for line in filled_rubric.criteria}
        exact = 100 * sum(shares[code] * weights[code] for code in shares) / sum(weights.values())
    expected = Fraction((exact * 200 + 1) // 2, 100)
    blocked = tuple(line.code for line in filled_rubric.criteria if line.critical and shares[line.code] < 1)
    found = verdict(filled_rubric, values)
    # Decimal has 28 digits: a third of a third may end a hair below a half
    assert abs(Fraction(found.percent) - expected) <= Fraction(1, 100)
    if (exact * 200).denominator != 1:
        assert Fraction(found.percent) == expected
    assert found.critical == blocked
    assert found.passed is (found.percent >= 70 and not blocked)
    assert found.band == max(
        (b for b in EVIDENCE_BANDS if found.percent >= b.minimum), key=lambda b: b.minimum
    )


@pytest.mark.parametrize(
    ("score", "code"),
    [
        ("100", "SB"),
        ("90", "SB"),
        ("89.99", "B"),
        ("80", "B"),
        ("79.99", "C"),
        ("70", "C"),
        ("69.99", "K"),
        ("0", "K"),
    ],
)
def test_bands_begin_at_their_minimum(score: str, code: str) -> None:
    assert band_of(rubric(ScaleKind.PERCENT), Decimal(score)).code == code


def test_the_same_descriptor_twice_counts_once() -> None:
    assert share(ScaleKind.DESCRIPTOR_COUNT, Criterion("k", "", parts=PARTS), [1, 1]) == Decimal("0.2")


def test_of_critical_ones_only_those_not_met_block() -> None:
    lines = [
        Criterion(code, "", critical=critical) for code, critical in (("a", True), ("b", True), ("c", False))
    ]
    found = verdict(replace(rubric(ScaleKind.BINARY, *lines), pass_mark=Decimal(30)), {"a": 1})
    assert (found.percent, found.critical, found.passed) == (Decimal("33.33"), ("b",), False)
    assert verdict(
        replace(rubric(ScaleKind.BINARY, *lines), pass_mark=Decimal("66.67")), {"a": 1, "b": 1}
    ).passed


def test_a_rubric_of_no_weight_gives_nothing() -> None:
    assert verdict(rubric(ScaleKind.BINARY, Criterion("a", "", weight=Decimal(0))), {"a": 1}).percent == 0


@pytest.mark.parametrize(
    ("scale", "parts", "posted", "value"),
    [
        (ScaleKind.PERCENT, (), ["80,5"], "80.5"),
        (ScaleKind.PERCENT, (), ["10", "100"], "100"),
        (ScaleKind.PERCENT, (), ["0"], "0"),
        (ScaleKind.PERCENT, (), ["100,01"], None),
        (ScaleKind.PERCENT, (), ["-1"], None),
        (ScaleKind.PERCENT, (), ["baik"], None),
        (ScaleKind.PERCENT, (), [], None),
        (ScaleKind.LEVEL, PARTS, ["4"], 4),
        (ScaleKind.LEVEL, PARTS, ["0"], 0),
        (ScaleKind.LEVEL, PARTS, ["5"], None),
        (ScaleKind.LEVEL, PARTS, [], None),
        (ScaleKind.LEVEL, PARTS, ["-1"], None),
        (ScaleKind.DESCRIPTOR_COUNT, PARTS, ["3", "1", "3"], [1, 3]),
        (ScaleKind.DESCRIPTOR_COUNT, PARTS, ["4", "5"], [4]),
        (ScaleKind.DESCRIPTOR_COUNT, PARTS, [], []),
        (ScaleKind.BINARY, (), ["1"], 1),
        (ScaleKind.BINARY, (), ["0"], 0),
        (ScaleKind.BINARY, (), ["2"], None),
        (ScaleKind.BINARY, (), [], None),
        (ScaleKind.BINARY, PARTS, ["1"], 1),
        (ScaleKind.BINARY_TREE, (), ["1"], 1),
        (ScaleKind.BINARY_TREE, (), [], None),
        (ScaleKind.BINARY_TREE, PARTS, ["0", "2"], [0, 2]),
    ],
)
def test_what_a_form_posts(scale: ScaleKind, parts: tuple[str, ...], posted: list[str], value: Any) -> None:
    lines = (Criterion("a", "", parts=parts), Criterion("b", "", parts=parts))
    values, missing = parse(rubric(scale, *lines), {"crit-a": posted, "crit-b": ["1"]})
    assert values.get("a") == value
    assert missing == (("a",) if value is None else ())
    assert "b" in values


def test_a_form_without_the_field_leaves_it_open() -> None:
    assert parse(rubric(ScaleKind.LEVEL, Criterion("a", "", parts=PARTS)), {}) == ({}, ("a",))
    assert parse(rubric(ScaleKind.DESCRIPTOR_COUNT, Criterion("a", "", parts=PARTS)), {}) == ({"a": []}, ())


def test_what_does_not_apply_is_not_counted() -> None:
    """Nine of ten met is 90; when the tenth does not apply, it is nine of nine, and never ten of ten."""
    lines = [Criterion(f"k{number}", "Kaidah") for number in range(9)]
    found = rubric(ScaleKind.BINARY, *lines, Criterion("na", "Kaidah", may_not_apply=True))
    values: dict[str, Any] = {line.code: 1 for line in lines}
    assert verdict(found, {**values, "na": 0}).percent == 90
    assert verdict(found, {**values, "na": "na"}).percent == 100
    values["k0"] = 0
    assert verdict(found, {**values, "na": 1}).percent == 90
    assert verdict(found, {**values, "na": "na"}).percent == Decimal("88.89")


def test_a_section_in_which_nothing_applies_is_not_counted() -> None:
    lines = (Criterion("a", "SK", "Tim"), Criterion("f", "Pengimbasan", "Strategi", may_not_apply=True))
    found = rubric(ScaleKind.BINARY_TREE, *lines)
    assert verdict(found, {"a": 1, "f": 0}).percent == 50
    assert verdict(found, {"a": 1, "f": "na"}).percent == 100
    assert verdict(rubric(ScaleKind.BINARY_TREE, lines[1]), {"f": "na"}).percent == 0


def test_only_a_line_that_says_so_may_not_apply() -> None:
    lines = (
        Criterion("a", "Kunci", critical=True),
        Criterion("b", "Angka urut", may_not_apply=True),
    )
    posted = {"crit-a": ["na"], "crit-b": ["na"]}
    assert parse(rubric(ScaleKind.BINARY, *lines), posted) == ({"b": "na"}, ("a",))
    assert verdict(rubric(ScaleKind.BINARY, *lines), {"a": 0, "b": "na"}).critical == ("a",)
