"""Tables of programmes."""

import hashlib
import json
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, event
from sqlalchemy.engine.default import DefaultExecutionContext
from sqlalchemy.orm import Mapped, mapped_column

from lms.contract.actors import Role
from lms.platform.db import BIG, Base, enum_type
from lms.programmes.rules import AttendanceStatus


class ProgrammeStatus(StrEnum):
    """Draft programmes are seen by the agency only."""

    DRAFT = "draft"
    RUNNING = "running"
    CLOSED = "closed"


class SchoolKind(StrEnum):
    """The model school, and those that its practice is passed on to."""

    MODEL = "model"
    IMBAS = "imbas"


def digest_of(definition: dict[str, Any]) -> str:
    """SHA-256 of a definition, the same for equal ones, in hexadecimal digits."""
    return hashlib.sha256(json.dumps(definition, sort_keys=True).encode()).hexdigest()


def _digest_of_row(context: DefaultExecutionContext) -> str:
    return digest_of(context.get_current_parameters()["definition"])  # type: ignore[no-untyped-call]


class Programme(Base):
    """A programme and its definition in force; older ones are in ProgrammeVersion.

    Its definition is loaded when it is asked for: pages take the parsed one, which their process has (``definition_of``).
    """

    __tablename__ = "programme"
    __table_args__ = (UniqueConstraint("agency_id", "code"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"), index=True)
    code: Mapped[str] = mapped_column(String(60))
    title: Mapped[str] = mapped_column(String(200))
    school_year: Mapped[str] = mapped_column(String(9))
    timezone: Mapped[str] = mapped_column(String(40))
    status: Mapped[ProgrammeStatus] = mapped_column(enum_type(ProgrammeStatus))
    version: Mapped[int]
    definition: Mapped[dict[str, Any]] = mapped_column(deferred=True)
    definition_digest: Mapped[str] = mapped_column(String(64), default=_digest_of_row)
    """SHA-256 of the definition, kept by ``_keep_digest``."""
    created_at: Mapped[datetime]


@event.listens_for(Programme.definition, "set")
def _keep_digest(row: Programme, definition: dict[str, Any], *_others: Any) -> None:
    row.definition_digest = digest_of(definition)


class ProgrammeVersion(Base):
    """Every definition that was ever in force."""

    __tablename__ = "programme_version"
    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    definition: Mapped[dict[str, Any]] = mapped_column(deferred=True)
    changed_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    changed_at: Mapped[datetime]
    note: Mapped[str] = mapped_column(Text)


class ProgrammeSchool(Base):
    """A school in a programme."""

    __tablename__ = "programme_school"
    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id"), primary_key=True)
    school_id: Mapped[int] = mapped_column(ForeignKey("school.id"), primary_key=True, index=True)
    kind: Mapped[SchoolKind] = mapped_column(enum_type(SchoolKind))


class Stage(Base):
    """A stage; times are the programme's days taken to UTC."""

    __tablename__ = "stage"
    __table_args__ = (UniqueConstraint("programme_id", "no"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id"))
    no: Mapped[int]
    title: Mapped[str] = mapped_column(String(200))
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    opens_at: Mapped[datetime]
    on_service_due_at: Mapped[datetime]
    closes_at: Mapped[datetime]


class InServiceSession(Base):
    """A taught session of a stage."""

    __tablename__ = "in_service_session"
    __table_args__ = (UniqueConstraint("stage_id", "code"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    stage_id: Mapped[int] = mapped_column(ForeignKey("stage.id"))
    code: Mapped[str] = mapped_column(String(60))
    title: Mapped[str] = mapped_column(String(200))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    jp: Mapped[int]
    mode: Mapped[str] = mapped_column(String(20))
    join_url: Mapped[str] = mapped_column(String(300))

    def is_near(self, now: datetime) -> bool:
        """Whether it has begun or begins within 14 days, so that its list can be taken to a place without a network."""
        return self.starts_at - now <= timedelta(days=14)

    def has_begun(self, now: datetime) -> bool:
        """Whether people could be present already."""
        return self.starts_at <= now

    def has_ended(self, now: datetime) -> bool:
        """Whether nobody can join any more."""
        return self.ends_at <= now


class Enrolment(Base):
    """A participant: a person, from a school, in a programme, as teacher, TPMPS or headmaster."""

    __tablename__ = "enrolment"
    __table_args__ = (
        UniqueConstraint("programme_id", "person_id"),
        Index("ix_enrolment_programme_id_school_id", "programme_id", "school_id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    school_id: Mapped[int] = mapped_column(ForeignKey("school.id"), index=True)
    role: Mapped[Role] = mapped_column(enum_type(Role))
    enrolled_at: Mapped[datetime]


class AttendanceRecord(Base):
    """What the list says, and how it came to say so."""

    __tablename__ = "attendance_record"
    session_id: Mapped[int] = mapped_column(ForeignKey("in_service_session.id"), primary_key=True)
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id"), primary_key=True, index=True)
    status: Mapped[AttendanceStatus] = mapped_column(enum_type(AttendanceStatus))
    minutes: Mapped[int | None]
    method: Mapped[str] = mapped_column(String(20))
    reason: Mapped[str] = mapped_column(Text)
    recorded_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    recorded_at: Mapped[datetime]


class DeadlineDecision(Base):
    """Somebody moved a deadline, for one school or for all; the worker brings it to the schools, some at a time.

    Withdrawn, it is taken back from them in the same way: ``upto_school_id`` and ``done`` begin again.
    """

    __tablename__ = "deadline_decision"
    id: Mapped[int] = mapped_column(primary_key=True)
    stage_id: Mapped[int] = mapped_column(ForeignKey("stage.id"), index=True)
    school_id: Mapped[int | None] = mapped_column(ForeignKey("school.id"), index=True)
    """The one school; None for every school of the programme."""
    target: Mapped[str] = mapped_column(String(120))
    """``on_service`` for all products of the stage, or the key of one quiz or deliverable."""
    due_at: Mapped[datetime]
    defined_at: Mapped[datetime]
    """What the definition said at that time."""
    reason: Mapped[str] = mapped_column(Text)
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime]
    withdrawn_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    withdrawn_at: Mapped[datetime | None]
    """When it was last taken back, for the schools whose newest it was."""
    total: Mapped[int]
    """Schools to look at."""
    done: Mapped[int]
    """Schools looked at."""
    upto_school_id: Mapped[int]
    """The last one of those; where the worker goes on."""
    finished_at: Mapped[datetime | None]


class DeadlineChange(Base):
    """A deadline moved for one school; for a target the newest decision counts that was not withdrawn."""

    __tablename__ = "deadline_change"
    __table_args__ = (Index("ix_deadline_change_stage_id_school_id", "stage_id", "school_id"),)
    id: Mapped[int] = mapped_column(BIG, primary_key=True)
    decision_id: Mapped[int] = mapped_column(ForeignKey("deadline_decision.id"), index=True)
    stage_id: Mapped[int] = mapped_column(ForeignKey("stage.id"))
    school_id: Mapped[int] = mapped_column(ForeignKey("school.id"), index=True)
    target: Mapped[str] = mapped_column(String(120))
    """``on_service`` for all products of the stage, or the key of one quiz or deliverable."""
    due_at: Mapped[datetime]
    before_at: Mapped[datetime]
    """What was in force for the school until then."""
    otherwise_at: Mapped[datetime]
    """What would have been due without own moves: earlier than that was meant so."""
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
