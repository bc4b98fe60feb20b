"""The pure rule of lesson plans: whether a teacher has enough accepted ones."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from imbas_lesson_planning.i18n import message
from lms.api import DocumentState, RuleResult, Text, rounded

_STEPS = {
    DocumentState.DRAFT: Decimal("0.25"),
    DocumentState.NEEDS_REVISION: Decimal("0.50"),
    DocumentState.IN_REVIEW: Decimal("0.75"),
    DocumentState.ACCEPTED: Decimal(1),
}
"""How far a plan has come, for the progress of the rule."""


def plan_reviewed(facts: Mapping[str, Any], params: Mapping[str, Any]) -> RuleResult:
    """Whether a teacher has enough accepted plans.

    ``facts``: ``states`` of the teacher's plans. ``params``: ``plans`` demanded (at least 1).
    """
    wanted = max(int(params["plans"]), 1)
    states = sorted((DocumentState(state) for state in facts["states"]), key=lambda state: -_STEPS[state])
    accepted = states.count(DocumentState.ACCEPTED)
    if accepted >= wanted:
        return RuleResult(
            met=True,
            fraction=Decimal(1),
            reason=message("%(accepted)s rencana diterima", accepted=accepted),
        )
    best = states[:wanted]
    fraction = sum((_STEPS[state] for state in best), Decimal(0)) / wanted
    next_state = next((state for state in best if state is not DocumentState.ACCEPTED), None)
    words, who = _NEXT[next_state]
    return RuleResult(
        met=False,
        fraction=rounded(fraction, 4),
        reason=message(
            "%(accepted)s dari %(wanted)s rencana pembelajaran diterima; %(words)s",
            accepted=accepted,
            wanted=wanted,
            words=words,
        ),
        who=who,
    )


_NEXT: Mapping[DocumentState | None, tuple[Text, str]] = {
    None: (message("rencana belum ditulis"), "teacher"),
    DocumentState.DRAFT: (message("rencana belum diajukan"), "teacher"),
    DocumentState.NEEDS_REVISION: (message("rencana perlu direvisi"), "teacher"),
    DocumentState.IN_REVIEW: (message("rencana menunggu telaah"), "headmaster"),
}
