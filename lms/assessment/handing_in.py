"""Handing an attempt in, by hand or when its time is over, and giving it more time."""

from datetime import datetime, timedelta

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from lms.assessment.events import SUBMITTED
from lms.assessment.models import Attempt, AttemptState
from lms.assessment.taking import GRACE, no_attempt
from lms.contract.events import Fact
from lms.platform.audit import record
from lms.platform.db import table_of
from lms.platform.outbox import emit


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
        raise no_attempt()
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
