"""What grading brings: the queue, and a desk each for evidence and essays."""

from lms.grading.permissions import PERMISSIONS
from lms.grading.retention import RETENTION
from lms.grading.views import BLUEPRINTS
from lms.platform.core import Core


def setup(core: Core) -> None:
    """Add it to what the application runs."""
    core.permissions += PERMISSIONS
    core.blueprints += BLUEPRINTS
    core.retention += RETENTION
