"""Before and after issue: who is blocked, who is ready, who has a certificate; a page of fifty at a time."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, and_, false, func, or_, select, true
from sqlalchemy.orm import Session

from lms.certificates.models import Certificate
from lms.completion import api as completion
from lms.contract.actors import Role
from lms.people import api as people
from lms.programmes import api as programmes
from lms.web.paging import PAGE


class Shelf(StrEnum):
    """The three lists; the value is what an address carries."""

    BLOCKED = "terhalang"
    READY = "siap"
    ISSUED = "terbit"


@dataclass(frozen=True, slots=True)
class Standing:
    """A participant, or a school (``person`` None), with what is missing or what was issued."""

    school: people.School
    person: people.Person | None
    reasons: tuple[dict[str, str], ...]
    final: str
    certificate: Certificate | None


def standings(
    session: Session, *, programme_id: int, shelf: Shelf, search: str = "", page: int = 1
) -> list[Standing]:
    """Fifty of one list, schools before their people. ``search`` looks at names, schools and numbers."""
    state, wanted = completion.CompletionState, _like(search)
    # the order of the index, which PostgreSQL then reads for fifty rows and no further
    order = (state.school_id, state.enrolment_id)
    chosen = _joined(select(state.id, Certificate.id.label("issued")), programme_id, with_names=bool(wanted))
    chosen = chosen.where(_on(shelf, _uncertified(session, programme_id)), *wanted).order_by(
        *(order if shelf is Shelf.ISSUED else (state.met, *order))
    )
    fifty = chosen.limit(PAGE).offset((page - 1) * PAGE).subquery()
    rows = session.execute(
        _named(
            select(state, people.School, people.Person, Certificate)
            .select_from(fifty)
            .join(state, state.id == fifty.c.id)
            .outerjoin(Certificate, Certificate.id == fifty.c.issued)
        ).order_by(*order)
    )
    return [
        Standing(school, person, tuple(state.reasons), str(state.scores.get("final", "")), certificate)
        for state, school, person, certificate in rows
    ]


def standing_counts(session: Session, *, programme_id: int, search: str = "") -> dict[Shelf, int]:
    """How many stand in each list. One query."""
    without = _uncertified(session, programme_id)
    counts = (func.count().filter(_on(shelf, without)) for shelf in Shelf)
    wanted = _like(search)
    query = _joined(select(*counts), programme_id, with_names=bool(wanted)).where(*wanted)
    return dict(zip(Shelf, session.execute(query).one(), strict=True))


def _joined(query: Any, programme_id: int, *, with_names: bool) -> Any:
    state, row = completion.CompletionState, Certificate
    same = and_(
        row.programme_id == state.programme_id, row.school_id == state.school_id,
        row.enrolment_id == state.enrolment_id, row.replaced_by == "",
    )  # fmt: skip
    query = query.select_from(state).outerjoin(row, same)
    if with_names:
        query = _named(query)
    return query.where(state.programme_id == programme_id, state.stage_id == 0)


def _named(query: Any) -> Any:
    state = completion.CompletionState
    return (
        query.join(people.School, people.School.id == state.school_id)
        .outerjoin(programmes.Enrolment, programmes.Enrolment.id == state.enrolment_id)
        .outerjoin(people.Person, people.Person.id == programmes.Enrolment.person_id)
    )


def _on(shelf: Shelf, without: Sequence[Role]) -> ColumnElement[bool]:
    if shelf is Shelf.ISSUED:
        return Certificate.id.is_not(None)
    state = completion.CompletionState
    met = true() if shelf is Shelf.READY else false()
    lacks = and_(Certificate.id.is_(None), state.met == met)
    if not without:
        return lacks
    enrolment = programmes.Enrolment
    of_role = (enrolment.programme_id == state.programme_id, enrolment.role.in_(without))
    return and_(lacks, state.enrolment_id.not_in(select(enrolment.id).where(*of_role)))


def _uncertified(session: Session, programme_id: int) -> tuple[Role, ...]:
    return programmes.definition_of(programmes.get_programme(session, programme_id)).uncertified


def _like(search: str) -> list[ColumnElement[bool]]:
    return [
        or_(
            people.person_or_school_has(word),
            Certificate.number.startswith(word, autoescape=True),
        )
        for word in people.search_words(search)
    ]
