"""Agencies, and what stands for each in its letter numbers."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from lms.contract.errors import Conflict, NotFound
from lms.contract.text import message
from lms.people.directory.models import Agency
from lms.platform import audit


def create_agency(
    session: Session,
    *,
    code: str,
    name: str,
    short_name: str,
    kind: str,
    city: str,
    region_code: str,
    timezone: str = "Asia/Jakarta",
    unit_code: str = "",
    letterhead: Mapping[str, Any] | None = None,
) -> Agency:
    """Add an agency; ``code`` is its natural key. Raises Conflict for another agency's unit code."""
    _refuse_taken(session, unit_code)
    agency = Agency(
        code=code,
        name=name,
        short_name=short_name,
        kind=kind,
        city=city,
        region_code=region_code,
        unit_code=unit_code,
        timezone=timezone,
        letterhead=dict(letterhead or {}),
    )
    session.add(agency)
    session.flush()
    return agency


def get_agency(session: Session, agency_id: int) -> Agency:
    """The agency; raises NotFound."""
    agency = session.get(Agency, agency_id)
    if agency is None:
        raise _unknown()
    return agency


def set_unit_code(session: Session, *, code: str, unit_code: str, now: datetime) -> None:
    """Say what stands for the agency ``code`` in its letter numbers; raises NotFound, Conflict when it is taken."""
    agency = session.scalar(select(Agency).where(Agency.code == code))
    if agency is None:
        raise _unknown()
    before = agency.unit_code
    if unit_code != before:
        _refuse_taken(session, unit_code)
        agency.unit_code = unit_code
        audit.record(
            session,
            actor_id=None,
            action="people.set_unit_code",
            subject=("agency", agency.id),
            now=now,
            before={"unit_code": before},
            after={"unit_code": unit_code},
        )


def unclear_unit_codes(session: Session) -> list[str]:
    """Agencies (by ``code``) without a unit code, or with one that another has, too: their numbers could be twins."""
    shared = select(Agency.unit_code).group_by(Agency.unit_code).having(func.count() > 1)
    unclear = or_(Agency.unit_code == "", Agency.unit_code.in_(shared))
    return list(session.scalars(select(Agency.code).where(unclear).order_by(Agency.code)))


def _refuse_taken(session: Session, unit_code: str) -> None:
    if unit_code and session.scalar(select(Agency.id).where(Agency.unit_code == unit_code)):
        raise Conflict(
            message(
                "Kode unit %(unit_code)s sudah dipakai kantor lain. Tidak ada yang diubah. Pakai kode yang lain.",
                unit_code=unit_code,
            )
        )


def _unknown() -> NotFound:
    return NotFound(message("Kantor ini tidak ditemukan."))
