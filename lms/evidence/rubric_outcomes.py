"""Pure: what a filled rubric says of each criterion, in the rubric's own words: what is met and what is lacking."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from lms.contract.rubrics import Criterion, Rubric, ScaleKind
from lms.evidence.rubric_scoring import applies, share


@dataclass(frozen=True, slots=True)
class CriterionOutcome:
    """One criterion of a filled rubric that applies.

    ``met`` and ``lacking`` are texts of the rubric: descriptors or sub-items that were found and that were not;
    of described levels the one that was chosen, and the highest while it is not reached. Both are empty where
    the criterion has no parts (binary, percent): then ``share`` alone tells.
    """

    criterion: Criterion
    share: Decimal
    """The part that is met, 0..1."""
    met: tuple[str, ...] = ()
    lacking: tuple[str, ...] = ()

    @property
    def is_met(self) -> bool:
        """Whether nothing is lacking."""
        return self.share >= 1


def criterion_outcomes(rubric: Rubric, values: Mapping[str, Any]) -> tuple[CriterionOutcome, ...]:
    """Every criterion that applies, in the rubric's order; one without a value is not met.

    ``values`` are what ``parse`` gave, or what was stored of it.
    """
    return tuple(
        _outcome(rubric.scale, line, values.get(line.code))
        for line in rubric.criteria
        if applies(line, values.get(line.code))
    )


def still_lacking(rubric: Rubric, values: Mapping[str, Any]) -> tuple[CriterionOutcome, ...]:
    """What a revision has to mend: the criteria that are not fully met, critical ones first."""
    found = [outcome for outcome in criterion_outcomes(rubric, values) if not outcome.is_met]
    return tuple(sorted(found, key=lambda outcome: not outcome.criterion.critical))


def _outcome(scale: ScaleKind, line: Criterion, value: Any) -> CriterionOutcome:
    reached = share(scale, line, value)
    if scale is ScaleKind.LEVEL:
        chosen = () if value is None else (line.parts[int(value)],)
        return CriterionOutcome(line, reached, chosen, line.parts[-1:] if reached < 1 else ())
    if scale is ScaleKind.PERCENT or scale is ScaleKind.BINARY or not line.parts:
        return CriterionOutcome(line, reached)
    ticked = set(value or ())
    return CriterionOutcome(
        line,
        reached,
        tuple(part for number, part in enumerate(line.parts) if number in ticked),
        tuple(part for number, part in enumerate(line.parts) if number not in ticked),
    )
