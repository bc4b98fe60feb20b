"""Schools: added, found, looked up."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from lms.contract.actors import Actor, Place
from lms.contract.errors import Invalid, NotFound
from lms.contract.normalise import clean_text
from lms.contract.paging import PAGE
from lms.contract.text import message
from lms.people.directory.identifiers import check_npsn, is_region_code
from lms.people.directory.models import Agency, School
from lms.people.directory.person_validation import SOME_FAULTS
from lms.people.directory.searching import school_has, search_words
from lms.platform import audit
from lms.platform.long_lists import among

LONGEST_SHORT_NAME = 80


def create_school(
    session: Session,
    *,
    agency_id: int,
    npsn: str,
    name: str,
    short_name: str = "",
    aliases: Iterable[str] = (),
    level: str = "SD",
    region_code: str = "",
    timezone: str = "",
    actor: Actor | None,
    now: datetime,
) -> School:
    """Add a school; raises Invalid for a wrong or known NPSN and what is too long. The zone is the agency's by default."""
    checked = check_npsn(npsn)
    faults = {"npsn": checked.fault} if checked.fault else {}
    if not checked.fault and session.scalar(select(School.id).where(School.npsn == checked.value)):
        faults["npsn"] = message("NPSN ini sudah terdaftar.")
    if region_code and not is_region_code(region_code):
        faults["region_code"] = message("Kode wilayah ditulis seperti 16.07.03.")
    name, short_name, level = clean_text(name), clean_text(short_name), clean_text(level)
    if not name:
        faults["name"] = message("Isi nama sekolah.")
    for field, value, most, what in (
        ("name", name, 200, message("Nama sekolah")),
        ("short_name", short_name, LONGEST_SHORT_NAME, message("Nama pendek")),
        ("level", level, 10, message("Jenjang (misalnya SD)")),
    ):
        if len(value) > most:
            faults[field] = message(
                "%(what)s paling banyak %(most)s huruf; ini %(length)s.",
                what=what,
                most=most,
                length=len(value),
            )
    if faults:
        raise Invalid(SOME_FAULTS, fields=faults)
    school = School(
        agency_id=agency_id,
        npsn=checked.value,
        name=name,
        short_name=short_name or _short(name),
        aliases=list(aliases),
        level=level,
        region_code=region_code,
        timezone=timezone or session.get_one(Agency, agency_id).timezone,
    )
    session.add(school)
    session.flush()
    audit.record(
        session,
        actor_id=actor.person_id if actor else None,
        action="people.create_school",
        subject=("school", school.id),
        now=now,
        after={"npsn": school.npsn, "name": school.name},
    )
    return school


def _short(name: str) -> str:
    return name if len(name) <= LONGEST_SHORT_NAME else f"{name[: LONGEST_SHORT_NAME - 3].rstrip()}..."


def get_school(session: Session, school_id: int) -> School:
    """The school; raises NotFound."""
    school = session.get(School, school_id)
    if school is None:
        raise NotFound(message("Sekolah ini tidak ditemukan."))
    return school


def school_by_npsn(session: Session, npsn: str, *, agency_id: int) -> School:
    """The agency's school with this number; raises Invalid beside the field ``npsn``."""
    known = School.npsn == check_npsn(npsn).value
    school = session.scalar(select(School).where(known, School.agency_id == agency_id))
    if school is None:
        text = message("NPSN ini belum terdaftar di kantor ini.")
        raise Invalid.at("npsn", text)
    return school


def schools_by_id(session: Session, school_ids: Iterable[int]) -> dict[int, School]:
    """Schools in bulk."""
    wanted = select(School).where(among(School.id, set(school_ids)))
    return {school.id: school for school in session.scalars(wanted)}


def find_schools(
    session: Session, *, agency_ids: Iterable[int], search: str = "", page: int = 1
) -> tuple[list[School], int]:
    """Schools of agencies whose name, short name or NPSN contains ``search``; and their number."""
    wanted = select(School).where(among(School.agency_id, set(agency_ids)))
    for word in search_words(search):
        wanted = wanted.where(or_(school_has(word), School.npsn.startswith(word.upper(), autoescape=True)))
    total = session.scalar(select(func.count()).select_from(wanted.subquery())) or 0
    start = (max(page, 1) - 1) * PAGE
    return list(session.scalars(wanted.order_by(School.name).limit(PAGE).offset(start))), total


def place_of_school(session: Session, school_id: int) -> Place:
    """Where a school stands; raises NotFound."""
    agency_id = session.scalar(select(School.agency_id).where(School.id == school_id))
    if agency_id is None:
        raise NotFound(message("Sekolah ini tidak ditemukan."))
    return Place(agency_id=agency_id, school_id=school_id)
