"""What the worker does with a hand-in: score, store, say so. Safe to run any number of times."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import and_, bindparam, delete, func, insert, select
from sqlalchemy.orm import Session

from lms.assessment.answering import answers_of
from lms.assessment.events import SCORED
from lms.assessment.models import Answer, AnswerScore, Attempt, AttemptState, Mark, Quiz
from lms.assessment.quiz_versions import LoadedItem, items_of
from lms.assessment.scoring import Group, ItemPoints, Result, result
from lms.contract.catalogues import SOURCE
from lms.contract.events import Fact
from lms.contract.text import stored, verbatim
from lms.platform.db import table_of
from lms.platform.long_lists import among
from lms.platform.outbox import emit
from lms.programmes import api as programmes


def score_attempt(session: Session, *, attempt_id: int, now: datetime) -> None:
    """Score every item afresh from answers and marks, and store the result of the attempt.

    The same input gives the same rows, so a redelivered hand-in changes nothing. Points that an older version of a
    scorer gave are never lowered by a newer one: a rule that came later takes nothing away.
    """
    attempt = session.get_one(Attempt, attempt_id, with_for_update=True)
    if attempt.state == AttemptState.IN_PROGRESS:
        return
    items = items_of(session, attempt.quiz_id, attempt.edition)
    rows = fresh_scores(session, attempt_id, items)
    if attempt.scored_at is not None:
        rows = never_lower(session, attempt_id, rows)
    session.execute(_FORGET_SCORES, {"attempt": attempt_id})
    session.execute(_KEEP_SCORES, rows)
    attempt.scored_at = now
    for column, value in outcome(items, rows).items():
        setattr(attempt, column, value)
    enrolment = programmes.get_enrolment(session, attempt.enrolment_id)
    payload = {
        "attempt_id": attempt_id,
        "programme_id": enrolment.programme_id,
        "enrolment_id": enrolment.id,
    }
    emit(session, Fact(SCORED, now, payload))


def outcome(items: Sequence[LoadedItem], rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Columns of an attempt from the scores of its items, in their order: pure."""
    found = result(
        [
            ItemPoints(item.competence.in_(SOURCE), item.bloom, row["earned"], row["maximum"])
            for item, row in zip(items, rows, strict=True)
        ]
    )
    return {
        "earned": found.earned,
        "maximum": found.maximum,
        "percent": found.percent,
        "provisional": found.provisional,
        "result": _plain(found, items),
        "state": AttemptState.AWAITING_MARK if found.provisional else AttemptState.SCORED,
    }


@dataclass(frozen=True, slots=True)
class Best:
    """The best percents (0-100) of a participant's attempts at a quiz; None where there is none."""

    final: Decimal | None = None
    provisional: Decimal | None = None
    """Of an attempt whose essay waits for a person; it leaves the essay out."""


def best_attempts(session: Session, *, enrolment_ids: list[int]) -> dict[tuple[int, int], Best]:
    """The best scored attempts by (enrolment, quiz)."""
    found: dict[tuple[int, int], Best] = {}
    for row in session.execute(_SCORED, {"people": enrolment_ids}):
        before = found.get((row.enrolment_id, row.quiz_id), Best())
        better = {"provisional" if row.provisional else "final": row.percent}
        found[row.enrolment_id, row.quiz_id] = replace(before, **better)
    return found


def quizzes_of(session: Session, stage_ids: list[int]) -> list[Quiz]:
    """Quizzes of some stages."""
    return list(session.scalars(_QUIZZES, {"stages": stage_ids}))


def quizzes_of_programme(session: Session, programme_id: int) -> list[Quiz]:
    """Quizzes of every stage of a programme."""
    return quizzes_of(session, [stage.id for stage in programmes.stages_of(session, programme_id)])


def quiz_items(session: Session, quiz_id: int) -> tuple[LoadedItem, ...]:
    """The items of a quiz's newest edition, with their keys; raises NoResultFound."""
    return items_of(session, quiz_id, session.get_one(Quiz, quiz_id).edition)


def attempts_of(session: Session, enrolment_id: int) -> list[Attempt]:
    """Every attempt of a participant, oldest first."""
    return list(session.scalars(_ATTEMPTS, {"enrolment": enrolment_id}))


def quiz_responses(
    session: Session, quiz_id: int
) -> tuple[dict[str, tuple[Any, Decimal | None, Decimal]], ...]:
    """For each person's first scored attempt of the newest edition: item key -> (answer, earned, maximum).

    Later attempts say what a person remembers of the explanations, not how good the items are.
    """
    quiz = session.get_one(Quiz, quiz_id)
    items = {item.id: item for item in items_of(session, quiz_id, quiz.edition)}
    attempt_ids = (
        select(func.min(Attempt.id))
        .where(
            Attempt.quiz_id == quiz_id,
            Attempt.edition == quiz.edition,
            Attempt.state.in_([AttemptState.SCORED, AttemptState.AWAITING_MARK]),
        )
        .group_by(Attempt.enrolment_id)
    )
    answered = and_(Answer.attempt_id == AnswerScore.attempt_id, Answer.item_id == AnswerScore.item_id)
    rows = session.execute(
        select(
            AnswerScore.attempt_id,
            AnswerScore.item_id,
            AnswerScore.earned,
            AnswerScore.maximum,
            Answer.value,
        )
        .outerjoin(Answer, answered)
        .where(AnswerScore.attempt_id.in_(attempt_ids))
    )
    found: dict[int, dict[str, tuple[Any, Decimal | None, Decimal]]] = {}
    for row in rows:
        if row.item_id in items:
            given = (row.value, row.earned, row.maximum)
            found.setdefault(row.attempt_id, {})[items[row.item_id].key] = given
    return tuple(found[attempt_id] for attempt_id in sorted(found))


def never_lower(session: Session, attempt_id: int, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """``rows``, but where another version of the same scorer gave more before, what it gave."""
    stored = {row.item_id: row for row in session.execute(_KNOWN_SCORES, {"attempt": attempt_id})}
    for row in rows:
        before = stored.get(row["item_id"])
        if before is None or before.scorer == row["scorer"] or None in (before.earned, row["earned"]):
            continue
        if before.scorer.split("/")[0] == row["scorer"].split("/")[0] and before.earned > row["earned"]:
            row["scorer"], row["earned"] = before.scorer, before.earned
    return rows


def fresh_scores(session: Session, attempt_id: int, items: tuple[LoadedItem, ...]) -> list[dict[str, Any]]:
    """A row for each item from its answer or mark, by the scorers that are installed; nothing is stored."""
    answers = answers_of(session, attempt_id)
    marks = {
        mark.item_id: sum((Decimal(str(points)) for points in mark.criteria.values()), Decimal(0))
        for mark in session.execute(_MARKS, {"attempt": attempt_id})
    }
    rows = []
    for item in items:
        kind = item.kind
        answer = answers.get(item.id)
        score = kind.score(item.body, item.secret, answer.value if answer else None)
        earned = score.earned if score is not None else marks.get(item.id)
        scorer = f"{kind.key}/{kind.version}" if score is not None else "person"
        rows.append(
            {
                "attempt_id": attempt_id,
                "item_id": item.id,
                "scorer": scorer,
                "earned": earned,
                "maximum": item.maximum,
            }
        )
    return rows


def _plain(found: Result, items: Sequence[LoadedItem]) -> dict[str, Any]:
    names = {item.competence.in_(SOURCE): item.competence for item in items}

    def group(entry: Group) -> dict[str, Any]:
        return {
            "label": stored(names.get(entry.label) or verbatim(entry.label)),
            "percent": str(entry.percent),
            "earned": str(entry.earned),
            "maximum": str(entry.maximum),
            "items": entry.items,
            "waiting": entry.waiting,
        }

    return {
        "competence": [group(entry) for entry in found.by_competence],
        "bloom": [group(entry) for entry in found.by_bloom],
    }


_SCORED = (
    select(Attempt.enrolment_id, Attempt.quiz_id, Attempt.percent, Attempt.provisional)
    .where(
        among(Attempt.enrolment_id, bindparam("people")),
        Attempt.state.in_([AttemptState.SCORED, AttemptState.AWAITING_MARK]),
    )
    .order_by(Attempt.percent)
)
_QUIZZES = select(Quiz).where(among(Quiz.stage_id, bindparam("stages"))).order_by(Quiz.id)
_ATTEMPTS = select(Attempt).where(Attempt.enrolment_id == bindparam("enrolment")).order_by(Attempt.id)
_MARKS = select(Mark.item_id, Mark.criteria).where(Mark.attempt_id == bindparam("attempt"))
_KNOWN_SCORES = select(AnswerScore.item_id, AnswerScore.scorer, AnswerScore.earned).where(
    AnswerScore.attempt_id == bindparam("attempt")
)
_FORGET_SCORES = delete(table_of(AnswerScore)).where(AnswerScore.attempt_id == bindparam("attempt"))
_KEEP_SCORES = insert(table_of(AnswerScore))
