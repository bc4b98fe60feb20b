"""Visits to gardens: which schools somebody visits, whom to ask for there, and until when."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from lms.api import Actor, Role, SchoolChoice, people_at, programme_card, schools_of

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
