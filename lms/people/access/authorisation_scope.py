"""Where a person's account stands, for authorisation."""

from collections.abc import Iterable
from datetime import date, datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from lms.contract.actors import SCHOOL_ROLES, Place
from lms.contract.errors import NotFound
from lms.contract.text import message
from lms.people.directory.models import CALENDAR, RoleGrant


def place_of_person(session: Session, person_id: int, *, now: datetime) -> Place:
    """Where a person's account stands; raises NotFound."""
    return standing(person_id, _grants_of(session, person_id), now.astimezone(CALENDAR).date())


def place_in_school(session: Session, school_id: int, person_id: int, *, now: datetime) -> Place:
    """``place_of_person`` for somebody who has a school's role in ``school_id`` today; else NotFound."""
    grants, today = _grants_of(session, person_id), now.astimezone(CALENDAR).date()
    if not any(
        grant.school_id == school_id and grant.role in SCHOOL_ROLES and grant.lasts(today) for grant in grants
    ):
        raise person_not_found()
    return standing(person_id, grants, today)


def places_in_school(session: Session, school_id: int, *, now: datetime) -> dict[int, Place]:
    """The places of everybody who has a school's role in ``school_id`` today, in one query."""
    today = now.astimezone(CALENDAR).date()
    here = select(RoleGrant.person_id).where(
        RoleGrant.school_id == school_id,
        RoleGrant.role.in_(SCHOOL_ROLES),
        or_(RoleGrant.valid_to.is_(None), RoleGrant.valid_to >= today),
    )
    by_person: dict[int, list[RoleGrant]] = {}
    for grant in session.scalars(select(RoleGrant).where(RoleGrant.person_id.in_(here))):
        by_person.setdefault(grant.person_id, []).append(grant)
    return {person_id: standing(person_id, grants, today) for person_id, grants in by_person.items()}


def standing(person_id: int, grants: Iterable[RoleGrant], today: date) -> Place:
    """The place that ``grants`` give to a person's account.

    In a school only when every role of today is an ordinary one of that school: else an operator
    could take over, by a reset, an account that reaches further than the own school. Otherwise in
    the one agency of all roles ever had; people of two agencies stand nowhere. Raises NotFound
    for somebody without any role.
    """
    every = list(grants)
    if not every:
        raise person_not_found()
    agencies = {grant.agency_id for grant in every}
    if len(agencies) > 1:
        return Place(person_id=person_id)
    current = [grant for grant in every if grant.lasts(today)]
    schools = {grant.school_id for grant in current}
    ordinary = len(schools) == 1 and all(grant.role in SCHOOL_ROLES for grant in current)
    return Place(agency_id=agencies.pop(), school_id=schools.pop() if ordinary else None, person_id=person_id)


def _grants_of(session: Session, person_id: int) -> list[RoleGrant]:
    return list(session.scalars(select(RoleGrant).where(RoleGrant.person_id == person_id)))


def person_not_found() -> NotFound:
    """The error for a person who is not there, or not there for the actor."""
    return NotFound(message("Orang ini tidak ditemukan."))
