"""The rounds of coaching, on the programme's page and on the board of each of its schools."""

from flask import url_for
from sqlalchemy.orm import Session

from imbas_coaching.i18n import _
from imbas_coaching.permissions import VIEW
from imbas_coaching.schedule import days_of
from imbas_coaching.section import Coaching, Round
from lms.api import Panel, Place, may, programme_section


def of_programme(session: Session, place: Place) -> tuple[Panel, ...]:
    """One panel for the programme or the school at ``place``; none where no coaching is planned."""
    if place.programme_id is None:
        return ()
    planned = programme_section(session, place.programme_id, Coaching)
    if planned is None or not planned.rounds:
        return ()
    title, lines = _("Pendampingan untuk setiap sekolah"), tuple(_line(entry) for entry in planned.rounds)
    if place.school_id is None or not may(VIEW, place):
        return (Panel(title, lines),)
    schedule = url_for("coaching.schedule", programme_id=place.programme_id, school_id=place.school_id)
    return (Panel(title, lines, schedule, _("Jadwal pendampingan")),)


def _line(entry: Round) -> str:
    line = _("Pendampingan ke-%(no)s: %(focus)s", no=entry.no, focus=entry.focus)
    more = [_("tahap %(no)s", no=entry.stage)] if entry.stage else []
    more += [days] if (days := days_of(entry)) else []
    return f"{line} ({', '.join(more)})" if more else line
