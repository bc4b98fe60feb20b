"""The table of completion."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lms.platform.db import Base


class CompletionState(Base):
    """Where a participant (or a school: enrolment 0) stands in a phase, stage or the programme.

    ``stage_id`` 0 is the whole programme; ``phase`` "" is the whole stage.
    """

    __tablename__ = "completion_state"
    __table_args__ = (
        UniqueConstraint("programme_id", "school_id", "enrolment_id", "stage_id", "phase"),
        Index("ix_completion_state_enrolment_id", "enrolment_id"),
        Index("ix_completion_state_standing", "programme_id", "stage_id", "met", "school_id", "enrolment_id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id"))
    school_id: Mapped[int] = mapped_column(ForeignKey("school.id"), index=True)
    enrolment_id: Mapped[int]
    stage_id: Mapped[int]
    phase: Mapped[str] = mapped_column(String(20))
    met: Mapped[bool]
    fraction: Mapped[Decimal]
    reasons: Mapped[list[Any]]
    """Of rules that are not met: rule, id, en, who, and ``placement_id`` of a material to open."""
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
