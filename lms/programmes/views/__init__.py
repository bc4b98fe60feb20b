"""Pages of programmes: overview, deadlines, sessions and their lists, the definition."""

from lms.programmes.views import attendance, deadlines, overview, sessions
from lms.programmes.views.blueprint import bp

__all__ = ["attendance", "bp", "deadlines", "overview", "sessions"]
