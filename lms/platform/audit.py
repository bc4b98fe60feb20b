"""An append-only trail of what people did to grades, attendance, accounts and certificates.

Each entry carries the hash of the one before it, so a changed or removed entry shows. The person
concerned can read it. People stand in it by their number; who they are, their numbers and addresses do not.

What an erased person was called may stand in old entries and in reasons that people wrote. ``erase`` takes it out, and
returns the digests of what is left: they stand in the entry of the erasure, later in the chain. So an entry that was
changed is accepted only where a whole later entry says how it must read now.
"""

import hashlib
import json
import re
from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Index, String, Text, bindparam, cast, func, insert, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from lms.platform.db import Base

GENESIS = "0" * 64
ERASURE = "people.forget_person"
"""The action of an erasure; its entry has the digests of the entries from which somebody was taken."""
KNOWN_BY = frozenset(
    {"full_name", "title_front", "title_back", "nip", "nuptk", "position", "phone", "username"}
)
"""Names of values that earlier versions wrote into the trail, and by which a person is known."""
_UNLIKE_OTHERS = KNOWN_BY - {"title_front", "title_back", "position"}
GONE = "[dihapus]"
_ERASED_FROM = "erased_from"
_SHORTEST = 4
"""A shorter word would be found within others."""


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
    """Append an entry to the audit trail, in the transaction of ``session``.

    ``action`` is ``<domain>.<verb>``; ``subject`` the kind of the changed object and its id; ``actor_id`` the person who did
    it, None for the system; ``concerns`` the person whom it concerns, who reads the entry under "Saya". ``before`` and
    ``after`` hold JSON values without names, since entries outlive an erasure. ``now`` is aware UTC.
    """
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


def latest_digest(session: Session) -> tuple[int, str]:
    """Number and digest of the newest entry; (0, GENESIS) for an empty trail."""
    row = session.execute(_HEAD).first()
    return (row.id, row.digest) if row else (0, GENESIS)


def newest_at(session: Session) -> datetime | None:
    """When the newest entry was made; None for an empty trail."""
    return session.scalar(select(AuditEntry.at).order_by(AuditEntry.id.desc()).limit(1))


def verify_entry(session: Session, entry_id: int, digest: str) -> bool:
    """Whether the entry that once was the newest still stands: a cut end or a trail written anew shows."""
    return entry_id == 0 or session.scalar(_DIGEST_OF, {"entry": entry_id}) == digest


def first_broken(session: Session) -> int | None:
    """The id of the first entry whose hash does not fit, or None when the chain is whole.

    An entry from which an erased person was taken fits when the entry of that erasure has its digest.
    """
    previous, last = GENESIS, 0
    changed: dict[int, str] = {}
    while page := session.scalars(_PAGE, {"last": last}).all():
        for entry in page:
            found = _digest_of_entry(entry)
            if entry.previous != previous:
                return min([entry.id, *changed])
            if entry.digest != found:
                changed[entry.id] = found
            elif entry.action == ERASURE:
                for number, digest in entry.after.get(_ERASED_FROM, {}).items():
                    if changed.get(int(number)) == digest:
                        del changed[int(number)]
            previous, last = entry.digest, entry.id
    return min(changed, default=None)


def erase(
    session: Session, *, person_id: int, words: Collection[str], actor_id: int | None, now: datetime
) -> None:
    """Take ``words``, by which a person could be known, out of every entry, and append the entry of the erasure.

    Of entries about the person the values that a person is known by go altogether, and what they once were joins
    the words; everywhere else the words themselves are replaced, in any case of letters.
    """
    about = AuditEntry.concerns == person_id
    former = {
        str(part)
        for entry in session.scalars(select(AuditEntry).where(about))
        for values in (entry.before, entry.after)
        for name, part in values.items()
        if name in _UNLIKE_OTHERS
    }
    words = tuple(
        sorted({word for word in {*words, *former} if len(word) >= _SHORTEST}, key=len, reverse=True)
    )
    texts = (cast(AuditEntry.before, Text), cast(AuditEntry.after, Text), AuditEntry.reason)
    forms = {form for word in words for form in (word, json.dumps(word)[1:-1])}
    named = [text.icontains(form, autoescape=True) for text in texts for form in forms]
    pattern = re.compile("|".join(map(re.escape, words)), re.IGNORECASE) if words else None
    erased: dict[str, str] = {}
    for entry in session.scalars(select(AuditEntry).where(or_(about, *named)).order_by(AuditEntry.id)):
        own = entry.concerns == person_id
        before, after = _without(entry.before, pattern, own=own), _without(entry.after, pattern, own=own)
        reason = _without(entry.reason, pattern, own=own)
        if (before, after, reason) != (entry.before, entry.after, entry.reason):
            entry.before, entry.after, entry.reason = before, after, reason
            erased[str(entry.id)] = _digest_of_entry(entry)
    session.flush()
    record(
        session,
        actor_id=actor_id,
        action=ERASURE,
        subject=("person", person_id),
        concerns=person_id,
        now=now,
        after={_ERASED_FROM: erased},
    )


def _without(value: Any, pattern: re.Pattern[str] | None, *, own: bool) -> Any:
    """A value of an entry without what an erased person is known by."""
    if isinstance(value, dict):
        return {
            name: GONE if own and name in KNOWN_BY and part else _without(part, pattern, own=own)
            for name, part in value.items()
        }
    if isinstance(value, list):
        return [_without(part, pattern, own=own) for part in value]
    return pattern.sub(GONE, value) if isinstance(value, str) and pattern else value


def _digest_of_entry(entry: AuditEntry) -> str:
    return _digest({name: getattr(entry, name) for name in _HASHED})


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
