"""Reading the attendance lists: who is on one, what it says, how much is missing.

Each function costs the same number of queries for six schools and for a thousand.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from lms.contract.actors import Role
from lms.people import api as people
from lms.platform.long_lists import among
from lms.programmes.models import (
    AttendanceRecord,
    Enrolment,
)
from lms.programmes.rules import COUNTED, EXCUSED, AttendanceStatus

LINES = 100
"""Lines of an attendance list on one page."""


@dataclass(frozen=True, slots=True)
class Line:
    """One participant on the list of a session; ``status`` None while nothing is written."""

    enrolment_id: int
    school_id: int
    school: str
    name: str
    nip: str
    position: str
    role: Role
    status: AttendanceStatus | None
    minutes: int | None
    method: str
    reason: str
    recorded_by: str
    recorded_at: datetime | None

    @property
    def stamp(self) -> str:
        """What is stored, as a form carries it to notice that a colleague was faster."""
        return stamp(self.status, self.minutes)


@dataclass(frozen=True, slots=True)
class Tally:
    """How many participants the lists of a session count as what."""

    people: int = 0
    present: int = 0
    excused: int = 0
    absent: int = 0

    @property
    def missing(self) -> int:
        """Participants about whom nothing is written."""
        return self.people - self.present - self.excused - self.absent


def stamp(status: AttendanceStatus | None, minutes: int | None) -> str:
    """``present|121``; empty when nothing is written."""
    return f"{status}|{'' if minutes is None else minutes}" if status else ""


def lines_of(
    session: Session,
    *,
    session_id: int,
    programme_id: int,
    school_ids: Iterable[int] | None,
    search: str = "",
    page: int = 1,
) -> list[Line]:
    """``LINES`` lines of the list of a session, by school and name; ``page`` from 1."""
    wanted = (
        _enrolments(Enrolment.id, programme_id, school_ids, search)
        .order_by(Enrolment.school_id, Enrolment.id)
        .limit(LINES)
        .offset((page - 1) * LINES)
    )  # by the index, and only then are names looked up: a province has 20,000 of them
    ids = list(session.scalars(wanted))
    recorder = aliased(people.Person)
    query = (
        select(Enrolment, people.School, people.Person, AttendanceRecord, recorder.full_name)
        .join(people.School, people.School.id == Enrolment.school_id)
        .join(people.Person, people.Person.id == Enrolment.person_id)
        .outerjoin(
            AttendanceRecord,
            (AttendanceRecord.enrolment_id == Enrolment.id) & (AttendanceRecord.session_id == session_id),
        )
        .outerjoin(recorder, recorder.id == AttendanceRecord.recorded_by)
        .where(among(Enrolment.id, ids))
        .order_by(people.School.npsn, people.Person.full_name, Enrolment.id)
    )
    return [_line(*row) for row in session.execute(query)]


def count_lines(
    session: Session, *, programme_id: int, school_ids: Iterable[int] | None, search: str = ""
) -> int:
    """How many participants ``lines_of`` has on all its pages."""
    return session.scalar(_enrolments(func.count(Enrolment.id), programme_id, school_ids, search)) or 0


def people_by_school(session: Session, programme_id: int, school_ids: Iterable[int] | None) -> dict[int, int]:
    """Number of participants of each school that has any."""
    query = (
        select(Enrolment.school_id, func.count())
        .where(*_within(programme_id, school_ids))
        .group_by(Enrolment.school_id)
    )
    return {row[0]: row[1] for row in session.execute(query)}


def totals(
    session: Session, *, programme_id: int, session_ids: Sequence[int], school_ids: Iterable[int] | None
) -> dict[int, Tally]:
    """What the lists say about all those schools together, by session."""
    schools = None if school_ids is None else list(school_ids)
    everybody = count_lines(session, programme_id=programme_id, school_ids=schools)
    query = (
        select(AttendanceRecord.session_id, AttendanceRecord.status, func.count().label("number"))
        .where(among(AttendanceRecord.session_id, session_ids))
        .group_by(AttendanceRecord.session_id, AttendanceRecord.status)
    )
    if schools is not None:
        query = query.join(Enrolment, Enrolment.id == AttendanceRecord.enrolment_id)
        query = query.where(among(Enrolment.school_id, schools))
    found: dict[int, dict[AttendanceStatus, int]] = {}
    for row in session.execute(query):
        found.setdefault(row.session_id, {})[row.status] = row.number
    return {session_id: _tally(everybody, found.get(session_id, {})) for session_id in session_ids}


def tallies(
    session: Session, *, programme_id: int, session_ids: Sequence[int], school_ids: Iterable[int] | None
) -> dict[tuple[int, int], Tally]:
    """What the lists say, by (session, school), for every school with participants."""
    schools = None if school_ids is None else list(school_ids)
    everybody = people_by_school(session, programme_id, schools)
    query = (
        select(
            AttendanceRecord.session_id,
            Enrolment.school_id,
            AttendanceRecord.status,
            func.count().label("number"),
        )
        .join(Enrolment, Enrolment.id == AttendanceRecord.enrolment_id)
        .where(among(AttendanceRecord.session_id, session_ids), *_within(programme_id, schools))
        .group_by(AttendanceRecord.session_id, Enrolment.school_id, AttendanceRecord.status)
    )
    found: dict[tuple[int, int], dict[AttendanceStatus, int]] = {}
    for row in session.execute(query):
        found.setdefault((row.session_id, row.school_id), {})[row.status] = row.number
    return {
        (session_id, school_id): _tally(number, found.get((session_id, school_id), {}))
        for session_id in session_ids
        for school_id, number in everybody.items()
    }


def own_records(session: Session, enrolment_id: int) -> dict[int, AttendanceRecord]:
    """What the lists say about one participant, by session."""
    query = select(AttendanceRecord).where(AttendanceRecord.enrolment_id == enrolment_id)
    return {row.session_id: row for row in session.scalars(query)}


def _tally(number: int, statuses: Mapping[AttendanceStatus, int]) -> Tally:
    return Tally(
        people=number,
        present=sum(statuses.get(status, 0) for status in COUNTED),
        excused=sum(statuses.get(status, 0) for status in EXCUSED),
        absent=statuses.get(AttendanceStatus.ABSENT, 0),
    )


def _enrolments(
    what: ColumnElement[Any] | InstrumentedAttribute[int],
    programme_id: int,
    school_ids: Iterable[int] | None,
    search: str,
) -> Select[Any]:
    query = select(what).where(*_within(programme_id, school_ids))
    if not search:
        return query
    return (
        query.join(people.School, people.School.id == Enrolment.school_id)
        .join(people.Person, people.Person.id == Enrolment.person_id)
        .where(*map(people.person_or_school_has, people.search_words(search)))
    )


def _within(programme_id: int, school_ids: Iterable[int] | None) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [Enrolment.programme_id == programme_id]
    if school_ids is not None:
        conditions.append(among(Enrolment.school_id, school_ids))
    return conditions


def _line(
    enrolment: Enrolment,
    school: people.School,
    person: people.Person,
    record: AttendanceRecord | None,
    recorded_by: str | None,
) -> Line:
    return Line(
        enrolment_id=enrolment.id,
        school_id=school.id,
        school=school.short_name,
        name=person.display_name,
        nip=person.nip,
        position=person.position,
        role=enrolment.role,
        status=record.status if record else None,
        minutes=record.minutes if record else None,
        method=record.method if record else "",
        reason=record.reason if record else "",
        recorded_by=recorded_by or "",
        recorded_at=record.recorded_at if record else None,
    )
