"""Personal data: in which programmes a person takes part, and what the attendance lists say."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.programmes.models import AttendanceRecord, Enrolment, InServiceSession, Programme


def export_person(session: Session, person_id: int) -> dict[str, Any]:
    """Enrolments, and for each session the status with how it came about."""
    enrolments = session.execute(
        select(Enrolment.id, Enrolment.role, Enrolment.enrolled_at, Programme.title)
        .join(Programme, Programme.id == Enrolment.programme_id)
        .where(Enrolment.person_id == person_id)
        .order_by(Enrolment.id)
    )
    records = session.execute(
        select(AttendanceRecord, InServiceSession)
        .join(InServiceSession, InServiceSession.id == AttendanceRecord.session_id)
        .join(Enrolment, Enrolment.id == AttendanceRecord.enrolment_id)
        .where(Enrolment.person_id == person_id)
        .order_by(InServiceSession.starts_at, InServiceSession.id)
    )
    return {
        "enrolments": [
            {"programme": row.title, "role": row.role.value, "since": row.enrolled_at.isoformat()}
            for row in enrolments
        ],
        "attendance": [
            {
                "session": taught.title,
                "starts_at": taught.starts_at.isoformat(),
                "jp": taught.jp,
                "status": record.status.value,
                "minutes": record.minutes,
                "method": record.method,
                "reason": record.reason,
                "recorded_at": record.recorded_at.isoformat(),
            }
            for record, taught in records
        ],
    }
