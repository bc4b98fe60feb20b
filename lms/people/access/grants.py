"""Role assignments: granting them, ending them, listing them. Only the admin does that."""

from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.contract.actors import SCHOOL_ROLES, Actor, Role
from lms.contract.errors import Conflict, Invalid, NotFound
from lms.contract.text import message
from lms.people.directory.models import CALENDAR, Person, RoleGrant
from lms.people.directory.persons import get_person
from lms.people.directory.schools import get_school
from lms.platform import audit

ROLES_IN_A_SCHOOL = SCHOOL_ROLES | {Role.FACILITATOR, Role.SUPERVISOR, Role.GRADER}
"""Roles granted school by school; the others reach the whole agency."""


def grant_role(
    session: Session,
    *,
    person_id: int,
    role: Role,
    agency_id: int,
    school_id: int | None = None,
    programme_id: int | None = None,
    valid_from: date | None = None,
    valid_to: date | None = None,
    actor: Actor | None,
    now: datetime,
) -> RoleGrant:
    """Give a person a role; the same role twice is one. Raises Invalid, NotFound, Conflict.

    ``valid_from`` is today by default, ``valid_to`` the last day or None.
    """
    get_person(session, person_id)
    session.get_one(
        Person, person_id, with_for_update={"key_share": True}
    )  # two admins give one role together
    _check_place(session, role, agency_id, school_id)
    _check_one_agency(session, person_id, agency_id)
    today = now.astimezone(CALENDAR).date()
    start = valid_from or today
    if valid_to is not None and valid_to < start:
        text = message("Tanggal akhir lebih awal dari tanggal mulai.")
        raise Invalid.at("valid_to", text)
    for known in _grants(session, person_id):
        same = (known.role, known.school_id, known.programme_id) == (role, school_id, programme_id)
        if same and (known.valid_to is None or known.valid_to >= start):
            return known
    grant = RoleGrant(
        person_id=person_id,
        role=role,
        agency_id=agency_id,
        school_id=school_id,
        programme_id=programme_id,
        valid_from=start,
        valid_to=valid_to,
    )
    session.add(grant)
    session.flush()
    _record(session, "people.grant_role", grant, actor, now)
    return grant


def revoke_role(session: Session, *, grant_id: int, person_id: int, actor: Actor, now: datetime) -> None:
    """End a role from today on; raises NotFound when it is not this person's."""
    grant = session.get(RoleGrant, grant_id, with_for_update=True)
    if grant is None or grant.person_id != person_id:
        raise NotFound(message("Peran ini tidak ditemukan."))
    if person_id == actor.person_id and grant.role is Role.ADMIN:
        raise Invalid(message("Peran admin sendiri hanya dapat diakhiri admin lain."))
    yesterday = now.astimezone(CALENDAR).date() - timedelta(days=1)
    if grant.valid_to is None or grant.valid_to > yesterday:
        grant.valid_to = yesterday
        _record(session, "people.revoke_role", grant, actor, now)


def grants_of(session: Session, person_id: int, *, on: date) -> list[RoleGrant]:
    """The roles of a person that are valid ``on`` a day or will be later."""
    return [grant for grant in _grants(session, person_id) if grant.valid_to is None or grant.valid_to >= on]


def people_with_role(
    session: Session, role: Role, *, school_id: int | None = None, agency_id: int | None = None, on: date
) -> list[int]:
    """Ids of the people who have ``role`` on a day, in a school or agency."""
    wanted = select(RoleGrant.person_id).where(
        RoleGrant.role == role,
        RoleGrant.valid_from <= on,
        (RoleGrant.valid_to.is_(None)) | (RoleGrant.valid_to >= on),
    )
    if school_id is not None:
        wanted = wanted.where(RoleGrant.school_id == school_id)
    if agency_id is not None:
        wanted = wanted.where(RoleGrant.agency_id == agency_id)
    return list(session.scalars(wanted.distinct().order_by(RoleGrant.person_id)))


def _grants(session: Session, person_id: int) -> list[RoleGrant]:
    return list(
        session.scalars(select(RoleGrant).where(RoleGrant.person_id == person_id).order_by(RoleGrant.id))
    )


def _check_place(session: Session, role: Role, agency_id: int, school_id: int | None) -> None:
    if (school_id is None) == (role in ROLES_IN_A_SCHOOL):
        text = (
            message("Pilih sekolah untuk peran ini.")
            if school_id is None
            else message("Peran ini berlaku untuk seluruh kantor.")
        )
        raise Invalid.at("npsn", text)
    if school_id is not None and get_school(session, school_id).agency_id != agency_id:
        raise NotFound(message("Sekolah ini tidak ditemukan."))


def _check_one_agency(session: Session, person_id: int, agency_id: int) -> None:
    """An admin must not reach another agency's people by giving them a role of the own agency."""
    if any(grant.agency_id != agency_id for grant in _grants(session, person_id)):
        raise Conflict(message("Orang ini terdaftar di kantor lain. Tidak ada yang diubah."))


def _record(session: Session, action: str, grant: RoleGrant, actor: Actor | None, now: datetime) -> None:
    facts = {
        "role": grant.role.value,
        "school_id": grant.school_id,
        "programme_id": grant.programme_id,
        "valid_to": grant.valid_to.isoformat() if grant.valid_to else None,
    }
    audit.record(
        session,
        actor_id=actor.person_id if actor else None,
        action=action,
        subject=("role_grant", grant.id),
        concerns=grant.person_id,
        now=now,
        after=facts,
    )
