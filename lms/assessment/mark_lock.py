"""A final result is locked: whoever gave its marks may change them for five minutes, then an admin opens it."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.assessment.models import Attempt, AttemptState, Mark
from lms.assessment.score_attempts import score_attempt
from lms.contract.errors import Conflict, Invalid, NotFound
from lms.contract.parsing import MAX_BIGINT, parse_int
from lms.contract.text import message
from lms.platform import audit
from lms.programmes import api as programmes

UNDO = timedelta(minutes=5)
_ACTION = "assessment.unlock"


def lock_of(session: Session, *, attempt_id: int, now: datetime) -> Conflict | None:
    """Why the marks of an attempt may no longer be changed; None while they may."""
    attempt = session.get_one(Attempt, attempt_id)
    given = session.scalars(select(Mark.marked_at).where(Mark.attempt_id == attempt_id)).all()
    if attempt.state != AttemptState.SCORED or not any(now - at > UNDO for at in given):
        return None
    return Conflict(
        message(
            "Nilai uraian ini sudah final dan terkunci. Tidak ada yang diubah. Mintalah admin membukanya."
        )
    )


def attempt_by_receipt(session: Session, *, programme_id: int, receipt: str) -> Attempt:
    """The attempt of the programme that a receipt names (``K-2020-000041``); raises NotFound."""
    number = parse_int(receipt.strip().rpartition("-")[2], high=MAX_BIGINT)
    attempt = session.get(Attempt, number) if number is not None else None
    if attempt:
        enrolment = programmes.get_enrolment(session, attempt.enrolment_id)
        if enrolment.programme_id == programme_id:
            return attempt
    raise NotFound(
        message("Tanda terima ini tidak ada di program ini. Tidak ada yang diubah. Periksa nomornya.")
    )


def unlock(session: Session, *, attempt_id: int, reason: str, actor_id: int, now: datetime) -> None:
    """Take the marks of a final result back, so that they are given anew; they stay in the trail.

    The participant reads the reason beside the result. Raises Invalid without a reason, Conflict for a
    result that holds no marks or is not final.
    """
    attempt = session.get_one(Attempt, attempt_id, with_for_update=True)
    if not reason.strip():
        sentence = message("Tulis alasannya.")
        raise Invalid(
            message("Belum dibuka. Tulis alasannya."),
            fields={"reason": sentence},
        )
    marks = session.scalars(select(Mark).where(Mark.attempt_id == attempt_id)).all()
    if attempt.state != AttemptState.SCORED or not marks:
        raise Conflict(message("Kuis ini tidak memuat nilai uraian yang final. Tidak ada yang diubah."))
    before: dict[str, Any] = {
        str(row.item_id): {"criteria": row.criteria, "comment": row.comment} for row in marks
    }
    audit.record(
        session,
        actor_id=actor_id,
        action=_ACTION,
        subject=("attempt", attempt_id),
        now=now,
        concerns=attempt.person_id,
        before={"percent": str(attempt.percent), "marks": before},
        reason=reason.strip(),
    )
    for row in marks:
        session.delete(row)
    session.flush()
    score_attempt(session, attempt_id=attempt_id, now=now)


def why_opened(session: Session, attempt: Attempt) -> str:
    """Why an admin opened a result that waits for marks again; "" when nobody did."""
    if not attempt.provisional:
        return ""
    newest = (
        select(audit.AuditEntry.reason)
        .where(
            audit.AuditEntry.subject_kind == "attempt",
            audit.AuditEntry.subject_id == attempt.id,
            audit.AuditEntry.action == _ACTION,
        )
        .order_by(audit.AuditEntry.id.desc())
        .limit(1)
    )
    return session.scalar(newest) or ""
