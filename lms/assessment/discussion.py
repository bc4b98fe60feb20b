"""The discussion of a quiz after its release: of each item what was answered, what is right, and the points."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.assessment.answering import SavedAnswer, answers_of
from lms.assessment.marking import marks_of
from lms.assessment.models import AnswerScore, Attempt, Mark
from lms.assessment.quiz_versions import LoadedItem, items_of
from lms.contract.items import ReviewLine, ReviewMark
from lms.platform.plugins import plugins


class ItemOutcome(StrEnum):
    """What became of an item as a whole."""

    RIGHT = "right"
    PARTLY = "partly"
    WRONG = "wrong"
    UNANSWERED = "unanswered"
    WAITING = "waiting"  # a person has not marked it yet


@dataclass(frozen=True, slots=True)
class GuideLine:
    """One line of an essay's guide: points given of the most there are, and what earns them."""

    aspect: str
    points: Decimal
    maximum: Decimal
    level: str
    """What the guide says of the level reached; "" where it has no levels, or a level between two."""
    best: str
    """What the guide says of the highest level, while that was not reached."""


@dataclass(frozen=True, slots=True)
class DiscussedItem:
    """One item. ``lines`` is empty for kinds that cannot tell; then ``given`` has the answer as it was written."""

    item: LoadedItem
    outcome: ItemOutcome
    earned: Decimal | None
    lines: tuple[ReviewLine, ...]
    given: tuple[str, ...]
    guide: tuple[GuideLine, ...]
    comment: str
    explanation: str


def discussion(session: Session, attempt: Attempt) -> tuple[DiscussedItem, ...]:
    """Every item of an attempt with its key: only for pages of what is released."""
    earned = {
        row.item_id: row.earned
        for row in session.execute(
            select(AnswerScore.item_id, AnswerScore.earned).where(AnswerScore.attempt_id == attempt.id)
        )
    }
    answers, marks = answers_of(session, attempt.id), marks_of(session, attempt.id)
    return tuple(
        _discussed(item, answers.get(item.id), earned.get(item.id), marks.get(item.id))
        for item in items_of(session, attempt.quiz_id, attempt.edition)
    )


def _discussed(
    item: LoadedItem, answer: SavedAnswer | None, earned: Decimal | None, mark: Mark | None
) -> DiscussedItem:
    value = answer.value if answer and item.kind.is_answered(answer.value) else None
    outcome = _outcome(value is not None, earned, item.maximum)
    lines = _lines(item, value)
    if len(lines) == 1 and outcome is ItemOutcome.RIGHT:
        # points that an older rule gave are never taken back, so its word stands, too
        lines = (replace(lines[0], mark=ReviewMark.RIGHT),)
    return DiscussedItem(
        item=item,
        outcome=outcome,
        earned=earned,
        lines=lines,
        given=item.kind.display(item.body, value) if value is not None and not lines else (),
        guide=guide_lines(item, mark) if mark else (),
        comment=mark.comment if mark else "",
        explanation=str(item.secret.get("explanation") or ""),
    )


def _lines(item: LoadedItem, value: object) -> tuple[ReviewLine, ...]:
    """The kind's own review; a plugin that fails is noted, and the page falls back to the plain answer."""
    if item.kind.review is None:
        return ()
    try:
        return tuple(item.kind.review(item.body, item.secret, value))
    except Exception as error:
        plugins().failures.add(item.type.partition(".")[0], f"review of {item.type}", error)
        return ()


def _outcome(is_answered: bool, earned: Decimal | None, maximum: Decimal) -> ItemOutcome:
    if earned is None:
        return ItemOutcome.WAITING
    if earned >= maximum:
        return ItemOutcome.RIGHT
    if not is_answered:
        return ItemOutcome.UNANSWERED
    return ItemOutcome.PARTLY if earned > 0 else ItemOutcome.WRONG


def guide_lines(item: LoadedItem, mark: Mark) -> tuple[GuideLine, ...]:
    """What a person gave for each line of the guide, with the guide's words."""
    found = []
    for line in item.secret.get("guide") or ():
        points, most = Decimal(str(mark.criteria.get(line["code"], 0))), Decimal(str(line["max"]))
        levels = [
            str(text).removeprefix(f"{number}: ") for number, text in enumerate(line.get("levels") or ())
        ]
        found.append(
            GuideLine(
                str(line.get("aspect", line["code"])),
                points,
                most,
                _level(levels, points),
                levels[-1] if levels and points < most else "",
            )
        )
    return tuple(found)


def _level(levels: Sequence[str], points: Decimal) -> str:
    is_whole = points == points.to_integral_value()
    return levels[int(points)] if is_whole and 0 <= points < len(levels) else ""
