"""Pages of programmes: overview, deadlines, sessions and their lists, schools, the definition."""

from lms.programmes.views import (
    attendance,
    create,
    deadlines,
    enrolment,
    form_editor,
    lifecycle,
    overview,
    sessions,
    yaml_editor,
    zoom_import,
)
from lms.programmes.views.blueprint import bp

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
