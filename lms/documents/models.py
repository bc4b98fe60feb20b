"""Tables of documents: what is written now, who writes, what was submitted, and what reviewers found."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.contract.documents import DocumentState, ReviewDecision
from lms.platform.db import BIG, Base, enum_type, unique_where


class Document(Base):
    """One document. ``person_id`` is its writer, None when it is the school's.

    ``version`` counts what its writers did with it as a whole: submitted, taken back, opened again; each part has a version
    of its own. ``kind`` is a key of its type's kinds.
    """

    __tablename__ = "document"
    __table_args__ = (
        Index("ix_document_place", "programme_id", "school_id", "type_key"),
        unique_where("person_id IS NULL", "uq_document_of_school", "programme_id", "school_id", "type_key"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    type_key: Mapped[str] = mapped_column(String(120))
    kind: Mapped[str] = mapped_column(String(40))
    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id"))
    school_id: Mapped[int] = mapped_column(ForeignKey("school.id"), index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    title: Mapped[str] = mapped_column(String(200))
    state: Mapped[DocumentState] = mapped_column(enum_type(DocumentState))
    version: Mapped[int]
    updated_at: Mapped[datetime]
    submitted_at: Mapped[datetime | None]
    parts: Mapped[list["PartText"]] = relationship(
        cascade="all, delete-orphan", order_by="PartText.row", lazy="selectin"
    )
    writers: Mapped[list["DocumentWriter"]] = relationship(cascade="all, delete-orphan")
    locks: Mapped[list["PartLock"]] = relationship(cascade="all, delete-orphan")
    revisions: Mapped[list["DocumentRevision"]] = relationship(
        cascade="all, delete-orphan", order_by="DocumentRevision.no"
    )
    reviews: Mapped[list["DocumentReview"]] = relationship(
        cascade="all, delete-orphan", order_by="DocumentReview.id"
    )


class PartText(Base):
    """What is written in a part, or in one row of a part that is a list; ``content`` holds JSON values by field.

    ``form`` names the opened form that saved it while somebody typed; "" after a save by the button.
    """

    __tablename__ = "document_part"
    __table_args__ = (UniqueConstraint("document_id", "part", "row"),)
    id: Mapped[int] = mapped_column(BIG, primary_key=True)
    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"))
    part: Mapped[str] = mapped_column(String(40))
    row: Mapped[int]
    content: Mapped[dict[str, Any]]
    version: Mapped[int]
    form: Mapped[str] = mapped_column(String(40), server_default="", default="")
    updated_at: Mapped[datetime]


class PartLock(Base):
    """Who writes in a part now. It holds until ``until``, longer with each save."""

    __tablename__ = "document_lock"
    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"), primary_key=True)
    part: Mapped[str] = mapped_column(String(40), primary_key=True)
    row: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    since: Mapped[datetime]
    until: Mapped[datetime] = mapped_column(index=True)


class DocumentWriter(Base):
    """Somebody who wrote in a document or submitted it, and so may not review it."""

    __tablename__ = "document_writer"
    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, index=True)
    last_at: Mapped[datetime]


class DocumentRevision(Base):
    """The document as it was submitted: ``content`` is a list of rows (part, row, values) under ``rows``."""

    __tablename__ = "document_revision"
    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"), primary_key=True)
    no: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    content: Mapped[dict[str, Any]]
    submitted_at: Mapped[datetime]
    submitted_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)


class DocumentReview(Base):
    """What a reviewer found in a revision.

    ``scores`` holds what was found by criterion, as the rubric's scale has it, ``comments`` a text by criterion, ``remarks``
    a text by part. One person has one review of a revision.
    """

    __tablename__ = "document_review"
    id: Mapped[int] = mapped_column(BIG, primary_key=True)
    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"), index=True)
    revision_no: Mapped[int]
    reviewer_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    rubric_key: Mapped[str] = mapped_column(String(120))
    rubric_version: Mapped[str] = mapped_column(String(20))
    scores: Mapped[dict[str, Any]]
    comments: Mapped[dict[str, Any]]
    remarks: Mapped[dict[str, Any]]
    percent: Mapped[Decimal]
    decision: Mapped[ReviewDecision] = mapped_column(enum_type(ReviewDecision))
    comment: Mapped[str] = mapped_column(String(2000))
    reviewed_at: Mapped[datetime]
