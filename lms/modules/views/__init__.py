"""Pages of material, and what modules' pages have in common."""

from lms.modules.views.material import bp

__all__ = ["bp"]
