"""Values of a definition as people read them."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from lms.contract.actors import Role
from lms.contract.text import Text, message, verbatim
from lms.people import api as people
from lms.platform.plugins import registry
from lms.programmes.definition.diff import Change, Kind
from lms.web.filters import long_date, long_datetime, number
from lms.web.i18n import gettext as _
from lms.web.i18n import locale


def shown(value: Any, zone: str) -> str:
    """A value in words: times in the programme's zone, yes and no, a dash for nothing."""
    if value is None or value == "":
        return "-"
    if isinstance(value, Text):
        return value.in_(locale())
    if isinstance(value, bool):
        return str(_("ya")) if value else str(_("tidak"))
    if isinstance(value, datetime):
        return long_datetime(value, zone, locale())
    if isinstance(value, date):
        return long_date(value, zone, locale())
    if isinstance(value, Decimal):
        return number(value)
    return str(value)


_CHOICES = {
    "zoom": verbatim("Zoom"),
    "onsite": message("Tatap muka"),
    "on_scored": message("setelah dinilai"),
    "at_close": message("setelah batas waktu"),
}


def value_names() -> dict[str, Text]:
    """Words for what a definition names by its key: roles, choices, and what the plugins bring."""
    found = registry()
    names = _CHOICES | {role.value: people.role_title(role) for role in Role}
    for kind in (found.module_types, found.deliverables, found.completion_rules):
        names |= {key: value.title for key, value in kind.items()}
    for rule in found.completion_rules.values():
        names |= rule.parameters
    return names


def change_lines(found: tuple[Change, ...], zone: str) -> list[dict[str, str]]:
    """The rows of the table of changes."""
    words = {
        Kind.ADDED: (_("Ditambahkan"), "done"),
        Kind.REMOVED: (_("Dihapus"), "bad"),
        Kind.CHANGED: (_("Berubah"), "info"),
    }
    return [
        {
            "where": " › ".join(text.in_(locale()) for text in change.where),
            "word": str(words[change.kind][0]),
            "tone": words[change.kind][1],
            "before": shown(change.before, zone) if change.kind is Kind.CHANGED else "",
            "after": shown(change.after, zone) if change.kind is Kind.CHANGED else "",
        }
        for change in found
    ]
