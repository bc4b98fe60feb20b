"""Beds of schools, and what a programme wishes to see in them."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.api import Base


class Bed(Base):
    """What a school has planted."""

    __tablename__ = "p_garden_bed"
    id: Mapped[int] = mapped_column(primary_key=True)
    school_id: Mapped[int] = mapped_column(ForeignKey("school.id"), index=True)
    plant: Mapped[str] = mapped_column(String(80))
    planted_at: Mapped[datetime]
    watered_at: Mapped[datetime | None]
    label: Mapped[str] = mapped_column(String(100))
    """Painted after planting, by the worker."""
    picture_id: Mapped[str | None] = mapped_column(ForeignKey("form_file.id"))


class Wish(Base):
    """A plant that a programme would like in every garden."""

    __tablename__ = "p_garden_wish"
    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id"), primary_key=True)
    plant: Mapped[str] = mapped_column(String(80), primary_key=True)


class Visit(Base):
    """Somebody's visit to a school's garden."""

    __tablename__ = "p_garden_visit"
    id: Mapped[int] = mapped_column(primary_key=True)
    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id"))
    school_id: Mapped[int] = mapped_column(ForeignKey("school.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    note: Mapped[str] = mapped_column(String(400))
    visited_at: Mapped[datetime]
    proofs: Mapped[list["Proof"]] = relationship(cascade="all, delete-orphan")


class Proof(Base):
    """A photo or paper of a visit."""

    __tablename__ = "p_garden_proof"
    visit_id: Mapped[int] = mapped_column(ForeignKey("p_garden_visit.id"), primary_key=True)
    file_id: Mapped[str] = mapped_column(ForeignKey("form_file.id"), primary_key=True)
