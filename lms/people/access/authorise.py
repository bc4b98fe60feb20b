"""The one place where it is decided who may do what, where.

The upper half is pure: values in, an answer out. The lower half binds it to the permissions of the
running application and turns a reach into a filter for lists.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import ColumnElement, SQLColumnExpression, and_, false, or_, select, true

from lms.contract.actors import SCHOOL_ROLES, Actor, Grant, Permission, Place, Reach, Role
from lms.contract.errors import Forbidden
from lms.contract.text import message
from lms.people.directory.models import School
from lms.people.permissions import FIELDS
from lms.platform.application import platform
from lms.platform.long_lists import among

Permissions = Mapping[str, Permission]
FieldRules = Mapping[str, Mapping[str, frozenset[Role]]]


@dataclass(frozen=True, slots=True)
class Scope:
    """Which schools an actor reaches with an action: all of some agencies, and single ones."""

    agency_ids: frozenset[int]
    school_ids: frozenset[int]


def allowed(actor: Actor, action: str, place: Place, permissions: Permissions) -> bool:
    """Whether ``actor`` may do ``action`` at ``place``; an unknown action is never allowed."""
    permission = permissions.get(action)
    if permission is None:
        return False
    return _reaches(actor, place, permission.reach)


def writable_fields(
    actor: Actor, action: str, place: Place, permissions: Permissions, fields: FieldRules
) -> frozenset[str]:
    """The fields that ``actor`` may write with ``action`` at ``place``."""
    permission = permissions.get(action)
    if permission is None:
        return frozenset()
    return frozenset(
        name
        for name, roles in fields.get(action, {}).items()
        if _reaches(actor, place, tuple(entry for entry in permission.reach if entry[0] in roles))
    )


def scope(actor: Actor, action: str, permissions: Permissions) -> Scope:
    """Where ``actor`` reaches with ``action``, for lists; OWN, MEMBER and ANY reach no school."""
    permission = permissions.get(action)
    agencies: set[int] = set()
    schools: set[int] = set()
    for role, reach in permission.reach if permission else ():
        for grant in actor.grants:
            if grant.role is not role:
                continue
            if reach is Reach.AGENCY and grant.school_id is None:
                agencies.add(grant.agency_id)
            elif (
                reach in {Reach.SCHOOL, Reach.ASSIGNED}
                and grant.school_id is not None
                and _disinterested(actor, grant, Place(school_id=grant.school_id))
            ):
                schools.add(grant.school_id)
    return Scope(frozenset(agencies), frozenset(schools))


def _reaches(actor: Actor, place: Place, reach: Iterable[tuple[Role, Reach]]) -> bool:
    return any(
        grant.role is role and _fits(actor, grant, how, place) and _disinterested(actor, grant, place)
        for role, how in reach
        if not place.draft or role is Role.ADMIN
        for grant in actor.grants
    )


def _fits(actor: Actor, grant: Grant, reach: Reach, place: Place) -> bool:
    if reach is Reach.OWN:
        return place.person_id is not None and place.person_id == actor.person_id
    if reach in {Reach.SCHOOL, Reach.ASSIGNED}:
        return (
            place.school_id is not None
            and grant.school_id == place.school_id
            and (place.programme_id is None or grant.programme_id in {None, place.programme_id})
        )
    if reach is Reach.AGENCY:
        return (
            grant.school_id is None
            and grant.agency_id == place.agency_id
            and grant.programme_id in {None, place.programme_id}
        )
    if reach is Reach.MEMBER:
        return grant.agency_id == place.agency_id
    return True


def _disinterested(actor: Actor, grant: Grant, place: Place) -> bool:
    """A grader's role does not count on own work, nor where the person coaches or works.

    A grader may not grade a school of which she is the facilitator.
    """
    if grant.role is not Role.GRADER:
        return True
    if place.person_id is not None and place.person_id == actor.person_id:
        return False
    return place.school_id is None or place.school_id not in _schools_of_interest(actor)


def _schools_of_interest(actor: Actor) -> set[int]:
    """The schools that a person coaches or works in."""
    return {
        grant.school_id
        for grant in actor.grants
        if grant.school_id is not None and (grant.role is Role.FACILITATOR or grant.role in SCHOOL_ROLES)
    }


def may(actor: Actor, action: str, place: Place) -> bool:
    """``allowed`` with the permissions of this application (core and plugins)."""
    return allowed(actor, action, place, _permissions())


def require(actor: Actor, action: str, place: Place) -> None:
    """Raise Forbidden unless ``actor`` may do ``action`` at ``place``."""
    if not may(actor, action, place):
        raise Forbidden(
            message(
                "Peran Bapak/Ibu belum mencakup tindakan ini. Tidak ada yang diubah. "
                "Mintalah bantuan operator sekolah."
            )
        )


def require_fields(actor: Actor, action: str, place: Place, posted: Iterable[str]) -> None:
    """Raise Forbidden when one of ``posted`` is a field that ``actor`` may not write here."""
    if set(posted) - writable_here(actor, action, place):
        raise Forbidden(message("Ada isian yang hanya boleh diubah admin. Tidak ada yang diubah."))


def writable_here(actor: Actor, action: str, place: Place) -> frozenset[str]:
    """``writable_fields`` with the rules of this application."""
    return writable_fields(actor, action, place, _permissions(), FIELDS)


def reach(actor: Actor, action: str) -> Scope:
    """``scope`` with the permissions of this application."""
    return scope(actor, action, _permissions())


def school_filter(actor: Actor, action: str, school_id: SQLColumnExpression[int]) -> ColumnElement[bool]:
    """A WHERE condition that keeps rows of schools which ``actor`` reaches with ``action``."""
    found = reach(actor, action)
    conditions: list[ColumnElement[bool]] = []
    if found.school_ids:
        conditions.append(among(school_id, found.school_ids))
    if found.agency_ids:
        of_agency = select(School.id).where(among(School.agency_id, found.agency_ids))
        conditions.append(school_id.in_(of_agency))
    return or_(*conditions) if conditions else false()


@dataclass(frozen=True, slots=True)
class WorkplaceColumns:
    """The columns of a statement over schools in programmes; ``started``: the programme is no draft."""

    agency_id: SQLColumnExpression[int]
    school_id: SQLColumnExpression[int]
    programme_id: SQLColumnExpression[int]
    started: ColumnElement[bool]


def workplace_filter(actor: Actor, action: str, at: WorkplaceColumns) -> ColumnElement[bool]:
    """A WHERE condition that keeps the schools in programmes where ``may(actor, action, place)`` holds."""
    permission = _permissions().get(action)
    fitting = [
        _condition(actor, grant, reach, at)
        for role, reach in (permission.reach if permission else ())
        for grant in actor.grants
        if grant.role is role
    ]
    return or_(false(), *fitting)


def _condition(actor: Actor, grant: Grant, reach: Reach, at: WorkplaceColumns) -> ColumnElement[bool]:
    """``_reaches`` with one grant, in SQL."""
    here: list[ColumnElement[bool]] = [] if grant.role is Role.ADMIN else [at.started]
    if grant.role is Role.GRADER:
        here.append(at.school_id.not_in(_schools_of_interest(actor)))
    if reach is Reach.OWN:
        here.append(false())
    elif reach in {Reach.SCHOOL, Reach.ASSIGNED}:
        here.append(at.school_id == grant.school_id)
    elif reach is Reach.AGENCY and grant.school_id is not None:
        here.append(false())
    elif reach in {Reach.AGENCY, Reach.MEMBER}:
        here.append(at.agency_id == grant.agency_id)
    if grant.programme_id is not None and reach in {Reach.SCHOOL, Reach.ASSIGNED, Reach.AGENCY}:
        here.append(at.programme_id == grant.programme_id)
    return and_(true(), *here)


def _permissions() -> Permissions:
    return platform().plugins.registry.permissions
