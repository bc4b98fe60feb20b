"""Marking essays: a fair queue, a lease, points by the lines of the guide."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from lms.assessment.editions import LoadedItem, items_of
from lms.assessment.models import AnswerScore, Attempt, AttemptState, Mark, MarkLease, Quiz
from lms.assessment.scoring_run import score_attempt
from lms.contract.actors import Actor, Place
from lms.contract.errors import Conflict, Invalid
from lms.contract.numbers import parse_decimal
from lms.contract.text import Text
from lms.people import api as people
from lms.platform.audit import record
from lms.programmes import api as programmes

LEASE = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Queue:
    """What waits for a grader."""

    waiting: int
    oldest_at: datetime | None
    next_id: int | None


def queue(session: Session, *, actor: Actor, now: datetime) -> Queue:
    """How many attempts wait for this grader, since when, and which is next (oldest first).

    Attempts that another grader reads just now are left out of "next".
    """
    mine = people.school_filter(actor, "assessment.mark", programmes.Enrolment.school_id)
    waiting, oldest = session.execute(_waiting(mine, func.count(), func.min(Attempt.submitted_at))).one()
    next_id = session.scalar(
        _waiting(mine, Attempt.id)
        .outerjoin(MarkLease, MarkLease.attempt_id == Attempt.id)
        .where(
            or_(MarkLease.attempt_id.is_(None), MarkLease.until < now, MarkLease.marker_id == actor.person_id)
        )
        .order_by(Attempt.submitted_at, Attempt.id)
        .limit(1)
    )
    return Queue(waiting or 0, oldest, next_id)


def lease(session: Session, *, attempt_id: int, marker_id: int, now: datetime) -> None:
    """Take an attempt for 15 minutes; raises Conflict while somebody else has it."""
    row = session.get(MarkLease, attempt_id, with_for_update=True)
    if row and row.marker_id != marker_id and row.until > now:
        raise Conflict(
            Text(
                "Penilai lain sedang membaca uraian ini. Tidak ada yang diubah. Ambil yang berikutnya.",
                "Another grader is reading this one. Nothing was changed. Take the next.",
            )
        )
    row = row or MarkLease(attempt_id=attempt_id)
    row.marker_id, row.until = marker_id, now + LEASE
    session.add(row)


def open_items(session: Session, attempt_id: int) -> tuple[LoadedItem, ...]:
    """The items of an attempt that a person marks, marked or not."""
    attempt = session.get_one(Attempt, attempt_id)
    by_person = set(
        session.scalars(
            select(AnswerScore.item_id).where(
                AnswerScore.attempt_id == attempt_id, AnswerScore.scorer == "person"
            )
        )
    )
    return tuple(item for item in items_of(session, attempt.quiz_id, attempt.edition) if item.id in by_person)


def marks_of(session: Session, attempt_id: int) -> dict[int, Mark]:
    """The marks that stand, by item."""
    return {row.item_id: row for row in session.scalars(select(Mark).where(Mark.attempt_id == attempt_id))}


def mark(
    session: Session,
    *,
    attempt_id: int,
    points: Mapping[int, Mapping[str, str]],
    comments: Mapping[int, str],
    actor_id: int,
    now: datetime,
) -> None:
    """Give points for every open item of an attempt and score it again.

    ``points`` maps an item to the points typed for each line of its guide. Raises Invalid when a
    line has no points or more than its maximum; nothing is stored then.
    """
    attempt = session.get_one(Attempt, attempt_id)
    if attempt.state == AttemptState.IN_PROGRESS:
        raise Conflict(
            Text(
                "Kuis ini belum dikumpulkan. Tidak ada yang diubah.",
                "This quiz was not handed in. Nothing was changed.",
            )
        )
    known = marks_of(session, attempt_id)
    faults: dict[str, Text] = {}
    for item in open_items(session, attempt_id):
        given = _checked(item, points.get(item.id, {}), faults)
        if faults:
            continue
        row = known.get(item.id)
        before = dict(row.criteria) if row else {}
        row = row or Mark(attempt_id=attempt_id, item_id=item.id)
        row.criteria, row.comment = given, comments.get(item.id, "").strip()
        row.marker_id, row.marked_at = actor_id, now
        session.add(row)
        record(
            session, actor_id=actor_id, action="assessment.mark", subject=("attempt", attempt_id), now=now,
            concerns=attempt.person_id, before=before, after=given,
        )  # fmt: skip
    if faults:
        raise Invalid(
            Text(
                "Belum disimpan. Beri poin untuk setiap aspek. Isian masih ada.",
                "Not saved. Give points for every aspect. Your entries are kept.",
            ),
            fields=faults,
        )
    session.flush()
    lease_row = session.get(MarkLease, attempt_id)
    if lease_row:
        session.delete(lease_row)
    score_attempt(session, attempt_id=attempt_id, now=now)


def place_of_attempt(session: Session, attempt_id: int) -> Place:
    """Where an attempt stands, for graders and admins."""
    attempt = session.get(Attempt, attempt_id)
    enrolment = programmes.get_enrolment(session, attempt.enrolment_id if attempt else 0)
    programme = programmes.get_programme(session, enrolment.programme_id)
    return Place(programme.agency_id, enrolment.school_id, programme.id, enrolment.person_id)


def title_of(session: Session, attempt_id: int) -> Text:
    """The title of the attempt's quiz."""
    row = session.execute(
        select(Quiz.title_id, Quiz.title_en)
        .join(Attempt, Attempt.quiz_id == Quiz.id)
        .where(Attempt.id == attempt_id)
    ).one()
    return Text(row.title_id, row.title_en)


def _checked(item: LoadedItem, typed: Mapping[str, str], faults: dict[str, Text]) -> dict[str, str]:
    given = {}
    for line in item.secret["guide"]:
        number = parse_decimal(typed.get(line["code"], ""))
        if number is None or not Decimal(0) <= number <= Decimal(str(line["max"])):
            faults[f"crit-{item.id}-{line['code']}"] = Text(
                f"{line['aspect']}: poin 0 sampai {line['max']}.",
                f"{line['aspect']}: 0 to {line['max']} points.",
            )
        else:
            given[str(line["code"])] = str(number)
    return given


def _waiting(mine: ColumnElement[bool], *columns: object):  # type: ignore[no-untyped-def]
    """A subquery and no join, so that a grader's few schools lead, not all that waits."""
    enrolments = select(programmes.Enrolment.id).where(mine)
    return (
        select(*columns)  # type: ignore[call-overload]
        .select_from(Attempt)
        .where(Attempt.state == AttemptState.AWAITING_MARK, Attempt.enrolment_id.in_(enrolments))
    )
