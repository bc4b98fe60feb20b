"""Personal data: a teacher's plans are hers; a reviewer is known by the reviews given."""

from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from imbas_lesson_planning.models import LessonPlan, LessonReview


def export_person(session: Session, person_id: int) -> dict[str, Any]:
    """Everything that the person wrote: plans with their reviews, and reviews of others' plans."""
    plans = session.scalars(
        select(LessonPlan).where(LessonPlan.person_id == person_id).order_by(LessonPlan.id)
    )
    given = session.scalars(
        select(LessonReview).where(LessonReview.reviewer_id == person_id).order_by(LessonReview.id)
    )
    return {
        "plans": [
            {
                "id": plan.id,
                "kind": plan.kind,
                "title": plan.title,
                "state": plan.state.value,
                "tags": plan.tags,
                "low_reason": plan.low_reason,
                "texts": plan.texts,
                "updated_at": plan.updated_at.isoformat(),
                "reviews": [_review(row) for row in plan.reviews],
            }
            for plan in plans
        ],
        "reviews_given": [{"plan_id": row.plan_id, **_review(row)} for row in given],
    }


def forget_person(session: Session, person_id: int) -> None:
    """Remove the person's plans; a review given to others stays with them, without the name."""
    for plan in session.scalars(select(LessonPlan).where(LessonPlan.person_id == person_id)):
        session.delete(plan)
    session.flush()
    session.execute(
        update(LessonReview).where(LessonReview.reviewer_id == person_id).values(reviewer_id=None)
    )


def _review(row: LessonReview) -> dict[str, Any]:
    return {
        "percent": str(row.percent),
        "decision": row.decision.value,
        "scores": row.scores,
        "comments": row.comments,
        "comment": row.comment,
        "reviewed_at": row.reviewed_at.isoformat(),
    }
