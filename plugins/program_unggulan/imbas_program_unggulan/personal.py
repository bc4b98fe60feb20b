"""Personal data: who wrote, measured and reviewed. The plan itself is the school's."""

from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from imbas_program_unggulan.models import FlagshipMeasure, FlagshipReview, FlagshipWriter


def export_person(session: Session, person_id: int) -> dict[str, Any]:
    """Where the person wrote, measured and reviewed, as JSON values."""
    written = session.scalars(select(FlagshipWriter).where(FlagshipWriter.person_id == person_id))
    measured = session.scalars(select(FlagshipMeasure).where(FlagshipMeasure.recorded_by == person_id))
    reviewed = session.scalars(select(FlagshipReview).where(FlagshipReview.reviewer_id == person_id))
    return {
        "plans_written": [{"plan_id": row.plan_id, "last_at": row.last_at.isoformat()} for row in written],
        "measurements": [
            {
                "id": row.id,
                "measured_on": row.measured_on.isoformat(),
                "value": str(row.value),
                "note": row.note,
                "recorded_at": row.recorded_at.isoformat(),
            }
            for row in measured
        ],
        "reviews_given": [
            {
                "plan_id": row.plan_id,
                "percent": str(row.percent),
                "decision": row.decision.value,
                "scores": row.scores,
                "comments": row.comments,
                "comment": row.comment,
                "reviewed_at": row.reviewed_at.isoformat(),
            }
            for row in reviewed
        ],
    }


def forget_person(session: Session, person_id: int) -> None:
    """Take the person's name off; plan, measurements and reviews stay the school's."""
    session.execute(delete(FlagshipWriter).where(FlagshipWriter.person_id == person_id))
    session.execute(
        update(FlagshipMeasure).where(FlagshipMeasure.recorded_by == person_id).values(recorded_by=None)
    )
    session.execute(
        update(FlagshipReview).where(FlagshipReview.reviewer_id == person_id).values(reviewer_id=None)
    )
