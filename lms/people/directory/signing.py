"""Who signs a school's printed document: the headmaster at the left, its writer at the right."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from lms.contract.actors import Role
from lms.people.directory.identifiers import spaced_nip
from lms.people.directory.models import CALENDAR, Person, RoleGrant
from lms.people.directory.names import display_name


@dataclass(frozen=True, slots=True)
class Signer:
    """A person as a document names them; ``nip`` in groups, "" for who has none."""

    name: str
    nip: str
    position: str


@dataclass(frozen=True, slots=True)
class Signers:
    """Both sides of a document; None leaves a line to write on."""

    headmaster: Signer | None
    writer: Signer | None


def signers(session: Session, *, school_id: int, now: datetime, writer_id: int | None = None) -> Signers:
    """Who signs a printed document: the headmaster of ``school_id`` on the day of ``now`` (the last appointed), and its writer.

    ``now`` is aware UTC. A side is None where nobody holds the office, or no ``writer_id`` is given.
    """
    today = now.astimezone(CALENDAR).date()
    heads = select(RoleGrant.person_id).where(
        RoleGrant.role == Role.HEADMASTER,
        RoleGrant.school_id == school_id,
        RoleGrant.valid_from <= today,
        or_(RoleGrant.valid_to.is_(None), RoleGrant.valid_to >= today),
    )
    newest = heads.order_by(RoleGrant.valid_from.desc(), RoleGrant.id.desc()).limit(1).scalar_subquery()
    rows = session.execute(
        select(Person, Person.id == newest).where(or_(Person.id == newest, Person.id == writer_id))
    ).all()
    head = next((_signer(person) for person, heads_it in rows if heads_it), None)
    writer = next((_signer(person) for person, _heads in rows if person.id == writer_id), None)
    return Signers(head, writer)


def _signer(person: Person) -> Signer:
    name = display_name(person.full_name, person.title_front, person.title_back)
    return Signer(name, spaced_nip(person.nip) if person.nip else "", person.position)
