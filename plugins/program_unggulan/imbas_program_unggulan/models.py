"""The table of this module: values measured on the way of a goal. The plan itself is a document of the core.

Foreign keys go to core tables without a cascade, so that a rebuilt core table takes no row along.
"""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lms.api import Base


class FlagshipMeasure(Base):
    """A value of the goal in row ``row`` of a plan, in the goal's unit and by its method."""

    __tablename__ = "p_program_unggulan_measure"
    __table_args__ = (UniqueConstraint("document_id", "row", "measured_on"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"))
    row: Mapped[int]
    measured_on: Mapped[date]
    value: Mapped[Decimal]
    note: Mapped[str] = mapped_column(String(500))
    recorded_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    recorded_at: Mapped[datetime]
