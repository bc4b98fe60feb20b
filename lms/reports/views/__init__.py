"""First pages of each role, recaps, the control room: what is shown of the domains below."""

from lms.reports.views import agenda, pages, scheduled_tasks
from lms.reports.views.blueprint import bp

__all__ = ["agenda", "bp", "pages", "scheduled_tasks"]
