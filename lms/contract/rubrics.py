"""Rubrics: one engine for the five ways in which assessors score (requirement F2)."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from lms.contract.text import Text


class ScaleKind(StrEnum):
    """How a criterion is scored."""

    DESCRIPTOR_COUNT = "descriptor_count"  #: score = number of descriptors met (0-4)
    LEVEL = "level"  #: score = the described level chosen (0-4)
    BINARY = "binary"  #: met or not met; critical ones block
    BINARY_TREE = "binary_tree"  #: 0/1, an item with sub-items is their mean; per section
    PERCENT = "percent"  #: 0-100


@dataclass(frozen=True, slots=True)
class Criterion:
    """One line of a rubric. ``code`` is unique in it; ``weight`` (above 0) is its part in the score.

    ``parts``: the descriptors (descriptor_count), the level texts from 0 up (level) or the
    sub-items (binary_tree). ``group`` is the section heading. ``critical``: not met means not passed,
    whatever the rest. ``may_not_apply``: an assessor may answer "does not apply" (a line of yes or no only:
    binary, or binary_tree without parts; never critical); such a line is left out of the score.
    """

    code: str
    text: str
    group: str = ""
    weight: Decimal = Decimal(1)
    parts: tuple[str, ...] = ()
    critical: bool = False
    may_not_apply: bool = False


@dataclass(frozen=True, slots=True)
class Band:
    """A label from ``minimum`` percent (inclusive) up."""

    code: str
    label: Text
    minimum: Decimal


EVIDENCE_BANDS = (
    Band("SB", Text("Sangat Baik", "Very good"), Decimal(90)),
    Band("B", Text("Baik", "Good"), Decimal(80)),
    Band("C", Text("Cukup Baik", "Fair"), Decimal(70)),
    Band("K", Text("Kurang Baik", "Needs work"), Decimal(0)),
)


@dataclass(frozen=True, slots=True)
class Rubric:
    """A published rubric. Never edit one in use: publish a new ``version``.

    ``pass_mark`` is in percent (0..100), reached or above; ``bands`` go from the highest ``minimum`` down to 0. ``source``
    says where the criteria come from.
    """

    key: str
    version: str
    title: Text
    scale: ScaleKind
    criteria: tuple[Criterion, ...]
    pass_mark: Decimal = Decimal(70)
    bands: tuple[Band, ...] = EVIDENCE_BANDS
    source: str = ""
