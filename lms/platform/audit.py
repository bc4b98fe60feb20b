"""An append-only trail of what people did to grades, attendance, accounts and certificates.

Each entry carries the hash of the one before it, so a changed or removed entry shows. The person
concerned can read it.
"""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Index, String, Text, bindparam, func, insert, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from lms.platform.db import Base

GENESIS = "0" * 64


class AuditEntry(Base):
    """One thing done. ``concerns`` is the person it was done to, when there is one."""

    __tablename__ = "audit_entry"
    __table_args__ = (
        Index("ix_audit_entry_concerns", "concerns"),
        Index("ix_audit_entry_subject", "subject_kind", "subject_id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    actor_id: Mapped[int | None]
    action: Mapped[str] = mapped_column(String(80))
    subject_kind: Mapped[str] = mapped_column(String(60))
    subject_id: Mapped[int]
    concerns: Mapped[int | None]
    before: Mapped[dict[str, Any]]
    after: Mapped[dict[str, Any]]
    reason: Mapped[str] = mapped_column(Text)
    previous: Mapped[str] = mapped_column(String(64), unique=True)
    """Unique: two entries can never follow the same one, whatever the isolation level."""
    digest: Mapped[str] = mapped_column(String(64))


def record(
    session: Session,
    *,
    actor_id: int | None,
    action: str,
    subject: tuple[str, int],
    now: datetime,
    concerns: int | None = None,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    reason: str = "",
) -> None:
    """Append an entry. ``before`` and ``after`` hold JSON values; ``actor_id`` None is the system."""
    if session.get_bind().dialect.name == "postgresql":
        # one writer of the chain at a time; SQLite has one writer anyway
        session.execute(_CHAIN_LOCK)
    last = session.execute(_LAST).scalar()
    entry = {
        "at": now,
        "actor_id": actor_id,
        "action": action,
        "subject_kind": subject[0],
        "subject_id": subject[1],
        "concerns": concerns,
        "before": dict(before or {}),
        "after": dict(after or {}),
        "reason": reason,
        "previous": last or GENESIS,
    }
    session.execute(_INSERT, {**entry, "digest": _digest(entry)})


def concerning(session: Session, person_id: int, limit: int | None = 100) -> list[AuditEntry]:
    """The newest entries about a person, for that person to read; all of them without a ``limit``."""
    return list(
        session.scalars(
            select(AuditEntry)
            .where(AuditEntry.concerns == person_id)
            .order_by(AuditEntry.id.desc())
            .limit(limit)
        )
    )


def head(session: Session) -> tuple[int, str]:
    """Number and digest of the newest entry; (0, GENESIS) for an empty trail."""
    row = session.execute(_HEAD).first()
    return (row.id, row.digest) if row else (0, GENESIS)


def newest_at(session: Session) -> datetime | None:
    """When the newest entry was made; None for an empty trail."""
    return session.scalar(select(AuditEntry.at).order_by(AuditEntry.id.desc()).limit(1))


def holds(session: Session, entry_id: int, digest: str) -> bool:
    """Whether the entry that once was the newest still stands: a cut end or a trail written anew shows."""
    return entry_id == 0 or session.scalar(_DIGEST_OF, {"entry": entry_id}) == digest


def first_broken(session: Session) -> int | None:
    """The id of the first entry whose hash does not fit, or None when the chain is whole."""
    previous, last = GENESIS, 0
    while page := session.scalars(_PAGE, {"last": last}).all():
        for entry in page:
            facts = {name: getattr(entry, name) for name in _HASHED}
            if entry.previous != previous or entry.digest != _digest(facts):
                return entry.id
            previous, last = entry.digest, entry.id
    return None


_HASHED = (
    "at", "actor_id", "action", "subject_kind", "subject_id", "concerns", "before", "after",
    "reason", "previous",
)  # fmt: skip
_INSERT = insert(AuditEntry)
_PAGE = select(AuditEntry).where(AuditEntry.id > bindparam("last")).order_by(AuditEntry.id).limit(1000)
_HEAD = select(AuditEntry.id, AuditEntry.digest).order_by(AuditEntry.id.desc()).limit(1)
_DIGEST_OF = select(AuditEntry.digest).where(AuditEntry.id == bindparam("entry"))
_LAST = select(AuditEntry.digest).order_by(AuditEntry.id.desc()).limit(1)
_CHAIN_LOCK = select(func.pg_advisory_xact_lock(0x1B6A5A))


def _digest(entry: Mapping[str, Any]) -> str:
    """Of the entry as it will be read again: the moment in UTC, and keys that JSON has made text."""
    facts = json.loads(json.dumps({**entry, "at": entry["at"].astimezone(UTC).isoformat()}))
    text = json.dumps(facts, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
