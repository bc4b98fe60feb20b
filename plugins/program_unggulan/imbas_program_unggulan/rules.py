"""Pure rules of the flagship plan: what is missing, how far it has come, what a review needs.

Progress is (value now - baseline) : (target - baseline), so a target below the baseline works the
same way. Below 0 % things moved away from the target; above 100 % it was passed.
"""

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from enum import StrEnum
from typing import Any

from lms.api import Rubric, RuleResult, Text, rounded

CENTRES = ("school", "family", "community")
"""The three centres of education (Ki Hajar Dewantara, 1935)."""
PLAN_TEXTS = ("name", "problem", "reason", "responsible", "budget", "risk", "sustainability")
LINE_PARTS = (
    "goal",
    "unit",
    "baseline",
    "baseline_on",
    "target",
    "starts_on",
    "ends_on",
    "method",
    "role_school",
    "role_family",
    "role_community",
)
LINE_TEXTS = ("goal", "unit", "method", "role_school", "role_family", "role_community")
COMMENT_BELOW = 3
"""A criterion with fewer descriptors than this gets a comment when a plan goes back."""

_CODE = re.compile(r"[1-8](\.[1-9][0-9]?){1,2}")
_WORD = re.compile(r"[a-z]+")


class PlanState(StrEnum):
    """Where a plan stands; the same keys as the status words."""

    DRAFT = "draft"
    IN_REVIEW = "in_review"
    NEEDS_REVISION = "needs_revision"
    ACCEPTED = "accepted"


class ReviewDecision(StrEnum):
    """What a reviewer decides; the plan's state afterwards."""

    NEEDS_REVISION = "needs_revision"
    ACCEPTED = "accepted"


WRITABLE = frozenset({PlanState.DRAFT, PlanState.NEEDS_REVISION})
"""States in which a school may change its plan."""


def says_something(text: str) -> bool:
    """Whether ``text`` holds at least three letters or digits: "-" and "..." do not count."""
    return len(re.findall(r"[^\W_]", text)) >= 3


def is_code(text: str) -> bool:
    """Whether ``text`` looks like an indicator's code: "1.1.10", "6.2"."""
    return _CODE.fullmatch(text) is not None


def missing_plan_texts(plan: Mapping[str, Any]) -> tuple[str, ...]:
    """The texts of a plan that are still to be written; the code counts as one."""
    missing = tuple(name for name in PLAN_TEXTS if not says_something(str(plan.get(name) or "")))
    return missing if is_code(str(plan.get("code") or "")) else ("code", *missing)


def missing_line_parts(line: Mapping[str, Any]) -> tuple[str, ...]:
    """The parts of a line that are still open.

    A target equal to the baseline leaves no way to go, so the target counts as open. A unit is
    short ("%"), so any sign will do.
    """
    missing = {name for name in LINE_TEXTS if not says_something(str(line.get(name) or ""))}
    if str(line.get("unit") or "").strip():
        missing.discard("unit")
    missing |= {name for name in LINE_PARTS if name not in LINE_TEXTS and line.get(name) is None}
    if line.get("target") is not None and line.get("target") == line.get("baseline"):
        missing.add("target")
    return tuple(name for name in LINE_PARTS if name in missing)


def progress(baseline: Decimal | None, target: Decimal | None, value: Decimal | None) -> Decimal | None:
    """How much of the way from ``baseline`` to ``target`` is behind, in percent with two decimals.

    None while a figure is missing or there is no way to go.
    """
    if baseline is None or target is None or value is None or baseline == target:
        return None
    return rounded((value - baseline) * 100 / (target - baseline))


def only_weak_words(text: str, weak: Iterable[str], strong: Iterable[str]) -> bool:
    """Whether a role names no deed that one could see: weak verbs, and not one strong verb."""
    words = set(_WORD.findall(text.lower()))
    return bool(words & set(weak)) and not words & set(strong)


def uncommented(rubric: Rubric, scores: Mapping[str, Any], comments: Mapping[str, str]) -> tuple[str, ...]:
    """Codes of criteria with few descriptors and without a comment, in the rubric's order."""
    return tuple(
        line.code
        for line in rubric.criteria
        if len(set(scores.get(line.code, ()))) < COMMENT_BELOW and not comments.get(line.code)
    )


def descriptors_met(scores: Mapping[str, Any]) -> int:
    """How many descriptors a review found, over all criteria."""
    return sum(len(set(found)) for found in scores.values())


def plan_reviewed(facts: Mapping[str, Any], params: Mapping[str, Any]) -> RuleResult:
    """Whether a school's plan was accepted with enough lines and measurements.

    ``facts``: ``state`` of the plan (None: not begun), ``lines`` complete, ``measured`` of them.
    ``params``: ``lines`` and ``measured`` demanded.
    """
    state = PlanState(facts["state"]) if facts["state"] else None
    wanted_lines, wanted_measured = int(params["lines"]), int(params["measured"])
    lines, measured = int(facts["lines"]), int(facts["measured"])
    shares = [_STEPS[state]]
    shares += [
        min(Decimal(have) / want, Decimal(1))
        for have, want in ((lines, wanted_lines), (measured, wanted_measured))
        if want
    ]
    met = all(share == 1 for share in shares)
    if met:
        return RuleResult(met=True, fraction=Decimal(1), reason=_WORDS[state])
    fraction = rounded(sum(shares, Decimal(0)) / len(shares), 4)
    lacking = [] if state is PlanState.ACCEPTED else [_WORDS[state]]
    lacking += [
        Text(f"{have} dari {want} {name_id}", f"{have} of {want} {name_en}")
        for have, want, name_id, name_en in (
            (lines, wanted_lines, "sasaran lengkap", "complete goals"),
            (measured, wanted_measured, "sasaran sudah diukur", "goals measured"),
        )
        if have < want
    ]
    reason = Text("; ".join(text.id for text in lacking), "; ".join(text.en for text in lacking))
    return RuleResult(
        met=False,
        fraction=min(fraction, Decimal("0.9999")),
        reason=reason,
        who="facilitator" if state is PlanState.IN_REVIEW else "quality_team",
    )


_STEPS = {
    None: Decimal(0),
    PlanState.DRAFT: Decimal("0.25"),
    PlanState.NEEDS_REVISION: Decimal("0.50"),
    PlanState.IN_REVIEW: Decimal("0.75"),
    PlanState.ACCEPTED: Decimal(1),
}
"""How far a plan has come, for the progress of the rule."""

_WORDS = {
    None: Text("rencana program unggulan belum ditulis", "the flagship plan is still to be written"),
    PlanState.DRAFT: Text(
        "rencana program unggulan belum diajukan", "the flagship plan is still to be handed in"
    ),
    PlanState.NEEDS_REVISION: Text(
        "rencana program unggulan perlu direvisi", "the flagship plan needs revision"
    ),
    PlanState.IN_REVIEW: Text(
        "rencana program unggulan menunggu telaah", "the flagship plan waits for its review"
    ),
    PlanState.ACCEPTED: Text("rencana program unggulan diterima", "the flagship plan was accepted"),
}
