"""Personal data: where a person stands, and what is missing."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.completion.models import CompletionState
from lms.contract.catalogues import SOURCE
from lms.contract.text import text_of
from lms.programmes import api as programmes


def export_person(session: Session, person_id: int) -> dict[str, Any]:
    """Phases, stages and programmes; ``stage`` 0 is a whole programme, ``phase`` "" a whole stage."""
    rows = session.execute(
        select(CompletionState, programmes.Stage.no)
        .join(programmes.Enrolment, programmes.Enrolment.id == CompletionState.enrolment_id)
        .outerjoin(programmes.Stage, programmes.Stage.id == CompletionState.stage_id)
        .where(programmes.Enrolment.person_id == person_id)
        .order_by(CompletionState.programme_id, CompletionState.stage_id, CompletionState.phase)
    )
    return {
        "standing": [
            {
                "stage": no or 0,
                "phase": row.phase,
                "met": row.met,
                "missing": [text_of(entry["text"]).in_(SOURCE) for entry in row.reasons],
                "scores": row.scores,
                "since": row.changed_at.isoformat(),
            }
            for row, no in rows
        ]
    }
