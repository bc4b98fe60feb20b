"""The moves of deadlines as they were decided: their history, and taking one back."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, select
from sqlalchemy.orm import Session

from lms.contract.errors import Invalid
from lms.contract.events import Fact
from lms.contract.text import Text
from lms.platform.audit import record
from lms.platform.outbox import emit
from lms.programmes.events import DEADLINE_MOVED
from lms.programmes.models import DeadlineChange, Stage


def withdraw_move(
    session: Session, *, stage_id: int, move_id: int, actor_id: int | None, now: datetime
) -> int:
    """Take back one decision for every school for which it is the newest; how many those were.

    What was in force before it is so again. Raises Invalid for a move of another stage.
    """
    one = session.get(DeadlineChange, move_id)
    if one is None or one.stage_id != stage_id:
        raise Invalid.at(
            "move",
            Text(
                "Perubahan batas ini tidak ada. Tidak ada yang diubah. Pilih dari riwayatnya.",
                "There is no such move. Nothing was changed. Choose one from the history.",
            ),
        )
    stage = session.get_one(Stage, stage_id, with_for_update={"key_share": True})  # one decision at a time
    together = (DeadlineChange.target, DeadlineChange.reason, DeadlineChange.changed_at)
    newest = (
        select(func.max(DeadlineChange.id))
        .where(
            DeadlineChange.stage_id == stage_id,
            DeadlineChange.target == one.target,
            DeadlineChange.withdrawn_at.is_(None),
        )
        .group_by(DeadlineChange.school_id)
    )
    rows = session.scalars(
        select(DeadlineChange)
        .where(
            DeadlineChange.stage_id == stage_id,
            DeadlineChange.due_at == one.due_at,
            *(column == getattr(one, column.key) for column in together),
            DeadlineChange.changed_by.is_not_distinct_from(one.changed_by),
            DeadlineChange.id.in_(newest),
        )
        .order_by(DeadlineChange.id)
    ).all()
    for row in rows:
        row.withdrawn_at, row.withdrawn_by = now, actor_id
        record(
            session,
            actor_id=actor_id,
            action="programmes.withdraw_deadline",
            subject=("school", row.school_id),
            now=now,
            before={"target": row.target, "due_at": row.due_at.isoformat()},
            after={},
            reason=row.reason,
        )
        payload = {"programme_id": stage.programme_id, "school_id": row.school_id}
        emit(session, Fact(DEADLINE_MOVED, now, payload))
    return len(rows)


@dataclass(frozen=True, slots=True)
class Move:
    """One decision in the history: the same move of several schools is one line."""

    target: str
    before: datetime
    due_at: datetime
    otherwise: datetime
    """What would have been due without it, at that time."""
    reason: str
    changed_by: int | None
    changed_at: datetime
    withdrawn_by: int | None
    withdrawn_at: datetime | None
    counts: bool
    """The newest of its schools and target that was not withdrawn."""
    schools: int
    school_id: int
    """One of them; the one when ``schools`` is 1."""
    id: int
    """One of the rows."""

    def overtaken(self, defined_at: datetime) -> bool:
        """Whether the definition gives more time by now, so that the move no longer matters."""
        return self.counts and self.otherwise <= self.due_at < defined_at


def history(session: Session, *, stage_id: int, most: int = 30) -> list[Move]:
    """The newest moves of a stage, newest first."""
    table = DeadlineChange
    newest = func.max(case((table.withdrawn_at.is_(None), table.id))).over(
        partition_by=(table.school_id, table.target)
    )
    rows = select(table, (table.id == newest).label("counts")).where(table.stage_id == stage_id).subquery()
    of = rows.c
    what: tuple[ColumnElement[Any], ...] = (
        of.target,
        of.before_at,
        of.due_at,
        of.otherwise_at,
        of.reason,
        of.changed_by,
        of.changed_at,
        of.withdrawn_by,
        of.withdrawn_at,
        of.counts,
    )
    query: Select[*tuple[Any, ...]] = (
        select(
            *what,
            func.count().label("schools"),
            func.min(of.school_id).label("school_id"),
            func.max(of.id).label("id"),
        )
        .group_by(*what)
        .order_by(func.max(of.id).desc())
        .limit(most)
    )
    return [Move(*row) for row in session.execute(query)]
