"""What certificates bring: the register, printing, the check of a number."""

from lms.certificates import views
from lms.certificates.events import EVENT_TYPES
from lms.certificates.handlers import HANDLERS
from lms.certificates.permissions import PERMISSIONS
from lms.certificates.personal import export_person
from lms.certificates.reading import kept_files
from lms.certificates.retention import RETENTION
from lms.platform.core import Core


def setup(core: Core) -> None:
    """Add it to what the application runs."""
    core.permissions += PERMISSIONS
    core.event_types += EVENT_TYPES
    core.event_handlers += HANDLERS
    core.blueprints.append(views.bp)
    core.retention += RETENTION
    core.kept_files.append(kept_files)
    core.person_exports["certificates"] = export_person
