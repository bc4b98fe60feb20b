"""Schools, people, roles, enrolments, attendance and reading of a province, in bulk."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import Connection, Table, func, insert, select
from sqlalchemy.orm import Session

from imbas_demo import cast as invented
from imbas_demo.habits import habit, luck
from lms.contract.actors import Role
from lms.contract.plugin import StorySchool
from lms.modules import api as modules
from lms.modules.models import ReadSection
from lms.people.auth.models import Account
from lms.people.directory.models import Person, RoleGrant, School
from lms.platform.db import Base, reset_sequences, table_of
from lms.programmes import api as programmes
from lms.programmes.models import AttendanceRecord, Enrolment, ProgrammeSchool

PEOPLE = 20
_SCHOOLS_OF_A_COACH = 25
_VISITORS = (Role.FACILITATOR, Role.GRADER, Role.SUPERVISOR)
_REGIONS = tuple(f"16.{regency:02d}.{district:02d}" for regency in range(1, 14) for district in range(1, 11))


@dataclass(slots=True)
class Member:
    """A school of the province; ``enrolments`` are (enrolment, person, role)."""

    school_id: int
    name: str
    is_model: bool
    coach: int
    grader: int
    enrolments: list[tuple[int, int, Role]]

    def people(self, role: Role) -> list[int]:
        """Persons who take part with this role."""
        return [person_id for _enrolment, person_id, own in self.enrolments if own is role]

    def as_place(self) -> StorySchool:
        """The school as plugins see it."""
        return StorySchool(
            self.school_id,
            self.people(Role.HEADMASTER)[0],
            tuple(self.people(Role.QUALITY_TEAM)),
            tuple(self.people(Role.TEACHER)),
            self.coach,
            self.grader,
        )


def roles_of(cast: invented.Cast) -> list[tuple[int, int, Role]]:
    """Who of the six schools takes part."""
    return [
        entry
        for school in cast.schools
        for entry in (
            (school.headmaster, school.id, Role.HEADMASTER),
            *((person, school.id, Role.QUALITY_TEAM) for person in school.quality_team),
            *((person, school.id, Role.TEACHER) for person in school.teachers),
        )
    ]


def write_schools(
    session: Session, agency_id: int, programme_id: int, start: int, count: int, since: date
) -> list[Member]:
    """``count`` schools from number ``start`` with everybody in them; ids are given beforehand."""
    school_id, person_id = next_id(session, School), next_id(session, Person)
    enrolment_id = next_id(session, Enrolment)
    created = datetime.combine(since, time(8), UTC)
    members, persons, accounts, grants, enrolments, schools = [], [], [], [], [], []
    staff: dict[tuple[Role, int], int] = {}
    for number in range(start, start + count):
        name = f"SD Negeri {number + 1} {luck('village', number).choice(invented.VILLAGES)}"
        schools.append(_school(school_id, agency_id, number, name))
        member = Member(school_id, name, number % 6 == 0, 0, 0, [])
        for role, username, position, enrolled in _posts(number):
            persons.append(_person(person_id, position, created))
            accounts.append(_account(person_id, username, created))
            if enrolled:
                enrolments.append(
                    {
                        "id": enrolment_id,
                        "programme_id": programme_id,
                        "person_id": person_id,
                        "school_id": school_id,
                        "role": role,
                        "enrolled_at": created,
                    }
                )
                member.enrolments.append((enrolment_id, person_id, role))
                enrolment_id += 1
            if role in _VISITORS:
                staff[role, number // _SCHOOLS_OF_A_COACH] = person_id
            else:
                grants.append(_grant(person_id, role, agency_id, school_id, since))
            person_id += 1
        group = number // _SCHOOLS_OF_A_COACH
        member.coach, member.grader = staff[Role.FACILITATOR, group], staff[Role.GRADER, group]
        grants += [_grant(staff[role, group], role, agency_id, school_id, since) for role in _VISITORS]
        members.append(member)
        school_id += 1
    places = [
        {
            "programme_id": programme_id,
            "school_id": member.school_id,
            "kind": programmes.SchoolKind.MODEL if member.is_model else programmes.SchoolKind.IMBAS,
        }
        for member in members
    ]
    for model, rows in (
        (School, schools),
        (Person, persons),
        (Account, accounts),
        (RoleGrant, grants),
        (ProgrammeSchool, places),
        (Enrolment, enrolments),
    ):
        bulk(session, model, rows)
    return members


def write_presence(
    session: Session, stages: list[programmes.Stage], members: list[Member], now: datetime
) -> None:
    """Lists of every session that is over, and what was read; one list in ten is not written yet.

    Diligent people have read every material that is open, the others its first pages.
    """
    held = [
        row for row in programmes.sessions_of(session, [stage.id for stage in stages]) if row.ends_at < now
    ]
    open_stages = [stage.id for stage in stages if stage.opens_at < now]
    placements = [
        (placement.id, len(modules.sections_of(placement)))
        for placement in modules.placements_of(session, open_stages)
    ]
    lists, read = [], []
    for member in members:
        for taught in held:
            if luck("list", member.school_id, taught.id).random() < 0.1:
                continue
            lists += [
                _attendance(taught, enrolment_id, member.coach)
                for enrolment_id, _person_id, _role in member.enrolments
            ]
        for enrolment_id, _person_id, _role in member.enrolments:
            for placement_id, total in placements:
                first = min(luck("read", enrolment_id, placement_id).randint(0, 6), total)
                sections = total if habit(str(enrolment_id)).diligent else first
                read += [
                    {
                        "enrolment_id": enrolment_id,
                        "placement_id": placement_id,
                        "section": section,
                        "read_at": now - timedelta(days=total + 3 - section),
                        "completes": section == total,
                    }
                    for section in range(1, sections + 1)
                ]
    bulk(session, AttendanceRecord, lists)
    bulk(session, ReadSection, read)


def bulk(session: Session, model: type[Base], rows: list[dict[str, Any]]) -> None:
    """Insert many rows that all have the same columns."""
    if not rows:
        return
    table, connection = table_of(model), session.connection()
    computed = {column.name for column in table.columns if column.default is not None}
    if connection.dialect.name == "postgresql" and computed <= rows[0].keys():
        _copy(connection, table, rows)
    else:
        session.execute(insert(table), rows)
    reset_sequences(connection, table)


def _copy(connection: Connection, table: Table, rows: list[dict[str, Any]]) -> None:
    """By PostgreSQL's COPY: a statement for each row takes four times as long."""
    names = tuple(rows[0])
    kinds = [table.c[name].type.dialect_impl(connection.dialect) for name in names]
    processors = [kind.bind_processor(connection.dialect) for kind in kinds]
    quote = connection.dialect.identifier_preparer.quote
    columns = ", ".join(map(quote, names))
    driver: Any = connection.connection.driver_connection
    with driver.cursor().copy(f"COPY {quote(table.name)} ({columns}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(
                [
                    row[name] if processor is None or row[name] is None else processor(row[name])
                    for name, processor in zip(names, processors, strict=True)
                ]
            )


def next_id(session: Session, model: Any) -> int:
    """The first free id; nobody else writes while a province is written."""
    return (session.scalar(select(func.max(model.id))) or 0) + 1


def _posts(number: int) -> list[tuple[Role, str, str, bool]]:
    key = f"s{number + 1:04d}"
    posts = [
        (Role.HEADMASTER, f"{key}.kepala", "Kepala sekolah", True),
        *((Role.QUALITY_TEAM, f"{key}.tpmps{n}", "TPMPS", True) for n in range(1, 5)),
        *((Role.TEACHER, f"{key}.guru{n}", "Guru", True) for n in range(1, PEOPLE - 4)),
        (Role.OPERATOR, f"{key}.operator", "Operator", False),
    ]
    if number % _SCHOOLS_OF_A_COACH == 0:
        group = number // _SCHOOLS_OF_A_COACH + 1
        posts += [
            (Role.FACILITATOR, f"fasilitator.p{group}", "Fasilitator", False),
            (Role.GRADER, f"penilai.p{group}", "Penilai", False),
            (Role.SUPERVISOR, f"pengawas.p{group}", "Pengawas sekolah", False),
        ]
    return posts


def _school(school_id: int, agency_id: int, number: int, name: str) -> dict[str, Any]:
    return {
        "id": school_id,
        "agency_id": agency_id,
        "npsn": f"98{number:06d}",
        "name": name,
        "short_name": name.replace("SD Negeri", "SDN"),
        "aliases": [],
        "level": "SD",
        "region_code": _REGIONS[number % len(_REGIONS)],
        "timezone": "Asia/Jakarta",
    }


def _person(person_id: int, position: str, created: datetime) -> dict[str, Any]:
    return {
        "id": person_id,
        "full_name": invented.name_of(person_id),
        "title_front": "",
        "title_back": "S.Pd.",
        "nip": "",
        "nuptk": "",
        "employment_status": None,
        "position": position,
        "locale": "id",
        "timezone": "Asia/Jakarta",
        "phone": "",
        "created_at": created,
    }


def _account(person_id: int, username: str, created: datetime) -> dict[str, Any]:
    return {
        "person_id": person_id,
        "username": username,
        "password_hash": invented.password_hash(),
        "must_change_password": False,
        "password_changed_at": created,
        "one_time_seed": "",
        "totp_secret": "",
        "totp_last_step": 0,
    }


def _grant(person_id: int, role: Role, agency_id: int, school_id: int, since: date) -> dict[str, Any]:
    return {
        "person_id": person_id,
        "role": role,
        "agency_id": agency_id,
        "school_id": school_id,
        "valid_from": since,
    }


def _attendance(taught: programmes.InServiceSession, enrolment_id: int, coach: int) -> dict[str, Any]:
    rng, status = luck("presence", enrolment_id, taught.id), programmes.AttendanceStatus
    present = rng.random() < (0.97 if habit(str(enrolment_id)).diligent else 0.75)
    return {
        "session_id": taught.id,
        "enrolment_id": enrolment_id,
        "status": status.PRESENT if present else status.EXCUSED_SICK if rng.random() < 0.5 else status.ABSENT,
        "minutes": rng.randint(112, 135) if present else None,
        "method": "zoom",
        "reason": "",
        "recorded_by": coach,
        "recorded_at": taught.ends_at,
    }
