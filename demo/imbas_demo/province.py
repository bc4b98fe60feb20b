"""A whole province at once, for measuring: rows in bulk, with the histories that people would leave.

Here the tables are written directly, a thousand times faster than people work; what is derived
(scores, completion) is still computed by the rules themselves. The audit trail has one entry.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from flask import Flask
from sqlalchemy.orm import Session

from imbas_demo import crowd, papertrail, quizwork
from imbas_demo.cast import Cast, engage, source
from imbas_demo.story import CREATED, STORY_MIDDLE
from lms.completion import api as completion
from lms.platform.application import platform
from lms.platform.audit import record
from lms.platform.db import db
from lms.platform.outbox import Outbox, drain
from lms.platform.plugins import plugins
from lms.platform.transaction import write
from lms.programmes import api as programmes

__all__ = ["populate"]
PEOPLE = 20
CHUNK = 150
"""Schools in a transaction: small enough to see progress and to be stopped."""
_TOGETHER, _TOLD_EVERY = 6, 48
"""The modules tell of six schools at a time, as in the demonstration; all of it every so many schools."""


@dataclass(frozen=True, slots=True)
class Province:
    """What every part of a province is written from."""

    agency_id: int
    programme: programmes.Programme
    stages: list[programmes.Stage]
    now: datetime
    since: date = date(2020, 7, 1)

    @property
    def closed(self) -> datetime:
        """When the last stage that is over was closed."""
        return max(
            (stage.closes_at for stage in self.stages if stage.closes_at <= self.now), default=self.now
        )


def populate(app: Flask, *, schools: int, say: Callable[[str], None]) -> None:
    """Write ``schools`` schools with twenty people each into an empty, migrated database.

    About a sixth are model schools. Time stands in the middle of stage 2.
    """
    outbox = platform(app).outbox
    platform(app).outbox = Outbox((), wake=lambda: None)
    try:
        with app.app_context():
            province = _found()
            bank = quizwork.prepare(db.session(), province.stages)
            folders = papertrail.prepare(db.session(), province.stages)
            db.session.rollback()
            chunks = [(start, min(CHUNK, schools - start)) for start in range(0, schools, CHUNK)]
            members = []
            for start, count in chunks:
                members += _work(province, bank, folders, start, count)
                say(f"{start + count} of {schools} schools have worked")
            for start in range(0, schools, _TOGETHER):
                whole = start % _TOLD_EVERY == 0
                _tell(
                    province, members[start : start + _TOGETHER], province.now if whole else province.closed
                )
            say("the modules have told of their own pages")
            for start, count in chunks:
                _settle(province, members[start : start + count])
                say(f"{start + count} of {schools} schools have been evaluated")
            drain(lambda: STORY_MIDDLE)
            db.session.remove()
    finally:
        platform(app).outbox = outbox


def _found() -> Province:
    definition = programmes.load_yaml(source("programme.yaml").read_text("utf-8"))
    with write() as session:
        cast, _accounts = engage(session, now=CREATED)
        programme = programmes.create_programme(
            session, agency_id=cast.agency_id, definition=definition, actor_id=cast.admin, now=CREATED
        )
        _invite(session, programme, cast)
        record(
            session,
            actor_id=None,
            action="simulation.populate",
            subject=("programme", programme.id),
            now=CREATED,
        )
        session.flush()
        stages = programmes.stages_of(session, programme.id)
        for row in (programme, *stages):
            session.expunge(row)
    return Province(cast.agency_id, programme, stages, STORY_MIDDLE)


def _invite(session: Session, programme: programmes.Programme, cast: Cast) -> None:
    """The six schools take part too, so that their sign-ins show something."""
    for school in cast.schools:
        kind = programmes.SchoolKind(school.kind)
        programmes.add_school(session, programme_id=programme.id, school_id=school.id, kind=kind, now=CREATED)
    roles = crowd.roles_of(cast)
    programmes.enrol(session, programme_id=programme.id, people_roles=roles, now=CREATED)


def _work(
    province: Province, bank: quizwork.Bank, folders: papertrail.Folders, start: int, count: int
) -> list[crowd.Member]:
    with write() as session:
        members = crowd.write_schools(
            session, province.agency_id, province.programme.id, start, count, province.since
        )
        crowd.write_presence(session, province.stages, members, province.now)
        quizwork.write_attempts(session, bank, members, province.now)
        papertrail.write_submissions(session, folders, members, province.now)
    return members


def _tell(province: Province, members: list[crowd.Member], until: datetime) -> None:
    """What six schools did in the modules' own pages, through the modules' own use cases.

    In bulk only the modules could write it. So every eighth six schools tell all, the others what a
    stage that is over has asked of them.
    """
    with write() as session:
        places = tuple(member.as_place() for member in members)
        asked = plugins().ask(
            "lms_story", session=session, programme_id=province.programme.id, schools=places
        )
        events = sorted((event for _name, some in asked for event in some), key=lambda event: event[0])
        for moment, act in events:
            if moment <= until:
                act(session, moment)


def _settle(province: Province, members: list[crowd.Member]) -> None:
    """Completion by its rules."""
    with write() as session:
        completion.recompute(
            session,
            programme_id=province.programme.id,
            school_ids=[member.school_id for member in members],
            now=province.now,
        )
