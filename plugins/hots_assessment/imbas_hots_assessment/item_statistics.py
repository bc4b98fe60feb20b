"""Classical item analysis of a test. Pure and exact: fractions inside, Decimal with 2 places out.

Sources: requirement F5. Difficulty p is the mean share of the points (right or wrong: the share
of right answers). Discrimination D is the difference of p between an upper and a lower group by
total score: halves below 40 participants, 27 percent from 40 on. Reliability is Cronbach's alpha,
which equals KR-20 when every item is worth 1 or 0. People with the same total who stand on the edge
of a group belong to it in part, so that no order among equals changes a figure.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, localcontext
from fractions import Fraction
from math import lcm

from lms.api import rounded

WHOLE_GROUPS_FROM = 40
GROUP_SHARE = Fraction(27, 100)
WORKING_SHARE = Fraction(5, 100)

Sides = Sequence[Fraction]
"""For each participant 1 in the upper group, -1 in the lower one, and in between for equals."""


@dataclass(frozen=True, slots=True)
class ItemFigures:
    """``difficulty`` 0..1; ``discrimination`` and ``correlation`` -1..1, None where undefined.

    ``correlation`` is that of the item with the rest of the test (corrected point-biserial).
    """

    difficulty: Decimal
    discrimination: Decimal | None
    correlation: Decimal | None


@dataclass(frozen=True, slots=True)
class Analysis:
    """Figures of a test; ``group`` is the number of people in each of the two groups."""

    participants: int
    group: int
    items: Mapping[str, ItemFigures]
    alpha: Decimal | None
    sides: Sides = field(compare=False)


@dataclass(frozen=True, slots=True)
class OptionFigures:
    """How an option was chosen. ``misleads``: a wrong one that the upper group likes better."""

    id: str
    count: int
    percent: Decimal
    is_key: bool
    works: bool
    misleads: bool


def analyse(points: Mapping[str, Sequence[Decimal]], maxima: Mapping[str, Decimal]) -> Analysis:
    """Figures of every item from the points of all participants, in the same order for each item.

    Raises ValueError when items have unequal numbers of participants or a maximum is not positive.
    """
    if len({len(column) for column in points.values()}) > 1:
        raise ValueError("every item needs the points of every participant")
    if any(maxima[key] <= 0 for key in points):
        raise ValueError("a maximum must be positive")
    scale = _scale(points.values())
    columns = {key: [int(value * scale) for value in column] for key, column in points.items()}
    totals = [sum(row) for row in zip(*columns.values(), strict=True)]
    size = group_size(len(totals))
    sides = tilt(totals)
    figures = {
        key: _figures(column, Fraction(maxima[key]) * scale, totals, sides, size)
        for key, column in columns.items()
        if column
    }
    return Analysis(len(totals), size, figures, _alpha(list(columns.values()), totals), sides)


def group_size(participants: int) -> int:
    """People in the upper and in the lower group each; 0 when there is nobody to compare."""
    if participants < WHOLE_GROUPS_FROM:
        return participants // 2
    return int(participants * GROUP_SHARE + Fraction(1, 2))


def weights(totals: Sequence[int], size: int, *, top: bool) -> list[Fraction]:
    """How far each participant belongs to a group of ``size``: 0..1, together ``size``."""
    people = Counter(totals)
    left, share = Fraction(size), {}
    for total in sorted(people, reverse=top):
        equals = people[total]
        share[total] = min(Fraction(1), left / equals)
        left -= share[total] * equals
    return [share[total] for total in totals]


def tilt(totals: Sequence[int]) -> Sides:
    """Who stands in the upper and who in the lower group."""
    size = group_size(len(totals))
    upper, lower = weights(totals, size, top=True), weights(totals, size, top=False)
    return [high - low for high, low in zip(upper, lower, strict=True)]


def options(
    chosen: Sequence[Collection[str]], ids: Sequence[str], keys: Collection[str], sides: Sides
) -> tuple[OptionFigures, ...]:
    """How each option was chosen; ``chosen`` has the options that each participant took.

    ``sides`` is the ``tilt`` of the participants, in the same order.
    """
    found = []
    for option in ids:
        takers = [at for at, taken in enumerate(chosen) if option in taken]
        share = Fraction(len(takers), len(chosen)) if chosen else Fraction(0)
        works = share >= WORKING_SHARE
        liked_above = sum(sides[at] for at in takers) > 0
        found.append(
            OptionFigures(
                option,
                len(takers),
                _two(share * 100),
                option in keys,
                works,
                option not in keys and works and liked_above,
            )
        )
    return tuple(found)


def _figures(
    column: Sequence[int],
    maximum: Fraction,
    totals: Sequence[int],
    sides: Sides,
    size: int,
) -> ItemFigures:
    discrimination = _two(_difference(column, sides) / size / maximum) if size else None
    rest = [total - value for total, value in zip(totals, column, strict=True)]
    return ItemFigures(_two(_mean(column) / maximum), discrimination, _correlation(column, rest))


def _correlation(first: Sequence[int], second: Sequence[int]) -> Decimal | None:
    """Pearson's coefficient; None when one side does not vary."""
    spread = _variance(first) * _variance(second)
    if not spread:
        return None
    together = Fraction(_products(first, second), len(first)) - _mean(first) * _mean(second)
    square = together * together / spread
    with localcontext() as context:
        context.prec = 50
        root = (Decimal(square.numerator) / Decimal(square.denominator)).sqrt()
    return rounded(root.copy_sign(Decimal(-1) if together < 0 else Decimal(1)))


def _alpha(columns: Sequence[Sequence[int]], totals: Sequence[int]) -> Decimal | None:
    """Cronbach's alpha; None below two items or when all totals are equal."""
    count = len(columns)
    if count < 2 or not totals or not _variance(totals):
        return None
    parts = sum((_variance(column) for column in columns), Fraction(0))
    return _two(Fraction(count, count - 1) * (1 - parts / _variance(totals)))


def _scale(columns: Iterable[Sequence[Decimal]]) -> int:
    """By what to multiply so that all points are whole numbers, which are quick to add."""
    return lcm(*{value.as_integer_ratio()[1] for column in columns for value in column})


def _difference(column: Sequence[int], sides: Sides) -> Fraction:
    """Points of the upper group less those of the lower one."""
    return sum((value * side for value, side in zip(column, sides, strict=True) if side), Fraction(0))


def _mean(values: Sequence[int]) -> Fraction:
    return Fraction(sum(values), len(values))


def _variance(values: Sequence[int]) -> Fraction:
    """Of the whole group, as KR-20 needs it."""
    return Fraction(_products(values, values), len(values)) - _mean(values) ** 2


def _products(first: Sequence[int], second: Sequence[int]) -> int:
    return sum(one * other for one, other in zip(first, second, strict=True))


def _two(value: Fraction) -> Decimal:
    """Rounded half up to two places; negative halves away from zero, as ``rounded`` does."""
    with localcontext() as context:
        context.prec = 50
        return rounded(Decimal(value.numerator) / Decimal(value.denominator))
