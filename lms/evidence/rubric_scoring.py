"""Pure: from what an assessor ticked to a percentage. One engine for five kinds of scale.

Sources: requirement F2 (0/1 with sub-items averaged per section; described levels; 0-100) and
section 4 (count of descriptors met). Rounded half up to 2 decimals, then compared.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from lms.contract.numbers import HUNDRED, rounded
from lms.contract.parsing import parse_decimal, parse_int
from lms.contract.rubrics import Band, Criterion, Rubric, ScaleKind

Value = Any
"""What is stored for a criterion: part numbers, a level, 0/1, a percentage as text, or NOT_APPLICABLE."""

NOT_APPLICABLE = "na"
"""The answer "does not apply", open only to criteria that say ``may_not_apply``."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The outcome of a filled rubric; ``percent`` 0..100 with 2 decimals."""

    percent: Decimal
    band: Band
    critical: tuple[str, ...]
    """Codes of critical criteria that are not met; they forbid acceptance."""
    passed: bool


def parse(rubric: Rubric, posted: Mapping[str, Sequence[str]]) -> tuple[dict[str, Value], tuple[str, ...]]:
    """Values from form fields ``crit-<code>`` and the codes of criteria without a usable one."""
    values: dict[str, Value] = {}
    missing: list[str] = []
    for criterion in rubric.criteria:
        value = _parsed(rubric.scale, criterion, posted.get(f"crit-{criterion.code}", ()))
        if value is None:
            missing.append(criterion.code)
        else:
            values[criterion.code] = value
    return values, tuple(missing)


def verdict(rubric: Rubric, values: Mapping[str, Value]) -> Verdict:
    """Score a filled rubric; criteria without a value count as not met, those that do not apply not at all."""
    lines = tuple(line for line in rubric.criteria if applies(line, values.get(line.code)))
    weigh = _sectioned if rubric.scale is ScaleKind.BINARY_TREE else _weighted
    score = rounded(weigh(rubric.scale, lines, values))
    critical = tuple(
        line.code for line in lines if line.critical and share(rubric.scale, line, values.get(line.code)) < 1
    )
    return Verdict(score, band_of(rubric, score), critical, score >= rubric.pass_mark and not critical)


def applies(criterion: Criterion, value: Value) -> bool:
    """Whether a criterion counts; only one that says so can be answered with NOT_APPLICABLE."""
    return not (criterion.may_not_apply and value == NOT_APPLICABLE)


def share(scale: ScaleKind, criterion: Criterion, value: Value) -> Decimal:
    """The part of a criterion that is met, 0..1."""
    if value is None:
        return Decimal(0)
    if scale is ScaleKind.PERCENT:
        return Decimal(str(value)) / HUNDRED
    if scale is ScaleKind.LEVEL:
        return Decimal(int(value)) / (len(criterion.parts) - 1)
    if criterion.parts and scale is not ScaleKind.BINARY:
        return Decimal(len(set(value))) / len(criterion.parts)
    return Decimal(int(value))


def band_of(rubric: Rubric, score: Decimal) -> Band:
    """The highest band whose minimum ``score`` reaches."""
    return next(band for band in rubric.bands if score >= band.minimum)


def _weighted(scale: ScaleKind, lines: Sequence[Criterion], values: Mapping[str, Value]) -> Decimal:
    total = sum((line.weight for line in lines), Decimal(0))
    earned = sum((share(scale, line, values.get(line.code)) * line.weight for line in lines), Decimal(0))
    return earned * HUNDRED / total if total else Decimal(0)


def _sectioned(scale: ScaleKind, lines: Sequence[Criterion], values: Mapping[str, Value]) -> Decimal:
    """Mean of the sections, each the mean of its items (S5)."""
    sections: dict[str, list[Decimal]] = {}
    for line in lines:
        sections.setdefault(line.group, []).append(share(scale, line, values.get(line.code)))
    means = [sum(shares, Decimal(0)) / len(shares) for shares in sections.values()]
    return sum(means, Decimal(0)) * HUNDRED / len(means) if means else Decimal(0)


def _parsed(scale: ScaleKind, criterion: Criterion, posted: Sequence[str]) -> Value:
    if scale is ScaleKind.PERCENT:
        number = parse_decimal(posted[-1], low=Decimal(0), high=HUNDRED) if posted else None
        return None if number is None else str(number)
    if criterion.may_not_apply and NOT_APPLICABLE in posted[-1:]:
        return NOT_APPLICABLE
    numbers = sorted({part for text in posted if (part := parse_int(text)) is not None})
    if scale is ScaleKind.LEVEL:
        return numbers[-1] if numbers and numbers[-1] < len(criterion.parts) else None
    if criterion.parts and scale is not ScaleKind.BINARY:
        # no box ticked is an answer too: nothing was met
        return [number for number in numbers if number < len(criterion.parts)]
    return numbers[-1] if numbers and numbers[-1] <= 1 else None
