"""What assessment brings: quizzes, their scores, marks, discussion."""

from lms.assessment.events import EVENT_TYPES
from lms.assessment.handlers import HANDLERS
from lms.assessment.items import ITEM_TYPES
from lms.assessment.permissions import PERMISSIONS
from lms.assessment.personal import export_person
from lms.assessment.quiz_versions import apply_programme, drop_left_out
from lms.assessment.tasks import TASKS
from lms.assessment.views import BLUEPRINTS
from lms.platform.core import Core
from lms.programmes.api import ProgrammeListener


def setup(core: Core) -> None:
    """Add it to what the application runs."""
    core.permissions += PERMISSIONS
    core.item_types += ITEM_TYPES
    core.event_types += EVENT_TYPES
    core.event_handlers += HANDLERS
    core.tasks += TASKS
    core.blueprints += BLUEPRINTS
    core.person_exports["assessment"] = export_person
    core.programme_listeners.append(ProgrammeListener(apply=apply_programme, drop=drop_left_out))
