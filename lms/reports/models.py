"""The table of private addresses of calendars."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from lms.platform.db import Base


class CalendarFeed(Base):
    """Under which address a person's calendar can be fetched: the newest one only."""

    __tablename__ = "calendar_feed"
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    generation: Mapped[int]
    """Part of what the address signs: one more ends the address before it."""
    made_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
