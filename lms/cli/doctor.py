"""``lms doctor``: what is wrong with this installation, in plain words, and how to mend it.

Each check stands alone: one that fails says so and hides none of the others.
"""

import os
import sys
from collections.abc import Iterator

import click
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from lms.app import create_app
from lms.cli import checks
from lms.cli.checks import Check, Finding
from lms.contract.errors import PluginFault
from lms.platform import disk, schema
from lms.platform.application import platform
from lms.platform.db import db
from lms.platform.io_errors import in_words, is_damage
from lms.platform.private import keep_private, open_to_others
from lms.settings import Settings, SettingsFault, load_settings

_MEANS = {
    disk.Room.LOW: "so files will be refused soon",
    disk.Room.NO_FILES: "so files are refused",
    disk.Room.NO_ROWS: "so files are refused, and changes, too, on SQLite",
}


@click.command()
def doctor() -> None:
    """Say in plain words what is wrong with this installation."""
    keep_private()
    sound = True
    for finding in examine():
        sound = False
        click.echo(f"✗ {finding.what}\n  → {finding.mend}")
    if not sound:
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
    yield from _alone(Check("the data folder", lambda: _folder(settings)))
    try:
        app = create_app(settings)
    except SettingsFault as fault:
        yield Finding(str(fault), "Or move it away where nobody has signed in yet: a new one is made.")
        return
    except PluginFault as fault:
        for sentence in fault.faults:
            yield Finding(f"Plugin {sentence}", "Upgrade, uninstall, or name it in LMS_PLUGINS_OFF.")
        return
    except Exception as error:
        yield Finding(
            f"Imbas cannot start: {in_words(error)}",
            "Mend that first; LMS_DATA must exist, be writable, and have room.",
        )
        return
    with app.app_context():
        yield from _inside(app)
        db.session.remove()
        db.engine.dispose()


def _inside(app: Flask) -> Iterator[Finding]:
    """Checks of the running parts; those that read rows only where the database answers with the newest schema."""
    trouble = _database(app)
    damaged = False
    if trouble is not None:
        yield trouble
        damaged = trouble.is_damage
    for check in checks.CHECKS:
        if check.reads_rows and trouble is not None:
            continue
        for finding in _alone(check):
            if not (finding.is_damage and damaged):  # once is enough
                yield finding
            damaged = damaged or finding.is_damage


def _database(app: Flask) -> Finding | None:
    """Why no rows can be read; None when they can."""
    try:
        db.session.execute(text("SELECT 1"))
        parts = schema.status(db.engine, platform(app).components)
    except SQLAlchemyError as error:
        if is_damage(error):
            return checks.damaged(in_words(error))
        return Finding(
            f"The database does not answer: {in_words(error)}",
            "Start it, and compare LMS_DATABASE_URL with its address, user and password.",
        )
    late = [part.name for part in parts if not part.at_head]
    if late:
        return Finding(f"The schema of {', '.join(late)} is not the newest", "Run: lms db upgrade")
    return None


def _alone(check: Check) -> Iterator[Finding]:
    """What one check finds; what it raises is a finding, too."""
    try:
        yield from check.run()
    except Exception as error:
        if is_damage(error):
            yield checks.damaged(in_words(error))
        else:
            yield Finding(
                f"Looking at {check.what} failed: {in_words(error)}",
                "Mend what is said above or here, then run lms doctor again.",
            )
        if check.reads_rows:
            db.session.remove()


def _folder(settings: Settings) -> Iterator[Finding]:
    settings.data.mkdir(parents=True, exist_ok=True)
    if not os.access(settings.data, os.R_OK | os.W_OK | os.X_OK):
        yield Finding(
            f"{settings.data} cannot be read and written", "Give it to the user that runs Imbas (chown)."
        )
        return
    left = disk.room(settings)
    if left is not disk.Room.PLENTY:
        yield Finding(
            f"Only {disk.free(settings) // 1024**2} MB of disk are free, {_MEANS[left]}",
            "Free some, or move LMS_DATA to a larger disk.",
        )
    exposed = tuple(open_to_others(settings.data))
    if exposed:
        yield Finding(
            f"Other users of this machine may read {exposed[0]}"
            + (f" and {len(exposed) - 1} more in it" if len(exposed) > 1 else ""),
            f"Run: chmod -R go= {settings.data}",
        )
