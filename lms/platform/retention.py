"""What is forgotten by itself, and after how long: declared by its owner, kept to by one daily task.

Law 27/2022 on personal data protection (articles 16, 42 to 44): personal data are kept no longer than their purpose
needs. ``docs/operate.md`` shows every rule; a test compares.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from lms.contract.events import Task
from lms.contract.text import message
from lms.platform import worker
from lms.platform.application import platform
from lms.platform.db import db
from lms.platform.transaction import write

log = logging.getLogger(__name__)

CHUNK = 500
"""Rows of one transaction: who saves an answer meanwhile waits for some milliseconds."""
DAY = 24 * 3600
TOO_FAR = timedelta(days=30)
"""A clock that says so much has passed since the run of yesterday is not believed before the next run."""


@dataclass(frozen=True, slots=True)
class Retention:
    """Rows of one kind and how long they stay.

    ``forget(session, before, limit)`` removes at most ``limit`` rows that ended before ``before`` and returns how
    many; it is called again until it returns less, each time in a transaction of its own. ``days`` is a number, or
    the name of a setting where the number is a policy. ``what`` and ``why`` are the words of the table for people.
    """

    what: str
    days: int | str
    why: str
    forget: Callable[[Session, datetime, int], int]

    def before(self, now: datetime) -> datetime:
        """What ended before this moment goes."""
        days = self.days if isinstance(self.days, int) else getattr(platform().settings, self.days)
        return now - timedelta(days=days)


def keep_to_it(_session: Session, now: datetime) -> None:
    """Forget what is older than its rule says. Killed in between, the rest goes with the next run.

    One rule that fails keeps no other from its work; raises RuntimeError that names those that failed.
    """
    last = next((run.ran_at for run in worker.runs(db.session()) if run.name == TASK.name), worker.NEVER)
    if last != worker.NEVER and now - last > TOO_FAR:
        log.warning(
            "nothing is forgotten in this run: the clock says that %s days have passed", (now - last).days
        )
        return
    failed = []
    for rule in platform().retention:
        try:
            gone = _forget(rule, now)
        except Exception:
            log.exception("rule of retention failed: %s", rule.what)
            failed.append(rule.what)
        else:
            if gone:
                log.info("forgotten: %s %s", gone, rule.what)
    if failed:
        raise RuntimeError(f"could not forget: {', '.join(failed)}")


def _forget(rule: Retention, now: datetime) -> int:
    gone = 0
    while True:
        with write() as session:
            some = rule.forget(session, rule.before(now), CHUNK)
        gone += some
        if some < CHUNK:
            return gone


TASK = Task(
    "lms.retention",
    keep_to_it,
    DAY,
    "Forgets what is older than the table of retention says.",
    own_transactions=True,
    title=message("Hapus data yang masa simpannya habis"),
)
