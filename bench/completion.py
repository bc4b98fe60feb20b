"""Completion of a whole province from nothing, twice: how long it takes, and that the bytes are the same."""

import hashlib
import time

import click
from imbas_demo.story import STORY_MIDDLE
from sqlalchemy import delete, func, select

from bench import report
from bench.installation import Site, running
from lms.completion import api as completion
from lms.completion.models import CompletionState
from lms.platform.application import platform
from lms.platform.db import db
from lms.platform.outbox import Outbox
from lms.platform.transaction import write
from lms.programmes.models import Enrolment

SECONDS = 60
PEOPLE = 10_000


@click.command("completion")
@click.option("--database", type=click.Choice(["sqlite", "postgresql"]), default="sqlite", show_default=True)
@click.option("--schools", default=500, show_default=True, help="Twenty participants each.")
def recompute(database: str, schools: int) -> None:
    """Three stages and four modules of everybody, evaluated afresh."""
    with running(database, schools=schools) as site:
        first, second = _afresh(site), _afresh(site)
        with site.app.app_context():
            people = db.session.scalar(select(func.count()).select_from(Enrolment)) or 0
            db.session.remove()
    print(f"\n### Completion of {people} people from nothing, {database}\n")
    print(report.circumstances(site.app.config["SQLALCHEMY_DATABASE_URI"]))
    slowest = max(first[0], second[0]) * PEOPLE / people
    lines = [
        (
            f"seconds for {PEOPLE} people",
            f"{slowest:.1f}",
            f"<= {SECONDS}",
            report.verdict(slowest, SECONDS),
        ),
        ("rows", str(first[1]), "", ""),
        ("same bytes twice", first[2][:12], second[2][:12], "holds" if first[1:] == second[1:] else "MISSED"),
    ]
    print("\n" + report.table(("figure", "measured", "goal", ""), lines))


def _afresh(site: Site) -> tuple[float, int, str]:
    """Seconds, rows, and a hash of everything that is derived."""
    platform(site.app).outbox = Outbox((), wake=lambda: None)
    with site.app.app_context():
        with write() as session:
            programme_id = session.scalars(select(CompletionState.programme_id).limit(1)).one()
            session.execute(delete(CompletionState))
            began = time.monotonic()
            completion.recompute(session, programme_id=programme_id, now=STORY_MIDDLE)
            seconds = time.monotonic() - began
        columns = [
            column for column in CompletionState.__table__.columns if column.name not in {"id", "changed_at"}
        ]
        names = ("programme_id", "school_id", "enrolment_id", "stage_id", "phase")
        rows = db.session.execute(
            select(*columns).order_by(*(CompletionState.__table__.columns[name] for name in names))
        ).all()
        db.session.remove()
    return seconds, len(rows), hashlib.sha256(repr(rows).encode()).hexdigest()
