"""The moves of deadlines as they were decided, newest first."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, select
from sqlalchemy.orm import Session

from lms.programmes.models import DeadlineChange, DeadlineDecision


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
    """The decision."""
    total: int
    done: int
    finished_at: datetime | None
    """None while the worker brings it to the schools, or takes it back from them: ``done`` of ``total``."""
    stopping: bool
    """Whether it is being taken back."""

    def overtaken(self, defined_at: datetime) -> bool:
        """Whether the definition gives more time by now, so that the move no longer matters."""
        return self.counts and self.otherwise <= self.due_at < defined_at


def history(session: Session, *, stage_id: int, most: int = 30) -> list[Move]:
    """The newest moves of a stage, newest first; a decision that has reached no school yet is one line, too."""
    made, change = DeadlineDecision, DeadlineChange
    newest = func.max(case((change.withdrawn_at.is_(None), change.decision_id))).over(
        partition_by=(change.school_id, change.target)
    )
    rows = (
        select(change, (change.decision_id == newest).label("counts"))
        .where(change.stage_id == stage_id)
        .subquery()
    )
    of = rows.c
    what: tuple[ColumnElement[Any], ...] = (
        of.before_at,
        of.otherwise_at,
        of.withdrawn_by,
        of.withdrawn_at,
        of.counts,
    )
    decided = (
        made.id,
        made.target,
        made.due_at,
        made.defined_at,
        made.reason,
        made.decided_by,
        made.decided_at,
    )
    so_far = (made.total, made.done, made.finished_at, made.withdrawn_at.is_not(None).label("stopping"))
    query: Select[*tuple[Any, ...]] = (
        select(
            *decided,
            *so_far,
            *what,
            func.count(of.id).label("schools"),
            func.min(of.school_id).label("school_id"),
        )
        .outerjoin_from(made, rows, of.decision_id == made.id)
        .where(made.stage_id == stage_id)
        .group_by(*decided, *so_far, *what)
        .order_by(made.id.desc(), func.max(of.id).desc())
        .limit(most)
    )
    return [
        Move(
            target=row.target,
            before=row.before_at or row.defined_at,
            due_at=row.due_at,
            otherwise=row.otherwise_at or row.defined_at,
            reason=row.reason,
            changed_by=row.decided_by,
            changed_at=row.decided_at,
            withdrawn_by=row.withdrawn_by,
            withdrawn_at=row.withdrawn_at,
            counts=bool(row.counts) or not row.schools,
            schools=row.schools,
            school_id=row.school_id or 0,
            id=row.id,
            total=row.total,
            done=row.done,
            finished_at=row.finished_at,
            stopping=row.stopping,
        )
        for row in session.execute(query)
    ]


def in_hand(session: Session, *, stage_id: int) -> tuple[int, int]:
    """Of decisions that the worker is bringing to the schools: how many schools in all, and how many are reached."""
    made = DeadlineDecision
    sums = select(func.coalesce(func.sum(made.total), 0), func.coalesce(func.sum(made.done), 0))
    total, done = session.execute(sums.where(made.stage_id == stage_id, made.finished_at.is_(None))).one()
    return total, done
