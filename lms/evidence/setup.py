"""What evidence brings: assignments, files, submissions, reviews."""

from lms.evidence.assignments import apply_programme, drop_left_out
from lms.evidence.events import EVENT_TYPES
from lms.evidence.form_files import kept_form_files
from lms.evidence.handlers import HANDLERS
from lms.evidence.permissions import PERMISSIONS
from lms.evidence.personal import export_person
from lms.evidence.retention import RETENTION
from lms.evidence.submissions import kept_files
from lms.evidence.views import BLUEPRINTS
from lms.platform.core import Core
from lms.programmes.api import ProgrammeListener


def setup(core: Core) -> None:
    """Add it to what the application runs."""
    core.permissions += PERMISSIONS
    core.event_types += EVENT_TYPES
    core.event_handlers += HANDLERS
    core.blueprints += BLUEPRINTS
    core.retention += RETENTION
    core.kept_files += (kept_files, kept_form_files)
    core.person_exports["evidence"] = export_person
    core.programme_listeners.append(ProgrammeListener(apply=apply_programme, drop=drop_left_out))
