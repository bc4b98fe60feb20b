"""Tables of evidence."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy import Text as LongText
from sqlalchemy.orm import Mapped, mapped_column

from lms.contract.modules import Unit
from lms.contract.text import Text
from lms.evidence.rules import Decision, SubmissionStatus
from lms.platform.db import BIG, Base, enum_type, unique_where


class Assignment(Base):
    """A deliverable that a stage of a programme asks for."""

    __tablename__ = "deliverable_due"
    __table_args__ = (UniqueConstraint("stage_id", "deliverable_key"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    stage_id: Mapped[int] = mapped_column(ForeignKey("stage.id"))
    deliverable_key: Mapped[str] = mapped_column(String(120))
    title: Mapped[Text]
    unit: Mapped[Unit] = mapped_column(enum_type(Unit))
    models_only: Mapped[bool]
    mandatory: Mapped[bool]
    position: Mapped[int]
    due_at: Mapped[datetime]


class Submission(Base):
    """What one school or one teacher makes of a deliverable. ``enrolment_id`` is None for the school's."""

    __tablename__ = "submission"
    __table_args__ = (
        UniqueConstraint("due_id", "school_id", "enrolment_id"),
        unique_where("enrolment_id IS NULL", "uq_submission_of_school", "due_id", "school_id"),
        Index("ix_submission_status_submitted_at", "status", "submitted_at", "due_id"),
        Index("ix_submission_school_id_status", "school_id", "status", "submitted_at"),
        Index("ix_submission_enrolment_id", "enrolment_id"),
    )
    id: Mapped[int] = mapped_column(BIG, primary_key=True)
    due_id: Mapped[int] = mapped_column(ForeignKey("deliverable_due.id"))
    school_id: Mapped[int] = mapped_column(ForeignKey("school.id"))
    enrolment_id: Mapped[int | None] = mapped_column(ForeignKey("enrolment.id"))
    status: Mapped[SubmissionStatus] = mapped_column(enum_type(SubmissionStatus))
    version: Mapped[int]
    submitted_at: Mapped[datetime | None]
    late: Mapped[bool]
    percent: Mapped[Decimal | None]
    decided_at: Mapped[datetime | None]


class SubmissionVersion(Base):
    """One version: its note and files; frozen once handed in."""

    __tablename__ = "submission_version"
    __table_args__ = (UniqueConstraint("submission_id", "no"),)
    id: Mapped[int] = mapped_column(BIG, primary_key=True)
    submission_id: Mapped[int] = mapped_column(ForeignKey("submission.id"))
    no: Mapped[int]
    note: Mapped[str] = mapped_column(LongText)
    created_at: Mapped[datetime]
    submitted_at: Mapped[datetime | None]
    submitted_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


class EvidenceFile(Base):
    """A file whose content was parsed; stored under a random key, found again by its hash."""

    __tablename__ = "evidence_file"
    __table_args__ = (
        UniqueConstraint("version_id", "sha256"),
        Index("ix_evidence_file_storage_key", "storage_key"),
        Index("ix_evidence_file_preview_key", "preview_key"),
    )
    id: Mapped[int] = mapped_column(BIG, primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("submission_version.id"))
    name: Mapped[str] = mapped_column(String(160))
    kind: Mapped[str] = mapped_column(String(10))
    media_type: Mapped[str] = mapped_column(String(100))
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    """Of the file as it was sent: the same file twice is one."""
    storage_key: Mapped[str] = mapped_column(String(80))
    preview_key: Mapped[str] = mapped_column(String(80))
    uploaded_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    uploaded_at: Mapped[datetime]
    taken: Mapped[str] = mapped_column(String(16), server_default="", default="")
    """Of a photo, what the camera's clock said: "2020-09-12 10.15". For the grader; it knows no zone."""


class EvidenceUpload(Base):
    """A file on its way to a submission; how much has arrived is the size of its part file."""

    __tablename__ = "evidence_upload"
    __table_args__ = (Index("ix_evidence_upload_submission_id", "submission_id", "done_at"),)
    id: Mapped[str] = mapped_column(String(32), primary_key=True, autoincrement=False)
    """Random: a number could come again after the row was deleted, and with it another file's bytes."""
    submission_id: Mapped[int] = mapped_column(ForeignKey("submission.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    name: Mapped[str] = mapped_column(String(160))
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    """As the phone computed it; "" where it cannot (a page without TLS)."""
    sent_metadata: Mapped[str] = mapped_column(String(1000))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    done_at: Mapped[datetime | None]


class FormFile(Base):
    """A file that a plugin's form asked for: on its way, whole and waiting for its form, or kept by a row of the plugin."""

    __tablename__ = "form_file"
    __table_args__ = (
        Index("ix_form_file_person_id", "person_id", "field"),
        Index("ix_form_file_expires_at", "expires_at"),
        Index("ix_form_file_storage_key", "storage_key"),
        Index("ix_form_file_preview_key", "preview_key"),
    )
    id: Mapped[str] = mapped_column(String(32), primary_key=True, autoincrement=False)
    """Random, and the upload's name while it is on its way."""
    field: Mapped[str] = mapped_column(String(200))
    """Whose it is and what for: ``garden.proof 3.12``."""
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    """Who sent it."""
    name: Mapped[str] = mapped_column(String(160))
    kind: Mapped[str] = mapped_column(String(10))
    media_type: Mapped[str] = mapped_column(String(100))
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    """Of the file as it was sent; "" where the phone could not tell before it was whole."""
    storage_key: Mapped[str] = mapped_column(String(80))
    """"" until the file is whole."""
    preview_key: Mapped[str] = mapped_column(String(80))
    taken: Mapped[str] = mapped_column(String(16))
    """Of a photo, what the camera's clock said; it knows no zone."""
    sent_metadata: Mapped[str] = mapped_column(String(1000))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    """When it is forgotten; None once a plugin keeps it."""

    @property
    def whole(self) -> bool:
        """All of it has arrived, and its content was parsed."""
        return bool(self.storage_key)


class Review(Base):
    """What a grader found in a version; the newest counts, none is ever deleted."""

    __tablename__ = "review"
    id: Mapped[int] = mapped_column(BIG, primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("submission_version.id"), index=True)
    grader_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    rubric_key: Mapped[str] = mapped_column(String(120))
    rubric_version: Mapped[str] = mapped_column(String(20))
    values: Mapped[dict[str, Any]]
    percent: Mapped[Decimal]
    decision: Mapped[Decision] = mapped_column(enum_type(Decision))
    reason_code: Mapped[str] = mapped_column(String(20))
    comment: Mapped[str] = mapped_column(LongText)
    reviewed_at: Mapped[datetime]


class Feedback(Base):
    """What somebody who coaches the school wrote about a version; no grade."""

    __tablename__ = "evidence_feedback"
    id: Mapped[int] = mapped_column(BIG, primary_key=True)
    submission_id: Mapped[int] = mapped_column(ForeignKey("submission.id"), index=True)
    version: Mapped[int]
    author_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    text: Mapped[str] = mapped_column(LongText)
    written_at: Mapped[datetime]
