"""Personal data: a teacher's own cards, and the reviews that a person has written."""

from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session, selectinload

from imbas_hots_assessment import api
from imbas_hots_assessment.models import Blueprint, Card, CardReview, QuizAnalysis


def export_person(session: Session, person_id: int) -> dict[str, Any]:
    """Blueprints with their cards, the reviews written and the analyses asked for, as JSON values."""
    blueprints = session.scalars(
        select(Blueprint)
        .options(selectinload(Blueprint.cards))
        .where(Blueprint.person_id == person_id)
        .order_by(Blueprint.id)
    )
    reviews = session.scalars(
        select(CardReview).where(CardReview.reviewer_id == person_id).order_by(CardReview.id)
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
                "cards": [
                    {**api.parts_of(card), "picture": card.picture_alt, "shared": card.shared}
                    for card in row.cards
                ],
            }
            for row in blueprints
        ],
        "reviews": [
            {
                "card_id": row.card_id,
                "scores": dict(row.scores),
                "percent": str(row.percent),
                "decision": row.decision.value,
                "comment": row.comment,
                "reviewed_at": row.reviewed_at.isoformat(),
            }
            for row in reviews
        ],
        "analyses": [{"quiz_id": quiz_id, "computed_at": moment.isoformat()} for quiz_id, moment in computed],
    }


def forget_person(session: Session, person_id: int) -> None:
    """Remove the person's blueprints and cards, and take the name off reviews and analyses."""
    blueprints = select(Blueprint.id).where(Blueprint.person_id == person_id)
    cards = select(Card.id).where(Card.blueprint_id.in_(blueprints))
    session.execute(delete(CardReview).where(CardReview.card_id.in_(cards)))
    session.execute(delete(Card).where(Card.blueprint_id.in_(blueprints)))
    session.execute(delete(Blueprint).where(Blueprint.person_id == person_id))
    session.execute(update(CardReview).where(CardReview.reviewer_id == person_id).values(reviewer_id=None))
    session.execute(
        update(QuizAnalysis).where(QuizAnalysis.computed_by == person_id).values(computed_by=None)
    )
