"""Help after a power or network cut: more time, or an attempt more, with a reason that stays (requirement K3)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from lms.assessment.models import Attempt, AttemptState, ExtraAttempt, Quiz
from lms.assessment.score_attempts import attempts_of, quizzes_of_programme
from lms.assessment.start_attempt import allowed_attempts, quiz_for
from lms.contract.errors import Conflict, Invalid, NotFound
from lms.contract.text import message
from lms.people import api as people
from lms.platform.audit import record
from lms.programmes import api as programmes

MOST_MINUTES = 240
FOUND = 20
"""Most participants that a search shows."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A quiz of one participant: its attempts, how many are allowed, and when it is due for the school."""

    quiz: Quiz
    attempts: tuple[Attempt, ...]
    allowed: int
    due_at: datetime

    @property
    def running(self) -> Attempt | None:
        """The attempt that can be given more time."""
        return next((row for row in self.attempts if row.state == AttemptState.IN_PROGRESS), None)

    def is_over(self, now: datetime) -> bool:
        """Whether the deadline of the participant's school has passed."""
        return now >= self.due_at

    @property
    def used_up(self) -> bool:
        """Whether only an attempt more would help."""
        return self.running is None and len(self.attempts) >= self.allowed

    @property
    def explained(self) -> bool:
        """Whether the participant may have read the explanations, although the quiz is not closed."""
        scored = any(row.state == AttemptState.SCORED for row in self.attempts)
        return self.used_up and scored and self.quiz.release == "on_scored"


Participant = tuple[programmes.Enrolment, people.Person, people.School]
Wanted = Select[programmes.Enrolment, people.Person, people.School]


def participants_at_work(session: Session, *, programme_id: int) -> Sequence[Participant]:
    """Participants who are in the middle of a quiz: those whose time ends first, or has just ended."""
    query = _participants(programme_id).join(Attempt, Attempt.enrolment_id == programmes.Enrolment.id)
    query = query.where(Attempt.state == AttemptState.IN_PROGRESS)
    return _first(session, query.order_by(Attempt.deadline_at, Attempt.id))


def participants_like(session: Session, *, programme_id: int, search: str) -> Sequence[Participant]:
    """The first participants whose name, NPSN or school has all of the words."""
    query = _participants(programme_id)
    for word in people.search_words(search):
        query = query.where(or_(people.person_or_school_has(word), people.School.npsn == word))
    return _first(session, query.order_by(people.Person.full_name, programmes.Enrolment.id))


def _participants(programme_id: int) -> Wanted:
    return (
        select(programmes.Enrolment, people.Person, people.School)
        .join(people.Person, people.Person.id == programmes.Enrolment.person_id)
        .join(people.School, people.School.id == programmes.Enrolment.school_id)
        .where(programmes.Enrolment.programme_id == programme_id)
    )


def _first(session: Session, query: Wanted) -> Sequence[Participant]:
    rows = session.execute(query.limit(FOUND))
    return [(enrolment, person, school) for enrolment, person, school in rows]


def quiz_standings(session: Session, enrolment: programmes.Enrolment) -> list[Standing]:
    """Every quiz of the participant's programme."""
    own, found = attempts_of(session, enrolment.id), []
    moved = programmes.deadlines(
        session, programme_id=enrolment.programme_id, school_ids=[enrolment.school_id]
    )
    for quiz in quizzes_of_programme(session, enrolment.programme_id):
        attempts = tuple(row for row in own if row.quiz_id == quiz.id)
        allowed = allowed_attempts(session, quiz, enrolment.id, used=len(attempts))
        due_at = moved.due_at(
            stage_id=quiz.stage_id, school_id=enrolment.school_id, target=quiz.key, default=quiz.due_at
        )
        found.append(Standing(quiz, attempts, allowed, due_at))
    return found


def participant(session: Session, *, programme_id: int, enrolment_id: int) -> programmes.Enrolment:
    """The participant of this programme; raises NotFound."""
    rows = programmes.enrolments(session, programme_id=programme_id, ids=[enrolment_id])
    if not rows:
        raise NotFound(message("Peserta ini tidak ada di program ini. Tidak ada yang diubah. Cari lagi."))
    return rows[0]


def extend_attempt(
    session: Session,
    *,
    attempt_id: int,
    enrolment: programmes.Enrolment,
    minutes: int,
    reason: str,
    actor_id: int,
    now: datetime,
) -> None:
    """Give a participant's running attempt more time: the minutes are added exactly, from now on when it was over already.

    Raises Invalid for other than 1..240 minutes or without a reason, Conflict for one that was handed in.
    """
    why = _reason(reason)
    if not 1 <= minutes <= MOST_MINUTES:
        sentence = message("Tulis 1 sampai %(most_minutes)s menit.", most_minutes=MOST_MINUTES)
        raise Invalid(
            message("Belum ditambah. %(sentence)s", sentence=sentence), fields={"minutes": sentence}
        )
    row = session.get(Attempt, attempt_id, with_for_update=True)
    if row is None or row.enrolment_id != enrolment.id or row.state != AttemptState.IN_PROGRESS:
        raise Conflict(
            message(
                "Percobaan ini sudah dikumpulkan. Tidak ada yang diubah. Beri kesempatan lagi bila perlu."
            )
        )
    before = row.deadline_at
    row.deadline_at = max(before, now) + timedelta(minutes=minutes)
    record(
        session,
        actor_id=actor_id,
        action="assessment.extend",
        subject=("attempt", attempt_id),
        now=now,
        concerns=row.person_id,
        before={"deadline_at": before.isoformat()},
        after={"deadline_at": row.deadline_at.isoformat()},
        reason=why,
    )


def give_attempt(
    session: Session,
    *,
    quiz_id: int,
    enrolment: programmes.Enrolment,
    reason: str,
    actor_id: int,
    now: datetime,
) -> None:
    """Allow one attempt more; the best score still counts.

    The trail says whether the explanations were open before. Raises Invalid without a reason, Conflict
    while an attempt runs or is left, or the quiz is closed for the school.
    """
    why = _reason(reason)
    quiz_for(session, quiz_id, enrolment)
    session.get_one(programmes.Enrolment, enrolment.id, with_for_update=True)  # two admins give one together
    standing = next(row for row in quiz_standings(session, enrolment) if row.quiz.id == quiz_id)
    if standing.running:
        raise Conflict(
            message("Peserta ini sedang mengerjakan kuis. Tidak ada yang diubah. Beri waktu bila perlu.")
        )
    if not standing.used_up:
        raise Conflict(message("Peserta ini masih punya kesempatan. Tidak ada yang diubah."))
    if standing.is_over(now):
        raise Conflict(
            message(
                "Batas kuis ini sudah lewat. Tidak ada yang diubah. Geser dulu batas waktunya untuk sekolah ini."
            )
        )
    session.add(ExtraAttempt(quiz_id=quiz_id, enrolment_id=enrolment.id, given_by=actor_id, given_at=now))
    session.flush()
    record(
        session,
        actor_id=actor_id,
        action="assessment.extra_attempt",
        subject=("quiz", quiz_id),
        now=now,
        concerns=enrolment.person_id,
        after={"enrolment": enrolment.id, "explanations_were_open": standing.explained},
        reason=why,
    )


def _reason(typed: str) -> str:
    if not typed.strip():
        raise Invalid(
            message("Belum disimpan. Tulis alasannya."),
            fields={"reason": message("Tulis alasannya.")},
        )
    return typed.strip()
