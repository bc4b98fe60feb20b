"""Tables of certificates."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lms.platform.db import Base, enum_type, unique_where


class CertificateState(StrEnum):
    """``issued`` is valid; the other two stay visible for ever."""

    ISSUED = "issued"
    REVOKED = "revoked"
    REPLACED = "replaced"


class CertificateSeries(Base):
    """The next number of an agency in a year; locked while it is given out, so there is no gap."""

    __tablename__ = "certificate_series"
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True)
    next_no: Mapped[int]


class Certificate(Base):
    """One certificate. ``enrolment_id`` is None for a school's. ``revision`` keeps twins out: 0 is the first."""

    __tablename__ = "certificate"
    __table_args__ = (
        UniqueConstraint("programme_id", "school_id", "enrolment_id", "revision"),
        unique_where(
            "enrolment_id IS NULL", "uq_certificate_of_school", "programme_id", "school_id", "revision"
        ),
        UniqueConstraint("agency_id", "year", "seq"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id"))
    school_id: Mapped[int] = mapped_column(ForeignKey("school.id"), index=True)
    enrolment_id: Mapped[int | None] = mapped_column(ForeignKey("enrolment.id"), index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    revision: Mapped[int]
    year: Mapped[int]
    seq: Mapped[int]
    number: Mapped[str] = mapped_column(String(80), unique=True)
    code: Mapped[str] = mapped_column(String(20), unique=True)
    state: Mapped[CertificateState] = mapped_column(enum_type(CertificateState))
    snapshot: Mapped[dict[str, Any]]
    """Everything that is printed, as it was at issue."""
    issued_at: Mapped[datetime]
    issued_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    ended_at: Mapped[datetime | None]
    end_reason: Mapped[str] = mapped_column(Text)
    replaced_by: Mapped[str | None] = mapped_column(
        ForeignKey("certificate.number", deferrable=True, initially="DEFERRED"), index=True
    )
    """Number of the certificate that took its place. Checked at the commit: a backup brings the older one back first."""
    pdf_key: Mapped[str] = mapped_column(String(80))
    pdf_sha256: Mapped[str] = mapped_column(String(64))
    pdf_problem: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    """Why this one cannot be printed, by language; empty while nothing stands in the way."""


class CertificateBatch(Base):
    """An order to issue everything that is ready; the worker takes slices of its lines until none waits."""

    __tablename__ = "certificate_batch"
    id: Mapped[int] = mapped_column(primary_key=True)
    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id"), index=True)
    ordered_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    ordered_at: Mapped[datetime]
    total: Mapped[int]
    done: Mapped[int]
    stopped: Mapped[bool]
    finished_at: Mapped[datetime | None]


class CertificateBatchLine(Base):
    """Somebody of an order who still waits for a certificate, or got none, and why. Once it is issued the line goes."""

    __tablename__ = "certificate_batch_line"
    batch_id: Mapped[int] = mapped_column(
        ForeignKey("certificate_batch.id", ondelete="CASCADE"), primary_key=True
    )
    position: Mapped[int] = mapped_column(primary_key=True)
    school_id: Mapped[int] = mapped_column(ForeignKey("school.id"), index=True)
    enrolment_id: Mapped[int | None] = mapped_column(ForeignKey("enrolment.id"), index=True)
    """None for the school's own certificate."""
    problem: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    """Why it was not issued, by language; None while it waits."""
