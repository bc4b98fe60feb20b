"""Tables of modules."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from lms.platform.db import Base


class ModulePlacement(Base):
    """A module in a stage of a programme, with its JP."""

    __tablename__ = "module_placement"
    __table_args__ = (UniqueConstraint("stage_id", "module_key"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    stage_id: Mapped[int] = mapped_column(ForeignKey("stage.id"))
    module_key: Mapped[str] = mapped_column(String(80))
    title: Mapped[str] = mapped_column(String(200))
    position: Mapped[int]
    jp_in: Mapped[int]
    jp_on: Mapped[int]
    reading_required: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Whether participants complete the stage's in-service part only when they have read the material."""


class ReadSection(Base):
    """A section that a participant has marked as read."""

    __tablename__ = "read_section"
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id"), primary_key=True)
    placement_id: Mapped[int] = mapped_column(ForeignKey("module_placement.id"), primary_key=True, index=True)
    section: Mapped[int] = mapped_column(primary_key=True)
    read_at: Mapped[datetime]
    completes: Mapped[bool] = mapped_column(default=False, server_default=false())
    """With this section everything had been read that the material held then."""
