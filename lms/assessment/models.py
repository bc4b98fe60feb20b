"""Tables of assessment."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy import Text as LongText
from sqlalchemy.orm import Mapped, mapped_column

from lms.contract.text import Text
from lms.platform.db import BIG, Base, enum_type


class AttemptState(StrEnum):
    """An attempt moves forward only."""

    IN_PROGRESS = "in_progress"
    SUBMITTED = "submitted"
    AWAITING_MARK = "awaiting_mark"
    SCORED = "scored"


class Quiz(Base):
    """A module's quiz in a programme. ``opens_at`` and ``due_at`` are aware UTC, ``minutes`` the time of an attempt."""

    __tablename__ = "quiz"
    __table_args__ = ({"sqlite_autoincrement": True},)
    id: Mapped[int] = mapped_column(primary_key=True)
    placement_id: Mapped[int] = mapped_column(ForeignKey("module_placement.id"), unique=True)
    stage_id: Mapped[int] = mapped_column(ForeignKey("stage.id"), index=True)
    key: Mapped[str] = mapped_column(String(120))
    title: Mapped[Text]
    minutes: Mapped[int]
    attempts: Mapped[int]
    opens_at: Mapped[datetime]
    due_at: Mapped[datetime]
    release: Mapped[str] = mapped_column(String(20))
    """When explanations may be read: ``on_scored`` after the last attempt, ``at_close`` after the deadline."""
    edition: Mapped[int]
    """The edition of the items that a new attempt is given."""
    digest: Mapped[str] = mapped_column(String(64))
    scorers: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """The version of each scorer that all its attempts have been scored with at least; 1 where none stands."""


class Item(Base):
    """One item of one edition of a quiz; never changed, so that old attempts keep theirs."""

    __tablename__ = "item"
    __table_args__ = (UniqueConstraint("quiz_id", "edition", "position"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    quiz_id: Mapped[int] = mapped_column(ForeignKey("quiz.id"))
    edition: Mapped[int]
    position: Mapped[int]
    key: Mapped[str] = mapped_column(String(120))
    type: Mapped[str] = mapped_column(String(80))
    bloom: Mapped[str] = mapped_column(String(2))
    competence: Mapped[Text]
    maximum: Mapped[Decimal]
    body: Mapped[dict[str, Any]]
    secret: Mapped[dict[str, Any]]


class Attempt(Base):
    """One sitting. ``deadline_at`` is the server's; ``percent`` is provisional while it says so."""

    __tablename__ = "attempt"
    __table_args__ = (
        UniqueConstraint("quiz_id", "enrolment_id", "no"),
        Index("ix_attempt_state_deadline_at", "state", "deadline_at", "quiz_id", "submitted_at"),
        Index("ix_attempt_enrolment_id_state", "enrolment_id", "state", "submitted_at"),
    )
    id: Mapped[int] = mapped_column(BIG, primary_key=True)
    quiz_id: Mapped[int] = mapped_column(ForeignKey("quiz.id"))
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    no: Mapped[int]
    edition: Mapped[int]
    state: Mapped[AttemptState] = mapped_column(enum_type(AttemptState))
    started_at: Mapped[datetime]
    deadline_at: Mapped[datetime]
    submitted_at: Mapped[datetime | None]
    receipt: Mapped[str] = mapped_column(String(20), default="")
    by_time: Mapped[bool] = mapped_column(default=False)
    """Handed in by rule when the time was up."""
    scored_at: Mapped[datetime | None]
    earned: Mapped[Decimal] = mapped_column(default=Decimal(0))
    maximum: Mapped[Decimal] = mapped_column(default=Decimal(0))
    percent: Mapped[Decimal] = mapped_column(default=Decimal(0))
    provisional: Mapped[bool] = mapped_column(default=False)
    result: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """The result by competence and level, as the result page shows it."""
    raised_from: Mapped[Decimal | None]
    """The percent before a rescoring raised it."""


class ExtraAttempt(Base):
    """One attempt more than the quiz gives, for one participant: the lights went out, or the network."""

    __tablename__ = "extra_attempt"
    __table_args__ = (Index("ix_extra_attempt_enrolment_id", "enrolment_id", "quiz_id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    quiz_id: Mapped[int] = mapped_column(ForeignKey("quiz.id"), index=True)
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id"))
    given_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    given_at: Mapped[datetime]


class Answer(Base):
    """The newest answer to an item; ``value`` is what the item type's ``parse`` made."""

    __tablename__ = "answer"
    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempt.id"), primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"), primary_key=True, index=True)
    value: Mapped[Any] = mapped_column(JSON(none_as_null=True), nullable=True)
    doubtful: Mapped[bool]
    saved_at: Mapped[datetime]


class AnswerScore(Base):
    """Points that a scorer gave, with its version; one per answer, so it cannot count twice."""

    __tablename__ = "answer_score"
    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempt.id"), primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"), primary_key=True, index=True)
    scorer: Mapped[str] = mapped_column(String(100))
    earned: Mapped[Decimal | None]
    """None while a person must mark it."""
    maximum: Mapped[Decimal]


class Mark(Base):
    """What a person gave for an essay, by the lines of its guide."""

    __tablename__ = "mark"
    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempt.id"), primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"), primary_key=True, index=True)
    criteria: Mapped[dict[str, Any]]
    comment: Mapped[str] = mapped_column(LongText)
    marker_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    marked_at: Mapped[datetime]
