"""When things are due: the definition's time, unless it was moved for the school."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.contract.errors import Invalid
from lms.contract.events import Fact
from lms.contract.text import Text
from lms.platform.audit import record
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
    query = (
        select(
            DeadlineChange.stage_id, DeadlineChange.school_id, DeadlineChange.target, DeadlineChange.due_at
        )
        .join(Stage, Stage.id == DeadlineChange.stage_id)
        .where(Stage.programme_id == programme_id)
        .order_by(DeadlineChange.id)
    )
    if school_ids is not None:
        query = query.where(DeadlineChange.school_id.in_(list(school_ids)))
    return Deadlines(
        {(row.stage_id, row.school_id, row.target): row.due_at for row in session.execute(query)}
    )


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
    before = deadlines(session, programme_id=stage.programme_id, school_ids=[school_id]).moved.get(
        (stage_id, school_id, target)
    )
    session.add(
        DeadlineChange(
            stage_id=stage_id, school_id=school_id, target=target, due_at=due_at, reason=reason.strip(),
            changed_by=actor_id, changed_at=now,
        )
    )  # fmt: skip
    record(
        session, actor_id=actor_id, action="programmes.move_deadline", subject=("school", school_id), now=now,
        before={"target": target, "due_at": before.isoformat() if before else None},
        after={"target": target, "due_at": due_at.isoformat()}, reason=reason,
    )  # fmt: skip
    payload = {"programme_id": stage.programme_id, "school_id": school_id}
    emit(session, Fact(DEADLINE_MOVED, now, payload))
