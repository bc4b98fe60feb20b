"""Taking a quiz: start, save, hand in. The hot path: statements are built once, no ORM."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import BindParameter, bindparam, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from lms.assessment.editions import LoadedItem, items_of
from lms.assessment.events import SUBMITTED
from lms.assessment.models import Answer, Attempt, AttemptState, Quiz
from lms.contract.actors import Place
from lms.contract.errors import Conflict, NotFound
from lms.contract.events import Fact
from lms.contract.text import Text
from lms.platform.audit import record
from lms.platform.db import table_of
from lms.platform.outbox import emit
from lms.programmes import api as programmes

GRACE = timedelta(seconds=10)
"""Answers under way when the time runs out still count (FAILURES K2)."""


@dataclass(frozen=True, slots=True)
class Sitting:
    """An attempt as its pages need it."""

    id: int
    quiz_id: int
    edition: int
    person_id: int
    enrolment_id: int
    no: int
    state: AttemptState
    started_at: datetime
    deadline_at: datetime
    title: Text
    receipt: str


@dataclass(frozen=True, slots=True)
class SavedAnswer:
    """What the server holds for an item."""

    value: Any
    doubtful: bool
    saved_at: datetime


def start_attempt(session: Session, *, quiz_id: int, enrolment: programmes.Enrolment, now: datetime) -> int:
    """Begin the next attempt, or go on with the open one; its id.

    Parallel presses make one attempt. Raises Conflict when the quiz is not open or no attempt is left,
    NotFound for a quiz of another programme.
    """
    quiz = quiz_for(session, quiz_id, enrolment)
    whose = {"quiz": quiz_id, "enrolment": enrolment.id}
    rows = session.execute(_OWN, whose).all()
    for row in rows:
        if row.state == AttemptState.IN_PROGRESS:
            return int(row.id)
    due_at = due_of(session, quiz, enrolment)
    if not quiz.opens_at <= now < due_at:
        raise Conflict(
            Text(
                "Kuis ini sedang tidak dibuka. Jawaban yang sudah ada tetap aman. Tanyakan batas waktu ke admin.",
                "This quiz is not open now. Your answers are safe. Ask the admin about the deadline.",
            )
        )
    if len(rows) >= quiz.attempts:
        raise Conflict(
            Text(
                "Semua kesempatan sudah dipakai. Nilai terbaik yang dihitung.",
                "All attempts are used. The best score counts.",
            )
        )
    number = max((row.no for row in rows), default=0) + 1
    values = {
        "quiz_id": quiz_id, "enrolment_id": enrolment.id, "person_id": enrolment.person_id, "no": number,
        "edition": quiz.edition, "state": AttemptState.IN_PROGRESS, "started_at": now,
        "deadline_at": min(now + timedelta(minutes=quiz.minutes), due_at),
    }  # fmt: skip
    session.execute(_START[session.get_bind().dialect.name], values)
    return int(session.execute(_BY_NUMBER, {**whose, "no": number}).scalar_one())


def quiz_for(session: Session, quiz_id: int, enrolment: programmes.Enrolment) -> Quiz:
    """A quiz of the participant's programme; raises NotFound for any other."""
    quiz = session.get(Quiz, quiz_id)
    if quiz is None or programmes.get_stage(session, quiz.stage_id).programme_id != enrolment.programme_id:
        raise _no_attempt()
    return quiz


def due_of(session: Session, quiz: Quiz, enrolment: programmes.Enrolment) -> datetime:
    """When the quiz is due for this participant's school."""
    moved = programmes.deadlines(
        session, programme_id=enrolment.programme_id, school_ids=[enrolment.school_id]
    )
    return moved.due_at(
        stage_id=quiz.stage_id, school_id=enrolment.school_id, target=quiz.key, default=quiz.due_at
    )


def sitting(session: Session, attempt_id: int) -> Sitting:
    """The attempt; raises NotFound."""
    row = session.execute(_SITTING, {"attempt": attempt_id}).first()
    if row is None:
        raise _no_attempt()
    return Sitting(
        row.id, row.quiz_id, row.edition, row.person_id, row.enrolment_id, row.no, row.state, row.started_at,
        row.deadline_at, Text(row.title_id, row.title_en), row.receipt,
    )  # fmt: skip


def place_of_own_attempt(session: Session, attempt_id: int, **_more: Any) -> Place:
    """Whose the attempt is: all that the participant's own pages need to know."""
    person_id = session.execute(_OWNER, {"attempt": attempt_id}).scalar()
    if person_id is None:
        raise _no_attempt()
    return Place(person_id=person_id)


def answers_of(session: Session, attempt_id: int) -> dict[int, SavedAnswer]:
    """What the server holds, by item id."""
    rows = session.execute(_ANSWERS, {"attempt": attempt_id})
    return {row.item_id: SavedAnswer(row.value, row.doubtful, row.saved_at) for row in rows}


def save_answers(
    session: Session,
    *,
    attempt_id: int,
    given: Mapping[int, Mapping[str, list[str]]],
    doubtful: Mapping[int, bool],
    now: datetime,
) -> datetime:
    """Keep answers by position; each replaces the one before. When they are on the server: ``now``.

    ``given`` maps a position to the posted fields of that item, by suffix. Raises Conflict when the
    attempt was handed in or its time is over; what was saved before stays.
    """
    row = session.execute(_OPEN, {"attempt": attempt_id}).first()
    if row is None:
        raise _no_attempt()
    if row.state != AttemptState.IN_PROGRESS:
        raise Conflict(
            Text(
                "Kuis ini sudah dikumpulkan, jadi jawaban tidak berubah lagi. Yang terkumpul aman.",
                "This quiz was handed in, so answers no longer change. What was handed in is safe.",
            )
        )
    if now > row.deadline_at + GRACE:
        raise Conflict(
            Text(
                "Waktu kuis sudah habis. Jawaban yang tersimpan sebelumnya aman dan dikumpulkan otomatis.",
                "The time is over. Answers saved before are safe and are handed in by themselves.",
            )
        )
    by_position = {item.position: item for item in items_of(session, row.quiz_id, row.edition)}
    rows = [
        {
            "attempt_id": attempt_id, "item_id": item.id, "value": _parsed(item, fields),
            "doubtful": doubtful.get(position, False), "saved_at": now,
        }
        for position, fields in given.items()
        if (item := by_position.get(position)) is not None
    ]  # fmt: skip
    if rows:
        session.connection().execute(_UPSERT[session.get_bind().dialect.name], rows)
    return now


def submit_attempt(session: Session, *, attempt_id: int, now: datetime, by_time: bool = False) -> str:
    """Freeze the answers and leave the fact; the receipt number. Twice is once."""
    receipt = f"K-{now.year}-{attempt_id:06d}"
    changed = session.execute(
        _SUBMIT, {"attempt": attempt_id, "now": now, "receipt_no": receipt, "by_rule": by_time}
    )
    if changed.rowcount == 1:  # type: ignore[attr-defined]
        emit(session, Fact(SUBMITTED, now, {"attempt_id": attempt_id}))
        return receipt
    known = session.execute(select(Attempt.receipt).where(Attempt.id == attempt_id)).scalar()
    if known is None:
        raise _no_attempt()
    return str(known)


def hand_in_late_attempts(session: Session, now: datetime) -> None:
    """Hand in what was saved when the time ran out and nobody pressed (FAILURES K11)."""
    late = session.scalars(
        select(Attempt.id)
        .where(Attempt.state == AttemptState.IN_PROGRESS, Attempt.deadline_at < now - GRACE)
        .order_by(Attempt.deadline_at)
        .limit(200)
    )
    for attempt_id in list(late):
        submit_attempt(session, attempt_id=attempt_id, now=now, by_time=True)


def extend_attempt(
    session: Session, *, attempt_id: int, minutes: int, reason: str, actor_id: int, now: datetime
) -> None:
    """Give more time after a power cut; the granted minutes are added exactly and logged."""
    row = session.get_one(Attempt, attempt_id)
    before = row.deadline_at
    row.deadline_at = max(before, now) + timedelta(minutes=minutes)
    record(
        session, actor_id=actor_id, action="assessment.extend", subject=("attempt", attempt_id), now=now,
        concerns=row.person_id, before={"deadline_at": before.isoformat()},
        after={"deadline_at": row.deadline_at.isoformat()}, reason=reason,
    )  # fmt: skip


def _parsed(item: LoadedItem, fields: Mapping[str, list[str]]) -> Any:
    return item.kind.parse(item.body, fields)


def _upsert(make: Any) -> Any:
    statement = make(Answer.__table__)
    new = statement.excluded
    return statement.on_conflict_do_update(
        index_elements=["attempt_id", "item_id"],
        set_={"value": new.value, "doubtful": new.doubtful, "saved_at": new.saved_at},
    )


def _no_attempt() -> NotFound:
    return NotFound(
        Text(
            "Kuis ini tidak ditemukan. Jawaban Bapak/Ibu tetap aman. Mulai lagi dari beranda.",
            "This attempt was not found. Your answers are safe. Start again from the home page.",
        )
    )


_ATTEMPT, _QUIZ, _ANSWER = table_of(Attempt), table_of(Quiz), table_of(Answer)
_ID: BindParameter[int] = bindparam("attempt")
_OWNER = select(_ATTEMPT.c.person_id).where(_ATTEMPT.c.id == _ID)
_OPEN = select(_ATTEMPT.c.state, _ATTEMPT.c.deadline_at, _ATTEMPT.c.quiz_id, _ATTEMPT.c.edition).where(
    _ATTEMPT.c.id == _ID
)
_SITTING = (
    select(
        _ATTEMPT.c.id,
        _ATTEMPT.c.quiz_id,
        _ATTEMPT.c.edition,
        _ATTEMPT.c.person_id,
        _ATTEMPT.c.enrolment_id,
        _ATTEMPT.c.no,
        _ATTEMPT.c.state,
        _ATTEMPT.c.started_at,
        _ATTEMPT.c.deadline_at,
        _ATTEMPT.c.receipt,
        _QUIZ.c.title_id,
        _QUIZ.c.title_en,
    )
    .join_from(_ATTEMPT, _QUIZ, _QUIZ.c.id == _ATTEMPT.c.quiz_id)
    .where(_ATTEMPT.c.id == _ID)
)
_ANSWERS = select(_ANSWER.c.item_id, _ANSWER.c.value, _ANSWER.c.doubtful, _ANSWER.c.saved_at).where(
    _ANSWER.c.attempt_id == _ID
)
_OWN = select(_ATTEMPT.c.id, _ATTEMPT.c.no, _ATTEMPT.c.state).where(
    _ATTEMPT.c.quiz_id == bindparam("quiz"), _ATTEMPT.c.enrolment_id == bindparam("enrolment")
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
_UPSERT = {"sqlite": _upsert(sqlite.insert), "postgresql": _upsert(postgresql.insert)}
_SUBMIT = (
    update(_ATTEMPT)
    .where(_ATTEMPT.c.id == _ID, _ATTEMPT.c.state == AttemptState.IN_PROGRESS)
    .values(
        state=AttemptState.SUBMITTED,
        submitted_at=bindparam("now"),
        receipt=bindparam("receipt_no"),
        by_time=bindparam("by_rule"),
    )
)
