"""Tables of notices, and of who wants them by e-mail."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lms.platform.db import BIG, Base, enum_type


class Notice(Base):
    """Something that one person is told once: ``key`` says what."""

    __tablename__ = "notice"
    __table_args__ = (
        UniqueConstraint("person_id", "key"),
        Index("ix_notice_person_id_read_at", "person_id", "read_at"),
        Index("ix_notice_made_at", "made_at"),
    )
    id: Mapped[int] = mapped_column(BIG, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    key: Mapped[str] = mapped_column(String(160))
    text: Mapped[dict[str, Any]]
    """The sentence by language; ``{moment}`` in it is written in the reader's language and in ``zone``."""
    href: Mapped[str] = mapped_column(String(300))
    moment: Mapped[datetime | None]
    zone: Mapped[str] = mapped_column(String(40))
    made_at: Mapped[datetime]
    read_at: Mapped[datetime | None]
    mailed_at: Mapped[datetime | None]


class Digest(StrEnum):
    """Where the letter of a day stands."""

    NONE = ""
    SENDING = "sending"  #: handed to the mail server; nobody knows yet whether it took it
    SENT = "sent"
    FAILED = "failed"  #: the server said that it did not take it: tried again


class MailChoice(Base):
    """Where a person wants notices by e-mail, whether at all, and how today's letter went."""

    __tablename__ = "mail_choice"
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    email: Mapped[str] = mapped_column(String(254))
    confirmed_at: Mapped[datetime | None]
    """When the person opened the letter that went to the address; nothing else is sent before."""
    daily: Mapped[bool]
    digest_on: Mapped[date | None]
    """The person's day of the last letter, also of one that failed."""
    digest: Mapped[Digest] = mapped_column(enum_type(Digest))
    tries: Mapped[int]
    """Of the letter of ``digest_on``."""
    asked_on: Mapped[date | None]
    """The day (UTC) of the last letter that asked whether the address is right."""
    asked: Mapped[int]
    """How many of these on ``asked_on``."""
