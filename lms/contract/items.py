"""Quiz items: what an item type must be able to do."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from lms.contract.text import Localized, Text


class Bloom(StrEnum):
    """Cognitive level after Anderson and Krathwohl; C4-C6 are higher-order (requirement F5)."""

    C1 = "C1"
    C2 = "C2"
    C3 = "C3"
    C4 = "C4"
    C5 = "C5"
    C6 = "C6"


@dataclass(frozen=True, slots=True)
class Score:
    """Points for one answer: 0 <= ``earned`` <= ``maximum``."""

    earned: Decimal
    maximum: Decimal

    def __post_init__(self) -> None:
        if not Decimal(0) <= self.earned <= self.maximum:
            raise ValueError(f"score {self.earned} is not within 0..{self.maximum}")


Body = Mapping[str, Any]
"""The public part of an item: stimulus, stem, options... JSON values; never the key."""

Key = Mapping[str, Any]
"""The secret part: key, accepted answers, scoring rule, guide, explanation. JSON values."""

Answer = Any
"""A JSON value as the type's ``parse`` made it; None means unanswered."""


class ReviewMark(StrEnum):
    """What became of one line of an answer."""

    RIGHT = "right"  #: given, and right
    WRONG = "wrong"  #: given, and wrong
    MISSED = "missed"  #: right, but not given
    NONE = ""  #: neither given nor right


@dataclass(frozen=True, slots=True)
class ReviewLine:
    """One line of the discussion of an item, shown only after its release; texts are the item's own.

    ``text``: an option, or the row that was to be answered; "" where the item asks for one thing only.
    ``given`` and ``key``: what was answered there and what is right, where that is not ``text`` itself.
    ``note``: why this line attracts who answers wrongly, or why it is right.
    """

    text: str
    mark: ReviewMark
    given: str = ""
    key: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class ItemType:
    """A kind of quiz item.

    ``key``: core types have a bare key, a plugin's is ``<plugin>.<name>``.
    ``version``: raise it whenever ``score`` may give another result; scores remember it.
    ``check(body, key)``: every fault of an item as a sentence, empty when sound.
    ``parse(fields)``: the answer from posted form fields of this item. ``fields`` maps a field's
    suffix ("" for the plain one) to the list of values posted; may raise ``Invalid``.
    ``is_answered(answer)``: whether the answer says something (used for "12 dari 15 terjawab").
    ``score(body, key, answer)``: pure; None means that a person must mark it.
    ``template``: Jinja template that renders the input, given ``item`` (key, body, position),
    ``answer``, ``name`` (form field prefix) and ``locked``.
    ``display(body, answer)``: the answer as plain lines of text for review pages and exports.
    ``review(body, key, answer)``: the discussion after release: every option or row, marked; pure, and
    called with None for an unanswered item. Without it the page shows ``display`` and the item's explanation.
    """

    key: str
    version: int
    title: Text
    template: str
    check: Callable[[Body, Key], tuple[str, ...]]
    parse: Callable[[Body, Mapping[str, list[str]]], Answer]
    is_answered: Callable[[Answer], bool]
    score: Callable[[Body, Key, Answer], Score | None]
    display: Callable[[Body, Answer], tuple[str, ...]]
    review: Callable[[Body, Key, Answer], tuple[ReviewLine, ...]] | None = None


@dataclass(frozen=True, slots=True)
class ItemSpec:
    """One item as a module brings it.

    ``key`` is unique in the quiz and never used for another item; ``type`` names an ``ItemType``. ``minutes`` is the time
    that it takes, ``maximum`` its points (above 0), ``indicator`` the sentence of the blueprint, in Indonesian.
    ``level_reason``: in a sentence, why the item has its cognitive level: what must be done with which given
    data. ``check_plugin`` asks it of C4-C6. It may tell the answer, so pages show it with the explanation only.
    """

    key: str
    type: str
    bloom: Bloom
    competence: Text
    minutes: int
    indicator: str
    maximum: Decimal
    body: Body
    secret: Key
    level_reason: Localized | None = None


@dataclass(frozen=True, slots=True)
class QuizSpec:
    """A module's quiz. ``minutes`` is the working time of an attempt, ``attempts`` how often it may be taken (1 or more)."""

    key: str
    title: Text
    minutes: int
    attempts: int
    items: tuple[ItemSpec, ...]
