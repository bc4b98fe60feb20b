"""``lms doctor``: what is wrong with this installation, in plain words, and how to mend it."""

import os
import shutil
import sqlite3
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta

import click
from flask import Flask, current_app
from redis import Redis
from redis.exceptions import RedisError
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from lms.app import create_app
from lms.cli import trail
from lms.cli.losses import losses
from lms.contract.errors import PluginFault
from lms.people import api as people
from lms.platform import migrate, outbox, worker
from lms.platform.clock import now
from lms.platform.db import db
from lms.platform.failures import recent_failures
from lms.platform.storage import storage
from lms.settings import Settings, SettingsFault, load_settings

MIN_FREE = 500 * 1024 * 1024
OLD_BACKUP = timedelta(days=2)
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


@click.command()
def doctor() -> None:
    """Say in plain words what is wrong with this installation."""
    findings = tuple(examine())
    for finding in findings:
        click.echo(f"✗ {finding.what}\n  → {finding.mend}")
    if findings:
        sys.exit(1)
    click.echo("✓ nothing wrong was found")


def examine() -> Iterator[Finding]:
    """Every fault found, the ones that hide others first."""
    try:
        settings = load_settings()
    except SettingsFault as fault:
        for sentence in fault.faults:
            yield Finding(f"Setting {sentence}", "Correct it in the environment or the settings file.")
        return
    yield from _folder(settings)
    try:
        app = create_app(settings)
    except PluginFault as fault:
        for sentence in fault.faults:
            yield Finding(f"Plugin {sentence}", "Upgrade, uninstall, or name it in LMS_PLUGINS_OFF.")
        return
    with app.app_context():
        yield from _inside(app)
        db.session.remove()
        db.engine.dispose()


def _inside(app: Flask) -> Iterator[Finding]:
    try:
        db.session.execute(text("SELECT 1"))
    except SQLAlchemyError as error:
        yield Finding(
            f"The database does not answer: {type(error).__name__}",
            "Start it, and compare LMS_DATABASE_URL with its address, user and password.",
        )
        return
    late = [part.name for part in migrate.status(db.engine, app.extensions["components"]) if not part.at_head]
    if late:
        yield Finding(f"The schema of {', '.join(late)} is not the newest", "Run: lms db upgrade")
        return
    checks: tuple[Callable[[], Iterator[Finding]], ...] = (
        _sqlite,
        _broker,
        _queue,
        _plugins,
        _storage,
        _losses,
        _audit,
        _numbers,
        _seals,
        _backup,
        _production,
    )
    for check in checks:
        yield from check()


def _folder(settings: Settings) -> Iterator[Finding]:
    settings.data.mkdir(parents=True, exist_ok=True)
    if not os.access(settings.data, os.W_OK):
        yield Finding(f"{settings.data} cannot be written", "Give it to the user that runs Imbas (chown).")
        return
    if shutil.disk_usage(settings.data).free < MIN_FREE:
        yield Finding("Less than 500 MB of disk is free", "Free some, or move LMS_DATA to a larger disk.")


def _sqlite() -> Iterator[Finding]:
    if db.engine.dialect.name != "sqlite":
        return
    if sqlite3.sqlite_version_info < (3, 35):
        yield Finding(
            f"SQLite {sqlite3.sqlite_version} is too old", "Use a Python with SQLite 3.35 or newer."
        )
    verdict = db.session.execute(text("PRAGMA quick_check")).scalar()
    if verdict != "ok":
        yield Finding(
            f"The database file is damaged: {verdict}", "Stop Imbas and restore the last backup: lms restore"
        )


def _broker() -> Iterator[Finding]:
    url = current_app.config["LMS"].broker_url
    if not url.startswith(("redis:", "rediss:")):
        return
    try:
        Redis.from_url(url, socket_connect_timeout=2, socket_timeout=2).ping()
    except RedisError as error:
        yield Finding(
            f"The broker does not answer: {error}",
            "Start Redis or Valkey, and compare LMS_BROKER_URL. Nothing is lost: work is only slower.",
        )


def _plugins() -> Iterator[Finding]:
    for failure in recent_failures(db.session(), now()):
        yield Finding(
            f"Plugin {failure.plugin} failed {failure.count} times in {failure.place}: {failure.error}",
            "Upgrade it or ask its maintainers. LMS_PLUGINS_OFF leaves it out until then.",
        )


def _queue() -> Iterator[Finding]:
    seen = worker.last_seen(db.session())
    if seen is None or now() - seen > timedelta(minutes=2):
        yield Finding("No worker was seen in the last two minutes", "Start one: lms worker")
    waiting = outbox.backlog(db.session())
    if waiting.parked:
        yield Finding(
            f"{waiting.parked} jobs failed for good",
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
            f"Files cannot be stored: {error}", "Check LMS_STORAGE_URL, the disk and its permissions."
        )


def _audit() -> Iterator[Finding]:
    fault = trail.fault(db.session(), current_app.config["LMS"].data)
    if fault:
        yield Finding(fault, "Somebody wrote to the database directly. Compare with the last backup.")


def _numbers() -> Iterator[Finding]:
    for code in people.unclear_unit_codes(db.session()):
        yield Finding(
            f"The agency {code} has no unit code of its own: its certificates could not be told from others'",
            f"Run: lms office unit-code {code} CODE",
        )


def _seals() -> Iterator[Finding]:
    found = people.seals(db.session(), keys=current_app.config["LMS"].keys())
    if found.unreadable:
        yield Finding(
            "The second factor cannot be read with LMS_SECRET_KEY, so their codes are refused: "
            + ", ".join(found.unreadable),
            "Name the former key in LMS_OLD_SECRET_KEYS, restart, then run: lms office seal. "
            "Is it lost? For each of them run: lms office code USERNAME",
        )
    if found.outdated:
        yield Finding(
            f"{len(found.outdated)} secrets of second factors are not sealed under LMS_SECRET_KEY",
            "Run: lms office seal",
        )


def _losses() -> Iterator[Finding]:
    for lost in losses(storage()):
        yield Finding(
            f"{lost.what}: the stored file {lost.key} {lost.fault}",
            "Fetch it from the last backup, or ask its owner to upload it again.",
        )


def _backup() -> Iterator[Finding]:
    settings = current_app.config["LMS"]
    if settings.environment != "production":
        return
    (made,) = worker.last_done(db.session(), worker.BACKUP)
    if made is None or now() - made > OLD_BACKUP:
        yield Finding(
            "There is no backup of the last two days", "Run: lms backup imbas.tar, and plan it daily."
        )


def _production() -> Iterator[Finding]:
    settings = current_app.config["LMS"]
    if settings.environment == "production" and not settings.is_secure:
        yield Finding(
            "People would sign in without TLS", "Set LMS_PUBLIC_URL to an https:// address behind a proxy."
        )
