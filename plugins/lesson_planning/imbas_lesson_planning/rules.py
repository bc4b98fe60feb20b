"""Pure rules of a lesson plan: what is missing, what may follow what, what a review gives.

A review counts descriptors: the score of a criterion is the number of its descriptors met (0-4);
the plan's percentage is the weighted mean, by the core's rubric engine.
"""

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from enum import StrEnum
from typing import Any

from imbas_lesson_planning.catalogue import Kind, TagGroup
from lms.api import Rubric, RuleResult, Text, rounded

SHORT_SIGNS, LONG_SIGNS = 1, 3
"""Letters or digits that a short and a long part need: "-" and "..." do not count."""


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
"""States in which the writer may change a plan."""


def says_something(text: str, *, short: bool = False) -> bool:
    """Whether ``text`` has enough letters or digits to be an answer."""
    return len(re.findall(r"[^\W_]", text)) >= (SHORT_SIGNS if short else LONG_SIGNS)


def missing_parts(kind: Kind, texts: Mapping[str, str]) -> tuple[str, ...]:
    """Keys of the required parts that are still to be written, in the kind's order."""
    return tuple(
        part.key
        for part in kind.parts
        if part.required and not says_something(texts.get(part.key, ""), short=part.short)
    )


def missing_tags(
    kind: Kind,
    groups: Mapping[str, TagGroup],
    tags: Mapping[str, Sequence[str]],
    year: int,
    low_reason: str = "",
) -> tuple[str, ...]:
    """Keys of the tag groups that lack a tag, in the kind's order.

    A higher level is wanted where the competence allows it: ``low_reason`` says why it does not.
    """
    missing = []
    for key in kind.groups:
        group = groups[key]
        offered = {tag.key for tag in group.tags_of(year)}
        chosen = offered & set(tags.get(key, ()))
        too_low = group.higher and not chosen & group.higher and not says_something(low_reason)
        if offered and (len(chosen) < group.least or too_low):
            missing.append(key)
    return tuple(missing)


def has_higher(groups: Mapping[str, TagGroup], tags: Mapping[str, Sequence[str]]) -> bool:
    """Whether one of the higher levels is chosen."""
    return any(group.higher & set(tags.get(key, ())) for key, group in groups.items())


def school_year_start(school_year: str) -> int:
    """2020 for "2020/2021"; 0 when the text starts otherwise."""
    found = re.match(r"[0-9]{4}", school_year)
    return int(found.group()) if found else 0


def descriptors_met(values: Mapping[str, Any]) -> int:
    """How many descriptors a review found, over all criteria."""
    return sum(len(set(found)) for found in values.values())


def weighted_points(rubric: Rubric, values: Mapping[str, Any]) -> tuple[Decimal, Decimal]:
    """Points of a review by the weights of its criteria, and the most there are: what the percentage rests on."""
    earned = sum((line.weight * len(set(values.get(line.code, ()))) for line in rubric.criteria), Decimal(0))
    return earned, sum((line.weight * len(line.parts) for line in rubric.criteria), Decimal(0))


_STEPS = {
    PlanState.DRAFT: Decimal("0.25"),
    PlanState.NEEDS_REVISION: Decimal("0.50"),
    PlanState.IN_REVIEW: Decimal("0.75"),
    PlanState.ACCEPTED: Decimal(1),
}
"""How far a plan has come, for the progress of the rule."""


def plan_reviewed(facts: Mapping[str, Any], params: Mapping[str, Any]) -> RuleResult:
    """Whether a teacher has enough accepted plans.

    ``facts``: ``states`` of the teacher's plans. ``params``: ``plans`` demanded (at least 1).
    """
    wanted = max(int(params["plans"]), 1)
    states = sorted((PlanState(state) for state in facts["states"]), key=lambda state: -_STEPS[state])
    accepted = states.count(PlanState.ACCEPTED)
    if accepted >= wanted:
        return RuleResult(
            met=True,
            fraction=Decimal(1),
            reason=Text(f"{accepted} rencana diterima", f"Plans accepted: {accepted}"),
        )
    best = states[:wanted]
    fraction = sum((_STEPS[state] for state in best), Decimal(0)) / wanted
    next_state = next((state for state in best if state is not PlanState.ACCEPTED), None)
    words, who = _NEXT[next_state]
    return RuleResult(
        met=False,
        fraction=rounded(fraction, 4),
        reason=Text(
            f"{accepted} dari {wanted} rencana pembelajaran diterima; {words.id}",
            f"{accepted} of {wanted} lesson plans accepted; {words.en}",
        ),
        who=who,
    )


_NEXT: Mapping[PlanState | None, tuple[Text, str]] = {
    None: (Text("rencana belum ditulis", "a plan is still to be written"), "teacher"),
    PlanState.DRAFT: (Text("rencana belum diajukan", "a plan is still to be handed in"), "teacher"),
    PlanState.NEEDS_REVISION: (Text("rencana perlu direvisi", "a plan needs revision"), "teacher"),
    PlanState.IN_REVIEW: (Text("rencana menunggu telaah", "a plan waits for its review"), "headmaster"),
}
