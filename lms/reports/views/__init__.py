"""First pages of each role, recaps, the control room: what is shown of the domains below."""

from lms.reports.views.pages import bp

__all__ = ["bp"]
