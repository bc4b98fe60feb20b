"""Notices: told once, read, unread again, taken back, forgotten."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from lms.contract.catalogues import languages
from lms.contract.errors import NotFound
from lms.contract.paging import PAGE
from lms.contract.text import Text, message, stored, text_of
from lms.people.directory.models import Person
from lms.people.notices.models import MailChoice, Notice
from lms.platform.db import forget_rows, table_of
from lms.platform.long_lists import among

COUNTED = 100
"""The number at the bell counts no further."""
_AT_ONCE = 500


def notify(
    session: Session,
    *,
    people: Iterable[int],
    key: str,
    text: Text,
    href: str,
    now: datetime,
    moment: datetime | None = None,
    zone: str = "",
) -> None:
    """Tell some people one thing: on their page of notices, and in the letter of the day for who wants it.

    ``key`` begins with the name of the domain or plugin; the same key tells the same person once, however often this is called, so a
    handler may run twice. ``href`` is a path of this installation (ValueError for anything else). ``{moment}`` in the text is ``moment`` (aware UTC) in the reader's
    language and in ``zone``, by default the reader's.
    """
    if not href.startswith("/") or href.startswith("//"):
        raise ValueError(f"a notice leads to a path of this installation, not to {href!r}")
    insert = (postgresql if session.get_bind().dialect.name == "postgresql" else sqlite).insert
    shared = {
        "key": key,
        "text": stored(text),
        "href": href,
        "moment": moment,
        "zone": zone,
        "made_at": now,
    }
    everybody = sorted(set(people))
    for start in range(0, len(everybody), _AT_ONCE):
        rows = [{"person_id": person_id, **shared} for person_id in everybody[start : start + _AT_ONCE]]
        session.execute(insert(Notice).values(rows).on_conflict_do_nothing())


def withdraw(session: Session, *, key: str) -> None:
    """Take back what nobody has read yet, and no letter has said: it is no longer so.

    Keys that begin with ``key`` and a dot go, too.
    """
    unread = Notice.read_at.is_(None) & Notice.mailed_at.is_(None)
    mine = (Notice.key == key) | Notice.key.startswith(f"{key}.", autoescape=True)
    session.execute(delete(Notice).where(mine, unread))


def told(session: Session, *, key: str, people: Iterable[int]) -> set[int]:
    """Which of some people were told one thing that still stands: after ``withdraw`` those who had read it, or got the letter."""
    of = among(Notice.person_id, set(people))
    return set(session.scalars(select(Notice.person_id).where(Notice.key == key, of)))


def notices_of(session: Session, person_id: int, *, page: int) -> tuple[list[Notice], bool]:
    """A page of 50, the newest first, and whether there are more."""
    query = select(Notice).where(Notice.person_id == person_id)
    query = query.order_by(Notice.made_at.desc(), Notice.id.desc()).limit(PAGE + 1).offset((page - 1) * PAGE)
    rows = list(session.scalars(query))
    return rows[:PAGE], len(rows) > PAGE


def get_notice(session: Session, *, notice_id: int, person_id: int) -> Notice:
    """A notice of this person; raises NotFound for another's."""
    row = session.get(Notice, notice_id)
    if row is None or row.person_id != person_id:
        raise NotFound(
            message("Pemberitahuan ini tidak ada lagi."),
        )
    return row


def set_read(session: Session, *, notice_id: int, person_id: int, read_at: datetime | None) -> Notice:
    """Mark one as read, or with None as not read; raises NotFound."""
    row = get_notice(session, notice_id=notice_id, person_id=person_id)
    row.read_at = read_at
    return row


def read_all(session: Session, *, person_id: int, now: datetime) -> None:
    """Mark everything as read that was told until now."""
    unread = (Notice.person_id == person_id, Notice.read_at.is_(None), Notice.made_at <= now)
    session.execute(update(Notice).where(*unread).values(read_at=now))


def forget_person(session: Session, person_id: int) -> None:
    """Everything that a person was told, and the address: with an erasure."""
    session.execute(delete(Notice).where(Notice.person_id == person_id))
    session.execute(delete(MailChoice).where(MailChoice.person_id == person_id))


def forget_old(session: Session, before: datetime, limit: int) -> int:
    """Forget at most ``limit`` notices made before ``before``."""
    return forget_rows(session, table_of(Notice), Notice.made_at < before, limit)


def export_person(session: Session, person_id: int) -> dict[str, Any]:
    """What a person was told, and the choice about e-mail, as JSON values."""
    rows = session.scalars(select(Notice).where(Notice.person_id == person_id).order_by(Notice.id))
    choice = session.get(MailChoice, person_id)
    return {
        "told": [
            {
                "text": {code: text_of(row.text).in_(code) for code in languages()},
                "at": row.made_at.isoformat(),
                "read_at": row.read_at.isoformat() if row.read_at else None,
            }
            for row in rows
        ],
        "email": choice.email if choice else None,
        "daily_letter": choice.daily if choice else False,
    }


UNREAD = (
    select(func.count())
    .select_from(
        select(Notice.id)
        .where(Notice.person_id == Person.id, Notice.read_at.is_(None))
        .limit(COUNTED)
        .correlate(Person)
        .subquery()
    )
    .scalar_subquery()
)
"""How many notices a person has not read, up to ``COUNTED``: a column for a query of Person."""
