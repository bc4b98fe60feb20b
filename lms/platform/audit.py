"""An append-only trail of what people did to grades, attendance, accounts and certificates.

An entry is written in the transaction of what it is about, without a lock: writers do not wait for each other. Some
seconds later the worker seals it: it gets its position in a chain, the hash of the entry before it, and its own. So a
sealed entry that is changed or removed shows. Entries that are not sealed yet are the tail of the chain (``unsealed``).
The person concerned can read the trail. People stand in it by their number; who they are, their numbers and addresses do not.
What an erased person was called is taken out by ``audit_erasure``.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import BigInteger, Index, String, bindparam, func, insert, select, update
from sqlalchemy import Text as SqlText
from sqlalchemy.orm import Mapped, Session, mapped_column

from lms.contract.events import Task
from lms.contract.text import message
from lms.platform.db import BIG, Base, table_of

GENESIS = "0" * 64
ERASURE = "people.forget_person"
"""The action of an erasure; its entry has the digests of the entries from which somebody was taken."""
ERASED_FROM = "erased_from"
AT_ONCE = 5000
"""Entries that one transaction seals: half a second of work."""
SEAL_SECONDS = 10


class AuditEntry(Base):
    """One thing done. ``concerns`` is the person it was done to, when there is one."""

    __tablename__ = "audit_entry"
    __table_args__ = (
        Index("ix_audit_entry_concerns", "concerns"),
        Index("ix_audit_entry_subject", "subject_kind", "subject_id"),
    )
    id: Mapped[int] = mapped_column(BIG, primary_key=True)
    at: Mapped[datetime]
    actor_id: Mapped[int | None]
    action: Mapped[str] = mapped_column(String(80))
    subject_kind: Mapped[str] = mapped_column(String(60))
    subject_id: Mapped[int] = mapped_column(BIG)
    concerns: Mapped[int | None]
    before: Mapped[dict[str, Any]]
    after: Mapped[dict[str, Any]]
    reason: Mapped[str] = mapped_column(SqlText)
    position: Mapped[int | None] = mapped_column(BigInteger, unique=True)
    """In the chain, from 1; None until it is sealed. Unique: two entries can never follow the same one."""
    previous: Mapped[str | None] = mapped_column(String(64))
    digest: Mapped[str | None] = mapped_column(String(64))


@dataclass(frozen=True, slots=True)
class Change:
    """What an entry says of one of many objects: see ``record``."""

    subject: tuple[str, int]
    concerns: int | None = None
    before: Mapping[str, Any] = field(default_factory=dict)
    after: Mapping[str, Any] = field(default_factory=dict)


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
    """Append an entry to the audit trail, in the transaction of ``session``.

    ``action`` is ``<domain>.<verb>``; ``subject`` the kind of the changed object and its id; ``actor_id`` the person who did
    it, None for the system; ``concerns`` the person whom it concerns, who reads the entry under "Saya". ``before`` and
    ``after`` hold JSON values without names, since entries outlive an erasure. ``now`` is aware UTC.
    """
    changes = [Change(subject, concerns, before or {}, after or {})]
    record_each(session, changes, actor_id=actor_id, action=action, now=now, reason=reason)


def record_each(
    session: Session,
    changes: Iterable[Change],
    *,
    actor_id: int | None,
    action: str,
    now: datetime,
    reason: str = "",
) -> None:
    """Append an entry for each of many changes that are one action, in one statement."""
    entries = [
        {
            "at": now,
            "actor_id": actor_id,
            "action": action,
            "subject_kind": change.subject[0],
            "subject_id": change.subject[1],
            "concerns": change.concerns,
            "before": dict(change.before),
            "after": dict(change.after),
            "reason": reason,
        }
        for change in changes
    ]
    if entries:
        session.execute(_INSERT, entries)


def hold_chain(session: Session) -> None:
    """Let nobody else seal until this transaction ends; SQLite has one writer anyway."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(_CHAIN_LOCK)


def seal(session: Session, *, most: int = AT_ONCE) -> int:
    """Chain the entries that are not sealed yet, at most ``most`` of them, in the order of their ids; how many.

    An entry that was written earlier and committed later than others takes a later place.
    """
    hold_chain(session)
    waiting = session.execute(_WAITING, {"most": most}).all()
    if not waiting:
        return 0
    position, previous = session.execute(_LAST).one_or_none() or (0, GENESIS)
    sealed = []
    for place, entry in enumerate(waiting, start=position + 1):
        digest = digest_of({**entry._mapping, "previous": previous})  # noqa: SLF001 - the public way to a row's names
        sealed.append({"entry": entry.id, "position": place, "previous": previous, "digest": digest})
        previous = digest
    session.connection().execute(_SEAL, sealed)
    return len(waiting)


def _seal_waiting(session: Session, _now: datetime) -> None:
    seal(session)


SEAL_TASK = Task(
    "lms.seal_audit",
    _seal_waiting,
    SEAL_SECONDS,
    "Seals new entries of the audit trail.",
    title=message("Segel catatan perubahan"),
)


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


def latest_digest(session: Session) -> tuple[int, str]:
    """Number and digest of the entry that was sealed last; (0, GENESIS) when none is."""
    row = session.execute(_HEAD).first()
    return (row.id, row.digest) if row else (0, GENESIS)


def unsealed(session: Session) -> tuple[int, datetime | None]:
    """How many entries wait to be sealed, and when the oldest of them was made."""
    count, oldest = session.execute(_TAIL).one()
    return count, oldest


def newest_at(session: Session) -> datetime | None:
    """When the newest entry was made; None for an empty trail."""
    return session.scalar(select(AuditEntry.at).order_by(AuditEntry.id.desc()).limit(1))


def verify_entry(session: Session, entry_id: int, digest: str) -> bool:
    """Whether the entry that once was the newest still stands: a cut end or a trail written anew shows."""
    return entry_id == 0 or session.scalar(_DIGEST_OF, {"entry": entry_id}) == digest


def first_broken(session: Session) -> int | None:
    """The id of the first sealed entry whose hash does not fit, or None when the chain is whole.

    An entry from which an erased person was taken fits when the entry of that erasure has its digest.
    """
    previous: str | None = GENESIS
    last = 0
    changed: dict[int, str] = {}
    while page := session.execute(_PAGE, {"last": last}).all():
        for entry in page:
            found = digest_of(entry._mapping)  # noqa: SLF001 - the public way to a row's names
            if entry.previous != previous:
                return min(int(entry.id), *changed) if changed else int(entry.id)
            if entry.digest != found:
                changed[entry.id] = found
            elif entry.action == ERASURE:
                for number, digest in entry.after.get(ERASED_FROM, {}).items():
                    if changed.get(int(number)) == digest:
                        del changed[int(number)]
            previous, last = entry.digest, entry.position
    return min(changed, default=None)


def digest_of(entry: Mapping[Any, Any]) -> str:
    """The hash of an entry as it will be read again: the moment in UTC, and keys that JSON has made text."""
    values = {name: entry[name] for name in _HASHED}
    facts = json.loads(json.dumps({**values, "at": values["at"].astimezone(UTC).isoformat()}))
    text = json.dumps(facts, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


_HASHED = (
    "at",
    "actor_id",
    "action",
    "subject_kind",
    "subject_id",
    "concerns",
    "before",
    "after",
    "reason",
    "previous",
)
_ENTRY = table_of(AuditEntry)
_INSERT = insert(_ENTRY)
_WAITING = select(_ENTRY).where(_ENTRY.c.position.is_(None)).order_by(_ENTRY.c.id).limit(bindparam("most"))
_LAST = (
    select(_ENTRY.c.position, _ENTRY.c.digest)
    .where(_ENTRY.c.position.is_not(None))
    .order_by(_ENTRY.c.position.desc())
    .limit(1)
)
_SEAL = (
    update(_ENTRY)
    .where(_ENTRY.c.id == bindparam("entry"))
    .values(position=bindparam("position"), previous=bindparam("previous"), digest=bindparam("digest"))
)
_TAIL = select(func.count(), func.min(_ENTRY.c.at)).where(_ENTRY.c.position.is_(None))
_PAGE = select(_ENTRY).where(_ENTRY.c.position > bindparam("last")).order_by(_ENTRY.c.position).limit(1000)
_HEAD = (
    select(_ENTRY.c.id, _ENTRY.c.digest)
    .where(_ENTRY.c.position.is_not(None))
    .order_by(_ENTRY.c.position.desc())
    .limit(1)
)
_DIGEST_OF = select(_ENTRY.c.digest).where(_ENTRY.c.id == bindparam("entry"))
_CHAIN_LOCK = select(func.pg_advisory_xact_lock(0x1B6A5A))
