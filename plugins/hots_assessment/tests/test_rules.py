"""Complete cards, states and shares against slow ways of saying the same."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from imbas_hots_assessment import rules
from imbas_hots_assessment.frameworks import bands, formats, levels
from imbas_hots_assessment.rules import CardState, Decision

FULL = {
    "competence": "3.5", "material": "Kolam", "indicator": "Disajikan data", "bloom": "C4",
    "format": "mc_single", "source": "", "stimulus": "Data", "stem": "Apa?", "options": "A\nB\nC",
    "answer_key": "B", "guide": "", "reason": "Menghubungkan data",
}  # fmt: skip
reviews = st.lists(st.tuples(st.integers(1, 3), st.sampled_from(Decision)), max_size=6)


@pytest.mark.parametrize(
    ("changes", "missing"),
    [
        ({}, ()),
        ({"stimulus": ""}, ("stimulus",)),
        ({"stimulus": "", "bloom": "C2"}, ()),
        ({"options": "A\n-\nB\n\n"}, ("options",)),
        ({"format": "short_answer", "options": ""}, ()),
        ({"format": "essay", "options": "", "answer_key": ""}, ("guide",)),
        ({"format": "essay", "options": "", "answer_key": "", "guide": "Langkah 1: 2"}, ()),
        ({"answer_key": " ... "}, ("answer_key",)),
        ({"bloom": "", "reason": "-", "material": "?"}, ("material", "bloom", "reason")),
    ],
)
def test_what_a_card_still_needs(changes: dict[str, Any], missing: tuple[str, ...]) -> None:
    assert rules.missing_parts({**FULL, **changes}) == missing


def test_an_empty_card_needs_nearly_everything() -> None:
    assert rules.missing_parts({}) == (*rules.ROW_PARTS, "stem", "answer_key", "reason")


@given(st.booleans(), st.integers(1, 3), reviews)
def test_the_strictest_review_of_this_version_counts(
    shared: bool, version: int, found: list[tuple[int, Decision]]
) -> None:
    state = rules.state_of(shared, version, found)
    fitting = [decision for reviewed, decision in found if reviewed == version]
    if not shared:
        assert state is CardState.DRAFT
    elif not fitting:
        assert state is CardState.WAITING
    else:
        order = ["use", "improve", "replace"]
        assert state.value == max((decision.value for decision in fitting), key=order.index)


@given(st.lists(st.sampled_from([*rules.LEVELS, ""]), max_size=30))
def test_the_share_of_higher_order_items(found: list[str]) -> None:
    share = rules.share(found)
    high = 0
    for level in found:
        high += level in ("C4", "C5", "C6")
    assert (share.cards, share.high) == (len(found), high)
    assert share.enough == (len(found) >= 5 and high >= 3)
    assert abs(share.percent * max(len(found), 1) - 100 * high) <= Decimal("0.2")


def test_use_needs_a_passed_checklist() -> None:
    assert rules.may_be_used(True, Decision.USE)
    assert not rules.may_be_used(False, Decision.USE)
    assert rules.may_be_used(False, Decision.IMPROVE)


def test_the_lists_agree_with_the_rules() -> None:
    assert tuple(formats()) == rules.FORMATS
    assert tuple(levels()) == rules.LEVELS
    assert {code for code, level in levels().items() if level.group == "L3"} == rules.HIGH
    for entries in bands().values():
        minima = [band.minimum for band in entries]
        assert minima == sorted(set(minima), reverse=True)
    for level in levels().values():
        elsewhere = {verb for other in levels().values() if other is not level for verb in other.verbs}
        assert not elsewhere & set(level.verbs), "a verb of one level only must not stand under another"
