"""Pages of programmes: overview, deadlines, sessions and their lists, the definition."""

from lms.programmes.views import (
    attendance,
    create,
    deadlines,
    form_editor,
    overview,
    script,
    sessions,
    zoom_import,
)
from lms.programmes.views.blueprint import bp

__all__ = [
    "attendance",
    "bp",
    "create",
    "deadlines",
    "form_editor",
    "overview",
    "script",
    "sessions",
    "zoom_import",
]
