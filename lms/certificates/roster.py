"""Before and after issue: who is blocked, who is ready, who has a certificate; a page of fifty at a time."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, false, func, or_, select, true
from sqlalchemy.orm import Session

from lms.certificates.models import Certificate
from lms.completion import api as completion
from lms.contract.actors import Role
from lms.contract.paging import PAGE
from lms.people import api as people
from lms.programmes import api as programmes


class Roster(StrEnum):
    """The three lists; the value is what an address carries."""

    BLOCKED = "terhalang"
    READY = "siap"
    ISSUED = "terbit"


@dataclass(frozen=True, slots=True)
class RosterRow:
    """A participant, or a school (``person`` None), with what is missing or what was issued."""

    school: people.School
    person: people.Person | None
    reasons: tuple[dict[str, Any], ...]
    final: str
    certificate: Certificate | None


def standings(
    session: Session, *, programme_id: int, roster: Roster, search: str = "", page: int = 1
) -> list[RosterRow]:
    """Fifty of one list, schools before their people. ``search`` looks at names, schools and numbers.

    Every number that was ever given stands in ``ISSUED``: replaced and revoked ones before what came after them.
    """
    if roster is Roster.ISSUED:
        return _issued(session, programme_id, search, page)
    state, wanted = completion.CompletionState, _like(search)
    # the first two as in the index, so that PostgreSQL sorts the people of one school after the other
    order = (state.met, state.school_id, state.enrolment_id.nulls_first())
    chosen = _named(select(state.id)) if wanted else select(state.id)
    chosen = chosen.where(*_in_programme(programme_id), _on(session, roster, programme_id), *wanted).order_by(
        *order
    )
    fifty = chosen.limit(PAGE).offset((page - 1) * PAGE).subquery()
    query = select(state, people.School, people.Person).select_from(fifty).join(state, state.id == fifty.c.id)
    return [
        RosterRow(school, person, tuple(state.reasons), str(state.scores.get("final", "")), None)
        for state, school, person in session.execute(_named(query).order_by(*order[1:]))
    ]


def standing_counts(session: Session, *, programme_id: int, search: str = "") -> dict[Roster, int]:
    """How many stand in each list. One query."""
    wanted = _like(search)
    lacking = [
        func.count().filter(_on(session, roster, programme_id)) for roster in (Roster.BLOCKED, Roster.READY)
    ]
    given = select(func.count()).where(Certificate.programme_id == programme_id)
    if wanted:
        given = _with_owner(given.select_from(Certificate)).where(_found(search))
    query: Any = select(*lacking, given.scalar_subquery())
    query = _named(query) if wanted else query.select_from(completion.CompletionState)
    row = session.execute(query.where(*_in_programme(programme_id), *wanted)).one()
    return dict(zip(Roster, row, strict=True))


def _issued(session: Session, programme_id: int, search: str, page: int) -> list[RosterRow]:
    row = Certificate
    query = _with_owner(select(row, people.School, people.Person)).where(row.programme_id == programme_id)
    if search:
        query = query.where(_found(search))
    query = (
        query.order_by(row.school_id, row.enrolment_id.nulls_first(), row.revision)
        .limit(PAGE)
        .offset((page - 1) * PAGE)
    )
    return [
        RosterRow(school, person, (), "", certificate)
        for certificate, school, person in session.execute(query)
    ]


def _with_owner(query: Any) -> Any:
    return query.join(people.School, people.School.id == Certificate.school_id).outerjoin(
        people.Person, people.Person.id == Certificate.person_id
    )


def _in_programme(programme_id: int) -> tuple[ColumnElement[bool], ...]:
    state = completion.CompletionState
    return (state.programme_id == programme_id, state.stage_id.is_(None))


def _named(query: Any) -> Any:
    state = completion.CompletionState
    return (
        query.select_from(state)
        .join(people.School, people.School.id == state.school_id)
        .outerjoin(programmes.Enrolment, programmes.Enrolment.id == state.enrolment_id)
        .outerjoin(people.Person, people.Person.id == programmes.Enrolment.person_id)
    )


def _on(session: Session, roster: Roster, programme_id: int) -> ColumnElement[bool]:
    """That a state has no certificate, and may be given one (``READY``) or not yet."""
    state, row = completion.CompletionState, Certificate
    here = (row.programme_id == state.programme_id, row.school_id == state.school_id)
    of_person = exists().where(*here, row.enrolment_id == state.enrolment_id)
    of_school = exists().where(*here, row.enrolment_id.is_(None), state.enrolment_id.is_(None))
    lacks = and_(~of_person, ~of_school, state.met == (true() if roster is Roster.READY else false()))
    without = _uncertified(session, programme_id)
    if not without:
        return lacks
    enrolment = programmes.Enrolment
    of_role = (enrolment.programme_id == state.programme_id, enrolment.role.in_(without))
    without_any = select(enrolment.id).where(*of_role)
    return and_(lacks, or_(state.enrolment_id.is_(None), state.enrolment_id.not_in(without_any)))


def _uncertified(session: Session, programme_id: int) -> tuple[Role, ...]:
    return programmes.definition_of(programmes.get_programme(session, programme_id)).uncertified


def _like(search: str) -> list[ColumnElement[bool]]:
    return [people.person_or_school_has(word) for word in people.search_words(search)]


def _found(search: str) -> ColumnElement[bool]:
    """That a certificate is somebody's with all words, or has a number that begins so."""
    words = _like(search)
    number = Certificate.number.istartswith(search.strip(), autoescape=True)
    return or_(and_(*words), number) if words else number
