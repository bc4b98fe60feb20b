"""The result by competence and by level, as bars that never call an unmarked essay a zero."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from lms.web.filters import percent
from lms.web.i18n import gettext as _
from lms.web.i18n import ngettext, shown


def group_bars(
    groups: Iterable[Mapping[str, Any]], *, say_items: bool = False
) -> list[tuple[str, Decimal, str]]:
    """(label, share in percent 0..100, what stands beside it) of each stored group of an attempt's result.

    ``say_items`` puts the number of questions behind the label.
    """
    return [_bar(group, say_items=say_items) for group in groups]


def _bar(group: Mapping[str, Any], *, say_items: bool) -> tuple[str, Decimal, str]:
    label = shown(group["label"])
    if say_items:
        label = " · ".join((label, ngettext("%(num)s soal", "%(num)s soal", group["items"])))
    waiting = _waiting(group)
    if waiting == group["items"]:
        return label, Decimal(0), _("menunggu penilai")
    share = Decimal(group["percent"])
    text = percent(share, 0)
    if waiting:
        text = " · ".join(
            (text, ngettext("%(num)s soal menunggu penilai", "%(num)s soal menunggu penilai", waiting))
        )
    return label, share, text


def _waiting(group: Mapping[str, Any]) -> int:
    """How many items wait; results stored by earlier versions say it only by having no points at all."""
    stored = group.get("waiting")
    if stored is None:
        return 0 if Decimal(group["maximum"]) else int(group["items"])
    return int(stored)
