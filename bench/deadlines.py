"""A deadline that is moved for every school of a large programme: the answer, and until it is in force everywhere."""

import re
import tempfile
import time
from datetime import timedelta
from pathlib import Path

import click
from flask import Flask
from imbas_demo.cast import source
from imbas_demo.crowd import write_schools
from imbas_demo.story import STORY_MIDDLE
from sqlalchemy import delete, func, select

from bench import report
from bench.installation import SMALL_MACHINE
from lms.contract.actors import Role
from lms.platform import audit, migrate
from lms.platform.application import platform
from lms.platform.db import db
from lms.platform.outbox import OutboxDelivery, drain
from lms.platform.transaction import write
from lms.programmes import api as programmes
from lms.programmes.models import DeadlineChange, ProgrammeSchool
from lms.settings import Settings
from lms.testing.apps import make_app
from lms.testing.databases import PostgresqlDatabases
from lms.testing.people import make_agency, make_person, sign_in
from lms.testing.servers import start_postgresql

ANSWER, DONE = 1.0, 60.0
"""Seconds."""
_AT_ONCE = 500


@click.command("deadlines")
@click.option(
    "--database", type=click.Choice(["sqlite", "postgresql"]), default="postgresql", show_default=True
)
@click.option("--schools", default=10_000, show_default=True)
def deadline_of_everybody(database: str, schools: int) -> None:
    """One press moves the deadline of every school, another one takes it back; one worker does both."""
    server = start_postgresql(durable=True, settings=SMALL_MACHINE) if database == "postgresql" else None
    try:
        with tempfile.TemporaryDirectory(prefix="imbas-bench-") as folder:
            url = PostgresqlDatabases(server.url, lambda _url: None).empty() if server else ""
            settings = Settings(
                data=Path(folder),
                database_url=url,
                secret_key="s" * 40,
                environment="test",
                require_totp=False,
                log_level="ERROR",
            )
            app = make_app(settings, clock=lambda: STORY_MIDDLE)
            with app.app_context():
                _measure(app, database, schools)
                db.session.remove()
                db.engine.dispose()
    finally:
        if server:
            server.stop()


def _measure(app: Flask, database: str, schools: int) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    migrate.upgrade(db.engine, platform(app).components)
    programme_id, admin = _programme(schools)
    browser, stage = sign_in(app, admin), f"/program/{programme_id}/tahap/2"
    due = f"{STORY_MIDDLE + timedelta(days=20):%Y-%m-%dT16:00}"
    form = {"target": programmes.ON_SERVICE, "school": "semua", "due_on": due, "reason": "Banjir"}
    lines = []
    for what, path, sent in (("moved", f"{stage}/batas", form), ("taken back", f"{stage}/batas/tarik", {})):
        if not sent:
            shown = browser.get(stage).get_data(as_text=True)
            sent = {"move": re.findall(r'name="move" value="(\d+)"', shown)[0]}
        began = time.monotonic()
        answer = browser.post(path, data=sent)
        answered = time.monotonic() - began
        assert answer.status_code == 303, answer.status_code
        began = time.monotonic()
        meanwhile = browser.get(stage)
        looked = time.monotonic() - began
        assert meanwhile.status_code == 200
        began = time.monotonic()
        drain(lambda: STORY_MIDDLE)
        while _sealed():
            pass
        done = time.monotonic() - began
        lines += [
            (
                f"{what}: seconds to the answer",
                f"{answered:.2f}",
                f"<= {ANSWER:g}",
                report.verdict(answered, ANSWER),
            ),
            (
                f"{what}: seconds of the stage's page meanwhile",
                f"{looked:.2f}",
                f"<= {ANSWER:g}",
                report.verdict(looked, ANSWER),
            ),
            (
                f"{what}: seconds until done and sealed",
                f"{done:.1f}",
                f"<= {DONE:g}",
                report.verdict(done, DONE),
            ),
        ]
    moved = db.session.scalar(select(func.count()).where(DeadlineChange.withdrawn_at.is_not(None)))
    if moved != schools or audit.first_broken(db.session()) is not None:
        raise click.ClickException(f"{moved} of {schools} schools, or the trail is broken")
    print(f"\n### A deadline of {schools} schools, {database}, one worker\n")
    print(report.circumstances(app.config["SQLALCHEMY_DATABASE_URI"]))
    print("\n" + report.table(("figure", "measured", "goal", ""), lines))


def _sealed() -> int:
    with write() as session:
        return audit.seal(session)


def _programme(schools: int) -> tuple[int, int]:
    """A running programme with its schools, each with its people; and the admin."""
    definition = programmes.load_yaml(source("programme.yaml").read_text("utf-8"))
    with write() as session:
        agency = make_agency(session)
        admin = make_person(session, Role.ADMIN, agency=agency).id
        programme = programmes.create_programme(
            session, agency_id=agency.id, definition=definition, actor_id=admin, now=STORY_MIDDLE
        )
        agency_id, programme_id = agency.id, programme.id
    for start in range(0, schools, _AT_ONCE):
        with write() as session:
            count = min(_AT_ONCE, schools - start)
            write_schools(session, agency_id, programme_id, start, count, STORY_MIDDLE.date())
    if db.session.scalar(select(func.count()).select_from(ProgrammeSchool)) != schools:
        raise click.ClickException("the schools were not written")
    with write() as session:  # nobody has to be evaluated: that is measured elsewhere
        session.execute(delete(OutboxDelivery))
    return programme_id, admin
