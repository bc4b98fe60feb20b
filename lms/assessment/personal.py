"""Personal data: a participant's own answers; results, marks and the questions' words as the result page shows them."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.assessment.answering import answers_of
from lms.assessment.explanation_release import is_released
from lms.assessment.marking import marks_of
from lms.assessment.models import Attempt, AttemptState, ExtraAttempt, Quiz
from lms.assessment.quiz_versions import LoadedItem, items_of
from lms.contract.catalogues import SOURCE
from lms.platform.clock import now
from lms.programmes import api as programmes

_SCORED = frozenset({AttemptState.AWAITING_MARK, AttemptState.SCORED})


def export_person(session: Session, person_id: int) -> dict[str, Any]:
    """Every attempt with its answers; scores once it is scored, marks and comments once they are released."""
    rows = session.execute(
        select(Attempt, Quiz)
        .join(Quiz, Quiz.id == Attempt.quiz_id)
        .where(Attempt.person_id == person_id)
        .order_by(Attempt.id)
    ).all()
    extra = session.execute(
        select(ExtraAttempt.given_at, Quiz.title)
        .join(Quiz, Quiz.id == ExtraAttempt.quiz_id)
        .join(programmes.Enrolment, programmes.Enrolment.id == ExtraAttempt.enrolment_id)
        .where(programmes.Enrolment.person_id == person_id)
        .order_by(ExtraAttempt.id)
    )
    return {
        "attempts": [_attempt(session, attempt, quiz) for attempt, quiz in rows],
        "extra_attempts": [
            {"quiz": row.title.in_(SOURCE), "given_at": row.given_at.isoformat()} for row in extra
        ],
    }


def _attempt(session: Session, attempt: Attempt, quiz: Quiz) -> dict[str, Any]:
    handed_in = attempt.submitted_at
    items = {item.id: item for item in items_of(session, attempt.quiz_id, attempt.edition)}
    released = is_released(session, attempt=attempt, quiz=quiz, now=now())
    known: dict[str, Any] = {
        "quiz": quiz.title.in_(SOURCE),
        "no": attempt.no,
        "state": attempt.state.value,
        "started_at": attempt.started_at.isoformat(),
        "handed_in_at": handed_in.isoformat() if handed_in else None,
        "receipt": attempt.receipt,
        "answers": _answers(session, attempt, items.values(), words=released),
    }
    if attempt.state in _SCORED:
        known |= {
            "percent": str(attempt.percent),
            "provisional": attempt.provisional,
            "result": attempt.result,
        }
    if released:
        known["marks"] = [
            {
                "question": items[item_id].body.get("stem", ""),
                "points": mark.criteria,
                "comment": mark.comment,
                "marked_at": mark.marked_at.isoformat(),
            }
            for item_id, mark in sorted(marks_of(session, attempt.id).items())
        ]
    return known


def _answers(
    session: Session, attempt: Attempt, items: Iterable[LoadedItem], *, words: bool
) -> list[Mapping[str, Any]]:
    """By number; with the questions' ``words`` once these are shown, too."""
    answers = answers_of(session, attempt.id)
    return [
        {
            "number": item.position,
            "question": item.body.get("stem", "") if words else None,
            "answer": answers[item.id].value,
            "doubtful": answers[item.id].doubtful,
            "saved_at": answers[item.id].saved_at.isoformat(),
        }
        for item in items
        if item.id in answers
    ]
