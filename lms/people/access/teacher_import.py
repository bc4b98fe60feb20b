"""Importing a school's teachers: first what would happen, then, once confirmed, the same."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from lms.contract.actors import Actor, Role
from lms.contract.errors import Invalid
from lms.contract.sentences import ended
from lms.contract.text import Text, message
from lms.people.access.grants import grant_role
from lms.people.auth.accounts import OneTime, open_account
from lms.people.auth.usernames import suggest_username
from lms.people.directory.dapodik import Line, TeacherList
from lms.people.directory.models import Person, RoleGrant, person_key
from lms.people.directory.person_validation import PersonFields
from lms.people.directory.persons import create_person
from lms.people.directory.schools import get_school
from lms.platform import audit
from lms.platform.long_lists import among


class RowOutcome(StrEnum):
    """What happens to a line."""

    NEW = "new"
    ASK = "ask"
    KNOWN_NAME = "known_name"
    KNOWN = "known"
    REPEATED = "repeated"
    ELSEWHERE = "elsewhere"
    NOT_A_TEACHER = "not_a_teacher"
    OTHER_SCHOOL = "other_school"
    FAULTY = "faulty"


OFFERED = frozenset({RowOutcome.NEW, RowOutcome.ASK, RowOutcome.KNOWN_NAME})
"""Lines that a person may import; only new ones are chosen to begin with."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A line, its fate, and the sentences about its fields."""

    line: Line
    fate: RowOutcome
    sentences: tuple[Text, ...]


def plan_import(session: Session, found: TeacherList, *, school_id: int) -> list[Judged]:
    """The dry run: what would become of each line. Only reads."""
    fields = [line.checked.fields for line in found.lines]
    numbers = {number for entry in fields for number in (entry.nip, entry.nuptk) if number}
    known = _Known(_people_here(session, school_id), _numbers_in_use(session, numbers))
    return list(_judged(found.lines, known))


class _Known:
    """Who is registered: people of the school by number and name, and numbers anywhere."""

    def __init__(self, here: Iterable[Person], in_use: set[str]) -> None:
        self.in_use = in_use
        self.by_number: dict[str, Person] = {}
        self.by_name: dict[str, list[Person]] = {}
        for person in here:
            self.by_name.setdefault(person.name_key, []).append(person)
            self.by_number |= {number: person for number in (person.nip, person.nuptk) if number}


def _judged(lines: Sequence[Line], known: _Known) -> Iterable[Judged]:
    importable = [line for line in lines if _fate_of_its_own(line) is None]
    by_number: dict[str, list[Line]] = {}
    by_name: dict[str, list[Line]] = {}
    for line in importable:
        by_name.setdefault(_key(line), []).append(line)
        for number in _numbers(line.checked.fields):
            by_number.setdefault(number, []).append(line)
    for line in lines:
        fate, question = _fate_of_its_own(line), None
        if fate is None:
            twins = [other for number in _numbers(line.checked.fields) for other in by_number[number]]
            fate, question = _fate(line, known, twins, by_name[_key(line)])
        told = (*line.checked.faults.values(), *line.checked.warnings.values(), question)
        yield Judged(line, fate, tuple(text for text in told if text))


def _fate_of_its_own(line: Line) -> RowOutcome | None:
    if line.checked.faults:
        return RowOutcome.FAULTY
    if line.other_school:
        return RowOutcome.OTHER_SCHOOL
    return None if line.is_teacher else RowOutcome.NOT_A_TEACHER


def _fate(
    line: Line, known: _Known, twins: Sequence[Line], namesakes: Sequence[Line]
) -> tuple[RowOutcome, Text | None]:
    """``twins`` have a number of this line, ``namesakes`` its name; both hold the line itself."""
    fields = line.checked.fields
    for number in _numbers(fields):
        if person := known.by_number.get(number):
            other = person.name_key != _key(line)
            return RowOutcome.KNOWN, _number_of(number, person.full_name) if other else None
    if known.in_use.intersection(_numbers(fields)):
        return RowOutcome.ELSEWHERE, None
    others = [twin for twin in twins if twin is not line]
    if strangers := [twin for twin in others if _key(twin) != _key(line)]:
        return RowOutcome.ASK, _same_number(strangers[0])
    if others and line is not twins[0]:
        return RowOutcome.REPEATED, None
    if any(not _differ(fields, person) for person in known.by_name.get(_key(line), ())):
        return RowOutcome.KNOWN_NAME, _NAME_KNOWN
    before = [other for other in namesakes if other.number < line.number and not others]
    if like := [other for other in before if not _differ(fields, other.checked.fields)]:
        return RowOutcome.ASK, _same_name(like[0])
    return RowOutcome.NEW, None


def _key(line: Line) -> str:
    return person_key(line.checked.fields.full_name)


def _numbers(fields: PersonFields) -> list[str]:
    return [number for number in (fields.nuptk, fields.nip) if number]


def _differ(one: PersonFields, other: PersonFields | Person) -> bool:
    """Whether two of one name are two people for sure: a number that both have is not the same."""
    pairs = ((one.nuptk, other.nuptk), (one.nip, other.nip))
    return any(mine and theirs and mine != theirs for mine, theirs in pairs)


_NAME_KNOWN = message("Nama ini sudah terdaftar di sekolah ini. Centang bila orangnya lain.")


def _same_name(other: Line) -> Text:
    return message("Nama ini juga di baris %(number)s. Centang bila orangnya lain.", number=other.number)


def _same_number(other: Line) -> Text:
    name = other.checked.fields.full_name
    return message(
        "Nomor ini juga di baris %(number)s (%(name)s). Centang yang benar saja.",
        number=other.number,
        name=name,
    )


def _number_of(number: str, name: str) -> Text:
    what = "NUPTK" if len(number) == 16 else "NIP"
    return message(
        "%(what)s ini tercatat atas nama %(name)s Periksa mana yang benar.", what=what, name=ended(name)
    )


def import_teachers(
    session: Session,
    *,
    school_id: int,
    teachers: Sequence[tuple[PersonFields, OneTime]],
    actor: Actor,
    now: datetime,
) -> list[int]:
    """Add the confirmed teachers with one-time codes; their ids. Raises Invalid that names the teacher."""
    school = get_school(session, school_id)
    made = []
    for fields, one_time in teachers:
        try:
            person = create_person(session, fields=fields, timezone=school.timezone, actor=actor, now=now)
        except Invalid as error:
            raise _refused(fields, error) from error
        grant_role(
            session,
            person_id=person.id,
            role=Role.TEACHER,
            agency_id=school.agency_id,
            school_id=school_id,
            actor=actor,
            now=now,
        )
        username = suggest_username(session, person.full_name)
        open_account(session, person_id=person.id, username=username, one_time=one_time, now=now)
        made.append(person.id)
    audit.record(
        session,
        actor_id=actor.person_id,
        action="people.import_people",
        subject=("school", school_id),
        now=now,
        after={"people": made},
    )
    return made


def _refused(fields: PersonFields, error: Invalid) -> Invalid:
    why = next(iter(error.fields.values()), error.text)
    return Invalid(
        message("Belum ada yang ditambahkan. %(full_name)s: %(why)s", full_name=fields.full_name, why=why)
    )


def _people_here(session: Session, school_id: int) -> Iterable[Person]:
    here = select(RoleGrant.person_id).where(RoleGrant.school_id == school_id)
    return session.scalars(select(Person).where(Person.id.in_(here))).all()


def _numbers_in_use(session: Session, numbers: set[str]) -> set[str]:
    if not numbers:
        return set()
    rows = session.execute(
        select(Person.nip, Person.nuptk).where(or_(among(Person.nip, numbers), among(Person.nuptk, numbers)))
    )
    return {number for row in rows for number in (row.nip, row.nuptk) if number}
