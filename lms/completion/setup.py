"""What completion brings: it listens to what people did, and says who has completed what."""

from lms.completion.events import EVENT_TYPES
from lms.completion.handlers import HANDLERS
from lms.completion.impact import measure_programme
from lms.completion.personal import export_person
from lms.platform.core import Core
from lms.programmes.api import ProgrammeListener


def setup(core: Core) -> None:
    """Add it to what the application runs."""
    core.event_types += EVENT_TYPES
    core.event_handlers += HANDLERS
    core.person_exports["completion"] = export_person
    core.programme_listeners.append(ProgrammeListener(measure=measure_programme))
