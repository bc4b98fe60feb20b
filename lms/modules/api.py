"""Public interface of this domain: placements, material as sections, reading progress."""

from lms.modules.events import MATERIAL_READ
from lms.modules.material import module_of, sections_of
from lms.modules.models import ModulePlacement
from lms.modules.placements import get_placement, place_of_placement, placement_in, placements_of
from lms.modules.reading import Progress, mark_read, progress_of
from lms.modules.school_context import Workplace, place_of_workplace, workplace

__all__ = [
    "MATERIAL_READ",
    "ModulePlacement",
    "Progress",
    "Workplace",
    "get_placement",
    "mark_read",
    "module_of",
    "place_of_placement",
    "place_of_workplace",
    "placement_in",
    "placements_of",
    "progress_of",
    "sections_of",
    "workplace",
]
