"""What people bring: accounts, sign-in, authorisation."""

from pathlib import Path

from lms.people import cli, views
from lms.people.access.authorise import may
from lms.people.current_user import init_app
from lms.people.navigation import navigation
from lms.people.notices.tasks import EVENT_TYPES, HANDLERS, TASKS
from lms.people.permissions import PERMISSIONS
from lms.people.retention import RETENTION
from lms.platform.core import Core


def setup(core: Core) -> None:
    """Add it to what the application runs."""
    core.authorise = may
    core.permissions += PERMISSIONS
    core.blueprints.append(views.bp)
    core.static_folders["people"] = Path(__file__).parent / "static"
    core.navigation.append(navigation)
    core.commands.append(cli.group)
    core.retention += RETENTION
    core.event_types += EVENT_TYPES
    core.event_handlers += HANDLERS
    core.tasks += TASKS
    core.init_app.append(init_app)
