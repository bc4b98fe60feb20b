"""Personal data: the head of a teacher's blueprint, and the analyses that a person asked for."""

from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from imbas_hots_assessment.models import Blueprint, QuizAnalysis


def export_person(session: Session, person_id: int) -> dict[str, Any]:
    """Heads of blueprints and the analyses asked for, as JSON values."""
    blueprints = session.scalars(
        select(Blueprint).where(Blueprint.person_id == person_id).order_by(Blueprint.id)
    )
    computed = session.execute(
        select(QuizAnalysis.quiz_id, QuizAnalysis.computed_at)
        .where(QuizAnalysis.computed_by == person_id)
        .order_by(QuizAnalysis.quiz_id)
    )
    return {
        "blueprints": [
            {
                "programme_id": row.programme_id,
                "school_id": row.school_id,
                "subject": row.subject,
                "grade": row.grade,
                "curriculum": row.curriculum,
                "minutes": row.minutes,
                "updated_at": row.updated_at.isoformat(),
            }
            for row in blueprints
        ],
        "analyses": [{"quiz_id": quiz_id, "computed_at": moment.isoformat()} for quiz_id, moment in computed],
    }


def forget_person(session: Session, person_id: int) -> None:
    """Remove the person's blueprints, and take the name off analyses."""
    session.execute(delete(Blueprint).where(Blueprint.person_id == person_id))
    session.execute(
        update(QuizAnalysis).where(QuizAnalysis.computed_by == person_id).values(computed_by=None)
    )
