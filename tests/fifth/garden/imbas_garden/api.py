"""Use cases of gardens."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from imbas_garden.models import Bed
from lms.api import Award, CertificateLine, Place, RuleSubject, Text


def plant(session: Session, *, school_id: int, plant: str, now: datetime) -> None:
    """Plant something in a school's garden."""
    session.add(Bed(school_id=school_id, plant=plant, planted_at=now))


def beds(session: Session, school_ids: set[int]) -> dict[int, int]:
    """How many beds each school has."""
    rows = session.execute(
        select(Bed.school_id, func.count()).where(Bed.school_id.in_(school_ids)).group_by(Bed.school_id)
    )
    return {row.school_id: row[1] for row in rows}


def gather(session: Session, subjects: tuple[RuleSubject, ...]) -> tuple[Mapping[str, Any], ...]:
    """Facts for the completion rule, in one query."""
    known = beds(session, {subject.school_id for subject in subjects})
    return tuple({"beds": known.get(subject.school_id, 0)} for subject in subjects)


def water(session: Session, now: datetime) -> None:
    """Water every bed."""
    session.execute(update(Bed).values(watered_at=now))


def certificate_lines(session: Session, award: Award) -> tuple[CertificateLine, ...]:
    """What the back page says."""
    count = beds(session, {award.school_id}).get(award.school_id, 0)
    return (CertificateLine(Text("Petak kebun", "Garden beds"), str(count)),)


def place_of_school(_session: Session, school_id: int) -> Place:
    """Where a garden stands."""
    return Place(school_id=school_id)
