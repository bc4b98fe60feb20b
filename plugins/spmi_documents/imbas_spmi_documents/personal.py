"""Personal data: what the plugin knows of a person is who wrote last."""

from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from imbas_spmi_documents.models import ChecklistAnswer, PlanLine, Problem, Report


def export_person(session: Session, person_id: int) -> dict[str, Any]:
    """Where the person was the last to write, as JSON values."""
    return {
        name: [
            {"id": row_id, "updated_at": moment.isoformat()}
            for row_id, moment in session.execute(
                select(model.id, model.updated_at).where(model.updated_by == person_id).order_by(model.id)
            )
        ]
        for name, model in (
            ("reports", Report),
            ("problems", Problem),
            ("plan_lines", PlanLine),
            ("checklist_answers", ChecklistAnswer),
        )
    }


def forget_person(session: Session, person_id: int) -> None:
    """Take the person's name off what was written; the school keeps its documents."""
    for model in (Report, Problem, PlanLine, ChecklistAnswer):
        session.execute(update(model).where(model.updated_by == person_id).values(updated_by=None))
