"""The checks of ``lms doctor``: each looks at one thing and yields what is wrong with it."""

import sqlite3
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from redis import Redis
from redis.exceptions import RedisError
from sqlalchemy import text

from lms.cli import audit_check
from lms.contract.sentences import counted
from lms.contract.times import SKEW, is_ahead, is_recent
from lms.people import api as people
from lms.platform import audit, outbox, storage_check, worker
from lms.platform.application import platform
from lms.platform.clock import now
from lms.platform.db import db
from lms.platform.io_errors import in_words
from lms.platform.plugin_failures import recent_failures
from lms.platform.storage import storage

OLD_BACKUP = timedelta(days=2)
SILENT = timedelta(minutes=2)
OLD_CHECK = timedelta(days=3)
UNSEALED = timedelta(seconds=60)
LOOK_SECONDS = 60
"""How long SQLite may look for damage; a file of some gigabytes is looked through in that time."""
BY_HAND = {
    worker.BACKUP: ("The last backup", "Mend the cause, then run it again: lms backup imbas.tar"),
    worker.CHANGES: (
        "The last backup of changes",
        "Mend the cause, then run it again: lms backup --changes changes.tar",
    ),
    worker.DRILL: (
        "The last drill of a restore",
        "Make a new archive (lms backup imbas.tar), then run it again: lms restore imbas.tar --drill",
    ),
}
"""Runs that no worker tries again: what doctor calls them, and how they are mended."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault: what is wrong, and what to do."""

    what: str
    mend: str
    is_damage: bool = False
    """Whether it says that the database is damaged, which more than one check may notice."""


@dataclass(frozen=True, slots=True)
class Check:
    """A look at one thing (``what``); ``reads_rows`` when it makes sense only with a database that answers."""

    what: str
    run: Callable[[], Iterator[Finding]]
    reads_rows: bool = False


def damaged(verdict: str) -> Finding:
    """A database that has found a page which cannot be right."""
    return Finding(
        f"The database is damaged: {verdict}",
        "Stop Imbas, put the damaged one aside, and restore the last backup into an empty one: lms restore imbas.tar",
        is_damage=True,
    )


def _sqlite() -> Iterator[Finding]:
    if db.engine.dialect.name != "sqlite":
        return
    if sqlite3.sqlite_version_info < (3, 35):
        yield Finding(
            f"SQLite {sqlite3.sqlite_version} is too old", "Use a Python with SQLite 3.35 or newer."
        )
    verdict = _look_for_damage()
    if verdict:
        yield damaged(verdict)


def _look_for_damage() -> str:
    """What ``PRAGMA quick_check`` says within ``LOOK_SECONDS``; "" for a sound file, or one too large to end."""
    end = time.monotonic() + LOOK_SECONDS
    with db.engine.connect() as connection:
        raw: Any = connection.connection.driver_connection
        raw.set_progress_handler(lambda: time.monotonic() > end, 100_000)
        try:
            verdict = raw.execute("PRAGMA quick_check(1)").fetchone()[0]
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode == sqlite3.SQLITE_INTERRUPT:
                return ""
            verdict = in_words(error)
        except sqlite3.DatabaseError as error:
            verdict = in_words(error)
        finally:
            raw.set_progress_handler(None, 0)
    return "" if verdict == "ok" else str(verdict).strip().replace("\n", " ")


def _broker() -> Iterator[Finding]:
    client = _redis()
    if client is None:
        return
    try:
        client.ping()
    except RedisError as error:
        yield Finding(
            f"The broker does not answer: {error}",
            "Start Redis or Valkey, and compare LMS_BROKER_URL. Nothing is lost: work is only slower.",
        )


def _redis() -> Any:
    url = platform().settings.broker_url
    if not url.startswith(("redis:", "rediss:")):
        return None
    return Redis.from_url(url, socket_connect_timeout=2, socket_timeout=2)


def _other_clocks() -> Iterator[Finding]:
    """The clocks of PostgreSQL and of the broker, where there are any, beside this machine's."""
    others: list[tuple[str, datetime]] = []
    if db.engine.dialect.name == "postgresql":
        others.append(("the database server", db.session.scalar(text("SELECT clock_timestamp()"))))
    client = _redis()
    if client is not None:
        try:
            seconds, parts = client.time()
        except RedisError:  # the check of the broker says so
            pass
        else:
            others.append(("the broker", datetime.fromtimestamp(seconds + parts / 1_000_000, UTC)))
    here = datetime.now(UTC)
    for name, there in others:
        if abs(there - here) > SKEW:
            yield Finding(
                f"The clock of {name} says {there:%Y-%m-%d %H:%M:%S}, this machine's {here:%Y-%m-%d %H:%M:%S} (UTC)",
                "Let both follow a time server: timedatectl set-ntp true",
            )


def _future() -> Iterator[Finding]:
    """Things that were done in the future: this machine's clock was ahead, or is behind now."""
    session, moment = db.session(), now()
    done = [(f"run of {run.name}", run.ran_at) for run in worker.runs(session)]
    newest = audit.newest_at(session)
    if newest is not None:
        done.append(("entry of the audit trail", newest))
    future = [(what, at) for what, at in done if is_ahead(at, moment)]
    if future:
        what, at = max(future, key=lambda entry: entry[1])
        yield Finding(
            f"The last {what} lies in the future ({at:%Y-%m-%d %H:%M} UTC): the clock was ahead then, or is behind now",
            "Compare the output of date with a clock that is right; let it follow a time server: "
            "timedatectl set-ntp true. Scheduled work goes on by itself.",
        )


def _plugins() -> Iterator[Finding]:
    for failure in recent_failures(db.session(), now()):
        yield Finding(
            f"Plugin {failure.plugin} failed {counted(failure.count, 'time', 'times')} in {failure.place}: {failure.error}",
            "Upgrade it or ask its maintainers. LMS_PLUGINS_OFF leaves it out until then.",
        )


def _queue() -> Iterator[Finding]:
    if not is_recent(worker.last_seen(db.session()), now(), SILENT):
        yield Finding("No worker was seen in the last two minutes", "Start one: lms worker")
    waiting = outbox.backlog(db.session())
    if waiting.parked:
        yield Finding(
            f"{counted(waiting.parked, 'job', 'jobs')} failed for good",
            "Look at them in Ruang kendali; mend the cause, then press Coba lagi.",
        )
    for run in worker.failed_tasks(db.session()):
        what, mend = BY_HAND.get(
            run.name, (f"The task {run.name}", "It is tried again by itself; look at the log.")
        )
        yield Finding(f"{what} failed: {run.error}", mend)


def _storage() -> Iterator[Finding]:
    try:
        probe = storage().put(b"probe", suffix="txt")
        storage().delete(probe.key)
    except Exception as error:
        yield Finding(
            f"Files cannot be stored: {in_words(error)}",
            "Check LMS_STORAGE_URL, the disk and its permissions.",
        )


def _losses() -> Iterator[Finding]:
    """What is missing now, within ``LOOK_SECONDS``; what the nightly check found; and that it runs at all."""
    found: dict[str, str] = {}
    end = time.monotonic() + LOOK_SECONDS
    for lost in storage_check.missing(storage()):
        found[lost.key] = f"{lost.what}: the stored file {lost.key} is missing"
        if time.monotonic() > end:
            break
    for row in storage_check.faulty(db.session(), limit=100):
        if row.fault is not storage_check.Fault.MISSING:
            found[row.key] = (
                f"{row.what}: the stored file {row.key} has other {row.fault} than when it was stored"
            )
    for sentence in found.values():
        yield Finding(sentence, "Fetch it from the last backup, or ask its owner to upload it again.")
    (checked,) = worker.last_done(db.session(), storage_check.TASK.name)
    if checked is not None and not is_recent(checked, now(), OLD_CHECK):
        yield Finding(
            "Stored files were not compared with the database for three days",
            "A worker does so each night: lms worker",
        )


def _audit() -> Iterator[Finding]:
    fault = audit_check.fault(db.session(), platform().settings.data)
    if fault:
        yield Finding(
            fault, "Unless the disk did it, somebody wrote to it directly. Compare with the last backup."
        )
    count, oldest = audit.unsealed(db.session())
    if oldest is not None and now() - oldest > UNSEALED:
        yield Finding(
            f"{counted(count, 'entry', 'entries')} of the audit trail wait to be sealed, the oldest since "
            f"{oldest:%Y-%m-%d %H:%M} UTC: until then nobody would see that they were changed",
            "The worker seals them within seconds: lms worker",
        )


def _numbers() -> Iterator[Finding]:
    for code in people.unclear_unit_codes(db.session()):
        yield Finding(
            f"The agency {code} has no unit code of its own: its certificates could not be told from others'",
            f"Run: lms office unit-code {code} CODE",
        )


def _seals() -> Iterator[Finding]:
    found = people.seals(db.session(), keys=platform().settings.keys())
    if found.unreadable:
        yield Finding(
            "The second factor cannot be read with LMS_SECRET_KEY, so their codes are refused: "
            + ", ".join(found.unreadable),
            "Name the former key in LMS_OLD_SECRET_KEYS, restart, then run: lms office seal. "
            "Is it lost? For each of them run: lms office code USERNAME",
        )
    if found.outdated:
        yield Finding(
            f"Secrets of second factors that are not sealed under LMS_SECRET_KEY: {len(found.outdated)}",
            "Run: lms office seal",
        )


def _backup() -> Iterator[Finding]:
    if platform().settings.environment != "production":
        return
    (made,) = worker.last_done(db.session(), worker.BACKUP)
    if not is_recent(made, now(), OLD_BACKUP):
        yield Finding(
            "There is no backup of the last two days", "Run: lms backup imbas.tar, and plan it daily."
        )


def _production() -> Iterator[Finding]:
    settings = platform().settings
    if settings.environment == "production" and not settings.is_secure:
        yield Finding(
            "People would sign in without TLS", "Set LMS_PUBLIC_URL to an https:// address behind a proxy."
        )


CHECKS = (
    Check("the database file", _sqlite, reads_rows=True),
    Check("the broker", _broker),
    Check("the clocks", _other_clocks, reads_rows=True),
    Check("times in the future", _future, reads_rows=True),
    Check("the queue and the worker", _queue, reads_rows=True),
    Check("failures of plugins", _plugins, reads_rows=True),
    Check("the file store", _storage),
    Check("stored files", _losses, reads_rows=True),
    Check("the audit trail", _audit, reads_rows=True),
    Check("unit codes", _numbers, reads_rows=True),
    Check("second factors", _seals, reads_rows=True),
    Check("the last backup", _backup, reads_rows=True),
    Check("the settings of production", _production),
)
