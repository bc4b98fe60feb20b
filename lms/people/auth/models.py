"""Tables of signing in: account, recovery code, sign-in, tries."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.people.directory.models import Person
from lms.platform.db import BIG, Base


class Account(Base):
    """How a person enters. A school runs it: no e-mail, the code comes on paper."""

    __tablename__ = "account"
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), unique=True)
    username: Mapped[str] = mapped_column(String(40), unique=True)
    password_hash: Mapped[str] = mapped_column(String(200))
    must_change_password: Mapped[bool]
    password_changed_at: Mapped[datetime]
    one_time_seed: Mapped[str] = mapped_column(String(60), default="")
    """Seed of a one-time code that is still to be used (``passwords.one_time_code``), else empty."""
    one_time_until: Mapped[datetime | None]
    totp_secret: Mapped[str] = mapped_column(String(200), default="")
    """Sealed under the installation's key (``secret_encryption``); empty without a second factor."""
    totp_confirmed_at: Mapped[datetime | None]
    totp_last_step: Mapped[int] = mapped_column(default=0)
    """The newest time step whose code was used: the same code never counts twice."""
    closed_at: Mapped[datetime | None]
    person: Mapped[Person] = relationship(back_populates="account")


class RecoveryCode(Base):
    """A code on paper for the day when the phone is lost; counts once."""

    __tablename__ = "recovery_code"
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), primary_key=True)
    code_hash: Mapped[str] = mapped_column(String(40), primary_key=True)
    """Keyed hash of the person's number and the code."""
    used_at: Mapped[datetime | None]


class UserSession(Base):
    """One sign-in on one device; the cookie holds the token, the table only its hash."""

    __tablename__ = "user_session"
    id: Mapped[int] = mapped_column(BIG, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    revoked_at: Mapped[datetime | None]
    device: Mapped[str] = mapped_column(String(80))
    address_hash: Mapped[str] = mapped_column(String(40))
    """Keyed hash of the address: enough to know it again, not to read it."""


class SignInFailure(Base):
    """Tries that have not led to a sign-in, for one account, address or device."""

    __tablename__ = "sign_in_failure"
    __table_args__ = (UniqueConstraint("kind", "key_hash"), Index("ix_sign_in_failure_last_at", "last_at"))
    id: Mapped[int] = mapped_column(BIG, primary_key=True)
    kind: Mapped[str] = mapped_column(String(10))
    key_hash: Mapped[str] = mapped_column(String(40))
    count: Mapped[int]
    last_at: Mapped[datetime]
    free_at: Mapped[datetime]
