"""What programmes bring: definitions, enrolment, stages, sessions, attendance, deadlines."""

from pathlib import Path

from lms.platform.core import Core
from lms.programmes import views
from lms.programmes.attendance.views.taken_along import lists_taken_along
from lms.programmes.events import EVENT_TYPES
from lms.programmes.permissions import PERMISSIONS
from lms.programmes.personal import export_person
from lms.programmes.schedule import deadline_decisions, telling


def setup(core: Core) -> None:
    """Add it to what the application runs."""
    core.permissions += PERMISSIONS
    core.event_types += EVENT_TYPES
    core.event_handlers += (*deadline_decisions.HANDLERS, *telling.HANDLERS)
    core.blueprints.append(views.bp)
    core.static_folders["programmes"] = Path(__file__).parent / "static"
    core.offline_pages.append(lists_taken_along)
    core.person_exports["programmes"] = export_person
