"""What reports bring: the first page of each role, recaps, the control room."""

from lms.platform.core import Core
from lms.reports import views
from lms.reports.calendar_feed import export_person
from lms.reports.navigation import navigation
from lms.reports.permissions import PERMISSIONS


def setup(core: Core) -> None:
    """Add it to what the application runs."""
    core.permissions += PERMISSIONS
    core.blueprints.append(views.bp)
    core.navigation.append(navigation)
    core.person_exports["calendar"] = export_person
