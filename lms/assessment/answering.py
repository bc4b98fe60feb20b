"""Answering a quiz: the open attempt, and what is saved in it. The hot path: statements are built once, no ORM."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import BindParameter, bindparam, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from lms.assessment.models import Answer, Attempt, AttemptState, Quiz
from lms.assessment.quiz_versions import LoadedItem, items_of
from lms.contract.actors import Place
from lms.contract.errors import Conflict, NotFound
from lms.contract.text import Text, message
from lms.platform.db import table_of

GRACE = timedelta(seconds=10)
"""Answers under way when the time runs out still count (requirement K2)."""


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


def sitting(session: Session, attempt_id: int) -> Sitting:
    """The attempt; raises NotFound."""
    row = session.execute(_SITTING, {"attempt": attempt_id}).first()
    if row is None:
        raise no_attempt()
    return Sitting(
        row.id,
        row.quiz_id,
        row.edition,
        row.person_id,
        row.enrolment_id,
        row.no,
        row.state,
        row.started_at,
        row.deadline_at,
        row.title,
        row.receipt,
    )


def place_of_own_attempt(session: Session, attempt_id: int, **_more: Any) -> Place:
    """Whose the attempt is: all that the participant's own pages need to know."""
    person_id = session.execute(_OWNER, {"attempt": attempt_id}).scalar()
    if person_id is None:
        raise no_attempt()
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
    row = session.execute(_OPEN_KEPT, {"attempt": attempt_id}).first()
    if row is None:
        raise no_attempt()
    if row.state != AttemptState.IN_PROGRESS:
        raise Conflict(
            message("Kuis ini sudah dikumpulkan, jadi jawaban tidak berubah lagi. Yang terkumpul aman.")
        )
    if now > row.deadline_at + GRACE:
        raise Conflict(
            message(
                "Waktu kuis sudah habis. Jawaban yang tersimpan sebelumnya aman dan dikumpulkan otomatis."
            )
        )
    by_position = {item.position: item for item in items_of(session, row.quiz_id, row.edition)}
    rows = [
        {
            "attempt_id": attempt_id,
            "item_id": item.id,
            "value": _parsed(item, fields),
            "doubtful": doubtful.get(position, False),
            "saved_at": now,
        }
        for position, fields in given.items()
        if (item := by_position.get(position)) is not None
    ]
    if rows:
        session.connection().execute(_UPSERT[session.get_bind().dialect.name], rows)
    return now


def _parsed(item: LoadedItem, fields: Mapping[str, list[str]]) -> Any:
    return item.kind.parse(item.body, fields)


def _upsert(make: Any) -> Any:
    statement = make(Answer.__table__)
    new = statement.excluded
    return statement.on_conflict_do_update(
        index_elements=["attempt_id", "item_id"],
        set_={"value": new.value, "doubtful": new.doubtful, "saved_at": new.saved_at},
    )


def no_attempt() -> NotFound:
    """There is no such attempt, or it is none of this programme's."""
    return NotFound(
        message("Kuis ini tidak ditemukan. Jawaban Bapak/Ibu tetap aman. Mulai lagi dari beranda.")
    )


_ATTEMPT, _QUIZ, _ANSWER = table_of(Attempt), table_of(Quiz), table_of(Answer)
_ID: BindParameter[int] = bindparam("attempt")
_OWNER = select(_ATTEMPT.c.person_id).where(_ATTEMPT.c.id == _ID)
_OPEN = select(_ATTEMPT.c.state, _ATTEMPT.c.deadline_at, _ATTEMPT.c.quiz_id, _ATTEMPT.c.edition).where(
    _ATTEMPT.c.id == _ID
)
_OPEN_KEPT = _OPEN.with_for_update(read=True)
"""What is handed in meanwhile waits: an answer that was acknowledged is scored."""
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
        _QUIZ.c.title,
    )
    .join_from(_ATTEMPT, _QUIZ, _QUIZ.c.id == _ATTEMPT.c.quiz_id)
    .where(_ATTEMPT.c.id == _ID)
)
_ANSWERS = select(_ANSWER.c.item_id, _ANSWER.c.value, _ANSWER.c.doubtful, _ANSWER.c.saved_at).where(
    _ANSWER.c.attempt_id == _ID
)
_UPSERT = {"sqlite": _upsert(sqlite.insert), "postgresql": _upsert(postgresql.insert)}
