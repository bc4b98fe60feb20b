"""Rubrics: one engine for the five ways in which assessors score (requirement F2)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from lms.contract.text import Text, message


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
    Band("SB", message("Sangat Baik"), Decimal(90)),
    Band("B", message("Baik"), Decimal(80)),
    Band("C", message("Cukup Baik"), Decimal(70)),
    Band("K", message("Kurang Baik"), Decimal(0)),
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


_VERSION = re.compile(r"^[0-9]+(\.[0-9]+)*$")


def rubric_faults(rubric: Rubric) -> Iterator[str]:
    """What pages and scorers could not work with, each as a sentence."""
    if not _VERSION.fullmatch(rubric.version):
        yield f"version {rubric.version!r} must be numbers with dots, as '1.0'"
    if not 0 <= rubric.pass_mark <= 100:
        yield f"pass_mark must be 0 to 100, not {rubric.pass_mark}"
    minimums = [band.minimum for band in rubric.bands]
    if minimums != sorted(minimums, reverse=True) or minimums[-1:] != [0]:
        yield "bands must go down to a minimum of 0, the highest first"
    if not rubric.criteria:
        yield "it has no criteria"
    codes: set[str] = set()
    for line in rubric.criteria:
        if line.code in codes:
            yield f"two criteria are called {line.code!r}"
        codes.add(line.code)
        yield from (f"{line.code!r}: {fault}" for fault in _line_faults(rubric.scale, line))


def _line_faults(scale: ScaleKind, line: Criterion) -> Iterator[str]:
    if line.weight <= 0:
        yield "weight must be above 0"
    if scale is ScaleKind.LEVEL and len(line.parts) < 2:
        yield "a scale of levels needs the text of each, two or more"
    if scale is ScaleKind.DESCRIPTOR_COUNT and not line.parts:
        yield "a scale that counts descriptors needs their texts"
    yes_or_no = scale is ScaleKind.BINARY or (scale is ScaleKind.BINARY_TREE and not line.parts)
    if line.may_not_apply and (line.critical or not yes_or_no):
        yield "only an uncritical line of yes or no may not apply"
