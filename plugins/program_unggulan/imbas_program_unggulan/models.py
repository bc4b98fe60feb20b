"""Tables: a school's plan, who wrote it, its lines, their measurements, the reviews.

Foreign keys go to core tables without a cascade, so that a rebuilt core table takes no row along.
"""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from imbas_program_unggulan.rules import PlanState, ReviewDecision
from lms.api import Base, enum_type


class FlagshipPlan(Base):
    """A school's one flagship programme in a programme of coaching.

    ``code`` is the indicator of the mapped problem that it answers, ``budget`` its line in the
    school's budget, in words.
    """

    __tablename__ = "p_program_unggulan_plan"
    __table_args__ = (UniqueConstraint("programme_id", "school_id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id"))
    school_id: Mapped[int] = mapped_column(ForeignKey("school.id"), index=True)
    name: Mapped[str] = mapped_column(String(160))
    code: Mapped[str] = mapped_column(String(10))
    problem: Mapped[str] = mapped_column(String(2000))
    reason: Mapped[str] = mapped_column(String(2000))
    responsible: Mapped[str] = mapped_column(String(160))
    budget: Mapped[str] = mapped_column(String(500))
    risk: Mapped[str] = mapped_column(String(2000))
    sustainability: Mapped[str] = mapped_column(String(2000))
    state: Mapped[PlanState] = mapped_column(enum_type(PlanState))
    version: Mapped[int]
    updated_at: Mapped[datetime]
    submitted_at: Mapped[datetime | None]
    writers: Mapped[list["FlagshipWriter"]] = relationship(cascade="all, delete-orphan", lazy="selectin")
    lines: Mapped[list["FlagshipLine"]] = relationship(
        cascade="all, delete-orphan", order_by="FlagshipLine.id", lazy="selectin"
    )
    reviews: Mapped[list["FlagshipReview"]] = relationship(
        cascade="all, delete-orphan", order_by="FlagshipReview.id", lazy="selectin"
    )


class FlagshipWriter(Base):
    """Somebody who wrote in a plan or handed it in, and so may not review it."""

    __tablename__ = "p_program_unggulan_writer"
    plan_id: Mapped[int] = mapped_column(ForeignKey("p_program_unggulan_plan.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, index=True)
    last_at: Mapped[datetime]


class FlagshipLine(Base):
    """A goal with its figures and the roles of the three centres.

    ``baseline`` and ``target`` are in ``unit``; the period runs from ``starts_on`` to ``ends_on``.
    """

    __tablename__ = "p_program_unggulan_line"
    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("p_program_unggulan_plan.id"), index=True)
    goal: Mapped[str] = mapped_column(String(500))
    unit: Mapped[str] = mapped_column(String(40))
    baseline: Mapped[Decimal | None]
    baseline_on: Mapped[date | None]
    target: Mapped[Decimal | None]
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]
    method: Mapped[str] = mapped_column(String(1000))
    role_school: Mapped[str] = mapped_column(String(1000))
    role_family: Mapped[str] = mapped_column(String(1000))
    role_community: Mapped[str] = mapped_column(String(1000))
    version: Mapped[int]
    measures: Mapped[list["FlagshipMeasure"]] = relationship(
        cascade="all, delete-orphan",
        order_by="[FlagshipMeasure.measured_on, FlagshipMeasure.id]",
        lazy="selectin",
    )


class FlagshipMeasure(Base):
    """A value measured on the way, in the line's unit and by its method."""

    __tablename__ = "p_program_unggulan_measure"
    __table_args__ = (UniqueConstraint("line_id", "measured_on"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    line_id: Mapped[int] = mapped_column(ForeignKey("p_program_unggulan_line.id"))
    measured_on: Mapped[date]
    value: Mapped[Decimal]
    note: Mapped[str] = mapped_column(String(500))
    recorded_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    recorded_at: Mapped[datetime]


class FlagshipReview(Base):
    """What a reviewer found; ``content`` is the plan as it was read.

    ``scores`` holds the descriptors met by criterion, ``comments`` a text by criterion.
    """

    __tablename__ = "p_program_unggulan_review"
    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("p_program_unggulan_plan.id"), index=True)
    reviewer_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    rubric_key: Mapped[str] = mapped_column(String(120))
    rubric_version: Mapped[str] = mapped_column(String(20))
    scores: Mapped[dict[str, Any]]
    comments: Mapped[dict[str, Any]]
    percent: Mapped[Decimal]
    decision: Mapped[ReviewDecision] = mapped_column(enum_type(ReviewDecision))
    comment: Mapped[str] = mapped_column(String(2000))
    content: Mapped[dict[str, Any]]
    reviewed_at: Mapped[datetime]
