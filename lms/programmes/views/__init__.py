"""Pages of programmes: overview, deadlines, sessions and their lists, schools, the definition."""

from lms.programmes.attendance.views import attendance, sessions, zoom_import
from lms.programmes.blueprint import bp
from lms.programmes.editing.views import create, form_editor, lifecycle, yaml_editor
from lms.programmes.enrolment.views import enrolment
from lms.programmes.schedule.views import deadlines
from lms.programmes.views import overview

__all__ = [
    "attendance",
    "bp",
    "create",
    "deadlines",
    "enrolment",
    "form_editor",
    "lifecycle",
    "overview",
    "sessions",
    "yaml_editor",
    "zoom_import",
]
