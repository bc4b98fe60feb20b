"""Who reads what just now."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from lms.platform.db import BIG, Base, enum_type


class Kind(StrEnum):
    """What a person grades."""

    EVIDENCE = "evidence"
    ESSAYS = "essays"


class Lease(Base):
    """A piece that a grader reads until ``until``; then anybody may take it over."""

    __tablename__ = "lease"
    kind: Mapped[Kind] = mapped_column(enum_type(Kind), primary_key=True)
    piece_id: Mapped[int] = mapped_column(BIG, primary_key=True, autoincrement=False)
    """A submission or an attempt."""
    grader_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    until: Mapped[datetime]
