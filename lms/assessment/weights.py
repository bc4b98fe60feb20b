"""What each kind of question weighs in a quiz, for its first page: pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from lms.assessment.quiz_versions import LoadedItem
from lms.contract.numbers import rounded
from lms.contract.text import Text
from lms.platform.plugins import registry


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
    """The kinds in the order in which they first appear; a kind whose plugin is gone keeps its key as title."""
    by_kind: dict[str, list[Decimal]] = {}
    for item in items:
        by_kind.setdefault(item.type, []).append(item.maximum)
    total = sum((item.maximum for item in items), Decimal(0))
    return tuple(
        KindWeight(
            title=_title(key),
            items=len(points),
            least=min(points),
            most=max(points),
            points=sum(points, Decimal(0)),
            percent=rounded(sum(points, Decimal(0)) * 100 / total, 0) if total else Decimal(0),
        )
        for key, points in by_kind.items()
    )


def _title(key: str) -> Text:
    kind = registry().item_types.get(key)
    return kind.title if kind else Text(key, key)
