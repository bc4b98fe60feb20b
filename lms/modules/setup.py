"""What modules bring: material, and the rubrics and deliverables of the core."""

from lms.modules import views
from lms.modules.content import core_deliverables, core_rubrics
from lms.modules.events import EVENT_TYPES
from lms.modules.permissions import PERMISSIONS
from lms.modules.personal import export_person
from lms.modules.placements import apply_programme, drop_left_out
from lms.platform.core import Core
from lms.programmes.api import ProgrammeListener


def setup(core: Core) -> None:
    """Add it to what the application runs."""
    core.permissions += PERMISSIONS
    core.event_types += EVENT_TYPES
    core.rubrics += core_rubrics()
    core.deliverables += core_deliverables()
    core.blueprints.append(views.bp)
    core.person_exports["modules"] = export_person
    core.programme_listeners.append(ProgrammeListener(apply=apply_programme, drop=drop_left_out))
