"""The private address of a calendar: made, renewed, revoked, looked up. Nothing of it but its number is stored."""

from datetime import datetime
from typing import Any

from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy.orm import Session

from lms.contract.actors import Actor
from lms.contract.errors import NotFound
from lms.contract.text import message
from lms.people import api as people
from lms.platform.application import platform
from lms.reports.models import CalendarFeed


def address_of(session: Session, person_id: int) -> str | None:
    """The token of the person's address; None when there is none."""
    row = session.get(CalendarFeed, person_id)
    if row is None or row.revoked_at is not None:
        return None
    return str(_signer().dumps([row.person_id, row.generation]))


def renew(session: Session, *, person_id: int, now: datetime) -> None:
    """Make an address; the one before, if any, ends."""
    row = session.get(CalendarFeed, person_id, with_for_update=True)
    if row is None:
        session.add(CalendarFeed(person_id=person_id, generation=1, made_at=now, revoked_at=None))
    else:
        row.generation, row.made_at, row.revoked_at = row.generation + 1, now, None
    session.flush()


def revoke(session: Session, *, person_id: int, now: datetime) -> None:
    """End the address; a second time changes nothing."""
    row = session.get(CalendarFeed, person_id, with_for_update=True)
    if row is not None and row.revoked_at is None:
        row.revoked_at = now


def actor_of(session: Session, token: str, now: datetime) -> Actor:
    """Whose calendar stands at an address; raises NotFound for one that has ended, and of a closed account."""
    try:
        person_id, generation = _signer().loads(token)
    except (BadSignature, ValueError, TypeError):
        raise _gone() from None
    row = session.get(CalendarFeed, person_id)
    if row is None or row.revoked_at is not None or row.generation != generation:
        raise _gone()
    account = people.get_account(session, person_id)
    if account.closed_at is not None:
        raise _gone()
    return people.actor_of(session, person_id, now)


def export_person(session: Session, person_id: int) -> dict[str, Any]:
    """When the person made an address; the address itself opens the calendar and stays out of the copy."""
    row = session.get(CalendarFeed, person_id)
    return {"calendar_address_made_at": row.made_at.isoformat() if row else None}


def _gone() -> NotFound:
    return NotFound(message("Alamat kalender ini sudah tidak berlaku. Buat yang baru di halaman Agenda."))


def _signer() -> URLSafeSerializer:
    keys = platform().settings.keys()  # the newest signs, each opens
    return URLSafeSerializer(list(reversed(keys)), salt="imbas-calendar")
