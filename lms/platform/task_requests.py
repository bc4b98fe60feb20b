"""Scheduled work as an admin sees it, and "run this now"."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from lms.contract.errors import NotFound
from lms.contract.events import Task
from lms.contract.text import message
from lms.platform.application import platform
from lms.platform.audit import record
from lms.platform.worker import HEARTBEAT, NEVER, TaskRun, ensure_run

RUN_NOW = "reports.run_task"


@dataclass(frozen=True, slots=True)
class TaskState:
    """A task and how its last run ended. ``asked_at`` is set while a run that was asked for has not ended."""

    task: Task
    ran_at: datetime | None = None
    error: str = ""
    asked_at: datetime | None = None
    running: bool = False


def task_states(session: Session, now: datetime) -> list[TaskState]:
    """Every scheduled task of core and plugins, by name, in one statement. The sign of life of the worker is none."""
    runs = {run.name: run for run in session.scalars(select(TaskRun))}
    tasks = sorted(platform().tasks, key=lambda task: task.name)
    return [_state(task, runs.get(task.name), now) for task in tasks if task.name != HEARTBEAT]


def ask_for_run(session: Session, *, name: str, actor_id: int, now: datetime) -> bool:
    """Have the worker run a task within seconds; False when that was asked for already and has not ended.

    Raises NotFound for a task that is not there.
    """
    if name == HEARTBEAT or name not in {task.name for task in platform().tasks}:
        raise NotFound(message("Tugas ini tidak ada lagi. Modulnya mungkin dimatikan."))
    ensure_run(session, name)
    asked = session.execute(
        update(TaskRun).where(TaskRun.name == name, TaskRun.asked_at.is_(None)).values(asked_at=now)
    )
    if asked.rowcount != 1:  # type: ignore[attr-defined]
        return False
    record(session, actor_id=actor_id, action=RUN_NOW, subject=("task_run", 0), now=now, after={"task": name})
    return True


def _state(task: Task, run: TaskRun | None, now: datetime) -> TaskState:
    if run is None:
        return TaskState(task)
    return TaskState(
        task,
        ran_at=None if run.ran_at == NEVER else run.ran_at,
        error=run.error,
        asked_at=run.asked_at,
        running=run.claimed_until is not None and run.claimed_until > now,
    )
