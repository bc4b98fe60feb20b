"""Pure: from the points of each item to the result of an attempt."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from lms.contract.numbers import percent


@dataclass(frozen=True, slots=True)
class ItemPoints:
    """Points of one item; ``earned`` None while a person must still mark it."""

    competence: str
    bloom: str
    earned: Decimal | None
    maximum: Decimal


@dataclass(frozen=True, slots=True)
class Group:
    """Points of a competence or a cognitive level; ``percent`` of what is already scored.

    ``waiting``: how many of its ``items`` a person must still mark; when all do, the percent says nothing.
    """

    label: str
    earned: Decimal
    maximum: Decimal
    percent: Decimal
    items: int
    waiting: int


@dataclass(frozen=True, slots=True)
class Result:
    """Score = sum earned / sum max x 100, rounded half up to 2 decimals (requirement F5).

    ``provisional`` while an item waits for a person: then both sums leave that item out.
    """

    earned: Decimal
    maximum: Decimal
    percent: Decimal
    provisional: bool
    by_competence: tuple[Group, ...]
    by_bloom: tuple[Group, ...]


def result(points: Iterable[ItemPoints]) -> Result:
    """The result of an attempt from the points of all its items."""
    everything = tuple(points)
    marked = tuple(line for line in everything if line.earned is not None)
    earned, maximum = _sums(marked)
    return Result(
        earned=earned,
        maximum=maximum,
        percent=percent(earned, maximum),
        provisional=len(marked) < len(everything),
        by_competence=_groups(everything, [line.competence for line in everything]),
        by_bloom=_groups(everything, sorted(line.bloom for line in everything), by_bloom=True),
    )


def _groups(
    points: tuple[ItemPoints, ...], labels: list[str], *, by_bloom: bool = False
) -> tuple[Group, ...]:
    groups = []
    for label in dict.fromkeys(labels):
        own = [line for line in points if (line.bloom if by_bloom else line.competence) == label]
        marked = [line for line in own if line.earned is not None]
        earned, maximum = _sums(marked)
        waiting = len(own) - len(marked)
        groups.append(Group(label, earned, maximum, percent(earned, maximum), len(own), waiting))
    return tuple(groups)


def _sums(points: Iterable[ItemPoints]) -> tuple[Decimal, Decimal]:
    earned = maximum = Decimal(0)
    for line in points:
        earned += line.earned or Decimal(0)
        maximum += line.maximum
    return earned, maximum
