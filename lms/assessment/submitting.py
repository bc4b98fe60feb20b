"""Handing an attempt in, by hand or when its time is over, and giving it more time."""

from datetime import UTC, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from lms.assessment.answering import GRACE, no_attempt
from lms.assessment.events import SUBMITTED
from lms.assessment.models import Attempt, AttemptState, Item
from lms.contract.events import Fact
from lms.platform.db import table_of
from lms.platform.outbox import emit
from lms.platform.plugins import registry
from lms.programmes import api as programmes


def submit_attempt(session: Session, *, attempt_id: int, now: datetime, by_time: bool = False) -> str:
    """Freeze the answers and leave the fact; the receipt number. Twice is once.

    ``by_time``: only when its time is still over; meanwhile somebody may have been given more.
    """
    receipt = receipt_no(attempt_id, now, _zone_of(session, attempt_id, now))
    changed = session.execute(
        _SUBMIT_LATE if by_time else _SUBMIT,
        {"attempt": attempt_id, "now": now, "receipt_no": receipt, "by_rule": by_time, "late": now - GRACE},
    )
    if changed.rowcount == 1:  # type: ignore[attr-defined]
        emit(session, Fact(SUBMITTED, now, {"attempt_id": attempt_id}))
        return receipt
    known = session.execute(select(Attempt.receipt).where(Attempt.id == attempt_id)).scalar()
    if known is None:
        raise no_attempt()
    return str(known)


def receipt_no(attempt_id: int, now: datetime, zone: tzinfo) -> str:
    """The number of a receipt; its year is the one that people at the programme's place write."""
    return f"K-{now.astimezone(zone).year}-{attempt_id:06d}"


def _zone_of(session: Session, attempt_id: int, now: datetime) -> tzinfo:
    """The zone of the attempt's programme. Asked for only where it matters: around New Year."""
    if (now - timedelta(hours=12)).year == (now + timedelta(hours=14)).year:
        return UTC
    zone = session.execute(_ZONE, {"attempt": attempt_id}).scalar()
    if zone is None:
        raise no_attempt()
    return ZoneInfo(zone)


def hand_in_late_attempts(session: Session, now: datetime) -> None:
    """Hand in what was saved when the time ran out and nobody pressed (requirement K11).

    Not while a kind of its questions is not installed: nobody could work on it, and lost time can be given back.
    """
    unknown = select(Item.id).where(
        Item.quiz_id == Attempt.quiz_id,
        Item.edition == Attempt.edition,
        Item.type.not_in(registry().item_types),
    )
    late = session.scalars(
        select(Attempt.id)
        .where(
            Attempt.state == AttemptState.IN_PROGRESS, Attempt.deadline_at < now - GRACE, ~unknown.exists()
        )
        .order_by(Attempt.deadline_at)
        .limit(200)
    )
    for attempt_id in list(late):
        submit_attempt(session, attempt_id=attempt_id, now=now, by_time=True)


_ZONE = (
    select(programmes.Programme.timezone)
    .join(programmes.Enrolment, programmes.Enrolment.programme_id == programmes.Programme.id)
    .join(Attempt, Attempt.enrolment_id == programmes.Enrolment.id)
    .where(Attempt.id == bindparam("attempt"))
)
_ATTEMPT = table_of(Attempt)
_SUBMIT = (
    update(_ATTEMPT)
    .where(_ATTEMPT.c.id == bindparam("attempt"), _ATTEMPT.c.state == AttemptState.IN_PROGRESS)
    .values(
        state=AttemptState.SUBMITTED,
        submitted_at=bindparam("now"),
        receipt=bindparam("receipt_no"),
        by_time=bindparam("by_rule"),
    )
)
_SUBMIT_LATE = _SUBMIT.where(_ATTEMPT.c.deadline_at < bindparam("late"))
