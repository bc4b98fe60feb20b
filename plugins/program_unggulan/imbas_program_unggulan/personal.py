"""Personal data of this module: who measured. The plan is a document of the core."""

from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from imbas_program_unggulan.models import FlagshipMeasure


def export_person(session: Session, person_id: int) -> dict[str, Any]:
    """What the person measured, as JSON values."""
    measured = session.scalars(select(FlagshipMeasure).where(FlagshipMeasure.recorded_by == person_id))
    return {
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
    }


def forget_person(session: Session, person_id: int) -> None:
    """Take the person's name off; measurements stay the school's."""
    session.execute(
        update(FlagshipMeasure).where(FlagshipMeasure.recorded_by == person_id).values(recorded_by=None)
    )
