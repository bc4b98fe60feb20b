"""Menjodohkan: each entry at the left gets one from the right, where some are left over."""

from imbas_hots_assessment.i18n import message
from imbas_hots_assessment.items import rows
from lms.api import Body, Key

LETTERS = 16
"""Of the template's lettered list."""


def check(body: Body, key: Key) -> tuple[str, ...]:
    """Every fault of a matching item; without left-over entries the last pair answers itself."""
    faults = rows.check(body, key)
    if len(body.get("right") or ()) <= len(body.get("left") or ()):
        faults.append("matching needs more entries at the right than at the left")
    if len(body.get("right") or ()) > LETTERS:
        faults.append(f"at most {LETTERS} entries at the right have a letter")
    return tuple(faults)


MATCHING = rows.item_type("matching", message("Menjodohkan"), "matching.html", check)
