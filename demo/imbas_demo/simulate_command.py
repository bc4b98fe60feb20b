"""``lms simulate``: a province of invented schools, to measure on and to train an office with."""

import time
from datetime import UTC, datetime

import click
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy import func, select

from imbas_demo.cast import PASSWORD
from imbas_demo.demo_settings import write_settings
from imbas_demo.province import populate
from imbas_demo.story import STORY_MIDDLE
from lms.people import api as people
from lms.platform.application import platform
from lms.platform.db import db


@click.command()
@click.option(
    "--schools",
    default=1000,
    show_default=True,
    type=click.IntRange(6, 20_000),
    help="Beside the six of the demonstration.",
)
@with_appcontext
def simulate(schools: int) -> None:
    """Write a province of invented schools, twenty people each, into an empty database."""
    if db.session.scalar(select(func.count()).select_from(people.School)):
        raise click.ClickException(
            "this database holds schools already; nothing was changed. Choose another LMS_DATA."
        )
    db.session.remove()
    began = time.perf_counter()
    app = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001
    populate(app, schools=schools, say=click.echo)
    offset = int((STORY_MIDDLE - datetime.now(UTC)).total_seconds())
    settings = platform(app).settings.model_copy(
        update={"environment": "demo", "clock_offset_seconds": offset, "require_totp": False}
    )
    click.echo(
        f"Done in {time.perf_counter() - began:.0f} s. Look at it as lpmp.admin or sdn04.guru1, password {PASSWORD}:"
    )
    click.echo(f"lms --settings {write_settings(settings)} serve")
