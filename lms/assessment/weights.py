"""What each kind of question weighs in a quiz, for its first page: pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from lms.assessment.quiz_versions import LoadedItem
from lms.contract.numbers import rounded
from lms.contract.text import Text, message
from lms.platform.plugins import registry

_GONE = message("Jenis soal dari modul yang tidak terpasang")


@dataclass(frozen=True, slots=True)
class KindWeight:
    """The questions of one kind: how many, points of one (``least`` to ``most``) and of all, share in percent."""

    title: Text
    items: int
    least: Decimal
    most: Decimal
    points: Decimal
    percent: Decimal


def weights(items: Sequence[LoadedItem]) -> tuple[KindWeight, ...]:
    """The kinds in the order in which they first appear; those whose plugin is gone together as one."""
    known = registry().item_types
    by_kind: dict[str, list[Decimal]] = {}
    for item in items:
        by_kind.setdefault(item.type if item.type in known else "", []).append(item.maximum)
    total = sum((item.maximum for item in items), Decimal(0))
    return tuple(
        KindWeight(
            title=known[key].title if key else _GONE,
            items=len(points),
            least=min(points),
            most=max(points),
            points=sum(points, Decimal(0)),
            percent=rounded(sum(points, Decimal(0)) * 100 / total, 0) if total else Decimal(0),
        )
        for key, points in by_kind.items()
    )
