"""Who takes part in the demonstration. Every name is invented; schools and roles come from a file."""

from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from itertools import cycle
from typing import Any

import yaml
from sqlalchemy.orm import Session

from lms.contract.actors import Role
from lms.contract.plugin import StorySchool
from lms.people import api as people

PASSWORD = "riak sampai jauh"  # noqa: S105  # everybody of the demonstration; shown when it starts
SINCE = date(2020, 7, 1)
_FIRST = (
    "Yusnidar",
    "Rahmawati",
    "Suhardi",
    "Megawaty",
    "Darlina",
    "Iskandar",
    "Nurhayati",
    "Zulkarnain",
    "Fitriani",
    "Herlina",
    "Suparman",
    "Rosmala",
    "Aminudin",
    "Lestari",
    "Marlena",
    "Hendriyanto",
    "Komalasari",
    "Syafrudin",
    "Ernawati",
    "Junaidi",
    "Wulandari",
    "Paiman",
    "Rusmini",
    "Taufikurrahman",
    "Asmara",
    "Desmawati",
    "Baharudin",
    "Elviana",
    "Karsiman",
    "Puspita",
)
_LAST = (
    "Anggara",
    "Basri",
    "Cahyani",
    "Dalimunthe",
    "Effendi",
    "Gumay",
    "Hasanah",
    "Irawan",
    "Juwita",
    "Kurnia",
    "Lubis",
    "Marzuki",
    "Oktarina",
    "Pratama",
    "Rozali",
    "Saputra",
    "Tamimi",
    "Utami",
    "Yulianti",
    "Zahara",
)
VILLAGES = (
    "Suka Maju",
    "Talang Jaya",
    "Muara Baru",
    "Tanjung Sari",
    "Lubuk Indah",
    "Air Bening",
    "Pangkal Rejo",
)
_STATUSES = (people.EmploymentStatus.HONORARY, people.EmploymentStatus.PNS, people.EmploymentStatus.PPPK)


@dataclass(frozen=True, slots=True)
class Account:
    """A sign-in to show: what the person does, and how to become that person."""

    role: str
    name: str
    username: str
    password: str
    place: str


@dataclass(slots=True)
class School:
    """A school's people by what they do there; ids of persons."""

    id: int
    name: str
    kind: str
    headmaster: int = 0
    operator: int = 0
    quality_team: list[int] = field(default_factory=list)
    teachers: list[int] = field(default_factory=list)
    facilitator: int = 0
    grader: int = 0
    struggles: bool = False

    def as_place(self) -> StorySchool:
        """The school as plugins see it."""
        return StorySchool(
            self.id,
            self.headmaster,
            tuple(self.quality_team),
            tuple(self.teachers),
            self.facilitator,
            self.grader,
        )


@dataclass(slots=True)
class Cast:
    """Everybody."""

    agency_id: int
    admin: int
    schools: list[School]


def source(name: str) -> Traversable:
    """A file of the demonstration."""
    return files("imbas_demo") / name


def engage(session: Session, *, now: datetime) -> tuple[Cast, list[Account]]:
    """Create agency, schools, people, accounts and roles; the sign-ins to show, one for each role."""
    spec = yaml.safe_load(source("schools.yaml").read_text("utf-8"))
    agency = people.create_agency(session, **spec["agency"])
    hire = _Hiring(session, agency.id, now)
    office = agency.short_name
    admin = hire("lpmp.admin", "Admin program", office, (Role.ADMIN, None))
    hire("lpmp.kepala", "Kepala LPMP", office, (Role.AGENCY_HEAD, None))
    schools = [_school(session, agency.id, entry, hire, now) for entry in spec["schools"]]
    schools[-1].struggles = True
    half = (len(schools) + 1) // 2
    for number, some in enumerate((schools[:half], schools[half:]), start=1):
        roles = [(Role.FACILITATOR, school.id) for school in some]
        facilitator = hire(f"fasilitator{number}", "Fasilitator", f"{len(some)} sekolah", *roles)
        grader = hire(
            f"penilai{number}",
            "Penilai LPMP",
            f"{len(some)} sekolah",
            *[(Role.GRADER, school.id) for school in some],
        )
        for school in some:
            school.facilitator, school.grader = facilitator, grader
    hire(
        "pengawas",
        "Pengawas sekolah",
        f"{len(schools)} sekolah",
        *[(Role.SUPERVISOR, school.id) for school in schools],
    )
    hire("dinas", "Dinas Pendidikan", "Banyuasin", (Role.EDUCATION_OFFICE, None))
    return Cast(agency.id, admin, schools), hire.shown()


def recall(session: Session) -> Cast:
    """The same people, found again in a database in which they were engaged."""
    spec = yaml.safe_load(source("schools.yaml").read_text("utf-8"))
    admin = people.person_by_username(session, "lpmp.admin").id
    agency_id = people.grants_of(session, admin, on=SINCE)[0].agency_id
    schools = [_recalled(session, agency_id, entry) for entry in spec["schools"]]
    schools[-1].struggles = True
    return Cast(agency_id, admin, schools)


class _Hiring:
    """Gives people names, accounts and roles, and remembers the first of each role."""

    def __init__(self, session: Session, agency_id: int, now: datetime) -> None:
        self.session, self.agency_id, self.now = session, agency_id, now
        self.hired = 0
        self.statuses = cycle(_STATUSES)
        self.first: dict[str, Account] = {}

    def __call__(self, username: str, role: str, place: str, *roles: tuple[Role, int | None]) -> int:
        name = name_of(self.hired)
        self.hired += 1
        person = people.create_person(
            self.session,
            fields=people.PersonFields(
                full_name=name, title_back="S.Pd.", employment_status=next(self.statuses), position=role
            ),
            actor=None,
            now=self.now,
        )
        people.add_account(
            self.session,
            person_id=person.id,
            username=username,
            password_hash=password_hash(),
            must_change_password=False,
            now=self.now,
        )
        for granted, school_id in roles:
            people.grant_role(
                self.session,
                person_id=person.id,
                role=granted,
                agency_id=self.agency_id,
                school_id=school_id,
                valid_from=SINCE,
                actor=None,
                now=self.now,
            )
        self.first.setdefault(role, Account(role, name, username, PASSWORD, place))
        return person.id

    def shown(self) -> list[Account]:
        """The first of each role."""
        return list(self.first.values())


def _school(session: Session, agency_id: int, entry: dict[str, Any], hire: _Hiring, now: datetime) -> School:
    row = people.create_school(
        session,
        agency_id=agency_id,
        npsn=entry["npsn"],
        name=entry["name"],
        short_name=entry["short_name"],
        aliases=[entry["alias"]],
        region_code=entry["region_code"],
        actor=None,
        now=now,
    )
    found = School(row.id, row.short_name, entry["kind"])
    for what, role, username in _posts(entry["prefix"]):
        person_id = hire(username, what, row.short_name, (role, row.id))
        _seat(found, role, person_id)
    return found


def _recalled(session: Session, agency_id: int, entry: dict[str, Any]) -> School:
    row = people.school_by_npsn(session, entry["npsn"], agency_id=agency_id)
    found = School(row.id, row.short_name, entry["kind"])
    for _what, role, username in _posts(entry["prefix"]):
        _seat(found, role, people.person_by_username(session, username).id)
    on = {Role.FACILITATOR: "facilitator", Role.GRADER: "grader"}
    for role, seat in on.items():
        setattr(found, seat, people.people_with_role(session, role, school_id=row.id, on=SINCE)[0])
    return found


def _posts(prefix: str) -> list[tuple[str, Role, str]]:
    """Headmaster, quality team of four, six teachers, operator: what, role, username."""
    return [
        ("Kepala sekolah", Role.HEADMASTER, f"{prefix}.kepala_sekolah"),
        ("Ketua TPMPS", Role.QUALITY_TEAM, f"{prefix}.tpmps_ketua"),
        *(("Anggota TPMPS", Role.QUALITY_TEAM, f"{prefix}.tpmps_anggota{number}") for number in (1, 2, 3)),
        *(("Guru", Role.TEACHER, f"{prefix}.guru{number}") for number in range(1, 7)),
        ("Operator sekolah", Role.OPERATOR, f"{prefix}.operator_sekolah"),
    ]


def _seat(school: School, role: Role, person_id: int) -> None:
    if role is Role.HEADMASTER:
        school.headmaster = person_id
    elif role is Role.OPERATOR:
        school.operator = person_id
    elif role is Role.QUALITY_TEAM:
        school.quality_team.append(person_id)
    else:
        school.teachers.append(person_id)


def name_of(number: int) -> str:
    """An invented name; the first 600 numbers give 600 names, later ones repeat, as in life."""
    shift, index = divmod(number, len(_FIRST))
    return f"{_FIRST[index]} {_LAST[(index + shift * 7) % len(_LAST)]}"


@cache
def password_hash() -> str:
    """Of ``PASSWORD``, hashed once."""
    return people.hash_password(PASSWORD)
