"""The Celery application, the wake-up of the worker, and its beat.

Rows are the queue; a message only says "look". So every task is idempotent, nothing is lost with
the broker, and a worker without a broker simply looks every few seconds.
"""

import logging
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from celery import Celery
from flask import Flask
from kombu.transport import TRANSPORT_ALIASES
from sqlalchemy import String, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from lms.contract.characters import storable
from lms.contract.events import Task
from lms.contract.times import SKEW, is_recent
from lms.platform import outbox
from lms.platform.application import platform
from lms.platform.clock import now
from lms.platform.db import Base, db
from lms.platform.long_lists import among
from lms.platform.transaction import write

log = logging.getLogger(__name__)

TRANSPORT_ALIASES.update(dict.fromkeys(("redis", "rediss"), "lms.platform.redis_transport:Transport"))

WITHOUT_BROKER = "memory://"
SWEEP_SECONDS = 2
HEARTBEAT_SECONDS = 15
ANSWER_SECONDS = 5
"""What the worker gives its broker for an answer, and how often it asks whether the connection still lives."""
NEVER = datetime(1970, 1, 1, tzinfo=UTC)
"""When a task ran that is about to run for the first time."""
CLAIMED = timedelta(hours=1)
"""How long a worker that was killed over a long task keeps the others from it."""


class TaskRun(Base):
    """When a scheduled task, a backup or a drill last ran, and how it ended; shown to the admin."""

    __tablename__ = "task_run"
    name: Mapped[str] = mapped_column(String(120), primary_key=True)
    ran_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    """When it last ended well."""
    error: Mapped[str] = mapped_column(String(2000))
    claimed_until: Mapped[datetime | None]
    """Until when a worker is at work on it; of a task that takes long, or that an admin has asked for."""
    asked_at: Mapped[datetime | None]
    """Since when an admin waits for a run of it; None when that has ended."""


class Waker:
    """Sends coalesced wake-ups from a thread of its own, so that no request waits for a broker."""

    def __init__(self, send: Callable[[], None]) -> None:
        self._send = send
        self._wanted = threading.Event()
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()

    def __call__(self) -> None:
        """Ask for a wake-up; returns at once."""
        self._wanted.set()
        if self._thread is None or not self._thread.is_alive():
            with self._lock:
                if self._thread is None or not self._thread.is_alive():
                    self._thread = threading.Thread(target=self._loop, name="waker", daemon=True)
                    self._thread.start()

    def _loop(self) -> None:
        away = False
        while True:
            self._wanted.wait()
            self._wanted.clear()
            try:
                self._send()
            except Exception as error:  # the sweep will find the rows
                if not away:  # once, not with each press of an hour
                    log.warning("broker does not take wake-ups: %s", error)
                away = True
            else:
                if away:
                    log.warning("broker takes wake-ups again")
                away = False
            threading.Event().wait(0.05)


def make_celery(app: Flask, broker_url: str) -> Celery:
    """A Celery application whose tasks run inside ``app``'s context.

    Without a broker each worker ticks for itself, within its own process.
    """
    celery = Celery(app.import_name, broker=broker_url or WITHOUT_BROKER, set_as_current=False)
    options = {
        "visibility_timeout": 3600,
        "socket_connect_timeout": ANSWER_SECONDS,
        "socket_timeout": ANSWER_SECONDS,  # longer than its blocking read, which asks again every second
        "socket_keepalive": True,
        "health_check_interval": ANSWER_SECONDS,
    }
    celery.conf.update(
        task_serializer="json",
        accept_content=["json"],
        task_ignore_result=True,
        task_default_queue="imbas",
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,  # for ever: an evening's power cut is no reason to give up
        broker_connection_timeout=ANSWER_SECONDS,
        broker_transport_options=options if broker_url.startswith("redis") else {},
        task_publish_retry=False,  # of the clock's ticks: the next one comes in two seconds
        worker_hijack_root_logger=False,
        worker_prefetch_multiplier=1,
        timezone="UTC",
        beat_schedule={
            "sweep": {"task": "lms.drain", "schedule": SWEEP_SECONDS, "options": {"expires": 30}},
            "tasks": {"task": "lms.run_due", "schedule": SWEEP_SECONDS, "options": {"expires": 30}},
        },
    )

    @celery.task(name="lms.drain", shared=False)  # no other application shall run it, or keep this one alive
    def _drain() -> None:
        with app.app_context():
            outbox.drain(now)

    @celery.task(name="lms.run_due", shared=False)
    def _run_due() -> None:
        with app.app_context():
            run_due_tasks(now)

    return celery


def sweep(app: Flask) -> None:
    """What one tick of the clock does, without a message."""
    with app.app_context():
        outbox.drain(now)
        run_due_tasks(now)
        db.session.remove()


def broker_answers(broker_url: str) -> bool:
    """Whether a fresh connection to the broker is answered; True where there is none to be asked."""
    if not broker_url.startswith("redis"):
        return True
    with Celery(broker=broker_url, set_as_current=False) as asking:
        asking.conf.broker_transport_options = {"socket_connect_timeout": 2, "socket_timeout": 2}
        try:
            asking.connection_for_read().ensure_connection(max_retries=1, timeout=3)
        except Exception:
            return False
    return True


def make_waker(broker_url: str) -> Callable[[], None]:
    """What the outbox calls after a commit: a message when there is a broker, else nothing."""
    if not broker_url or broker_url.startswith("memory:"):
        return lambda: None
    # A publisher of its own with short time-outs: a dead broker must not hold anything up. The
    # worker has longer ones, since its blocking read waits longer than these.
    publisher = Celery("imbas-waker", broker=broker_url, set_as_current=False)
    publisher.conf.update(
        task_default_queue="imbas",
        task_serializer="json",
        broker_connection_timeout=0.5,
        task_publish_retry=False,
        broker_transport_options={
            "socket_connect_timeout": 0.3,
            "socket_timeout": 0.5,
            "max_retries": 0,
        },
    )

    # Loaded now, without a connection: processes that are forks of this one share it.
    publisher.amqp  # noqa: B018
    publisher.connection_for_write().transport  # noqa: B018

    def send() -> None:
        publisher.send_task("lms.drain", expires=60, ignore_result=True)

    return Waker(send)


def run_due_tasks(clock: Callable[[], datetime]) -> None:
    """Run every scheduled task whose time has come, or that an admin has asked for, each in a transaction of its own.

    A run that seems to lie in the future was noted by a clock that was ahead: its task is due.
    """
    session = db.session()
    last = {run.name: (run.ran_at, run.asked_at) for run in session.scalars(select(TaskRun))}
    session.rollback()
    for task in platform().tasks:
        started, asked_at = last.get(task.name, (None, None))
        moment = clock()
        due = not is_recent(started, moment, timedelta(seconds=task.every_seconds))
        # a short task that is due runs whoever else holds it: a killed worker's claim must not stop it for an hour
        alone = task.own_transactions or not due
        if (due or asked_at) and (not alone or _claim(task, moment)):
            _run_task(task, moment, asked_at, claim=moment + CLAIMED if alone else None)


def _claim(task: Task, moment: datetime) -> bool:
    """Whether this worker alone may run the task until the claim ends."""
    with write() as session:
        ensure_run(session, task.name)
        claimed = session.execute(
            update(TaskRun)
            .where(
                TaskRun.name == task.name,
                or_(
                    TaskRun.claimed_until.is_(None),
                    TaskRun.claimed_until <= moment,
                    TaskRun.claimed_until > moment + CLAIMED + SKEW,  # by a clock that was ahead
                ),
            )
            .values(claimed_until=moment + CLAIMED)
        )
    return bool(claimed.rowcount == 1)  # type: ignore[attr-defined]


def ensure_run(session: Session, name: str) -> None:
    """A row for the task, as of one that has never run."""
    if session.get(TaskRun, name) is None:
        insert = (postgresql if session.get_bind().dialect.name == "postgresql" else sqlite).insert
        never = {"name": name, "ran_at": NEVER, "error": ""}
        session.execute(insert(TaskRun).values(never).on_conflict_do_nothing())


def last_seen(session: Session) -> datetime | None:
    """When a worker last ran anything."""
    run = session.get(TaskRun, HEARTBEAT)
    return run.ran_at if run else None


def last_done(session: Session, *names: str) -> tuple[datetime | None, ...]:
    """When tasks, backups or drills last ended well. One query."""
    rows = session.execute(select(TaskRun.name, TaskRun.done_at).where(among(TaskRun.name, names)))
    found = {row.name: row.done_at for row in rows}
    return tuple(found.get(name) for name in names)


def runs(session: Session) -> list[TaskRun]:
    """Every scheduled task, backup and drill that ran, by name."""
    return list(session.scalars(select(TaskRun).order_by(TaskRun.name)))


def failed_tasks(session: Session) -> list[TaskRun]:
    """Scheduled tasks, backups and drills whose last run failed."""
    return list(session.scalars(select(TaskRun).where(TaskRun.error != "")))


HEARTBEAT = "lms.heartbeat"
BACKUP = "lms.backup"
CHANGES = "lms.backup_changes"
DRILL = "lms.restore_drill"


def _beat(_session: Session, _now: datetime) -> None:
    """Running at all is the heartbeat: its row is the sign of life."""


HEARTBEAT_TASK = Task(HEARTBEAT, _beat, HEARTBEAT_SECONDS, "Says that a worker is alive.")


def _run_task(task: Task, moment: datetime, asked_at: datetime | None, *, claim: datetime | None) -> None:
    error = ""
    try:
        if task.own_transactions:
            task.run(db.session(), moment)
        else:
            with write() as session:
                task.run(session, moment)
    except Exception as problem:
        log.exception("task %s failed", task.name)
        error = storable(f"{type(problem).__name__}: {problem}", 2000)
    with write() as session:
        note_run(session, name=task.name, moment=moment, error=error, asked_at=asked_at, claim=claim)


def note_run(
    session: Session,
    *,
    name: str,
    moment: datetime,
    error: str = "",
    done: bool = False,
    asked_at: datetime | None = None,
    claim: datetime | None = None,
) -> None:
    """Remember how something ended that the admin wants to know: a task, a backup, a drill.

    ``done``: it was done in spite of its ``error``, such as a backup of what was left. ``asked_at``: the request for a run
    that was known when it began; a later one waits for the next run. ``claim``: until when this run had claimed the task;
    what another worker has claimed stays.
    """
    run: Any = session.get(TaskRun, name)
    if run is None:
        run = TaskRun(name=name)
        session.add(run)
    run.ran_at = moment
    if run.claimed_until == claim:
        run.claimed_until = None
    if run.asked_at == asked_at:
        run.asked_at = None
    run.error = error
    if done or not error:
        run.done_at = moment
