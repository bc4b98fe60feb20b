"""Persons: added, corrected, looked up, and lists of them."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from lms.contract.actors import SCHOOL_ROLES, Actor, Role
from lms.contract.errors import Invalid, NotFound
from lms.contract.paging import PAGE, pages
from lms.contract.text import Text, message
from lms.people.directory.models import CALENDAR, Person, RoleGrant
from lms.people.directory.names import display_name
from lms.people.directory.person_validation import SOME_FAULTS, PersonFields, check_fields, number_of_another
from lms.people.directory.searching import person_has, search_words
from lms.platform import audit
from lms.platform.long_lists import among


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list: ``number`` from 1, ``total`` of all pages' rows."""

    rows: list[Person]
    number: int
    total: int

    @property
    def pages(self) -> int:
        """How many pages there are, at least 1."""
        return pages(self.total)


def create_person(
    session: Session,
    *,
    fields: PersonFields,
    timezone: str = "Asia/Jakarta",
    locale: str = "id",
    actor: Actor | None,
    now: datetime,
) -> Person:
    """Add a person without an account; raises Invalid with a sentence for each field.

    A NIP or NUPTK belongs to one person: one that somebody else has is refused.
    """
    checked = check_fields(fields)
    if checked.faults:
        raise Invalid(SOME_FAULTS, fields=checked.faults)
    person = Person(**asdict(checked.fields), timezone=timezone, locale=locale, created_at=now)
    session.add(person)
    session.flush()
    audit.record(
        session,
        actor_id=actor.person_id if actor else None,
        action="people.create_person",
        subject=("person", person.id),
        concerns=person.id,
        now=now,
    )
    _refuse_numbers_of_others(session, person, ("nip", "nuptk"))
    return person


def edit_person(
    session: Session, *, person_id: int, fields: PersonFields, actor: Actor, now: datetime
) -> Mapping[str, Text]:
    """Correct a person's data; the warnings. Raises Invalid, NotFound."""
    person = get_person(session, person_id)
    checked = check_fields(fields)
    if checked.faults:
        raise Invalid(SOME_FAULTS, fields=checked.faults)
    new = asdict(checked.fields)
    changed = sorted(name for name, value in new.items() if getattr(person, name) != value)
    if changed:
        for name, value in new.items():
            setattr(person, name, value)
        audit.record(
            session,
            actor_id=actor.person_id,
            action="people.edit_person",
            subject=("person", person_id),
            concerns=person_id,
            now=now,
            after={"fields": changed},
        )
        _refuse_numbers_of_others(session, person, [name for name in ("nip", "nuptk") if name in changed])
    return checked.warnings


def _refuse_numbers_of_others(session: Session, person: Person, names: Iterable[str]) -> None:
    """Raise Invalid when another person has a number of ``person``.

    Asked after the entry in the audit trail, whose lock lets one writer in at a time: of two who add the
    same number at once, the second one sees the first.
    """
    faults = {}
    for name in names:
        number = getattr(person, name)
        column = getattr(Person, name)
        if number and session.scalar(select(Person.id).where(column == number, Person.id != person.id)):
            faults[name] = number_of_another(name.upper())
    if faults:
        raise Invalid(SOME_FAULTS, fields=faults)


def get_person(session: Session, person_id: int) -> Person:
    """The person; raises NotFound."""
    person = session.get(Person, person_id)
    if person is None:
        raise NotFound(message("Orang ini tidak ditemukan."))
    return person


def person_with_roles(session: Session, person_id: int) -> Person:
    """A person with account, grants and their schools already read; raises NotFound."""
    person = session.scalars(
        select(Person)
        .where(Person.id == person_id)
        .options(joinedload(Person.account), selectinload(Person.grants).joinedload(RoleGrant.school))
    ).first()
    if person is None:
        raise NotFound(message("Orang ini tidak ditemukan."))
    return person


def persons_by_id(session: Session, person_ids: Iterable[int]) -> dict[int, Person]:
    """Persons in bulk."""
    wanted = select(Person).where(among(Person.id, set(person_ids)))
    return {person.id: person for person in session.scalars(wanted)}


def names(session: Session, person_ids: Iterable[int]) -> dict[int, str]:
    """Person id -> name with titles, for many people in one query; unknown ids are missing."""
    rows = session.execute(
        select(Person.id, Person.full_name, Person.title_front, Person.title_back).where(
            among(Person.id, set(person_ids))
        )
    )
    return {row.id: display_name(row.full_name, row.title_front, row.title_back) for row in rows}


def people_of_school(
    session: Session, *, school_id: int, search: str = "", page: int = 1, now: datetime
) -> Page:
    """People with a role of this school valid today, by name, with account and grants."""
    today = now.astimezone(CALENDAR).date()
    here = select(RoleGrant.person_id).where(
        RoleGrant.school_id == school_id,
        RoleGrant.role.in_(SCHOOL_ROLES),
        or_(RoleGrant.valid_to.is_(None), RoleGrant.valid_to >= today),
    )
    return _paged(session, Person.id.in_(here), search, page)


def people_of_agency(session: Session, *, agency_id: int, search: str = "", page: int = 1) -> Page:
    """People with a role beyond a school's own: agency staff, facilitators, supervisors, graders."""
    here = select(RoleGrant.person_id).where(
        RoleGrant.agency_id == agency_id, RoleGrant.role.in_(sorted(set(Role) - SCHOOL_ROLES))
    )
    return _paged(session, Person.id.in_(here), search, page)


def _paged(session: Session, condition: Any, search: str, page: int) -> Page:
    wanted = select(Person).where(condition)
    wanted = wanted.where(*map(person_has, search_words(search)))
    total = session.scalar(select(func.count()).select_from(wanted.subquery())) or 0
    number = max(page, 1)
    rows = session.scalars(
        wanted.order_by(Person.full_name, Person.id)
        .limit(PAGE)
        .offset((number - 1) * PAGE)
        .options(joinedload(Person.account), selectinload(Person.grants))
    )
    return Page(list(rows), number, total)
