"""What makes a card complete, which checklist fits it, and the share of higher-order items. Pure.

Source: requirement F5 (blueprint, item card, review); the limits of a whole set are those of the
deliverable "Kartu soal": at least 5 items, at least 3 of them C4-C6.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from lms.api import Rubric, percent

FORMATS = (
    "mc_single",
    "mc_multiple",
    "true_false_table",
    "category_table",
    "matching",
    "short_answer",
    "essay",
)
HIGH = frozenset({"C4", "C5", "C6"})
WITH_OPTIONS = frozenset(FORMATS) - {"short_answer", "essay"}
FEWEST_OPTIONS = 3
"""Options or rows; three is the fewest, for grades 1-3 (requirement F5)."""
WANTED_CARDS = 5
WANTED_HIGH = 3
_NOTHING = re.compile(r"[\s.\-_?]*")


def still_lacking(level: str, kind: str, item: Mapping[str, Any]) -> Iterator[str]:
    """Fields of a card's item that its level and format ask for and that say nothing; a dash is not an answer.

    A table or a picture is as good a stimulus as a text.
    """
    if (
        level in HIGH
        and not item.get("stimulus_table")
        and not item.get("picture")
        and _empty(item, "stimulus")
    ):
        yield "stimulus"
    if kind in WITH_OPTIONS and len(option_lines(str(item.get("options", "")))) < FEWEST_OPTIONS:
        yield "options"
    needed = "guide" if kind == "essay" else "answer_key"
    if _empty(item, needed):
        yield needed


def option_lines(text: str) -> tuple[str, ...]:
    """The options of a card: its lines that say something."""
    return tuple(line.strip() for line in text.splitlines() if not _NOTHING.fullmatch(line))


def review_key(kind: str) -> str:
    """The checklist for a format: essays have one of their own."""
    return f"hots_assessment.item_review_{'essay' if kind == 'essay' else 'mc'}"


def fitting(checklist: Rubric, level: str) -> Rubric:
    """The checklist for a card of ``level``: whether it makes pupils reason is asked of C4-C6 only."""
    if level in HIGH:
        return checklist
    return replace(checklist, criteria=tuple(rule for rule in checklist.criteria if rule.group != "HOTS"))


def item_numbers(wanted: Iterable[int | None]) -> list[int]:
    """The number of each item in its blueprint: the one that its writer gave it, or the lowest that nobody has.

    Who gave two items one number has two of it; the page of the blueprint says so.
    """
    given = tuple(wanted)
    free = (number for number in range(1, len(given) + 1) if number not in given)
    return [number or next(free) for number in given]


@dataclass(frozen=True, slots=True)
class Share:
    """How many items of a set are C4-C6; items without a level count in ``cards`` only."""

    cards: int
    high: int

    @property
    def percent(self) -> Decimal:
        """C4-C6 in percent of all, 0 when there is none."""
        return percent(Decimal(self.high), Decimal(self.cards))

    @property
    def progress(self) -> tuple[Decimal, Decimal]:
        """How far the set has come, in percent of the cards and of the C4-C6 cards wanted, 100 at most each."""
        return (
            percent(Decimal(min(self.cards, WANTED_CARDS)), Decimal(WANTED_CARDS)),
            percent(Decimal(min(self.high, WANTED_HIGH)), Decimal(WANTED_HIGH)),
        )

    @property
    def enough(self) -> bool:
        """Whether the set fulfils the deliverable."""
        return self.cards >= WANTED_CARDS and self.high >= WANTED_HIGH


def share(levels: Iterable[str]) -> Share:
    """The share of higher-order items among ``levels``."""
    found = tuple(levels)
    return Share(len(found), sum(level in HIGH for level in found))


def _empty(item: Mapping[str, Any], field: str) -> bool:
    return bool(_NOTHING.fullmatch(str(item.get(field, ""))))
