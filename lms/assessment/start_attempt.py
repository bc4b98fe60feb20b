"""Beginning an attempt: whether the quiz is open, and which attempt this is."""

from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import bindparam, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from lms.assessment.answering import no_attempt
from lms.assessment.models import Attempt, AttemptState, ExtraAttempt, Quiz
from lms.assessment.quiz_versions import items_of
from lms.assessment.usable import refuse_unusable
from lms.contract.errors import Conflict
from lms.contract.text import message
from lms.platform.db import table_of
from lms.programmes import api as programmes


class Opening(StrEnum):
    """Whether a quiz can be begun."""

    UPCOMING = "upcoming"
    OPEN = "open"
    OVER = "over"


def opening_of(quiz: Quiz, *, due_at: datetime, now: datetime) -> Opening:
    """From its opening to just before ``due_at``, the deadline of the participant's school."""
    if now < quiz.opens_at:
        return Opening.UPCOMING
    return Opening.OPEN if now < due_at else Opening.OVER


def start_attempt(session: Session, *, quiz_id: int, enrolment: programmes.Enrolment, now: datetime) -> int:
    """Begin the next attempt, or go on with the open one; its id.

    Parallel presses make one attempt. Raises Conflict when the quiz is not open, its programme closed, no
    attempt left or a question cannot be shown (then no clock runs), NotFound for a quiz of another programme. An attempt that was begun may be ended.
    """
    quiz = _quiz(session, quiz_id)
    programme = programmes.programme_of_stage(session, quiz.stage_id)
    if programme.id != enrolment.programme_id:
        raise no_attempt()
    whose = {"quiz": quiz_id, "enrolment": enrolment.id}
    rows = session.execute(_OWN, whose).all()
    for row in rows:
        if row.state == AttemptState.IN_PROGRESS:
            return int(row.id)
    programmes.refuse_closed(session, programme.id)
    due_at = due_of(session, quiz, enrolment)
    opening = opening_of(quiz, due_at=due_at, now=now)
    if opening is Opening.UPCOMING:
        raise Conflict(
            message("Kuis ini belum dibuka. Tidak ada yang diubah. Tanggal bukanya ada di halaman kuis.")
        )
    if opening is Opening.OVER:
        raise Conflict(
            message(
                "Batas waktu kuis ini sudah lewat. Jawaban yang sudah ada tetap aman. "
                "Bila ada halangan, hubungi admin."
            )
        )
    if len(rows) >= allowed_attempts(session, quiz, enrolment.id, used=len(rows)):
        raise Conflict(message("Semua kesempatan sudah dipakai. Nilai terbaik yang dihitung."))
    refuse_unusable(items_of(session, quiz_id, quiz.edition))
    number = max((row.no for row in rows), default=0) + 1
    values = {
        "quiz_id": quiz_id,
        "enrolment_id": enrolment.id,
        "person_id": enrolment.person_id,
        "no": number,
        "edition": quiz.edition,
        "state": AttemptState.IN_PROGRESS,
        "started_at": now,
        "deadline_at": min(now + timedelta(minutes=quiz.minutes), due_at),
    }
    session.execute(_START[session.get_bind().dialect.name], values)
    return int(session.execute(_BY_NUMBER, {**whose, "no": number}).scalar_one())


def allowed_attempts(session: Session, quiz: Quiz, enrolment_id: int, *, used: int) -> int:
    """How often a participant may take the quiz; asks for extra ones only when the others are used up."""
    if used < quiz.attempts:
        return quiz.attempts
    return quiz.attempts + (session.scalar(_EXTRA, {"quiz": quiz.id, "enrolment": enrolment_id}) or 0)


def quiz_for(session: Session, quiz_id: int, enrolment: programmes.Enrolment) -> Quiz:
    """A quiz of the participant's programme; raises NotFound for any other."""
    quiz = _quiz(session, quiz_id)
    if programmes.get_stage(session, quiz.stage_id).programme_id != enrolment.programme_id:
        raise no_attempt()
    return quiz


def own_quiz(session: Session, quiz_id: int, person_id: int) -> tuple[Quiz, programmes.Enrolment]:
    """A quiz with the enrolment in its programme; raises NotFound for who does not take part there."""
    quiz = _quiz(session, quiz_id)
    enrolment = programmes.enrolment_at(session, person_id, stage_id=quiz.stage_id)
    if enrolment is None:
        raise no_attempt()
    return quiz, enrolment


def _quiz(session: Session, quiz_id: int) -> Quiz:
    quiz = session.get(Quiz, quiz_id)
    if quiz is None:
        raise no_attempt()
    return quiz


def due_of(session: Session, quiz: Quiz, enrolment: programmes.Enrolment) -> datetime:
    """When the quiz is due for this participant's school."""
    moved = programmes.deadlines(
        session, programme_id=enrolment.programme_id, school_ids=[enrolment.school_id]
    )
    return moved.due_at(
        stage_id=quiz.stage_id, school_id=enrolment.school_id, target=quiz.key, default=quiz.due_at
    )


_ATTEMPT = table_of(Attempt)
_OWN = select(_ATTEMPT.c.id, _ATTEMPT.c.no, _ATTEMPT.c.state).where(
    _ATTEMPT.c.quiz_id == bindparam("quiz"), _ATTEMPT.c.enrolment_id == bindparam("enrolment")
)
_EXTRA = (
    select(func.count())
    .select_from(ExtraAttempt)
    .where(ExtraAttempt.quiz_id == bindparam("quiz"), ExtraAttempt.enrolment_id == bindparam("enrolment"))
)
_BY_NUMBER = select(_ATTEMPT.c.id).where(
    _ATTEMPT.c.quiz_id == bindparam("quiz"),
    _ATTEMPT.c.enrolment_id == bindparam("enrolment"),
    _ATTEMPT.c.no == bindparam("no"),
)
_TWIN = ["quiz_id", "enrolment_id", "no"]
_START = {
    "sqlite": sqlite.insert(_ATTEMPT).on_conflict_do_nothing(_TWIN),
    "postgresql": postgresql.insert(_ATTEMPT).on_conflict_do_nothing(index_elements=_TWIN),
}
"""Parallel presses make one attempt: the twin is ignored."""
