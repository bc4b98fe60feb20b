"""What makes a card complete, what a review may decide, and the share of higher-order items. Pure.

Source: requirement F5 (blueprint, item card, review); the limits of a whole set are those of the
deliverable "Kartu soal": at least 5 items, at least 3 of them C4-C6.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
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
ROW_PARTS = ("competence", "material", "indicator", "bloom", "format")
CARD_PARTS = ("source", "stimulus", "stimulus_table", "stem", "options", "answer_key", "guide", "reason")
_NOTHING = re.compile(r"[\s.\-_?]*")


class Decision(StrEnum):
    """What a reviewer says of a card."""

    USE = "use"
    IMPROVE = "improve"
    REPLACE = "replace"


class CardState(StrEnum):
    """Where a card stands: written, waiting for a review of this version, or reviewed."""

    DRAFT = "draft"
    WAITING = "waiting"
    USE = "use"
    IMPROVE = "improve"
    REPLACE = "replace"


def missing_parts(card: Mapping[str, Any], *, has_picture: bool = False) -> tuple[str, ...]:
    """Parts that a card still needs before somebody can review it; a dash is not an answer.

    A table or a picture is as good a stimulus as a text.
    """
    kind, level = str(card.get("format", "")), str(card.get("bloom", ""))
    needed = [*ROW_PARTS, "stem", "reason"]
    if level in HIGH and not has_picture and not card.get("stimulus_table"):
        needed.append("stimulus")
    needed.append("guide" if kind == "essay" else "answer_key")
    missing = [part for part in needed if _NOTHING.fullmatch(str(card.get(part, "")))]
    if kind in WITH_OPTIONS and len(option_lines(str(card.get("options", "")))) < FEWEST_OPTIONS:
        missing.append("options")
    return tuple(part for part in (*ROW_PARTS, *CARD_PARTS) if part in missing)


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


def may_be_used(passed: bool, decision: Decision) -> bool:
    """Whether a decision fits the checklist: "use" needs every critical rule and 90 percent."""
    return passed or decision is not Decision.USE


def state_of(shared: bool, version: int, reviews: Iterable[tuple[int, Decision]]) -> CardState:
    """The state of a card from its reviews (card version, decision); the strictest counts.

    Reviews of an older version say nothing about what stands there now.
    """
    if not shared:
        return CardState.DRAFT
    found = {decision for reviewed, decision in reviews if reviewed == version}
    for decision in (Decision.REPLACE, Decision.IMPROVE, Decision.USE):
        if decision in found:
            return CardState(decision.value)
    return CardState.WAITING


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
