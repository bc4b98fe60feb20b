"""How the machine is: shown to the admin, so that nobody needs a shell to know."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from lms.contract.times import is_recent
from lms.platform import outbox, storage_check, worker
from lms.platform.application import platform
from lms.platform.disk import Room, room
from lms.platform.outbox import OutboxDelivery
from lms.platform.plugin_failures import PluginFailure, recent_failures
from lms.platform.storage_check import KnownFile, count_faulty, faulty
from lms.platform.worker import TaskRun

SILENT = timedelta(minutes=2)
"""A worker that was not seen for so long is not running."""


@dataclass(frozen=True, slots=True)
class System:
    """The machine; ``oldest_at`` is when the oldest waiting fact happened."""

    worker_at: datetime | None
    worker_runs: bool
    pending: int
    oldest_at: datetime | None
    parked: tuple[OutboxDelivery, ...]
    tasks: tuple[TaskRun, ...]
    """Scheduled work, backups and drills that failed the last time."""
    failures: tuple[PluginFailure, ...]
    backup_at: datetime | None
    """When a whole archive was last written; one of changes alone restores nothing."""
    changes_at: datetime | None
    drill_at: datetime | None
    room: Room
    lost: tuple[KnownFile, ...]
    """Stored files that are missing or are not what they were; the first five."""
    lost_count: int
    stored_at: datetime | None
    """When the store was last compared with the database."""

    @property
    def needs_a_look(self) -> bool:
        """Whether something failed that does not mend itself."""
        return bool(self.parked or self.tasks or self.failures or self.lost or self.room is not Room.PLENTY)


def system_of(session: Session, now: datetime) -> System:
    """The machine at ``now``."""
    waiting = outbox.backlog(session)
    seen = worker.last_seen(session)
    backup_at, changes_at, drill_at, stored_at = worker.last_done(
        session, worker.BACKUP, worker.CHANGES, worker.DRILL, storage_check.TASK.name
    )
    lost = tuple(faulty(session, limit=5))
    return System(
        worker_at=seen,
        worker_runs=is_recent(seen, now, SILENT),
        pending=waiting.pending,
        oldest_at=waiting.oldest_at,
        parked=tuple(outbox.parked(session)) if waiting.parked else (),
        tasks=tuple(worker.failed_tasks(session)),
        failures=tuple(recent_failures(session, now)),
        backup_at=backup_at,
        changes_at=changes_at,
        drill_at=drill_at,
        lost=lost,
        lost_count=count_faulty(session) if lost else 0,
        stored_at=stored_at,
        room=room(platform().settings),
    )
