"""Tables: the head of a teacher's blueprint, and item analyses. The cards are documents of the core.

Foreign keys go to core tables without a cascade, so that a rebuilt core table takes no row along.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lms.api import Base


class Blueprint(Base):
    """The head of a teacher's blueprint (kisi-kisi): one for each teacher, school and programme.

    ``minutes`` is the working time, None while it is not decided.
    """

    __tablename__ = "p_hots_assessment_blueprint"
    __table_args__ = (
        UniqueConstraint("programme_id", "school_id", "person_id"),
        Index("ix_p_hots_assessment_blueprint_school", "school_id", "programme_id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id"))
    school_id: Mapped[int] = mapped_column(ForeignKey("school.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    subject: Mapped[str] = mapped_column(String(120))
    grade: Mapped[str] = mapped_column(String(60))
    curriculum: Mapped[str] = mapped_column(String(60))
    minutes: Mapped[int | None]
    version: Mapped[int]
    updated_at: Mapped[datetime]


class QuizAnalysis(Base):
    """The item analysis of a quiz as it was computed last; holds counts only, nobody's name.

    ``result`` is what ``analysis.compute`` gives: self-contained, so that later editions of the quiz
    do not change what was found.
    """

    __tablename__ = "p_hots_assessment_analysis"
    quiz_id: Mapped[int] = mapped_column(ForeignKey("quiz.id"), primary_key=True)
    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id"), index=True)
    participants: Mapped[int]
    result: Mapped[dict[str, Any]]
    computed_at: Mapped[datetime]
    computed_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
