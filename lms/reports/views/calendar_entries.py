"""Everything with a day in a person's calendar."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from flask import url_for
from sqlalchemy.orm import Session

from lms.contract.actors import Actor
from lms.programmes import api as programmes
from lms.reports.calendar_file import Entry
from lms.reports.views.tasks import tasks_of
from lms.reports.views.to_dos import to_dos
from lms.web.i18n import gettext as _

SEEN_BACK = timedelta(days=90)
"""How far back sessions and days stay in a calendar."""


def calendar_entries(session: Session, actor: Actor, *, zone: str, now: datetime) -> list[Entry]:
    """By time: own deadlines, sessions, and what plugins say.

    ``zone`` is the person's; what belongs to a programme stands in the programme's.
    """
    found = {
        entry.key: Entry(
            entry.key, entry.title, entry.href, entry.due_at, None, entry.note, entry.zone or zone
        )
        for entry in to_dos(session, actor, now)
        if entry.due_at is not None
    }
    taking_part = programmes.enrolments_of(session, actor.person_id, now=now)
    shown: dict[int, tuple[programmes.Programme, programmes.Enrolment | None]] = {
        programme.id: (programme, enrolment) for enrolment, programme in taking_part
    }
    for programme in programmes.started_programmes(
        session, sorted({grant.agency_id for grant in actor.grants}), now=now
    ):
        if programme.id not in shown and _concerns(actor, programme):
            shown[programme.id] = (programme, None)
    for programme, enrolment in shown.values():
        if programme.status is programmes.ProgrammeStatus.CLOSED:
            continue
        stages = programmes.stages_of(session, programme.id)
        found |= {entry.key: entry for entry in _sessions(session, programme, stages, now)}
        entries = (
            _own(session, programme, enrolment, stages, actor, now)
            if enrolment
            else _stages(programme, stages, now)
        )
        found |= {entry.key: entry for entry in entries}
    return sorted(found.values(), key=lambda entry: (entry.starts_at, entry.key))


def _concerns(actor: Actor, programme: programmes.Programme) -> bool:
    """Whether a role of the actor is for this programme."""
    return any(
        grant.agency_id == programme.agency_id and grant.programme_id in {None, programme.id}
        for grant in actor.grants
    )


def _sessions(
    session: Session, programme: programmes.Programme, stages: list[programmes.Stage], now: datetime
) -> Iterator[Entry]:
    for row in programmes.sessions_of(session, [stage.id for stage in stages]):
        if row.ends_at > now - SEEN_BACK:
            yield Entry(
                f"session.{row.id}",
                row.title,
                url_for("programmes.my_sessions"),
                row.starts_at,
                row.ends_at,
                f"{row.jp} JP",
                programme.timezone,
            )


def _own(
    session: Session,
    programme: programmes.Programme,
    enrolment: programmes.Enrolment,
    stages: list[programmes.Stage],
    actor: Actor,
    now: datetime,
) -> Iterator[Entry]:
    """A participant's open tasks with a day, and those of the school that wait for this person."""
    begun = [stage for stage in stages if stage.opens_at <= now]
    for found in tasks_of(session, enrolment, begun, language=actor.locale, now=now):
        for task in (*found.own, *found.school):
            if task.is_open and task.due_at is not None:
                key = f"task.{programme.id}.{task.href.strip('/').replace('/', '.')}"
                note = f"{_('Tahap')} {found.stage.no}"
                address = url_for("reports.home", program=programme.id) if task.post else task.href
                yield Entry(key, task.title, address, task.due_at, None, note, programme.timezone)


def _stages(
    programme: programmes.Programme, stages: list[programmes.Stage], now: datetime
) -> Iterator[Entry]:
    """For who looks after others: until when the work of each stage is due."""
    for stage in stages:
        if stage.on_service_due_at > now - SEEN_BACK:
            yield Entry(
                f"stage.{stage.id}",
                _("Tahap %(no)s: batas On Service", no=stage.no),
                "/",
                stage.on_service_due_at,
                None,
                programme.title,
                programme.timezone,
            )
