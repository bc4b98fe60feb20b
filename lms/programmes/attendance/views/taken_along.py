"""Attendance lists that somebody may take along to a place without a network."""

from collections.abc import Iterator
from datetime import timedelta

from flask import url_for
from sqlalchemy.orm import Session

from lms.contract.actors import Actor
from lms.contract.plugin import OfflinePage
from lms.platform.clock import now
from lms.programmes.definition.queries import started_programmes
from lms.programmes.models import ProgrammeStatus
from lms.programmes.schedule.queries import sessions_of, stages_of
from lms.programmes.schedule.views.route_scopes import schools_reached
from lms.web.filters import long_datetime
from lms.web.i18n import gettext as _
from lms.web.i18n import locale, zone

RECORD = "programmes.record_attendance"
SINCE = timedelta(days=3)
"""How long after a session its list is still offered: some write it up at home."""


def lists_taken_along(session: Session, actor: Actor) -> Iterator[OfflinePage]:
    """The lists that the actor writes of sessions that are near, by time."""
    moment = now()
    agencies = sorted({grant.agency_id for grant in actor.grants})
    for programme in started_programmes(session, agencies, now=moment, most=3):
        if (
            programme.status is not ProgrammeStatus.RUNNING
            or schools_reached(programme, RECORD) == frozenset()
        ):
            continue
        for row in sessions_of(session, [stage.id for stage in stages_of(session, programme.id)]):
            if row.is_near(moment) and row.ends_at > moment - SINCE:
                yield OfflinePage(
                    _("Daftar hadir: %(title)s", title=row.title),
                    url_for("programmes.attendance", session_id=row.id),
                    long_datetime(row.starts_at, zone(), locale()),
                )
