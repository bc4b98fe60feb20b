"""When things are due: the definition's time, unless it was moved for the school."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from lms.contract.errors import Invalid
from lms.contract.events import Fact
from lms.contract.text import Text
from lms.platform.audit import record
from lms.platform.db import UtcDateTime
from lms.platform.outbox import emit
from lms.programmes.events import DEADLINE_MOVED
from lms.programmes.models import DeadlineChange, Stage

ON_SERVICE = "on_service"


@dataclass(frozen=True, slots=True)
class Deadlines:
    """The moves of one programme, by (stage, school, target); the newest counts."""

    moved: Mapping[tuple[int, int, str], datetime]

    def due_at(self, *, stage_id: int, school_id: int, target: str, default: datetime) -> datetime:
        """When ``target`` is due for a school: its own move, else the stage's, else ``default``.

        A move of the whole stage never makes anything due earlier.
        """
        own = self.moved.get((stage_id, school_id, target))
        if own is not None:
            return own
        stage = self.moved.get((stage_id, school_id, ON_SERVICE))
        return max(stage, default) if stage is not None else default


def deadlines(session: Session, *, programme_id: int, school_ids: Iterable[int] | None = None) -> Deadlines:
    """Every move of a programme (of some schools), in one query."""
    if school_ids is None:
        rows = session.execute(_MOVES, {"programme": programme_id})
    else:
        rows = session.execute(_MOVES_OF_SCHOOLS, {"programme": programme_id, "schools": list(school_ids)})
    return Deadlines({(row.stage_id, row.school_id, row.target): row.due_at for row in rows})


def move_deadline(
    session: Session,
    *,
    stage_id: int,
    school_id: int,
    target: str,
    due_at: datetime,
    reason: str,
    actor_id: int | None,
    now: datetime,
) -> None:
    """Move a deadline for one school; raises Invalid without a reason or with a time in the past."""
    move_deadlines(
        session, stage_id=stage_id, school_ids=[school_id], target=target, due_at=due_at, reason=reason,
        actor_id=actor_id, now=now,
    )  # fmt: skip


def move_deadlines(
    session: Session,
    *,
    stage_id: int,
    school_ids: Sequence[int],
    target: str,
    due_at: datetime,
    reason: str,
    actor_id: int | None,
    now: datetime,
) -> int:
    """Move a deadline for some schools; how many had another one until now.

    A school that has this deadline already is left alone, so that saying it twice is once. Raises
    Invalid without a reason or with a time in the past.
    """
    if not reason.strip():
        raise Invalid(
            Text(
                "Belum disimpan. Tulis alasan perubahan batas waktu.",
                "Not saved. Write why the deadline moves.",
            ),
            fields={"reason": Text("Tulis alasannya.", "Write the reason.")},
        )
    if due_at <= now:
        raise Invalid(
            Text(
                "Belum disimpan. Batas baru sudah lewat.", "Not saved. The new deadline has already passed."
            ),
            fields={"due_on": Text("Pilih waktu yang akan datang.", "Choose a time to come.")},
        )
    stage = session.get_one(Stage, stage_id)
    known = deadlines(session, programme_id=stage.programme_id, school_ids=school_ids).moved
    before = {school_id: known.get((stage_id, school_id, target)) for school_id in school_ids}
    moved = [school_id for school_id in school_ids if before[school_id] != due_at]
    session.add_all(
        DeadlineChange(
            stage_id=stage_id, school_id=school_id, target=target, due_at=due_at, reason=reason.strip(),
            changed_by=actor_id, changed_at=now,
        )
        for school_id in moved
    )  # fmt: skip
    for school_id in moved:
        old = before[school_id]
        record(
            session, actor_id=actor_id, action="programmes.move_deadline", subject=("school", school_id),
            now=now, before={"target": target, "due_at": old.isoformat() if old else None},
            after={"target": target, "due_at": due_at.isoformat()}, reason=reason,
        )  # fmt: skip
        payload = {"programme_id": stage.programme_id, "school_id": school_id}
        emit(session, Fact(DEADLINE_MOVED, now, payload))
    return len(moved)


@dataclass(frozen=True, slots=True)
class Move:
    """One decision in the history: the same move of several schools is one line."""

    target: str
    before: datetime | None
    """None when the definition's time was in force."""
    due_at: datetime
    reason: str
    changed_by: int | None
    changed_at: datetime
    schools: int
    school_id: int
    """One of them; the one when ``schools`` is 1."""


def history(session: Session, *, stage_id: int, most: int = 30) -> list[Move]:
    """The newest moves of a stage, newest first."""
    earlier = func.lag(DeadlineChange.due_at, type_=UtcDateTime()).over(
        partition_by=(DeadlineChange.school_id, DeadlineChange.target), order_by=DeadlineChange.id
    )
    rows = (
        select(DeadlineChange, earlier.label("before")).where(DeadlineChange.stage_id == stage_id).subquery()
    )
    what = (rows.c.target, rows.c.before, rows.c.due_at, rows.c.reason, rows.c.changed_by, rows.c.changed_at)
    query = (
        select(*what, func.count().label("schools"), func.min(rows.c.school_id).label("school_id"))
        .group_by(*what)
        .order_by(func.max(rows.c.id).desc())
        .limit(most)
    )
    return [Move(*row) for row in session.execute(query)]


_MOVES = (
    select(DeadlineChange.stage_id, DeadlineChange.school_id, DeadlineChange.target, DeadlineChange.due_at)
    .join(Stage, Stage.id == DeadlineChange.stage_id)
    .where(Stage.programme_id == bindparam("programme"))
    .order_by(DeadlineChange.id)
)
_MOVES_OF_SCHOOLS = _MOVES.where(DeadlineChange.school_id.in_(bindparam("schools", expanding=True)))
