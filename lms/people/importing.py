"""Importing a school's teachers: first what would happen, then, once confirmed, the same."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from lms.contract.actors import Actor, Role
from lms.contract.text import Text
from lms.people.accounts import OneTime, open_account
from lms.people.dapodik import Line, TeacherList
from lms.people.grants import grant_role
from lms.people.models import Person, RoleGrant
from lms.people.person_fields import PersonFields
from lms.people.persons import create_person
from lms.people.schools import get_school
from lms.people.usernames import suggest_username
from lms.platform import audit


class Fate(StrEnum):
    """What happens to a line."""

    NEW = "new"
    KNOWN = "known"
    ELSEWHERE = "elsewhere"
    NOT_A_TEACHER = "not_a_teacher"
    OTHER_SCHOOL = "other_school"
    FAULTY = "faulty"


@dataclass(frozen=True, slots=True)
class Judged:
    """A line, its fate, and the sentences about its fields."""

    line: Line
    fate: Fate
    sentences: tuple[Text, ...]


def judge(session: Session, found: TeacherList, *, school_id: int) -> list[Judged]:
    """The dry run: what would become of each line. Only reads."""
    fields = [line.checked.fields for line in found.lines]
    numbers = {number for entry in fields for number in (entry.nip, entry.nuptk) if number}
    here = _people_here(session, school_id)
    known_numbers = {number for person in here for number in (person.nip, person.nuptk) if number}
    known_names = {person.full_name.casefold() for person in here}
    elsewhere = _numbers_in_use(session, numbers) - known_numbers
    seen: set[str] = set()
    judged = []
    for line in found.lines:
        entry = line.checked.fields
        own = {number for number in (entry.nip, entry.nuptk) if number}
        name = entry.full_name.casefold()
        if line.checked.faults:
            fate = Fate.FAULTY
        elif line.other_school:
            fate = Fate.OTHER_SCHOOL
        elif not line.is_teacher:
            fate = Fate.NOT_A_TEACHER
        elif own & known_numbers or name in known_names or name in seen:
            fate = Fate.KNOWN
        else:
            fate = Fate.ELSEWHERE if own & elsewhere else Fate.NEW
        seen.add(name)
        sentences = (*line.checked.faults.values(), *line.checked.warnings.values())
        judged.append(Judged(line, fate, sentences))
    return judged


def import_teachers(
    session: Session, *, school_id: int, teachers: Sequence[tuple[PersonFields, OneTime]], actor: Actor,
    now: datetime,
) -> list[int]:  # fmt: skip
    """Add the confirmed teachers with one-time codes; their ids. Raises Invalid."""
    school = get_school(session, school_id)
    made = []
    for fields, one_time in teachers:
        person = create_person(session, fields=fields, timezone=school.timezone, actor=actor, now=now)
        grant_role(session, person_id=person.id, role=Role.TEACHER, agency_id=school.agency_id,
                   school_id=school_id, actor=actor, now=now)  # fmt: skip
        username = suggest_username(session, person.full_name)
        open_account(session, person_id=person.id, username=username, one_time=one_time, now=now)
        made.append(person.id)
    audit.record(session, actor_id=actor.person_id, action="people.import_people",
                 subject=("school", school_id), now=now, after={"people": made})  # fmt: skip
    return made


def _people_here(session: Session, school_id: int) -> Iterable[Person]:
    here = select(RoleGrant.person_id).where(RoleGrant.school_id == school_id)
    return session.scalars(select(Person).where(Person.id.in_(here))).all()


def _numbers_in_use(session: Session, numbers: set[str]) -> set[str]:
    if not numbers:
        return set()
    rows = session.execute(
        select(Person.nip, Person.nuptk).where(or_(Person.nip.in_(numbers), Person.nuptk.in_(numbers)))
    )
    return {number for row in rows for number in (row.nip, row.nuptk) if number}
