"""How long the platform's own rows stay."""

from datetime import datetime

from sqlalchemy.orm import Session

from lms.platform import idempotency, outbox
from lms.platform.application import platform
from lms.platform.db import db, forget_rows, table_of
from lms.platform.plugin_failures import PluginFailure
from lms.platform.retention import Retention
from lms.platform.trial_copy import forget_left
from lms.platform.worker import TaskRun


def _failures(session: Session, before: datetime, limit: int) -> int:
    return forget_rows(session, table_of(PluginFailure), PluginFailure.last_at < before, limit)


def _runs(session: Session, before: datetime, limit: int) -> int:
    known = {task.name for task in platform().tasks}
    unknown = TaskRun.name.not_in(known) & TaskRun.name.not_like("lms.%")
    return forget_rows(session, table_of(TaskRun), (TaskRun.ran_at < before) & unknown, limit)


def _copies(_session: Session, _before: datetime, _limit: int) -> int:
    forget_left(db.engine)
    return 0


RETENTION = (
    Retention(
        "Answers to forms that were sent, kept so that the same form twice is done once",
        "keep_answers_days",
        "They repeat what a page showed, names included; a phone sends again within hours",
        idempotency.prune,
    ),
    Retention(
        "Receipts of forms that waited on a phone without a network: when they came, and where they lead",
        180,
        "A phone that was put away before it had its receipt sends the same form months later; it must not count twice",
        idempotency.prune_of_phones,
    ),
    Retention(
        "Facts that every handler has taken",
        30,
        "To follow what led to what; they hold numbers of rows, no names",
        outbox.prune,
    ),
    Retention(
        "Failures of plugins",
        90,
        "For the plugin's maintainers; an error may quote what somebody wrote",
        _failures,
    ),
    Retention(
        "Runs of scheduled tasks that no plugin has any more", 400, "They show nothing any more", _runs
    ),
    Retention(
        "Copies of the database that a trial run of a definition left when it was killed",
        1,
        "They hold every name",
        _copies,
    ),
)
