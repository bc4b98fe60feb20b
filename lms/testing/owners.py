"""Whose a row is: an oracle beside the routes' own answers, for tests that walk every page."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Table, select
from sqlalchemy.orm import Session

from lms.people import api as people
from lms.platform.db import Base


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose a row is, as far as its own columns and those it points to say."""

    person_id: int | None = None
    school_id: int | None = None
    programme_id: int | None = None
    agency_id: int | None = None


def owner_of(session: Session, table: Table, row_id: int) -> Owner:
    """Whose a row is, found by following its foreign keys: an oracle beside the routes' own answers."""
    row = session.execute(select(table).where(table.c.id == row_id)).mappings().one()
    if table.name == "person":
        return _owner_of_person(session, row_id)
    known = {name: row.get(name) for name in Owner.__slots__}
    if table.name in _SELF:
        known[_SELF[table.name]] = row_id
    targets = [(key.column.table, row[key.parent.name]) for key in table.foreign_keys]
    if row.get("enrolment_id"):
        targets.append((Base.metadata.tables["enrolment"], row["enrolment_id"]))
    for target, target_id in targets:
        if target_id is not None and target.name not in {"person", table.name}:
            above = owner_of(session, target, target_id)
            known = {name: value or getattr(above, name) for name, value in known.items()}
    if known["person_id"] and not known["school_id"] and not known["agency_id"]:
        return _owner_of_person(session, known["person_id"])
    return Owner(**known)


def _owner_of_person(session: Session, person_id: int) -> Owner:
    grants = people.grants_of(session, person_id, on=date(2020, 10, 1))
    schools = {grant.school_id for grant in grants}
    return Owner(person_id, schools.pop() if len(schools) == 1 else None, None, grants[0].agency_id)


_SELF = {"school": "school_id", "programme": "programme_id", "agency": "agency_id"}
