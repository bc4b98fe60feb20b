"""Two schools of a running programme in which one module is placed, and everybody who works there."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from lms.contract.actors import Role
from lms.platform.db import Base, db
from lms.platform.transaction import write
from lms.testing.people import make_agency, make_person, make_school

START = datetime(2020, 9, 8, 1, 0, tzinfo=UTC)
_SCHOOL_ROLES = (
    Role.QUALITY_TEAM,
    Role.HEADMASTER,
    Role.OPERATOR,
    Role.TEACHER,
    Role.FACILITATOR,
    Role.SUPERVISOR,
    Role.GRADER,
)


@dataclass(frozen=True, slots=True)
class World:
    """Ids of what a module's tests need."""

    programme_id: int
    stage_id: int
    placement_id: int
    school_id: int
    other_school_id: int
    people: dict[Role, int]
    colleague: int
    """A second teacher of the school."""
    stranger: int
    """Of the other school: a teacher, or who ``make_world`` was asked for."""
    far_admin: int
    """The admin of another agency."""
    enrolment_id: int
    """The teacher's."""
    root: str
    """Where the module's pages of the school begin."""


def make_world(
    module: str,
    *,
    title: str,
    school_name: str = "",
    stranger: Role = Role.TEACHER,
    sections: Mapping[str, Any] | None = None,
) -> World:
    """The world of ``module``, committed, so that pages see it; ``sections`` are those of the programme's definition."""
    with write() as session:
        agency = make_agency(session)
        school, other = make_school(session, agency, name=school_name), make_school(session, agency)
        programme_id = row(
            session,
            "programme",
            agency_id=agency.id,
            code="SEKMOD",
            title="Sekolah Model",
            school_year="2020/2021",
            timezone="Asia/Jakarta",
            status="running",
            version=1,
            definition={**_definition(module, title), "sections": dict(sections or {})},
            created_at=START,
        )
        for entry, kind in ((school, "model"), (other, "imbas")):
            row(session, "programme_school", programme_id=programme_id, school_id=entry.id, kind=kind)
        stage_id = row(
            session,
            "stage",
            programme_id=programme_id,
            no=1,
            title="Tahap 1",
            starts_on=date(2020, 9, 8),
            ends_on=date(2020, 9, 30),
            opens_at=START,
            on_service_due_at=START,
            closes_at=START,
        )
        placement_id = row(
            session,
            "module_placement",
            stage_id=stage_id,
            module_key=module,
            title=title,
            position=1,
            jp_in=4,
            jp_on=8,
        )
        people = {role: make_person(session, role, school=school).id for role in _SCHOOL_ROLES}
        for role in (Role.ADMIN, Role.AGENCY_HEAD):
            people[role] = make_person(session, role, agency=agency).id
        enrolment_id = row(
            session,
            "enrolment",
            programme_id=programme_id,
            person_id=people[Role.TEACHER],
            school_id=school.id,
            role="teacher",
            enrolled_at=START,
        )
        world = World(
            programme_id,
            stage_id,
            placement_id,
            school.id,
            other.id,
            people,
            colleague=make_person(session, Role.TEACHER, school=school).id,
            stranger=make_person(session, stranger, school=other).id,
            far_admin=make_person(session, Role.ADMIN, agency=make_agency(session)).id,
            enrolment_id=enrolment_id,
            root=f"/m/{module}/{programme_id}/{school.id}",
        )
    db.session.remove()
    return world


def _definition(module: str, title: str) -> dict[str, Any]:
    """The least that a programme says: one stage with the module; rules at their defaults."""
    end = "2020-09-30"
    return {
        "code": "SEKMOD",
        "title": "Sekolah Model",
        "school_year": "2020/2021",
        "participants": [{"role": "teacher"}],
        "stages": [
            {
                "no": 1,
                "title": "Tahap 1",
                "starts_on": "2020-09-08",
                "ends_on": end,
                "on_service_due_at": f"{end}T16:00:00+07:00",
                "materials": [{"group": "POKOK", "title": title, "module": module, "jp_in": 4, "jp_on": 8}],
            }
        ],
        "certificate": {
            "activity": "Pendampingan",
            "city": "Palembang",
            "signer": {"position": "Kepala LPMP", "name": "Contoh"},
            "responsible": {"position": "Ketua panitia", "name": "Contoh"},
        },
    }


def row(session: Session, table: str, **values: object) -> int:
    """One row of a table; the first column of its key."""
    target = Base.metadata.tables[table]
    key = next(iter(target.primary_key.columns))
    return int(session.scalars(insert(target).values(**values).returning(key)).one())
