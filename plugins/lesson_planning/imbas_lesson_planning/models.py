"""Tables: a teacher's plan, its parts, and its reviews.

Foreign keys go to core tables without a cascade, so that a rebuilt core table takes no row along.
"""

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from imbas_lesson_planning.rules import PlanState, ReviewDecision
from lms.api import Base, enum_type


class LessonPlan(Base):
    """A lesson plan of one teacher; ``tags`` holds tag keys by group.

    ``low_reason``: why the competence asks for no higher level, "" where a higher one is chosen.

    ``version`` counts changes of title, tags and state; each part has a version of its own.
    """

    __tablename__ = "p_lesson_planning_plan"
    __table_args__ = (Index("ix_p_lesson_planning_plan_place", "programme_id", "school_id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id"))
    school_id: Mapped[int] = mapped_column(ForeignKey("school.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    kind: Mapped[str] = mapped_column(String(40))
    title: Mapped[str] = mapped_column(String(160))
    tags: Mapped[dict[str, Any]]
    low_reason: Mapped[str] = mapped_column(String(500), server_default="", default="")
    state: Mapped[PlanState] = mapped_column(enum_type(PlanState))
    version: Mapped[int]
    updated_at: Mapped[datetime]
    submitted_at: Mapped[datetime | None]
    parts: Mapped[list["LessonPart"]] = relationship(cascade="all, delete-orphan", lazy="selectin")
    reviews: Mapped[list["LessonReview"]] = relationship(
        cascade="all, delete-orphan", order_by="LessonReview.id", lazy="selectin"
    )

    @property
    def texts(self) -> dict[str, str]:
        """What is written, by part key."""
        return {part.key: part.text for part in self.parts}


class LessonPart(Base):
    """One part of a plan as it was saved last."""

    __tablename__ = "p_lesson_planning_part"
    plan_id: Mapped[int] = mapped_column(ForeignKey("p_lesson_planning_plan.id"), primary_key=True)
    key: Mapped[str] = mapped_column(String(40), primary_key=True)
    text: Mapped[str] = mapped_column(String(8000))
    version: Mapped[int]
    updated_at: Mapped[datetime]


class LessonReview(Base):
    """What a reviewer found; ``texts`` are the parts as they were read, for comparing later.

    ``scores`` holds the descriptors met by criterion, ``comments`` a sentence by criterion.
    """

    __tablename__ = "p_lesson_planning_review"
    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("p_lesson_planning_plan.id"), index=True)
    reviewer_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    rubric_key: Mapped[str] = mapped_column(String(120))
    rubric_version: Mapped[str] = mapped_column(String(20))
    scores: Mapped[dict[str, Any]]
    comments: Mapped[dict[str, Any]]
    percent: Mapped[Decimal]
    decision: Mapped[ReviewDecision] = mapped_column(enum_type(ReviewDecision))
    comment: Mapped[str] = mapped_column(String(2000))
    texts: Mapped[dict[str, Any]]
    reviewed_at: Mapped[datetime]
