"""Use cases of gardens."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from imbas_garden.i18n import message
from imbas_garden.models import Bed, Wish
from lms.api import (
    Award,
    CertificateLine,
    Fact,
    FileField,
    NotFound,
    Place,
    RuleSubject,
    SentFiles,
    Text,
    emit,
    keep_files,
    place_of_workplace,
)

PLANTED = "garden.planted.v1"


def picture_field(programme_id: int, school_id: int) -> FileField:
    """A photo of a new bed, sent as soon as it is chosen."""
    return FileField("picture", "garden.picture", f"{programme_id}.{school_id}", frozenset({"photo"}))


def plant(
    session: Session, *, programme_id: int, school_id: int, plant: str, sent: SentFiles, now: datetime
) -> None:
    """Plant something in a school's garden, with a photo or without."""
    picture = next(iter(keep_files(session, sent)), None)
    bed = Bed(
        school_id=school_id,
        plant=plant,
        planted_at=now,
        label="",
        picture_id=picture.id if picture else None,
    )
    session.add(bed)
    session.flush()
    emit(
        session, Fact(PLANTED, now, {"bed_id": bed.id, "school_id": school_id, "programme_id": programme_id})
    )


def paint_label(session: Session, fact: Fact, _now: datetime) -> None:
    """Write on the bed what grows in it."""
    bed = session.get_one(Bed, fact.payload["bed_id"])
    bed.label = f"{bed.plant} {bed.id}"


def wish(session: Session, *, programme_id: int, plant: str) -> None:
    """Say what a programme would like to see; saying it twice is harmless."""
    session.merge(Wish(programme_id=programme_id, plant=plant))


def wishes(session: Session, programme_id: int) -> list[str]:
    """What a programme would like to see."""
    return list(
        session.scalars(select(Wish.plant).where(Wish.programme_id == programme_id).order_by(Wish.plant))
    )


def copy_wishes(session: Session, source_id: int, target_id: int) -> None:
    """Next year's programme wishes the same."""
    for name in wishes(session, source_id):
        wish(session, programme_id=target_id, plant=name)


def beds(session: Session, school_ids: set[int]) -> dict[int, int]:
    """How many beds each school has."""
    rows = session.execute(
        select(Bed.school_id, func.count()).where(Bed.school_id.in_(school_ids)).group_by(Bed.school_id)
    )
    return {row.school_id: row[1] for row in rows}


def beds_of(session: Session, school_id: int) -> list[Bed]:
    """The beds of one school."""
    return list(session.scalars(select(Bed).where(Bed.school_id == school_id).order_by(Bed.id)))


def gather(session: Session, subjects: tuple[RuleSubject, ...]) -> tuple[Mapping[str, Any], ...]:
    """Facts for the completion rule, in one query."""
    known = beds(session, {subject.school_id for subject in subjects})
    return tuple({"beds": known.get(subject.school_id, 0)} for subject in subjects)


def water(session: Session, now: datetime) -> None:
    """Water every bed."""
    session.execute(update(Bed).values(watered_at=now))


def picture_of(session: Session, bed_id: int) -> str:
    """The photo of a bed that has one."""
    return session.get_one(Bed, bed_id).picture_id or ""


def place_of_bed(session: Session, programme_id: int, school_id: int, bed_id: int) -> Place:
    """Where a bed of this school stands; raises NotFound."""
    bed = session.get(Bed, bed_id)
    if bed is None or bed.school_id != school_id or bed.picture_id is None:
        raise NotFound(message("Foto ini tidak ada."))
    return place_of_workplace(session, programme_id, school_id)


def predicate(session: Session, award: Award) -> Text | None:
    """A school's qualification by its beds; none without a garden."""
    count = beds(session, {award.school_id}).get(award.school_id, 0)
    return (message("Sangat Baik") if count > 3 else message("Baik")) if count else None


def certificate_lines(session: Session, award: Award) -> tuple[CertificateLine, ...]:
    """What the back page says."""
    count = beds(session, {award.school_id}).get(award.school_id, 0)
    return (CertificateLine(message("Petak kebun"), str(count)),)
