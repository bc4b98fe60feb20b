"""Benar-Salah: several statements, the same two choices for each."""

from imbas_hots_assessment.i18n import message
from imbas_hots_assessment.items import rows
from lms.api import Body, Key


def check(body: Body, key: Key) -> tuple[str, ...]:
    """Every fault of a true-false table."""
    faults = rows.check(body, key)
    if len(body.get("categories") or ()) != 2:
        faults.append("a true-false table has exactly two choices")
    return tuple(faults)


TRUE_FALSE_TABLE = rows.item_type("true_false_table", message("Benar-Salah"), "table.html", check)
