"""The same request twice is one effect and one answer (requirements K4, R2).

A form carries a random key. Its answer is stored in the transaction of its effect, so a replay
finds both or neither; the same key with another body is refused.
"""

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from markupsafe import escape
from sqlalchemy import Index, String, Text, bindparam, delete, insert, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from lms.contract.errors import Conflict
from lms.contract.text import message
from lms.platform.db import Base, forget_rows, table_of

MAX_BODY = 65536
"""A longer answer is not kept."""
FROM_PHONE = "hp."
"""How a key begins that a phone made for a form which may wait there for weeks (``offline.js``)."""


class RequestKey(Base):
    """The answer that was given to a keyed request of a person."""

    __tablename__ = "request_key"
    __table_args__ = (Index("ix_request_key_created_at", "created_at"),)
    person_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    key: Mapped[str] = mapped_column(String(80), primary_key=True)
    digest: Mapped[str] = mapped_column(String(64))
    status: Mapped[int]
    location: Mapped[str] = mapped_column(Text)
    media_type: Mapped[str] = mapped_column(String(80))
    body: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]


@dataclass(frozen=True, slots=True)
class StoredAnswer:
    """What the first request answered."""

    status: int
    location: str
    media_type: str
    body: str


def find(session: Session, *, person_id: int, key: str, digest: str) -> StoredAnswer | None:
    """The stored answer, None for a new key; raises Conflict when the body differs."""
    row = session.execute(_FIND, {"person_id": person_id, "key": key}).first()
    if row is None:
        return None
    if row.digest != digest:
        raise Conflict(
            message(
                "Kiriman ini berbeda dari yang sudah tersimpan. Yang tersimpan tetap aman. "
                "Muat ulang halaman, lalu kirim lagi."
            )
        )
    return StoredAnswer(row.status, row.location, row.media_type, row.body)


def remember(
    session: Session, *, person_id: int, key: str, digest: str, answer: StoredAnswer, now: datetime
) -> None:
    """Store the answer; raises IntegrityError when another request was faster."""
    session.execute(
        _INSERT,
        {
            "person_id": person_id,
            "key": key,
            "digest": digest,
            "status": answer.status,
            "location": answer.location,
            "media_type": answer.media_type,
            "body": answer.body,
            "created_at": now,
        },
    )


def forget_words(session: Session, *, person_id: int, words: Collection[str]) -> None:
    """Forget every answer to a person, and every one that shows one of ``words``."""
    forms = {form for word in words for form in (word, str(escape(word)), json.dumps(word)[1:-1])}
    shown = [_TABLE.c.body.contains(form, autoescape=True) for form in forms]
    session.execute(delete(_TABLE).where(or_(_TABLE.c.person_id == person_id, *shown)))


def prune(session: Session, before: datetime, limit: int) -> int:
    """Forget at most ``limit`` keys older than ``before`` that were made with their page; how many."""
    return forget_rows(session, _TABLE, (_TABLE.c.created_at < before) & ~_OF_PHONE, limit)


def prune_of_phones(session: Session, before: datetime, limit: int) -> int:
    """The same for keys that phones made."""
    return forget_rows(session, _TABLE, (_TABLE.c.created_at < before) & _OF_PHONE, limit)


_TABLE = table_of(RequestKey)
_OF_PHONE = _TABLE.c.key.startswith(FROM_PHONE)
_FIND = select(_TABLE.c.digest, _TABLE.c.status, _TABLE.c.location, _TABLE.c.media_type, _TABLE.c.body).where(
    _TABLE.c.person_id == bindparam("person_id"),
    _TABLE.c.key == bindparam("key"),
)
_INSERT = insert(_TABLE)
