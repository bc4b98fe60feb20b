"""Tables: a school's report and its scores, mapped problems, plan lines, answers to the checklist.

Foreign keys go to core tables without a cascade, so that a rebuilt core table takes no row along.
"""

from datetime import datetime
from decimal import Decimal

from sqlalchemy import BigInteger, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from imbas_spmi_documents.checklist import Availability
from imbas_spmi_documents.rules import ScoreStatus
from lms.api import Base, enum_type


class Report(Base):
    """A school's quality report in a programme; ``year`` is the year of the report."""

    __tablename__ = "p_spmi_documents_report"
    __table_args__ = (UniqueConstraint("programme_id", "school_id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id"))
    school_id: Mapped[int] = mapped_column(ForeignKey("school.id"), index=True)
    year: Mapped[int]
    version: Mapped[int]
    updated_at: Mapped[datetime]
    updated_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    scores: Mapped[list["ReportScore"]] = relationship(
        order_by="ReportScore.standard", cascade="all, delete-orphan", lazy="selectin"
    )


class ReportScore(Base):
    """One of the eight standards: 0,00-7,00, or without a score and why; and what is really there."""

    __tablename__ = "p_spmi_documents_score"
    report_id: Mapped[int] = mapped_column(ForeignKey("p_spmi_documents_report.id"), primary_key=True)
    standard: Mapped[int] = mapped_column(primary_key=True)
    status: Mapped[ScoreStatus] = mapped_column(enum_type(ScoreStatus))
    score: Mapped[Decimal | None]
    condition: Mapped[str] = mapped_column(String(2000))


class Problem(Base):
    """A row of the quality mapping: six parts under one indicator code."""

    __tablename__ = "p_spmi_documents_problem"
    __table_args__ = (Index("ix_p_spmi_documents_problem_place", "programme_id", "school_id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id"))
    school_id: Mapped[int] = mapped_column(ForeignKey("school.id"), index=True)
    code: Mapped[str] = mapped_column(String(10))
    condition: Mapped[str] = mapped_column(String(2000))
    strength: Mapped[str] = mapped_column(String(2000))
    weakness: Mapped[str] = mapped_column(String(2000))
    problem: Mapped[str] = mapped_column(String(2000))
    root_cause: Mapped[str] = mapped_column(String(2000))
    recommendation: Mapped[str] = mapped_column(String(2000))
    version: Mapped[int]
    updated_at: Mapped[datetime]
    updated_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    lines: Mapped[list["PlanLine"]] = relationship(
        back_populates="origin", order_by="PlanLine.id", lazy="selectin"
    )


class PlanLine(Base):
    """A line of the plan: programme of the medium-term plan (RKJM), this year's activity (RKT), its money (RKAS).

    ``problem_id`` is never empty: a plan line answers a mapped problem. ``cost`` is whole rupiah,
    ``month`` 1..12 within the school year.
    """

    __tablename__ = "p_spmi_documents_plan_line"
    id: Mapped[int] = mapped_column(primary_key=True)
    problem_id: Mapped[int] = mapped_column(ForeignKey("p_spmi_documents_problem.id"), index=True)
    programme: Mapped[str] = mapped_column(String(200))
    activity: Mapped[str] = mapped_column(String(500))
    target: Mapped[str] = mapped_column(String(500))
    cost: Mapped[int | None] = mapped_column(BigInteger)
    source: Mapped[str] = mapped_column(String(20))
    month: Mapped[int | None]
    responsible: Mapped[str] = mapped_column(String(120))
    version: Mapped[int]
    updated_at: Mapped[datetime]
    updated_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    origin: Mapped[Problem] = relationship(back_populates="lines")


class ChecklistAnswer(Base):
    """What a school says of one item of the document checklist; ``item_code`` is the item's in its rubric."""

    __tablename__ = "p_spmi_documents_checklist"
    __table_args__ = (UniqueConstraint("programme_id", "school_id", "item_code"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id"))
    school_id: Mapped[int] = mapped_column(ForeignKey("school.id"), index=True)
    item_code: Mapped[str] = mapped_column(String(20))
    availability: Mapped[Availability] = mapped_column(enum_type(Availability))
    note: Mapped[str] = mapped_column(String(300))
    version: Mapped[int]
    updated_at: Mapped[datetime]
    updated_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
