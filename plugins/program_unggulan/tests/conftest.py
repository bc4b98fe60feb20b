"""Schools in a running programme in which the module is placed."""

from dataclasses import dataclass
from datetime import UTC, date, datetime

import pytest
from flask import Flask
from sqlalchemy import insert
from sqlalchemy.orm import Session

from lms.api import Base, Role, db
from lms.platform.transaction import write
from lms.testing.people import make_agency, make_person, make_school

START = datetime(2020, 9, 8, 1, 0, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class World:
    """Ids of what the tests need."""

    programme_id: int
    placement_id: int
    school_id: int
    other_school_id: int
    people: dict[Role, int]
    stranger: int
    """Of the quality team of the other school."""

    @property
    def root(self) -> str:
        return f"/m/program_unggulan/{self.programme_id}/{self.school_id}"


def put(session: Session, name: str, **values: object) -> int:
    """One row of a core table; its id."""
    table = Base.metadata.tables[name]
    row = session.execute(insert(table).values(**values)).inserted_primary_key
    return int(row[0]) if row is not None else 0


@pytest.fixture
def world(app: Flask) -> World:
    """Two schools of one programme, and the people of the first."""
    with write() as session:
        agency = make_agency(session)
        school, other = make_school(session, agency, name="SD Negeri 26"), make_school(session, agency)
        programme_id = put(
            session, "programme", agency_id=agency.id, code="SEKMOD", title="Sekolah Model",
            school_year="2020/2021", timezone="Asia/Jakarta", status="running", version=1, definition={},
            created_at=START,
        )  # fmt: skip
        for entry, kind in ((school, "model"), (other, "imbas")):
            put(session, "programme_school", programme_id=programme_id, school_id=entry.id, kind=kind)
        stage_id = put(
            session, "stage", programme_id=programme_id, no=1, title="Tahap 1", starts_on=date(2020, 9, 8),
            ends_on=date(2020, 9, 30), opens_at=START, on_service_due_at=START, closes_at=START,
        )  # fmt: skip
        placement_id = put(
            session, "module_placement", stage_id=stage_id, module_key="program_unggulan", title="Program unggulan",
            position=1, jp_in=4, jp_on=8,
        )  # fmt: skip
        school_roles = (Role.QUALITY_TEAM, Role.HEADMASTER, Role.OPERATOR, Role.TEACHER, Role.FACILITATOR,
                        Role.SUPERVISOR, Role.GRADER)  # fmt: skip
        people = {role: make_person(session, role, school=school).id for role in school_roles}
        people[Role.ADMIN] = make_person(session, Role.ADMIN, agency=agency).id
        stranger = make_person(session, Role.QUALITY_TEAM, school=other).id
        world = World(programme_id, placement_id, school.id, other.id, people, stranger)
    db.session.remove()
    return world
