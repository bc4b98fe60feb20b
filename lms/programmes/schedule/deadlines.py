"""When things are due: the definition's time, unless it was moved for the school."""

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from lms.platform.long_lists import among
from lms.programmes.models import DeadlineChange, Stage

ON_SERVICE = "on_service"


Key = tuple[int, int, str]
"""Stage, school, target."""


@dataclass(frozen=True, slots=True)
class Deadlines:
    """The moves of one programme; of several for one school and target the one that was decided last."""

    moved: Mapping[Key, datetime]
    sooner: Set[Key] = frozenset()
    """Those that were set earlier than what the others had."""

    def due_at(self, *, stage_id: int, school_id: int, target: str, default: datetime) -> datetime:
        """When ``target`` is due for a school.

        A move gives time: it counts as long as it gives more than the whole stage's move and than
        ``default``, the definition's time. Only one of this very target that was set earlier on purpose
        makes anything due earlier.
        """
        return self.due_at_of((stage_id, school_id, target), default)

    def due_at_of(self, key: Key, default: datetime) -> datetime:
        """The same for a key."""
        stage_id, school_id, _target = key
        own = self.moved.get(key)
        if own is not None and key in self.sooner:
            return own
        stage = self.moved.get((stage_id, school_id, ON_SERVICE))
        return max(moment for moment in (own, stage, default) if moment is not None)


def deadlines(session: Session, *, programme_id: int, school_ids: Iterable[int] | None = None) -> Deadlines:
    """Every move of a programme (of some schools) that was not withdrawn, in one query."""
    if school_ids is None:
        rows = session.execute(_MOVES, {"programme": programme_id})
    else:
        rows = session.execute(_MOVES_OF_SCHOOLS, {"programme": programme_id, "schools": list(school_ids)})
    newest = {(row.stage_id, row.school_id, row.target): row for row in rows}
    return Deadlines(
        {key: row.due_at for key, row in newest.items()},
        {key for key, row in newest.items() if row.due_at < row.otherwise_at},
    )


_MOVES = (
    select(
        DeadlineChange.stage_id,
        DeadlineChange.school_id,
        DeadlineChange.target,
        DeadlineChange.due_at,
        DeadlineChange.otherwise_at,
    )
    .join(Stage, Stage.id == DeadlineChange.stage_id)
    .where(Stage.programme_id == bindparam("programme"), DeadlineChange.withdrawn_at.is_(None))
    .order_by(DeadlineChange.decision_id)
)
_MOVES_OF_SCHOOLS = _MOVES.where(among(DeadlineChange.school_id, bindparam("schools")))
