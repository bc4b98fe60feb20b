"""Sesi: one's own sessions and JP, the sessions of the schools one looks after, all of a programme."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from flask import render_template, request
from flask.typing import ResponseReturnValue

from lms.contract.numbers import percent
from lms.contract.parsing import whole
from lms.people import api as people
from lms.platform.clock import now
from lms.platform.db import db
from lms.programmes.attendance.attendance_sheet import Tally, own_records, tallies, totals
from lms.programmes.attendance.recording import Jp, jp_of
from lms.programmes.blueprint import bp
from lms.programmes.definition.queries import (
    definition_of,
    get_programme,
    place_in,
    place_of_programme,
    started_programmes,
)
from lms.programmes.enrolment.queries import choose, count_schools, enrolments_of
from lms.programmes.models import (
    AttendanceRecord,
    Enrolment,
    InServiceSession,
    Programme,
    ProgrammeStatus,
    Stage,
)
from lms.programmes.schedule.queries import sessions_of, stages_of
from lms.programmes.schedule.views.route_scopes import schools_reached
from lms.web.routing import SIGNED_IN, current_actor, may, page

SHOWN = 40
"""Schools for which a session's lists are shown one by one; beyond, only the sum."""


@dataclass(frozen=True, slots=True)
class Taught:
    """A session with what its lists say, for the schools that the viewer reaches."""

    row: InServiceSession
    stage: Stage
    tally: Tally
    schools: tuple[tuple[people.School, Tally], ...]


@dataclass(frozen=True, slots=True)
class Lists:
    """The sessions of one programme for somebody who looks after schools of it."""

    programme: Programme
    sessions: tuple[Taught, ...]
    may_record: bool


@dataclass(frozen=True, slots=True)
class OwnSession:
    """A session as its participant sees it."""

    row: InServiceSession
    record: AttendanceRecord | None
    length: int
    """Minutes."""

    @property
    def share(self) -> Decimal | None:
        """Percent of the session that the minutes are; None when nobody counted them."""
        minutes = self.record.minutes if self.record else None
        return None if minutes is None else percent(Decimal(minutes), Decimal(self.length))


@dataclass(frozen=True, slots=True)
class OwnStage:
    """A stage of a participant: sessions, and JP credited of those held so far."""

    stage: Stage
    jp: Jp | None
    sessions: tuple[OwnSession, ...]


@bp.get("/sesi")
@page(SIGNED_IN)
def my_sessions() -> ResponseReturnValue:
    """Own attendance and JP; for who looks after schools, their sessions and what is missing."""
    session, actor, moment = db.session(), current_actor(), now()
    mine = enrolments_of(session, actor.person_id, now=moment)
    enrolment, others = choose(mine, request.args.get("program", 0, type=whole))
    agencies = sorted({grant.agency_id for grant in actor.grants})
    lists = []
    for programme in started_programmes(session, agencies, now=moment, most=3):
        found = _lists(programme, moment) if programme.status is ProgrammeStatus.RUNNING else None
        if found is not None:
            lists.append(found)
    own = _own(enrolment, moment) if enrolment is not None else None
    return render_template(
        "programmes/my_sessions.html",
        own=own,
        enrolment=enrolment,
        lists=lists,
        others=others,
        title=next((programme.title for row, programme in mine if others and row is enrolment), ""),
    )


@bp.get("/program/<int:programme_id>/sesi")
@page("programmes.view", place=place_of_programme)
def sessions(programme_id: int) -> ResponseReturnValue:
    """All sessions of one programme, for the office."""
    found = _lists(get_programme(db.session(), programme_id), now())
    return render_template(
        "programmes/my_sessions.html",
        own=None,
        enrolment=None,
        lists=[found] if found else [],
        others=[],
        title="",
    )


def _lists(programme: Programme, moment: datetime) -> Lists | None:
    """The sessions of ``programme`` for the viewer; None when nothing there is the viewer's."""
    session = db.session()
    reached = None if may("programmes.view", place_in(programme)) else _coached(programme)
    if reached is not None and not reached:
        return None
    stages = {stage.id: stage for stage in stages_of(session, programme.id)}
    rows = sessions_of(session, list(stages))
    ids = [row.id for row in rows]
    together = totals(session, programme_id=programme.id, session_ids=ids, school_ids=reached)
    number = count_schools(session, programme.id) if reached is None else len(reached)
    single = (
        tallies(session, programme_id=programme.id, session_ids=ids, school_ids=reached)
        if number <= SHOWN
        else {}
    )
    schools = people.schools_by_id(session, {school_id for _session_id, school_id in single})
    in_order = sorted(schools.values(), key=lambda school: school.npsn)
    taught = tuple(
        Taught(
            row,
            stages[row.stage_id],
            together[row.id],
            tuple((school, single[row.id, school.id]) for school in in_order),
        )
        for row in rows
    )
    recorded = schools_reached(programme, "programmes.record_attendance")
    return Lists(programme, _latest_first(taught, moment), recorded is None or bool(recorded))


def _coached(programme: Programme) -> frozenset[int]:
    """Schools that the viewer looks after; those where one only takes part are not meant."""
    return schools_reached(programme, "programmes.watch_attendance") or frozenset()


def _latest_first(sessions: tuple[Taught, ...], moment: datetime) -> tuple[Taught, ...]:
    """Begun ones with something missing, then the coming ones, then what is done."""

    def rank(entry: Taught) -> tuple[int, float]:
        begun = entry.row.has_begun(moment)
        if begun and entry.tally.missing:
            return 0, -entry.row.starts_at.timestamp()
        return (2, -entry.row.starts_at.timestamp()) if begun else (1, entry.row.starts_at.timestamp())

    return tuple(sorted(sessions, key=rank))


def _own(enrolment: Enrolment, moment: datetime) -> list[OwnStage]:
    session = db.session()
    programme = get_programme(session, enrolment.programme_id)
    stages = stages_of(session, programme.id)
    rules = definition_of(programme).attendance
    jp = jp_of(
        session,
        programme_id=programme.id,
        enrolment_ids=[enrolment.id],
        excused_counts=rules.excused_counts,
        now=moment,
    )
    records = own_records(session, enrolment.id)
    rows = sessions_of(session, [stage.id for stage in stages])
    return [
        OwnStage(
            stage,
            jp.get((enrolment.id, stage.id)),
            tuple(
                OwnSession(row, records.get(row.id), minutes_of(row))
                for row in rows
                if row.stage_id == stage.id
            ),
        )
        for stage in stages
    ]


def minutes_of(row: InServiceSession) -> int:
    """How long a session lasts, in whole minutes."""
    return int((row.ends_at - row.starts_at).total_seconds() // 60)
