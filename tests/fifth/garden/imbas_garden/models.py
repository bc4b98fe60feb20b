"""One bed in a school's garden."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from lms.api import Base


class Bed(Base):
    """What a school has planted."""

    __tablename__ = "p_garden_bed"
    id: Mapped[int] = mapped_column(primary_key=True)
    school_id: Mapped[int] = mapped_column(ForeignKey("school.id"), index=True)
    plant: Mapped[str] = mapped_column(String(80))
    planted_at: Mapped[datetime]
    watered_at: Mapped[datetime | None]
