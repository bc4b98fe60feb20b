"""Points for an answer of several rows. Pure, Decimal, never negative (requirement F5).

``all_or_nothing``: every row right or no point. ``per_pair``: each right row earns its share.
``graded``: steps ``[least share, points]``; the highest step that the share of right rows reaches.
"""

from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from lms.api import Score

RULES = ("all_or_nothing", "per_pair", "graded")
_EXACT = Decimal("0.0001")


def score_rows(
    rows: Sequence[str], right: Mapping[str, str], given: Mapping[str, str], scoring: Mapping[str, Any]
) -> Score:
    """The score of ``given`` (row -> choice); a row without a choice is wrong."""
    maximum = Decimal(str(scoring["max"]))
    hits = sum(1 for row in rows if given.get(row) == str(right[row]))
    if scoring["rule"] == "all_or_nothing":
        return Score(maximum if hits == len(rows) else Decimal(0), maximum)
    if scoring["rule"] == "per_pair":
        earned = (maximum * hits / len(rows)).quantize(_EXACT, rounding=ROUND_HALF_UP)
        return Score(min(earned, maximum), maximum)
    return Score(_graded(Decimal(hits) / len(rows), scoring["steps"]), maximum)


def scoring_faults(scoring: Mapping[str, Any]) -> list[str]:
    """What is wrong with a scoring rule; empty when sound."""
    rule = scoring.get("rule")
    if rule not in RULES:
        return [f"unknown scoring rule {rule!r}"]
    if rule != "graded":
        return []
    steps = [(Decimal(str(least)), Decimal(str(points))) for least, points in scoring.get("steps") or ()]
    if not steps:
        return ["a graded item needs steps"]
    maximum = Decimal(str(scoring.get("max", "1")))
    faults = (
        [] if max(points for _least, points in steps) == maximum else ["the highest step is not the maximum"]
    )
    if any(not 0 <= least <= 1 or not 0 <= points <= maximum for least, points in steps):
        faults.append("a step lies outside 0..1 or outside 0..maximum")
    if [points for _least, points in sorted(steps)] != sorted(points for _least, points in steps):
        faults.append("more right rows must not earn less")
    return faults


def _graded(share: Decimal, steps: Sequence[Sequence[Any]]) -> Decimal:
    reached = [Decimal(str(points)) for least, points in steps if share >= Decimal(str(least))]
    return max(reached, default=Decimal(0))
