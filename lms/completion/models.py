"""The table of completion."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lms.platform.db import BIG, Base, index_where, unique_where


class CompletionState(Base):
    """Where a participant or a school (``enrolment_id`` None) stands in a phase, stage or the programme.

    ``stage_id`` is None for the whole programme; ``phase`` "" is the whole stage. All of it is derived: with its
    stage or enrolment it goes.
    """

    __tablename__ = "completion_state"
    __table_args__ = (
        UniqueConstraint("programme_id", "school_id", "enrolment_id", "stage_id", "phase"),
        unique_where(
            "enrolment_id IS NULL",
            "uq_completion_state_of_school",
            "programme_id",
            "school_id",
            "stage_id",
            "phase",
        ),
        unique_where(
            "stage_id IS NULL",
            "uq_completion_state_of_programme",
            "programme_id",
            "school_id",
            "enrolment_id",
        ),
        unique_where(
            "enrolment_id IS NULL AND stage_id IS NULL",
            "uq_completion_state_of_school_in_programme",
            "programme_id",
            "school_id",
        ),
        index_where(
            "stage_id IS NULL",
            "ix_completion_state_standing",
            "programme_id",
            "met",
            "school_id",
            "enrolment_id",
        ),
    )
    id: Mapped[int] = mapped_column(BIG, primary_key=True)
    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id"))
    school_id: Mapped[int] = mapped_column(ForeignKey("school.id"), index=True)
    enrolment_id: Mapped[int | None] = mapped_column(
        ForeignKey("enrolment.id", ondelete="CASCADE"), index=True
    )
    stage_id: Mapped[int | None] = mapped_column(ForeignKey("stage.id", ondelete="CASCADE"), index=True)
    phase: Mapped[str] = mapped_column(String(20))
    met: Mapped[bool]
    fraction: Mapped[Decimal]
    reasons: Mapped[list[Any]]
    """Of rules that are not met: rule, text (in no language or in all), who, and ``placement_id`` of a material to open."""
    scores: Mapped[dict[str, Any]]
    """On the programme row of a participant: the parts of the final score and the predicate. On stages and
    phases: how many conditions are ``done`` of those ``owed``."""
    changed_at: Mapped[datetime]

    @property
    def done_percent(self) -> int | None:
        """Conditions met, in whole percent rounded down, so that 100 means all; None where nothing is owed.

        Rows that were stored before conditions were counted give their fraction.
        """
        if "owed" not in self.scores:
            return int(self.fraction * 100)
        owed = int(self.scores["owed"])
        return int(self.scores["done"]) * 100 // owed if owed else None
