"""Attempts of a province, in bulk: a few real answers per item, scored by the item types themselves."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from imbas_demo.answers import fields_for, points_of
from imbas_demo.crowd import Member, bulk, next_id
from imbas_demo.habits import habit, luck, moment_between
from lms.assessment import api as assessment
from lms.assessment.models import Answer, AnswerScore, Attempt, Mark
from lms.programmes import api as programmes

_WRONG = 3


@dataclass(frozen=True, slots=True)
class Try:
    """An answer that somebody may give, and what it earns; ``scorer`` "person" for essays."""

    value: Any
    scorer: str
    earned: Any


@dataclass(frozen=True, slots=True)
class Sheet:
    """A quiz with answers to draw from: for each item the right one first."""

    quiz: assessment.Quiz
    items: tuple[assessment.LoadedItem, ...]
    tries: tuple[tuple[Try, ...], ...]


Bank = list[Sheet]


def prepare(session: Session, stages: list[programmes.Stage]) -> Bank:
    """The quizzes with their drawn answers."""
    bank = []
    for quiz in assessment.quizzes_of(session, [stage.id for stage in stages]):
        items = assessment.quiz_items(session, quiz.id)
        bank.append(Sheet(quiz, items, tuple(_tries(item) for item in items)))
        session.expunge(quiz)
    return bank


def write_attempts(session: Session, bank: Bank, members: list[Member], now: datetime) -> None:
    """Attempts that were handed in by ``now``; essays of the last days wait for a person."""
    attempt_id = next_id(session, Attempt)
    attempts, answers, scores, marks = [], [], [], []
    for member in members:
        for enrolment_id, person_id, _role in member.enrolments:
            nature = habit(str(enrolment_id))
            for sheet in bank:
                rng = luck("attempt", enrolment_id, sheet.quiz.key)
                if sheet.quiz.opens_at > now or rng.random() > (0.95 if nature.diligent else 0.7):
                    continue
                started = moment_between(rng, sheet.quiz.opens_at, sheet.quiz.due_at)
                if started + timedelta(hours=1) > now:
                    continue
                submitted = started + timedelta(minutes=rng.randint(15, max(16, sheet.quiz.minutes - 5)))
                read = now - submitted > timedelta(days=4)
                rows = []
                for item, tries in zip(sheet.items, sheet.tries, strict=True):
                    right = rng.random() < nature.chance(item.key, item.bloom)
                    drawn = tries[0] if right else tries[rng.randint(1, len(tries) - 1)]
                    by_person = drawn.scorer == "person"
                    rows.append(
                        {
                            "attempt_id": attempt_id,
                            "item_id": item.id,
                            "scorer": drawn.scorer,
                            "earned": None if by_person and not read else drawn.earned,
                            "maximum": item.maximum,
                        }
                    )
                    answers.append(
                        {
                            "attempt_id": attempt_id,
                            "item_id": item.id,
                            "value": drawn.value,
                            "doubtful": False,
                            "saved_at": submitted,
                        }
                    )
                    if by_person and read:
                        marks.append(_mark(attempt_id, item, drawn, right, member.grader, submitted))
                scores += rows
                attempts.append(
                    {
                        "id": attempt_id,
                        "quiz_id": sheet.quiz.id,
                        "enrolment_id": enrolment_id,
                        "person_id": person_id,
                        "no": 1,
                        "edition": sheet.quiz.edition,
                        "started_at": started,
                        "deadline_at": started + timedelta(minutes=sheet.quiz.minutes),
                        "submitted_at": submitted,
                        "receipt": f"K-{submitted.year}-{attempt_id:06d}",
                        "by_time": False,
                        "scored_at": submitted,
                        **assessment.outcome(sheet.items, rows),
                    }
                )
                attempt_id += 1
    for model, rows in ((Attempt, attempts), (Answer, answers), (AnswerScore, scores), (Mark, marks)):
        bulk(session, model, rows)


def _tries(item: assessment.LoadedItem) -> tuple[Try, ...]:
    rng = luck("tries", item.key)
    return tuple(
        _try(item, item.kind.parse(item.body, fields_for(item, number == 0, rng)), number == 0)
        for number in range(1 + _WRONG)
    )


def _try(item: assessment.LoadedItem, value: Any, right: bool) -> Try:
    score = item.kind.score(item.body, item.secret, value)
    if score is None:
        return Try(value, "person", sum(_criteria(item, value, right).values(), Decimal(0)))
    return Try(value, f"{item.kind.key}/{item.kind.version}", score.earned)


def _criteria(item: assessment.LoadedItem, value: Any, right: bool) -> dict[str, Decimal]:
    """Points by line of the guide: those of its sample answers, else all or half of the highest."""
    points = points_of(item, str(value or ""))
    if points is not None:
        return points
    share = Decimal(1) if right else Decimal("0.5")
    return {str(line["code"]): Decimal(int(Decimal(line["max"]) * share)) for line in item.secret["guide"]}


def _mark(
    attempt_id: int, item: assessment.LoadedItem, drawn: Try, right: bool, grader: int, at: datetime
) -> dict[str, Any]:
    criteria = {code: str(points) for code, points in _criteria(item, drawn.value, right).items()}
    return {
        "attempt_id": attempt_id,
        "item_id": item.id,
        "criteria": criteria,
        "comment": "",
        "marker_id": grader,
        "marked_at": at + timedelta(days=2),
    }
