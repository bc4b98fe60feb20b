"""The rounds of coaching, on the programme's page and on the board of each of its schools."""

from sqlalchemy.orm import Session

from imbas_coaching.i18n import _
from imbas_coaching.section import Coaching, Round
from lms.api import Panel, Place, format_date, programme_section


def of_programme(session: Session, place: Place) -> tuple[Panel, ...]:
    """One panel for the programme at ``place``; none where it plans no coaching."""
    if place.programme_id is None:
        return ()
    planned = programme_section(session, place.programme_id, Coaching)
    if planned is None or not planned.rounds:
        return ()
    return (Panel(_("Pendampingan untuk setiap sekolah"), tuple(_line(entry) for entry in planned.rounds)),)


def _line(entry: Round) -> str:
    line = _("Pendampingan ke-%(no)s: %(focus)s", no=entry.no, focus=entry.focus)
    more = [_("tahap %(no)s", no=entry.stage)] if entry.stage else []
    days = dict.fromkeys(format_date(day) for day in (entry.starts_on, entry.ends_on) if day)
    more += [" – ".join(days)] if days else []
    return f"{line} ({', '.join(more)})" if more else line
