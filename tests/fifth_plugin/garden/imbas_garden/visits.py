"""Visits to gardens: which schools somebody visits, whom to ask for there, and until when."""

from dataclasses import dataclass
from datetime import datetime

from flask import url_for
from sqlalchemy import select
from sqlalchemy.orm import Session

from imbas_garden.i18n import _, message
from imbas_garden.models import Proof, Visit
from lms.api import (
    Actor,
    FileField,
    Form,
    Invalid,
    NotFound,
    Place,
    Role,
    SchoolChoice,
    SentFiles,
    ToDo,
    Workplace,
    keep_files,
    notify,
    people_at,
    programme_card,
    schools_of,
    workplace,
)

VISIT = "garden.visit"
HOSTS = (Role.HEADMASTER, Role.QUALITY_TEAM)


@dataclass(frozen=True, slots=True)
class Round:
    """A page of schools to visit, and the names of their hosts by school."""

    choice: SchoolChoice
    hosts: dict[int, list[str]]


def round_of(session: Session, *, actor: Actor, search: str, page: int, now: datetime) -> Round:
    """The schools that ``actor`` visits, in two statements however many there are."""
    choice = schools_of(session, actor=actor, permission=VISIT, search=search, page=page)
    hosts: dict[int, list[str]] = {at.school_id: [] for at in choice.schools}
    for person in people_at(session, choice.schools, HOSTS, now=now):
        if person.name not in hosts[person.school_id]:
            hosts[person.school_id].append(person.name)
    return Round(choice, hosts)


def due(session: Session, programme_id: int) -> datetime | None:
    """Until when a programme's gardens are to be visited: the last day of its garden's stage."""
    stage = programme_card(session, programme_id).stage_of("garden")
    return stage.due_at if stage else None


def proof_field(programme_id: int, school_id: int) -> FileField:
    """What a visit is proved with."""
    kinds = frozenset({"photo", "pdf"})
    return FileField("proof", "garden.proof", f"{programme_id}.{school_id}", kinds, megabytes=10, most=3)


def record(
    session: Session, *, at: Workplace, actor: Actor, form: Form, sent: SentFiles, now: datetime
) -> Visit:
    """Write down a visit with its proofs; raises Invalid."""
    note = form.text("note", 400)
    form.stop_at_errors()
    visit = Visit(
        programme_id=at.programme_id,
        school_id=at.school_id,
        person_id=actor.person_id,
        note=note,
        visited_at=now,
    )
    visit.proofs = [Proof(file_id=file.id) for file in keep_files(session, sent)]
    if not visit.proofs:
        raise Invalid.at("proof", message("Sertakan satu bukti."))
    session.add(visit)
    session.flush()
    notify(
        session,
        people=[person.person_id for person in people_at(session, (at,), HOSTS, now=now)],
        key=f"garden.visited.{visit.id}",
        text=message("Kebun sekolah dikunjungi {moment}."),
        href=f"/m/garden/{at.programme_id}/{at.school_id}",
        moment=now,
        now=now,
    )
    return visit


def to_dos(session: Session, actor: Actor, now: datetime) -> list[ToDo]:
    """The gardens that ``actor`` has not visited yet, each until the last day of its stage."""
    schools = schools_of(session, actor=actor, permission=VISIT).schools
    if not schools:
        return []
    done = set(
        session.execute(
            select(Visit.programme_id, Visit.school_id).where(
                Visit.person_id == actor.person_id, Visit.school_id.in_([at.school_id for at in schools])
            )
        ).tuples()
    )
    cards = {number: programme_card(session, number) for number in {at.programme_id for at in schools}}
    return [
        ToDo(
            key=f"garden.visit.{at.programme_id}.{at.school_id}",
            title=_("Kunjungi kebun %(school)s", school=at.school),
            href=url_for("garden.visit", programme_id=at.programme_id, school_id=at.school_id),
            due_at=stage.due_at,
            zone=cards[at.programme_id].timezone.key,
        )
        for at in schools
        if (at.programme_id, at.school_id) not in done
        and not at.closed
        and (stage := cards[at.programme_id].stage_of("garden")) is not None
        and stage.opens_at <= now
    ]


def visits_of(session: Session, *, programme_id: int, school_id: int) -> list[Visit]:
    """The visits to a school's garden."""
    at = (Visit.programme_id == programme_id, Visit.school_id == school_id)
    return list(session.scalars(select(Visit).where(*at).order_by(Visit.id)))


def place_of_proof(session: Session, visit_id: int, file_id: str) -> Place:
    """Where a proof stands: at the visited school; raises NotFound."""
    proof = session.get(Proof, (visit_id, file_id))
    if proof is None:
        raise NotFound(message("Bukti ini tidak ada."))
    visit = session.get_one(Visit, visit_id)
    return workplace(session, programme_id=visit.programme_id, school_id=visit.school_id).place
