"""Stored attempts scored again after a rule of scoring has changed: looked at first, applied when the admin says so.

The run walks through the attempts in slices and can be killed at any moment. A result that the new rule would lower keeps
the points it has: nobody loses by a rule that came later.
"""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import ForeignKey, Select, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from lms.assessment.events import RESCORING_ASKED
from lms.assessment.models import Attempt, AttemptState, Item, Quiz
from lms.assessment.quiz_versions import items_of
from lms.assessment.score_attempts import (
    fresh_scores,
    never_lower,
    outcome,
    quizzes_of_programme,
    score_attempt,
)
from lms.contract.errors import Conflict, NotFound
from lms.contract.events import Fact
from lms.contract.text import message
from lms.platform import audit
from lms.platform.db import BIG, Base, enum_type
from lms.platform.long_lists import among
from lms.platform.outbox import emit
from lms.platform.plugins import registry
from lms.programmes import api as programmes

SLICE = 50
"""Attempts in a transaction."""
ACTION = "assessment.rescore"
_SCORED = (AttemptState.SCORED, AttemptState.AWAITING_MARK)


class RescoringState(StrEnum):
    """A run moves forward only."""

    LOOKING = "looking"
    READY = "ready"
    APPLYING = "applying"
    DONE = "done"


class Rescoring(Base):
    """One run through a programme's attempts; ``cursor`` is the last attempt it has come to."""

    __tablename__ = "rescoring"
    id: Mapped[int] = mapped_column(primary_key=True)
    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id"), index=True)
    asked_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    asked_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    state: Mapped[RescoringState] = mapped_column(enum_type(RescoringState))
    cursor: Mapped[int] = mapped_column(BIG, default=0)
    total: Mapped[int]
    looked_at: Mapped[int] = mapped_column(default=0)
    applied: Mapped[int] = mapped_column(default=0)


class RescoringChange(Base):
    """An attempt whose percent the new rule changes; ``kept`` when it would be lower, and so stays."""

    __tablename__ = "rescoring_change"
    rescoring_id: Mapped[int] = mapped_column(
        ForeignKey("rescoring.id", ondelete="CASCADE"), primary_key=True
    )
    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempt.id"), primary_key=True, index=True)
    before: Mapped[Decimal]
    after: Mapped[Decimal]
    kept: Mapped[bool]
    applied_at: Mapped[datetime | None]


def outdated_quizzes(session: Session, programme_id: int) -> list[Quiz]:
    """Quizzes with attempts that were scored by an older version of a scorer than is installed."""
    quizzes = quizzes_of_programme(session, programme_id)
    ids = [quiz.id for quiz in quizzes]
    used: dict[int, set[str]] = {}
    for quiz_id, kind in session.execute(
        select(Item.quiz_id, Item.type).where(among(Item.quiz_id, ids)).distinct()
    ):
        used.setdefault(quiz_id, set()).add(kind)
    late = [quiz for quiz in quizzes if _newer(quiz, used.get(quiz.id, ()))]
    if not late:
        return []
    tried = set(
        session.scalars(
            select(Attempt.quiz_id)
            .where(among(Attempt.quiz_id, [quiz.id for quiz in late]), Attempt.state.in_(_SCORED))
            .distinct()
        )
    )
    return [quiz for quiz in late if quiz.id in tried]


def newest_rescoring(session: Session, programme_id: int) -> Rescoring | None:
    """The programme's last run, running or done."""
    return session.scalar(
        select(Rescoring).where(Rescoring.programme_id == programme_id).order_by(Rescoring.id.desc()).limit(1)
    )


def look(session: Session, *, programme_id: int, actor_id: int, now: datetime) -> None:
    """Begin to look at what would change; goes on with a run that has not ended. Raises Conflict if nothing is outdated."""
    session.get_one(programmes.Programme, programme_id, with_for_update={"key_share": True})
    run = newest_rescoring(session, programme_id)
    if run is None or run.state is RescoringState.DONE:
        quizzes = outdated_quizzes(session, programme_id)
        if not quizzes:
            raise Conflict(
                message("Semua hasil kuis sudah dinilai dengan aturan terbaru. Tidak ada yang diubah.")
            )
        total = session.scalar(select(func.count()).select_from(_attempts(quizzes, after=0).subquery())) or 0
        run = Rescoring(
            programme_id=programme_id,
            asked_by=actor_id,
            asked_at=now,
            state=RescoringState.LOOKING,
            total=total,
        )
        session.add(run)
        session.flush()
    _go_on(session, run, now)


def apply(session: Session, *, programme_id: int, actor_id: int, now: datetime) -> None:
    """Use the results that are higher; a second press goes on. Raises NotFound without a run that was looked at."""
    run = newest_rescoring(session, programme_id)
    run = session.get(Rescoring, run.id, with_for_update=True) if run else None
    if run is None or run.state is RescoringState.LOOKING:
        raise NotFound(
            message(
                "Belum ada perhitungan yang selesai diperiksa. Tidak ada yang diubah. Lihat dulu perubahannya."
            )
        )
    if run.state is RescoringState.READY:
        run.state, run.cursor, run.asked_by = RescoringState.APPLYING, 0, actor_id
        audit.record(
            session,
            actor_id=actor_id,
            action=ACTION,
            subject=("programme", programme_id),
            now=now,
            after={
                "raised": count_changes(session, run.id, kept=False),
                "kept": count_changes(session, run.id, kept=True),
            },
        )
    _go_on(session, run, now)


def work_on(session: Session, *, rescoring_id: int, now: datetime) -> None:
    """The next slice of a run; asks for another one until nothing is left."""
    run = session.get_one(Rescoring, rescoring_id, with_for_update=True)
    if run.state is RescoringState.LOOKING:
        _look_at_slice(session, run)
    elif run.state is RescoringState.APPLYING:
        _apply_slice(session, run, now)
    if run.state in {RescoringState.LOOKING, RescoringState.APPLYING}:
        _go_on(session, run, now)


def changes(
    session: Session, rescoring_id: int, *, page: int, size: int
) -> list[tuple[RescoringChange, Attempt]]:
    """What a run found, the largest gain first."""
    rows = session.execute(
        select(RescoringChange, Attempt)
        .join(Attempt, Attempt.id == RescoringChange.attempt_id)
        .where(RescoringChange.rescoring_id == rescoring_id)
        .order_by((RescoringChange.before - RescoringChange.after), RescoringChange.attempt_id)
        .limit(size)
        .offset((page - 1) * size)
    )
    return [(change, attempt) for change, attempt in rows]


def count_changes(session: Session, rescoring_id: int, *, kept: bool) -> int:
    """How many results are raised, or with ``kept`` would be lower and stay."""
    query = select(func.count()).where(
        RescoringChange.rescoring_id == rescoring_id, RescoringChange.kept.is_(kept)
    )
    return session.scalar(query) or 0


def _newer(quiz: Quiz, types: Iterable[str]) -> bool:
    known = registry().item_types
    return any(known[kind].version > quiz.scorers.get(kind, 1) for kind in types if kind in known)


def _attempts(quizzes: list[Quiz], *, after: int) -> Select[Attempt]:
    return (
        select(Attempt)
        .where(
            among(Attempt.quiz_id, [quiz.id for quiz in quizzes]),
            Attempt.state.in_(_SCORED),
            Attempt.id > after,
        )
        .order_by(Attempt.id)
    )


def _look_at_slice(session: Session, run: Rescoring) -> None:
    quizzes = outdated_quizzes(session, run.programme_id)
    attempts = session.scalars(_attempts(quizzes, after=run.cursor).limit(SLICE)).all() if quizzes else []
    for attempt in attempts:
        ruled, given = _percents_now(session, attempt)
        if {ruled, given} != {attempt.percent}:
            kept = given == attempt.percent
            session.merge(
                RescoringChange(
                    rescoring_id=run.id,
                    attempt_id=attempt.id,
                    before=attempt.percent,
                    after=ruled if kept else given,
                    kept=kept,
                )
            )
        run.cursor = attempt.id
    run.looked_at += len(attempts)
    if len(attempts) < SLICE:
        run.state = RescoringState.READY


def _percents_now(session: Session, attempt: Attempt) -> tuple[Decimal, Decimal]:
    """The whole attempt by the newest scorers, and with no item lowered; as it is while a scorer is not installed."""
    items = items_of(session, attempt.quiz_id, attempt.edition)
    if any(item.type not in registry().item_types for item in items):
        return attempt.percent, attempt.percent
    rows = fresh_scores(session, attempt.id, items)
    ruled: Decimal = outcome(items, rows)["percent"]
    given: Decimal = outcome(items, never_lower(session, attempt.id, rows))["percent"]
    return ruled, given


def _apply_slice(session: Session, run: Rescoring, now: datetime) -> None:
    rows = session.scalars(
        select(RescoringChange)
        .where(
            RescoringChange.rescoring_id == run.id,
            RescoringChange.kept.is_(False),
            RescoringChange.attempt_id > run.cursor,
        )
        .order_by(RescoringChange.attempt_id)
        .limit(SLICE)
    ).all()
    for row in rows:
        score_attempt(session, attempt_id=row.attempt_id, now=now)
        attempt = session.get_one(Attempt, row.attempt_id)
        audit.record(
            session,
            actor_id=run.asked_by,
            action=ACTION,
            subject=("attempt", attempt.id),
            now=now,
            concerns=attempt.person_id,
            before={"percent": str(row.before)},
            after={"percent": str(attempt.percent)},
        )
        attempt.raised_from = row.before
        row.after, row.applied_at, run.cursor = attempt.percent, now, row.attempt_id
    run.applied += len(rows)
    if len(rows) < SLICE:
        run.state, run.finished_at = RescoringState.DONE, now
        versions = {key: kind.version for key, kind in registry().item_types.items()}
        for quiz in outdated_quizzes(session, run.programme_id):
            quiz.scorers = {**quiz.scorers, **versions}


def _go_on(session: Session, run: Rescoring, now: datetime) -> None:
    emit(session, Fact(RESCORING_ASKED, now, {"rescoring_id": run.id}))
