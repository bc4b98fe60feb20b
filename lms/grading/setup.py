"""What grading brings: the queue and the desk."""

from lms.grading.permissions import PERMISSIONS
from lms.grading.retention import RETENTION
from lms.grading.views import BLUEPRINTS
from lms.platform.core import Core


def setup(core: Core) -> None:
    """Add it to the application."""
    core.permissions += PERMISSIONS
    core.blueprints += BLUEPRINTS
    core.retention += RETENTION
