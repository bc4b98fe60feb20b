"""What a person has to do and until when, as plugins say it."""

from datetime import datetime

from sqlalchemy.orm import Session

from lms.contract.actors import Actor
from lms.contract.plugin import ToDo
from lms.platform.plugins import plugins
from lms.reports.views.tasks import Task

MOST = 50
"""To-dos of plugins that a page shows."""


def to_dos(session: Session, actor: Actor, now: datetime) -> list[ToDo]:
    """What plugins say that ``actor`` has to do, the nearest deadline first, what has none last."""
    found = [
        entry
        for name, some in plugins().ask("lms_to_dos", session=session, actor=actor, now=now)
        for entry in some
        if entry.key == name or entry.key.startswith(f"{name}.")
    ]
    found.sort(key=lambda entry: (entry.due_at is None, entry.due_at or now, entry.key))
    return found[:MOST]


def other_tasks(session: Session, actor: Actor, now: datetime) -> tuple[Task, ...]:
    """``to_dos`` as lines of a first page."""
    return tuple(
        Task(
            entry.title,
            entry.href,
            "not_started",
            due_at=entry.due_at,
            note=entry.note,
            is_open=True,
            is_owed=True,
            is_late=entry.due_at is not None and entry.due_at <= now,
        )
        for entry in to_dos(session, actor, now)
    )
