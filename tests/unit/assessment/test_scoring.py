"""From the points of the items to a result: against fractions added by hand."""

from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from lms.assessment.scoring import ItemPoints, result

maxima = st.decimals(1, 10, places=1)


@st.composite
def lines(draw: st.DrawFn) -> ItemPoints:
    maximum = draw(maxima)
    earned = draw(st.none() | st.decimals(0, maximum, places=4))
    return ItemPoints(
        draw(st.sampled_from("PQR")), draw(st.sampled_from(["C6", "C1", "C4"])), earned, maximum
    )


def half_up(value: Fraction) -> Fraction:
    return Fraction((value * 200 + 1) // 2, 100)


def by_hand(points: list[ItemPoints]) -> tuple[Fraction, Fraction, Fraction]:
    marked = [line for line in points if line.earned is not None]
    earned = sum((Fraction(line.earned or 0) for line in marked), Fraction(0))
    maximum = sum((Fraction(line.maximum) for line in marked), Fraction(0))
    return earned, maximum, half_up(100 * earned / maximum) if maximum else Fraction(0)


@given(st.lists(lines(), max_size=12))
def test_a_result_is_what_adding_by_hand_gives(points: list[ItemPoints]) -> None:
    found = result(points)
    assert (Fraction(found.earned), Fraction(found.maximum), Fraction(found.percent)) == by_hand(points)
    assert found.provisional is any(line.earned is None for line in points)
    for groups, label_of in ((found.by_competence, "competence"), (found.by_bloom, "bloom")):
        assert {group.label for group in groups} == {getattr(line, label_of) for line in points}
        assert sum(group.items for group in groups) == len(points)
        for group in groups:
            own = [line for line in points if getattr(line, label_of) == group.label]
            assert (Fraction(group.earned), Fraction(group.maximum), Fraction(group.percent)) == by_hand(own)
            assert group.items == len(own)
            assert group.waiting == sum(line.earned is None for line in own)


def test_competences_keep_the_order_of_the_quiz_and_levels_their_own() -> None:
    points = [ItemPoints(name, bloom, Decimal(1), Decimal(1)) for name, bloom in (("R", "C5"), ("A", "C2"))]
    found = result(points)
    assert [group.label for group in found.by_competence] == ["R", "A"]
    assert [group.label for group in found.by_bloom] == ["C2", "C5"]
