"""The programme of the six schools, told through the use cases that people's presses call.

What happens is a list of dated events; any part of it can be told. Facts are delivered day by day,
as the worker does. Work that real visitors did in between is left as it is.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from flask import Flask
from sqlalchemy.orm import Session

from imbas_demo import office, schoolwork
from imbas_demo.cast import Account, Cast, engage, recall, source
from lms.contract.actors import Role
from lms.platform.application import platform
from lms.platform.db import db
from lms.platform.outbox import Outbox, drain
from lms.platform.plugins import plugins
from lms.platform.transaction import write
from lms.programmes import api as programmes

__all__ = ["STORY_BEGINS", "STORY_ENDS", "STORY_MIDDLE", "Account", "play"]

CREATED = datetime(2020, 9, 1, 2, 0, tzinfo=UTC)
STORY_BEGINS = datetime(2020, 9, 7, 1, 0, tzinfo=UTC)
STORY_MIDDLE = datetime(2020, 10, 20, 2, 0, tzinfo=UTC)
STORY_ENDS = datetime(2020, 12, 3, 2, 0, tzinfo=UTC)
Act = Callable[[Session, datetime], None]


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happens at a moment."""

    moment: datetime
    act: Act


def play(app: Flask, *, until: datetime, after: datetime | None = None) -> list[Account]:
    """Tell what happens until ``until``; the sign-ins to show.

    Without ``after`` it starts with an empty, migrated database. With it the people are there already.
    """
    woken = platform(app).outbox
    platform(app).outbox = Outbox(tuple(woken.by_name.values()), wake=lambda: None)
    try:
        with app.app_context():
            cast, accounts, programme_id = _begin() if after is None else _resume()
            _tell(_events(cast, programme_id), after or CREATED, until)
            db.session.remove()
    finally:
        platform(app).outbox = woken
    return accounts


def _begin() -> tuple[Cast, list[Account], int]:
    definition = programmes.load_yaml(source("programme.yaml").read_text("utf-8"))
    with write() as session:
        cast, accounts = engage(session, now=CREATED)
        programme = programmes.create_programme(
            session, agency_id=cast.agency_id, definition=definition, actor_id=cast.admin, now=CREATED
        )
        for school in cast.schools:
            programmes.add_school(
                session,
                programme_id=programme.id,
                school_id=school.id,
                kind=programmes.SchoolKind(school.kind),
                now=CREATED,
            )
        programmes.enrol(session, programme_id=programme.id, people_roles=_participants(cast), now=CREATED)
        programme_id = programme.id
    drain(lambda: CREATED)
    return cast, accounts, programme_id


def _resume() -> tuple[Cast, list[Account], int]:
    session = db.session()
    cast = recall(session)
    return cast, [], programmes.programmes_of_agencies(session, [cast.agency_id])[-1].id


def _participants(cast: Cast) -> list[tuple[int, int, Role]]:
    return [
        entry
        for school in cast.schools
        for entry in (
            (school.headmaster, school.id, Role.HEADMASTER),
            *((person, school.id, Role.QUALITY_TEAM) for person in school.quality_team),
            *((person, school.id, Role.TEACHER) for person in school.teachers),
        )
    ]


def _events(cast: Cast, programme_id: int) -> list[Event]:
    session = db.session()
    stages = programmes.stages_of(session, programme_id)
    found = [
        Event(moment, act)
        for stage in stages
        for school in cast.schools
        for moment, act in (
            *schoolwork.attendance(session, programme_id, stage, school),
            *schoolwork.participants(session, programme_id, stage, school),
            *schoolwork.products(session, programme_id, stage, school),
        )
    ]
    found += [Event(moment, act) for moment, act in office.moved_deadlines(cast, stages)]
    for day in _days(stages[0].opens_at, STORY_ENDS):
        found += [Event(day + timedelta(hours=3), act) for act in schoolwork.revisions(cast)]
        found += [Event(day + timedelta(hours=8), act) for act in office.graders_day(cast)]
    schools = tuple(school.as_place() for school in cast.schools)
    asked = plugins().ask("lms_story", session=session, programme_id=programme_id, schools=schools)
    found += [Event(moment, act) for _name, events in asked for moment, act in events]
    session.rollback()
    return sorted(found, key=lambda event: event.moment)


def _days(start: datetime, end: datetime) -> Iterator[datetime]:
    day = start.replace(hour=0, minute=0, second=0, microsecond=0)
    while day < end:
        if day.weekday() < 5:
            yield day
        day += timedelta(days=1)


def _tell(events: list[Event], after: datetime, until: datetime) -> None:
    told = after
    for event in events:
        if not after < event.moment <= until:
            continue
        if event.moment.date() != told.date():
            drain(lambda moment=event.moment: moment)  # type: ignore[misc]
        with write() as session:
            event.act(session, event.moment)
        told = event.moment
    drain(lambda: until)
