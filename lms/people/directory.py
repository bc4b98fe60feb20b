"""Who there is: schools, persons. Use cases that write, then functions that read."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from lms.contract.actors import SCHOOL_ROLES, Actor, Place, Role
from lms.contract.errors import Invalid, NotFound
from lms.contract.text import Text
from lms.people.identifiers import check_npsn, is_region_code
from lms.people.models import Account, Agency, Person, RoleGrant, School
from lms.people.names import display_name, username_suggestions
from lms.people.person_fields import PersonFields, check_fields, username_fault
from lms.people.sessions import CALENDAR
from lms.platform import audit

PAGE = 50
_FIX = Text(
    "Ada isian yang perlu diperbaiki. Isian lain tetap ada di halaman ini.",
    "Some fields need another look. The rest is still on this page.",
)


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list: ``number`` from 1, ``total`` of all pages' rows."""

    rows: list[Person]
    number: int
    total: int

    @property
    def pages(self) -> int:
        """How many pages there are, at least 1."""
        return max(1, -(-self.total // PAGE))


def create_school(
    session: Session, *, agency_id: int, npsn: str, name: str, short_name: str = "",
    aliases: Iterable[str] = (), level: str = "SD", region_code: str = "", timezone: str = "",
    actor: Actor | None, now: datetime,
) -> School:  # fmt: skip
    """Add a school; raises Invalid for a wrong or known NPSN. The zone is the agency's by default."""
    checked = check_npsn(npsn)
    faults = {"npsn": checked.fault} if checked.fault else {}
    if not checked.fault and session.scalar(select(School.id).where(School.npsn == checked.value)):
        faults["npsn"] = Text("NPSN ini sudah terdaftar.", "This NPSN is already known.")
    if region_code and not is_region_code(region_code):
        faults["region_code"] = Text(
            "Kode wilayah ditulis seperti 16.07.03.", "Write region codes like 16.07.03."
        )
    if not name.strip():
        faults["name"] = Text("Isi nama sekolah.", "Write the school's name.")
    if faults:
        raise Invalid(_FIX, fields=faults)
    school = School(
        agency_id=agency_id, npsn=checked.value, name=" ".join(name.split()),
        short_name=short_name or name, aliases=list(aliases), level=level, region_code=region_code,
        timezone=timezone or session.get_one(Agency, agency_id).timezone,
    )  # fmt: skip
    session.add(school)
    session.flush()
    audit.record(session, actor_id=_id(actor), action="people.create_school", subject=("school", school.id),
                 now=now, after={"npsn": school.npsn, "name": school.name})  # fmt: skip
    return school


def create_person(
    session: Session, *, fields: PersonFields, timezone: str = "Asia/Jakarta", locale: str = "id",
    actor: Actor | None, now: datetime,
) -> Person:  # fmt: skip
    """Add a person without an account; raises Invalid with a sentence for each field."""
    checked = check_fields(fields)
    if checked.faults:
        raise Invalid(_FIX, fields=checked.faults)
    person = Person(**asdict(checked.fields), timezone=timezone, locale=locale, created_at=now)
    session.add(person)
    session.flush()
    audit.record(session, actor_id=_id(actor), action="people.create_person",
                 subject=("person", person.id), concerns=person.id, now=now,
                 after={"full_name": person.full_name})  # fmt: skip
    return person


def edit_person(
    session: Session, *, person_id: int, fields: PersonFields, actor: Actor, now: datetime
) -> Mapping[str, Text]:
    """Correct a person's data; the warnings. Raises Invalid, NotFound."""
    person = get_person(session, person_id)
    checked = check_fields(fields)
    if checked.faults:
        raise Invalid(_FIX, fields=checked.faults)
    new = asdict(checked.fields)
    changed = {name: getattr(person, name) for name, value in new.items() if getattr(person, name) != value}
    if changed:
        for name, value in new.items():
            setattr(person, name, value)
        audit.record(session, actor_id=actor.person_id, action="people.edit_person",
                     subject=("person", person_id), concerns=person_id, now=now, before=changed,
                     after={name: new[name] for name in changed})  # fmt: skip
    return checked.warnings


def add_account(
    session: Session, *, person_id: int, username: str, password_hash: str, must_change_password: bool,
    one_time_seed: str = "", one_time_until: datetime | None = None, now: datetime,
) -> Account:  # fmt: skip
    """Give a person an account; raises Invalid when the username is unusable or taken."""
    account = Account(
        person_id=person_id, username=free_username(session, username), password_hash=password_hash,
        must_change_password=must_change_password, password_changed_at=now,
        one_time_seed=one_time_seed, one_time_until=one_time_until, recovery_hashes=[],
    )  # fmt: skip
    session.add(account)
    session.flush()
    return account


def free_username(session: Session, username: str, *, mine: int = 0) -> str:
    """``username`` as it is stored; raises Invalid when it is unusable or another person's."""
    cleaned = username.strip().lower()
    fault = username_fault(cleaned)
    if fault is None and session.scalar(
        select(Account.id).where(Account.username == cleaned, Account.person_id != mine)
    ):
        fault = Text(
            "Nama pengguna ini sudah dipakai. Coba yang lain.", "This username is taken. Try another."
        )
    if fault:
        raise Invalid(_FIX, fields={"username": fault})
    return cleaned


def suggest_username(session: Session, full_name: str) -> str:
    """The nicest username for a name that nobody has yet."""
    stem = next(username_suggestions(full_name))
    taken = set(session.scalars(select(Account.username).where(Account.username.startswith(stem))))
    return next(name for name in islice(username_suggestions(full_name), 100_000) if name not in taken)


def get_person(session: Session, person_id: int) -> Person:
    """The person; raises NotFound."""
    person = session.get(Person, person_id)
    if person is None:
        raise NotFound(Text("Orang ini tidak ditemukan.", "This person was not found."))
    return person


def person_by_username(session: Session, username: str) -> Person:
    """The person with this username; raises NotFound."""
    person_id = session.scalar(select(Account.person_id).where(Account.username == username))
    return get_person(session, person_id or 0)


def get_school(session: Session, school_id: int) -> School:
    """The school; raises NotFound."""
    school = session.get(School, school_id)
    if school is None:
        raise NotFound(Text("Sekolah ini tidak ditemukan.", "This school was not found."))
    return school


def school_by_npsn(session: Session, npsn: str, *, agency_id: int) -> School:
    """The agency's school with this number; raises Invalid beside the field ``npsn``."""
    school = session.scalar(select(School).where(School.npsn == npsn, School.agency_id == agency_id))
    if school is None:
        text = Text("NPSN ini belum terdaftar di kantor ini.", "No school of this agency has this NPSN.")
        raise Invalid.at("npsn", text)
    return school


def schools_by_id(session: Session, school_ids: Iterable[int]) -> dict[int, School]:
    """Schools in bulk."""
    wanted = select(School).where(School.id.in_(set(school_ids)))
    return {school.id: school for school in session.scalars(wanted)}


def persons_by_id(session: Session, person_ids: Iterable[int]) -> dict[int, Person]:
    """Persons in bulk."""
    wanted = select(Person).where(Person.id.in_(set(person_ids)))
    return {person.id: person for person in session.scalars(wanted)}


def names(session: Session, person_ids: Iterable[int]) -> dict[int, str]:
    """Display names in bulk; the ids of unknown people are missing."""
    rows = session.execute(
        select(Person.id, Person.full_name, Person.title_front, Person.title_back).where(
            Person.id.in_(set(person_ids))
        )
    )
    return {row.id: display_name(row.full_name, row.title_front, row.title_back) for row in rows}


def person_with_hats(session: Session, person_id: int) -> Person:
    """A person with account, grants and their schools already read; raises NotFound."""
    person = session.scalars(
        select(Person)
        .where(Person.id == person_id)
        .options(joinedload(Person.account), selectinload(Person.grants).joinedload(RoleGrant.school))
    ).first()
    if person is None:
        raise NotFound(Text("Orang ini tidak ditemukan.", "This person was not found."))
    return person


def people_of_school(
    session: Session, *, school_id: int, search: str = "", page: int = 1, now: datetime
) -> Page:
    """People with a hat of this school valid today, by name, with account and grants."""
    today = now.astimezone(CALENDAR).date()
    here = select(RoleGrant.person_id).where(
        RoleGrant.school_id == school_id,
        RoleGrant.role.in_(SCHOOL_ROLES),
        or_(RoleGrant.valid_to.is_(None), RoleGrant.valid_to >= today),
    )
    return _paged(session, Person.id.in_(here), search, page)


def people_of_agency(session: Session, *, agency_id: int, search: str = "", page: int = 1) -> Page:
    """People with a hat beyond a school's own: agency staff, facilitators, supervisors, graders."""
    here = select(RoleGrant.person_id).where(
        RoleGrant.agency_id == agency_id, RoleGrant.role.in_(sorted(set(Role) - SCHOOL_ROLES))
    )
    return _paged(session, Person.id.in_(here), search, page)


def find_schools(
    session: Session, *, agency_ids: Iterable[int], search: str = "", page: int = 1
) -> tuple[list[School], int]:
    """Schools of agencies whose name, short name or NPSN contains ``search``; and their number."""
    wanted = select(School).where(School.agency_id.in_(sorted(set(agency_ids))))
    for word in search.lower().split()[:5]:
        wanted = wanted.where(
            or_(
                func.lower(School.name).contains(word, autoescape=True),
                func.lower(School.short_name).contains(word, autoescape=True),
                School.npsn.startswith(word, autoescape=True),
            )
        )
    total = session.scalar(select(func.count()).select_from(wanted.subquery())) or 0
    start = (max(page, 1) - 1) * PAGE
    return list(session.scalars(wanted.order_by(School.name).limit(PAGE).offset(start))), total


def place_of_school(session: Session, school_id: int) -> Place:
    """Where a school stands; raises NotFound."""
    agency_id = session.scalar(select(School.agency_id).where(School.id == school_id))
    if agency_id is None:
        raise NotFound(Text("Sekolah ini tidak ditemukan.", "This school was not found."))
    return Place(agency_id=agency_id, school_id=school_id)


def _paged(session: Session, condition: Any, search: str, page: int) -> Page:
    wanted = select(Person).where(condition)
    for word in search.lower().split()[:5]:
        wanted = wanted.where(func.lower(Person.full_name).contains(word, autoescape=True))
    total = session.scalar(select(func.count()).select_from(wanted.subquery())) or 0
    number = max(page, 1)
    rows = session.scalars(
        wanted.order_by(Person.full_name, Person.id)
        .limit(PAGE)
        .offset((number - 1) * PAGE)
        .options(joinedload(Person.account), selectinload(Person.grants))
    )
    return Page(list(rows), number, total)


def _id(actor: Actor | None) -> int | None:
    return actor.person_id if actor else None
