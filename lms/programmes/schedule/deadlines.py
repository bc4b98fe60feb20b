"""When things are due: the definition's time, unless it was moved for the school."""

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from lms.contract.errors import Invalid
from lms.contract.events import Fact
from lms.contract.text import Text
from lms.platform.audit import record
from lms.platform.outbox import emit
from lms.programmes.events import DEADLINE_MOVED
from lms.programmes.models import DeadlineChange, Stage

ON_SERVICE = "on_service"


Key = tuple[int, int, str]
"""Stage, school, target."""


@dataclass(frozen=True, slots=True)
class Deadlines:
    """The moves of one programme; of several for one school and target the newest."""

    moved: Mapping[Key, datetime]
    sooner: Set[Key] = frozenset()
    """Those that were set earlier than what the others had."""

    def due_at(self, *, stage_id: int, school_id: int, target: str, default: datetime) -> datetime:
        """When ``target`` is due for a school.

        A move gives time: it counts as long as it gives more than the whole stage's move and than
        ``default``, the definition's time. Only one of this very target that was set earlier on purpose
        makes anything due earlier.
        """
        key = (stage_id, school_id, target)
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


def move_deadline(
    session: Session,
    *,
    stage_id: int,
    school_id: int,
    target: str,
    due_at: datetime,
    defined_at: datetime,
    reason: str,
    actor_id: int | None,
    now: datetime,
) -> None:
    """Move a deadline for one school; raises Invalid without a reason or with a time in the past."""
    move_deadlines(
        session,
        stage_id=stage_id,
        school_ids=[school_id],
        target=target,
        due_at=due_at,
        defined_at=defined_at,
        reason=reason,
        actor_id=actor_id,
        now=now,
    )


def move_deadlines(
    session: Session,
    *,
    stage_id: int,
    school_ids: Sequence[int],
    target: str,
    due_at: datetime,
    defined_at: datetime,
    reason: str,
    actor_id: int | None,
    now: datetime,
) -> int:
    """Move a deadline for some schools; how many had another one until now.

    ``defined_at`` is what the definition says. A school that has this deadline by a move already is left
    alone, so that saying it twice is once. Raises Invalid without a reason or with a time in the past.
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
    stage = session.get_one(Stage, stage_id, with_for_update={"key_share": True})  # one decision at a time
    known = deadlines(session, programme_id=stage.programme_id, school_ids=school_ids)
    moved = 0
    for school_id in school_ids:
        key = (stage_id, school_id, target)
        before = known.due_at(stage_id=stage_id, school_id=school_id, target=target, default=defined_at)
        if known.moved.get(key) == due_at == before:
            continue
        others = Deadlines({other: moment for other, moment in known.moved.items() if other != key})
        session.add(
            DeadlineChange(
                stage_id=stage_id,
                school_id=school_id,
                target=target,
                due_at=due_at,
                before_at=before,
                otherwise_at=others.due_at(
                    stage_id=stage_id, school_id=school_id, target=target, default=defined_at
                ),
                reason=reason.strip(),
                changed_by=actor_id,
                changed_at=now,
            )
        )
        record(
            session,
            actor_id=actor_id,
            action="programmes.move_deadline",
            subject=("school", school_id),
            now=now,
            before={"target": target, "due_at": before.isoformat()},
            after={"target": target, "due_at": due_at.isoformat()},
            reason=reason,
        )
        emit(session, Fact(DEADLINE_MOVED, now, {"programme_id": stage.programme_id, "school_id": school_id}))
        moved += 1
    return moved


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
    .order_by(DeadlineChange.id)
)
_MOVES_OF_SCHOOLS = _MOVES.where(DeadlineChange.school_id.in_(bindparam("schools", expanding=True)))
