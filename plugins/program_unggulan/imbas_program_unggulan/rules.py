"""Pure rules of the flagship plan: how far its goals have come, when it is complete.

Progress is (value now - baseline) : (target - baseline), so a target below the baseline works the
same way. Below 0 % things moved away from the target; above 100 % it was passed.
"""

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from imbas_program_unggulan.i18n import message
from lms.api import DocumentState, Joined, RuleResult, rounded

CENTRES = ("school", "family", "community")
"""The three centres of education (Ki Hajar Dewantara, 1935)."""
_CODE = re.compile(r"[1-8](\.[1-9][0-9]?){1,2}")
_WORD = re.compile(r"[a-z]+")


def is_code(text: str) -> bool:
    """Whether ``text`` looks like an indicator's code: "1.1.10", "6.2"."""
    return _CODE.fullmatch(text) is not None


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


def plan_reviewed(facts: Mapping[str, Any], params: Mapping[str, Any]) -> RuleResult:
    """Whether a school's plan was accepted with enough lines and measurements.

    ``facts``: ``state`` of the plan (None: not begun), ``lines`` complete, ``measured`` of them.
    ``params``: ``lines`` and ``measured`` demanded.
    """
    state = DocumentState(facts["state"]) if facts["state"] else None
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
    lacking = [] if state is DocumentState.ACCEPTED else [_WORDS[state]]
    if lines < wanted_lines:
        lacking.append(message("%(have)s dari %(want)s sasaran lengkap", have=lines, want=wanted_lines))
    if measured < wanted_measured:
        lacking.append(
            message("%(have)s dari %(want)s sasaran sudah diukur", have=measured, want=wanted_measured)
        )
    reason = Joined("; ", tuple(lacking))
    return RuleResult(
        met=False,
        fraction=min(fraction, Decimal("0.9999")),
        reason=reason,
        who="facilitator" if state is DocumentState.IN_REVIEW else "quality_team",
    )


_STEPS = {
    None: Decimal(0),
    DocumentState.DRAFT: Decimal("0.25"),
    DocumentState.NEEDS_REVISION: Decimal("0.50"),
    DocumentState.IN_REVIEW: Decimal("0.75"),
    DocumentState.ACCEPTED: Decimal(1),
}
"""How far a plan has come, for the progress of the rule."""

_WORDS = {
    None: message("rencana program unggulan belum ditulis"),
    DocumentState.DRAFT: message("rencana program unggulan belum diajukan"),
    DocumentState.NEEDS_REVISION: message("rencana program unggulan perlu direvisi"),
    DocumentState.IN_REVIEW: message("rencana program unggulan menunggu telaah"),
    DocumentState.ACCEPTED: message("rencana program unggulan diterima"),
}
