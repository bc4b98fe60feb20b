"""Which schools take part, and enrolling the people who work in them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from lms.contract.actors import Role
from lms.contract.events import Fact
from lms.people import api as people
from lms.platform.audit import record
from lms.platform.long_lists import among
from lms.platform.outbox import emit
from lms.programmes.definition.queries import definition_of, get_programme
from lms.programmes.events import ENROLLED, SCHOOL_KIND_CHANGED
from lms.programmes.models import Enrolment, ProgrammeSchool, SchoolKind

_RANK = (Role.HEADMASTER, Role.QUALITY_TEAM, Role.TEACHER)
"""Who has several roles in a school takes part in the first of these."""


@dataclass(frozen=True, slots=True)
class Added:
    """What adding schools has done; ``unknown``: NPSN that the agency does not have."""

    schools: int
    unknown: tuple[str, ...]


def add_school(
    session: Session, *, programme_id: int, school_id: int, kind: SchoolKind, now: datetime
) -> None:
    """Let a school take part; changing its kind is allowed, adding it twice is harmless.

    A model school owes more than others: a changed kind is a fact.
    """
    row = session.get(ProgrammeSchool, (programme_id, school_id))
    if row is None:
        session.add(ProgrammeSchool(programme_id=programme_id, school_id=school_id, kind=kind))
    elif row.kind is not kind:
        row.kind = kind
        payload = {"programme_id": programme_id, "school_id": school_id}
        emit(session, Fact(SCHOOL_KIND_CHANGED, now, payload))


def enrol(
    session: Session, *, programme_id: int, people_roles: Sequence[tuple[int, int, Role]], now: datetime
) -> list[int]:
    """Enrol (person, school, role); who is enrolled already stays as he is. The new ids."""
    person_ids = [person_id for person_id, _school, _role in people_roles]
    known = set(
        session.scalars(
            select(Enrolment.person_id).where(
                Enrolment.programme_id == programme_id, among(Enrolment.person_id, person_ids)
            )
        )
    )
    rows = [
        Enrolment(
            programme_id=programme_id, person_id=person_id, school_id=school_id, role=role, enrolled_at=now
        )
        for person_id, school_id, role in people_roles
        if person_id not in known
    ]
    session.add_all(rows)
    session.flush()
    ids = [row.id for row in rows]
    if ids:
        emit(session, Fact(ENROLLED, now, {"programme_id": programme_id, "enrolment_ids": ids}))
    return ids


def add_schools(
    session: Session,
    *,
    programme_id: int,
    npsn: Sequence[str],
    kind: SchoolKind,
    actor_id: int | None,
    now: datetime,
) -> Added:
    """Let schools of the programme's agency take part as ``kind``; who does already may change kind."""
    programme = get_programme(session, programme_id)
    rows = session.execute(
        select(people.School.id, people.School.npsn).where(
            among(people.School.npsn, npsn), people.School.agency_id == programme.agency_id
        )
    )
    found = {row.npsn: row.id for row in rows}
    for school_id in found.values():
        add_school(session, programme_id=programme_id, school_id=school_id, kind=kind, now=now)
    if found:
        record(
            session,
            actor_id=actor_id,
            action="programmes.add_schools",
            subject=("programme", programme_id),
            now=now,
            after={"npsn": sorted(found), "kind": kind.value},
        )
    return Added(len(found), tuple(text for text in npsn if text not in found))


def waiting_people(session: Session, *, programme_id: int, now: datetime) -> list[tuple[int, int, Role]]:
    """(person, school, role) of those who would take part and are not enrolled yet.

    Roles are those that the definition names; assignments are those valid ``now``, for this programme.
    """
    programme = get_programme(session, programme_id)
    wanted = {Role(entry.role) for entry in definition_of(programme).participants}
    today = now.astimezone(people.CALENDAR).date()
    assigned = people.RoleGrant
    rows = session.execute(
        select(assigned.person_id, assigned.school_id, assigned.role)
        .join(
            ProgrammeSchool,
            (ProgrammeSchool.school_id == assigned.school_id)
            & (ProgrammeSchool.programme_id == programme_id),
        )
        .outerjoin(
            Enrolment, (Enrolment.programme_id == programme_id) & (Enrolment.person_id == assigned.person_id)
        )
        .where(
            assigned.role.in_(sorted(wanted)),
            Enrolment.id.is_(None),
            assigned.valid_from <= today,
            or_(assigned.valid_to.is_(None), assigned.valid_to >= today),
            or_(assigned.programme_id.is_(None), assigned.programme_id == programme_id),
        )
    )
    best: dict[int, tuple[int, int, Role]] = {}
    for row in sorted(rows, key=lambda row: (_RANK.index(row.role), row.school_id)):
        best.setdefault(row.person_id, (row.person_id, row.school_id, row.role))
    return sorted(best.values(), key=lambda entry: (entry[1], entry[0]))


def enrol_waiting(session: Session, *, programme_id: int, actor_id: int | None, now: datetime) -> int:
    """Enrol everybody of ``waiting_people``; how many."""
    wanted = waiting_people(session, programme_id=programme_id, now=now)
    ids = enrol(session, programme_id=programme_id, people_roles=wanted, now=now)
    if ids:
        record(
            session,
            actor_id=actor_id,
            action="programmes.enrol",
            subject=("programme", programme_id),
            now=now,
            after={"people": len(ids)},
        )
    return len(ids)
