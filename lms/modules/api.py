"""Public interface of this domain: placements, material as sections, reading progress."""

from lms.modules.events import MATERIAL_READ
from lms.modules.material import module_of, sections_of
from lms.modules.models import ModulePlacement
from lms.modules.placements import get_placement, place_of_placement, placement_in, placements_of
from lms.modules.programme_card import ProgrammeCard, StageCard, programme_card
from lms.modules.reading import Progress, mark_read, progress_of
from lms.modules.school_context import (
    PersonAt,
    SchoolChoice,
    Workplace,
    people_at,
    place_of_workplace,
    schools_of,
    workplace,
)

__all__ = [
    "MATERIAL_READ",
    "ModulePlacement",
    "PersonAt",
    "ProgrammeCard",
    "Progress",
    "SchoolChoice",
    "StageCard",
    "Workplace",
    "get_placement",
    "mark_read",
    "module_of",
    "people_at",
    "place_of_placement",
    "place_of_workplace",
    "placement_in",
    "placements_of",
    "programme_card",
    "progress_of",
    "schools_of",
    "sections_of",
    "workplace",
]
