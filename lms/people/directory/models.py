"""Tables of who there is: agency, school, person, and the roles that people have."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, ForeignKey, Index, String, event
from sqlalchemy.engine.default import DefaultExecutionContext
from sqlalchemy.orm import Mapped, Mapper, mapped_column, relationship

from lms.contract.actors import Role
from lms.contract.normalise import fold, fold_name
from lms.people.directory.identifiers import EmploymentStatus
from lms.people.directory.names import display_name
from lms.platform.db import Base, enum_type

if TYPE_CHECKING:
    from lms.people.auth.models import Account

CALENDAR = ZoneInfo("Asia/Jakarta")
"""Whose calendar says on which day a role begins and ends."""


def school_key(name: str, short_name: str) -> str:
    """What a search for a school looks into: both names, folded."""
    return fold(f"{name} {short_name}")[:_KEY]


def person_key(full_name: str) -> str:
    """What a search for a person looks into: the name, folded."""
    return fold_name(full_name)[:_KEY]


_KEY = 300


def _key_of_school(context: DefaultExecutionContext) -> str:
    values = context.get_current_parameters()  # type: ignore[no-untyped-call]
    return school_key(values["name"], values["short_name"])


def _key_of_person(context: DefaultExecutionContext) -> str:
    values = context.get_current_parameters()  # type: ignore[no-untyped-call]
    return person_key(values["full_name"])


class Agency(Base):
    """An office that runs programmes (LPMP, today BPMP): name, letterhead and unit code are data."""

    __tablename__ = "agency"
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    short_name: Mapped[str] = mapped_column(String(60))
    kind: Mapped[str] = mapped_column(String(20))
    """What such an office is called at the time: lpmp, bpmp, bbpmp."""
    city: Mapped[str] = mapped_column(String(80))
    region_code: Mapped[str] = mapped_column(String(13))
    unit_code: Mapped[str] = mapped_column(String(40))
    timezone: Mapped[str] = mapped_column(String(40))
    letterhead: Mapped[dict[str, Any]]


class School(Base):
    """A school, known by its NPSN; people write its name in several ways (``aliases``)."""

    __tablename__ = "school"
    __table_args__ = (Index("ix_school_agency_id_name", "agency_id", "name"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"), index=True)
    npsn: Mapped[str] = mapped_column(String(8), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    short_name: Mapped[str] = mapped_column(String(200))
    aliases: Mapped[list[Any]]
    level: Mapped[str] = mapped_column(String(10))
    region_code: Mapped[str] = mapped_column(String(13), index=True)
    timezone: Mapped[str] = mapped_column(String(40))
    name_key: Mapped[str] = mapped_column(String(_KEY), default=_key_of_school, server_default="")
    """``school_key``, kept by ``_keep_keys``."""


class Person(Base):
    """A human being. NIP and NUPTK may be absent; the internal id is the only key."""

    __tablename__ = "person"
    __table_args__ = (Index("ix_person_nuptk", "nuptk"), Index("ix_person_nip", "nip"))
    id: Mapped[int] = mapped_column(primary_key=True)
    full_name: Mapped[str] = mapped_column(String(120), index=True)
    title_front: Mapped[str] = mapped_column(String(40), default="")
    title_back: Mapped[str] = mapped_column(String(80), default="")
    nip: Mapped[str] = mapped_column(String(18), default="")
    nuptk: Mapped[str] = mapped_column(String(16), default="")
    employment_status: Mapped[EmploymentStatus | None] = mapped_column(enum_type(EmploymentStatus))
    position: Mapped[str] = mapped_column(String(80), default="")
    locale: Mapped[str] = mapped_column(String(20), default="id")
    timezone: Mapped[str] = mapped_column(String(40))
    """The zone in which this person's times are shown; the school's unless changed."""
    phone: Mapped[str] = mapped_column(String(20), default="")
    created_at: Mapped[datetime]
    name_key: Mapped[str] = mapped_column(String(_KEY), default=_key_of_person, server_default="")
    """``person_key``, kept by ``_keep_keys``."""
    account: Mapped["Account | None"] = relationship(back_populates="person", uselist=False)
    grants: Mapped[list["RoleGrant"]] = relationship(back_populates="person", order_by="RoleGrant.id")

    @property
    def display_name(self) -> str:
        """The name with its titles."""
        return display_name(self.full_name, self.title_front, self.title_back)


@event.listens_for(School, "before_insert")
@event.listens_for(School, "before_update")
@event.listens_for(Person, "before_insert")
@event.listens_for(Person, "before_update")
def _keep_keys(_mapper: Mapper[Any], _connection: Connection, row: School | Person) -> None:
    if isinstance(row, School):
        row.name_key = school_key(row.name, row.short_name)
    else:
        row.name_key = person_key(row.full_name)


class RoleGrant(Base):
    """One role assignment of a person: in a school or agency-wide, for a programme or all, for a period."""

    __tablename__ = "role_grant"
    __table_args__ = (
        Index("ix_role_grant_school_id_role", "school_id", "role"),
        Index("ix_role_grant_agency_id_role", "agency_id", "role"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    role: Mapped[Role] = mapped_column(enum_type(Role))
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    school_id: Mapped[int | None] = mapped_column(ForeignKey("school.id"))
    programme_id: Mapped[int | None] = mapped_column(ForeignKey("programme.id"), index=True)
    """None for every programme of the agency. So the key has no ON DELETE SET NULL: it would open all of them."""
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    """The last day, inclusive; None means until further notice."""
    person: Mapped[Person] = relationship(back_populates="grants")
    school: Mapped[School | None] = relationship()

    def lasts(self, today: date) -> bool:
        """Valid today or later; one that begins tomorrow counts already."""
        return self.valid_to is None or self.valid_to >= today
