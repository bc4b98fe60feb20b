"""One writer at a time in a part: who holds it and since when; it lapses by itself and can be taken over.

The lock spares people from typing side by side. What keeps a text from being overwritten unseen is the version of the
part, which is looked at with every save (``writing.py``).
"""

from datetime import datetime

from sqlalchemy.orm import Session

from lms.contract.actors import Actor
from lms.documents.errors import gone, held_by
from lms.documents.models import Document, PartLock
from lms.documents.queries import kind_of
from lms.documents.rules import LOCK_LASTS, is_held
from lms.people import api as people
from lms.platform.audit import record


def lock_of(session: Session, document: Document, part: str, row: int, now: datetime) -> PartLock | None:
    """The lock that holds a part now; None when nobody writes there."""
    lock = session.get(PartLock, (document.id, part, row))
    return lock if lock is not None and is_held(lock.until, now) else None


def take(
    session: Session,
    document: Document,
    part: str,
    row: int,
    *,
    actor: Actor,
    now: datetime,
    take_over: bool = False,
) -> None:
    """Give a part to ``actor``, or hold it on; raises Conflict while somebody else has it.

    With ``take_over`` it changes hands, which stands in the trail. A new row of a list is nobody's.
    """
    found = kind_of(document).part(part)
    if found is None:
        raise gone()
    if found.most and not row:
        return
    held = lock_of(session, document, part, row, now)
    if held is not None and held.person_id != actor.person_id:
        if not take_over:
            raise held_by(people.names(session, [held.person_id]).get(held.person_id, "Rekan Bapak/Ibu"))
        record(
            session,
            actor_id=actor.person_id,
            action="documents.take_over",
            subject=("document", document.id),
            concerns=held.person_id,
            now=now,
            after={"part": part, "row": row},
        )
    since = held.since if held is not None and held.person_id == actor.person_id else now
    lock = session.get(PartLock, (document.id, part, row))
    if lock is None:
        lock = PartLock(document_id=document.id, part=part, row=row)
        session.add(lock)
    lock.person_id, lock.since, lock.until = actor.person_id, since, now + LOCK_LASTS
    session.flush()


def release(session: Session, document: Document, part: str, row: int, *, actor: Actor) -> None:
    """Let a part go that ``actor`` holds."""
    lock = session.get(PartLock, (document.id, part, row))
    if lock is not None and lock.person_id == actor.person_id:
        session.delete(lock)
        session.flush()
