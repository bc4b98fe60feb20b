"""Where the people of a module work: a school in a programme. What plugins read of the core."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, or_, select
from sqlalchemy.orm import Session

from lms.contract.actors import Actor, Place, Role
from lms.contract.errors import NotFound
from lms.contract.paging import PAGE
from lms.contract.text import message
from lms.modules.models import ModulePlacement
from lms.people import api as people
from lms.platform.long_lists import among
from lms.programmes import api as programmes


@dataclass(frozen=True, slots=True)
class Workplace:
    """A school in a programme: where its documents are written."""

    programme_id: int
    programme: str
    school_year: str
    closed: bool
    school_id: int
    school: str
    npsn: str
    agency_id: int
    draft: bool = False

    @property
    def place(self) -> Place:
        """Where this stands, for authorisation."""
        return Place(self.agency_id, self.school_id, self.programme_id, closed=self.closed, draft=self.draft)


@dataclass(frozen=True, slots=True)
class SchoolChoice:
    """A page of the schools that somebody may see; ``only`` is set when there is nothing to choose."""

    schools: tuple[Workplace, ...]
    number: int
    """Which page this is, from 1."""
    has_more: bool

    @property
    def only(self) -> Workplace | None:
        """The one school, when there is no other."""
        alone = len(self.schools) == 1 and self.number == 1 and not self.has_more
        return self.schools[0] if alone else None


@dataclass(frozen=True, slots=True)
class PersonAt:
    """Somebody who holds a role at a school: id, name with titles, role, and where."""

    person_id: int
    name: str
    role: Role
    programme_id: int
    school_id: int


def workplace(session: Session, *, programme_id: int, school_id: int) -> Workplace:
    """The school ``school_id`` in programme ``programme_id``; raises NotFound."""
    row = session.execute(
        _workplaces().where(programmes.Programme.id == programme_id, people.School.id == school_id)
    ).one_or_none()
    if row is None:
        raise NotFound(
            message(
                "Sekolah ini tidak ada dalam program. Tidak ada pekerjaan yang hilang. Kembali ke beranda."
            )
        )
    return _workplace(row)


def place_of_workplace(session: Session, programme_id: int, school_id: int, **_more: Any) -> Place:
    """``place`` of a route under ``/<programme_id>/<school_id>``; raises NotFound."""
    return workplace(session, programme_id=programme_id, school_id=school_id).place


def schools_of(
    session: Session,
    *,
    actor: Actor,
    permission: str,
    programme_id: int | None = None,
    placement_id: int | None = None,
    search: str = "",
    page: int = 1,
) -> SchoolChoice:
    """The schools where ``actor`` has ``permission``, by name, a page of 50 at a time, in one statement.

    Of one programme, of the programme in which a module is placed, or of every programme; there a school stands once for
    each programme it takes part in. ``search`` finds schools by their name or NPSN, ``page`` counts from 1.
    """
    query = (
        _workplaces()
        .where(
            people.workplace_filter(actor, permission, _COLUMNS),
            *(_has(word) for word in people.search_words(search)),
        )
        .order_by(people.School.name, people.School.id, programmes.Programme.id.desc())
        .limit(PAGE + 1)
        .offset((max(page, 1) - 1) * PAGE)
    )
    if programme_id is not None:
        query = query.where(programmes.Programme.id == programme_id)
    if placement_id is not None:
        query = query.join(programmes.Stage, programmes.Stage.programme_id == programmes.Programme.id)
        query = query.join(ModulePlacement, ModulePlacement.stage_id == programmes.Stage.id)
        query = query.where(ModulePlacement.id == placement_id)
    found = [_workplace(row) for row in session.execute(query)]
    return SchoolChoice(tuple(found[:PAGE]), max(page, 1), has_more=len(found) > PAGE)


def people_at(
    session: Session, schools: Iterable[Workplace], roles: Iterable[Role], *, now: datetime
) -> tuple[PersonAt, ...]:
    """Who holds one of ``roles`` at some schools today, by name, in one statement; a person once for each role and school.

    ``schools`` come from ``schools_of`` or ``workplace``, at most a page of 50 (ValueError): who may see them may see who
    works there. A role held for another programme only does not count. No telephone, no NIP.
    """
    wanted = tuple(schools)
    if len(wanted) > PAGE:
        raise ValueError(f"people_at reads at most {PAGE} schools at once, not {len(wanted)}")
    today = now.astimezone(people.CALENDAR).date()
    grant, person = people.RoleGrant, people.Person
    rows = session.execute(
        select(
            person.id,
            person.full_name,
            person.title_front,
            person.title_back,
            grant.role,
            grant.school_id,
            grant.programme_id,
        )
        .join(person, person.id == grant.person_id)
        .where(
            among(grant.school_id, {at.school_id for at in wanted}),
            grant.role.in_(tuple(roles)),
            grant.valid_from <= today,
            or_(grant.valid_to.is_(None), grant.valid_to >= today),
        )
        .order_by(person.full_name, person.id)
    ).all()
    found = {
        PersonAt(
            row.id,
            people.display_name(row.full_name, row.title_front, row.title_back),
            row.role,
            at.programme_id,
            at.school_id,
        ): None
        for row in rows
        for at in wanted
        if row.school_id == at.school_id and row.programme_id in {None, at.programme_id}
    }
    return tuple(found)


def _has(word: str) -> ColumnElement[bool]:
    return or_(people.school_has(word), people.School.npsn.startswith(word, autoescape=True))


def _workplaces() -> Select[*tuple[Any, ...]]:
    return (
        select(
            programmes.Programme.id,
            programmes.Programme.title,
            programmes.Programme.school_year,
            programmes.Programme.status,
            people.School.id.label("school_id"),
            people.School.name,
            people.School.npsn,
            people.School.agency_id,
        )
        .select_from(programmes.ProgrammeSchool)
        .join(programmes.Programme, programmes.Programme.id == programmes.ProgrammeSchool.programme_id)
        .join(people.School, people.School.id == programmes.ProgrammeSchool.school_id)
    )


def _workplace(row: Row[Any]) -> Workplace:
    return Workplace(
        programme_id=row.id,
        programme=row.title,
        school_year=row.school_year,
        closed=row.status is programmes.ProgrammeStatus.CLOSED,
        school_id=row.school_id,
        school=row.name,
        npsn=row.npsn,
        agency_id=row.agency_id,
        draft=row.status is programmes.ProgrammeStatus.DRAFT,
    )


_COLUMNS = people.WorkplaceColumns(
    agency_id=people.School.agency_id,
    school_id=people.School.id,
    programme_id=programmes.Programme.id,
    started=programmes.Programme.status != programmes.ProgrammeStatus.DRAFT,
)
