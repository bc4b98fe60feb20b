"""Tables: a teacher's blueprint, its item cards, and what colleagues found in them.

Foreign keys go to core tables without a cascade, so that a rebuilt core table takes no row along.
"""

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from imbas_hots_assessment.rules import Decision
from lms.api import Base, enum_type


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
    cards: Mapped[list["Card"]] = relationship(
        back_populates="blueprint", order_by="Card.number", cascade="all, delete-orphan"
    )


class Card(Base):
    """One item: its row of the blueprint (up to ``format``) and its card (the rest).

    ``bloom`` and ``format`` are codes of ``content/levels.yaml`` and ``content/formats.yaml``, or
    empty while undecided. ``options`` has one option a line. ``shared``: colleagues may read it. The
    stimulus is a text, a table as it was pasted (``stimulus_table``, see ``stimulus.py``), a picture in
    the store (``picture_key``, with ``picture_alt``: what there is to see), or several of these; "" for none.
    """

    __tablename__ = "p_hots_assessment_card"
    __table_args__ = (UniqueConstraint("blueprint_id", "number"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    blueprint_id: Mapped[int] = mapped_column(ForeignKey("p_hots_assessment_blueprint.id"))
    number: Mapped[int]
    competence: Mapped[str] = mapped_column(String(300))
    material: Mapped[str] = mapped_column(String(200))
    indicator: Mapped[str] = mapped_column(String(500))
    bloom: Mapped[str] = mapped_column(String(2))
    format: Mapped[str] = mapped_column(String(20))
    source: Mapped[str] = mapped_column(String(200))
    stimulus: Mapped[str] = mapped_column(String(4000))
    stimulus_table: Mapped[str] = mapped_column(String(4000), server_default="", default="")
    picture_key: Mapped[str] = mapped_column(String(80), server_default="", default="")
    picture_alt: Mapped[str] = mapped_column(String(300), server_default="", default="")
    stem: Mapped[str] = mapped_column(String(2000))
    options: Mapped[str] = mapped_column(String(3000))
    answer_key: Mapped[str] = mapped_column(String(1000))
    guide: Mapped[str] = mapped_column(String(3000))
    reason: Mapped[str] = mapped_column(String(1000))
    shared: Mapped[bool]
    version: Mapped[int]
    updated_at: Mapped[datetime]
    blueprint: Mapped[Blueprint] = relationship(back_populates="cards", lazy="joined")
    reviews: Mapped[list["CardReview"]] = relationship(
        order_by="CardReview.id", cascade="all, delete-orphan", lazy="selectin"
    )


class CardReview(Base):
    """What a reviewer found in one version of a card; ``scores`` is 0 or 1 by criterion code."""

    __tablename__ = "p_hots_assessment_review"
    __table_args__ = (UniqueConstraint("card_id", "reviewer_id", "card_version"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    card_id: Mapped[int] = mapped_column(ForeignKey("p_hots_assessment_card.id"))
    card_version: Mapped[int]
    reviewer_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    rubric_key: Mapped[str] = mapped_column(String(120))
    rubric_version: Mapped[str] = mapped_column(String(20))
    scores: Mapped[dict[str, Any]]
    percent: Mapped[Decimal]
    decision: Mapped[Decision] = mapped_column(enum_type(Decision))
    comment: Mapped[str] = mapped_column(String(2000))
    reviewed_at: Mapped[datetime]


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
