"""The broker is away: people hand in as always, and what has piled up is done soon after it is back (goal R6)."""

import time
from collections.abc import Iterable

import click
from sqlalchemy import Select, func, select

from bench import report, resource_usage
from bench.handin import ANSWERED, prepared
from bench.installation import Site, running
from bench.load_generator import by_timetable
from bench.report import Times, percentile
from bench.teachers import Attendance, Teacher, paper, teachers
from lms.assessment import api as assessment
from lms.assessment.models import Attempt, AttemptState
from lms.platform import outbox
from lms.platform.clock import now
from lms.platform.db import db
from lms.platform.transaction import write
from lms.programmes.models import Enrolment

DRAINED = 300
"""Seconds for 10,000 jobs."""
_TOGETHER = 50
"""Attempts in one transaction while they pile up: that is not what is measured."""


@click.command()
@click.option("--database", type=click.Choice(["sqlite", "postgresql"]), default="sqlite", show_default=True)
@click.option("--jobs", default=10_000, show_default=True, help="Hand-ins without a broker.")
@click.option("--presses", default=200, show_default=True, help="Of these, pressed on phones and timed.")
@click.option("--port", type=int, help="Port of the pages; default: a free one.")
def backlog(database: str, jobs: int, presses: int, port: int | None) -> None:
    """No broker: hand-ins all the same, and how long what piled up takes when it is back."""
    with running(database, schools=max(20, jobs // 11), port=port) as site:
        ready, times = prepared(site, presses, Attendance.hand_in)
        if times.faults:
            raise click.ClickException(f"the preparation failed: {times.faults[:3]}")
        site.wait_until_idle()
        site.kill("broker")
        times.steps.clear()
        by_timetable([(number / 10, press) for number, press in enumerate(ready)], hands=40)
        _pile_up(site, jobs - presses)
        waiting = _pending(site)
        before, began = resource_usage.read(site.parts), time.monotonic()
        site.start("broker")
        site.wait_until_idle(10 * DRAINED)
        seconds = time.monotonic() - began
        used = resource_usage.read(site.parts).since(before)
        _report(site, times, waiting, seconds, used, jobs)


def _pile_up(site: Site, count: int) -> None:
    """``count`` more people hand in, through the use cases; nobody is there to score it."""
    work = paper(site.app)
    people = teachers(site.app, work.quiz_id, count=count)
    for some in (people[start : start + _TOGETHER] for start in range(0, count, _TOGETHER)):
        with site.app.app_context():
            with write() as session:
                for enrolment in session.scalars(_enrolments(some)):
                    attempt = assessment.start_attempt(
                        session, quiz_id=work.quiz_id, enrolment=enrolment, now=now()
                    )
                    given = {
                        item.position: {name.partition("-")[2]: value for name, value in fields.items()}
                        for item, fields in zip(
                            assessment.quiz_items(session, work.quiz_id), work.answers, strict=True
                        )
                    }
                    assessment.save_answers(session, attempt_id=attempt, given=given, doubtful={}, now=now())
                    assessment.submit_attempt(session, attempt_id=attempt, now=now())
            db.session.remove()


def _enrolments(people: Iterable[Teacher]) -> Select[Enrolment]:
    return select(Enrolment).where(Enrolment.person_id.in_([one.person_id for one in people]))


def _pending(site: Site) -> int:
    with site.app.app_context():
        found = outbox.backlog(db.session()).pending
        db.session.remove()
    return found


def _unscored(site: Site) -> int:
    with site.app.app_context():
        found = db.session.scalar(
            select(func.count()).select_from(Attempt).where(Attempt.state == AttemptState.SUBMITTED)
        )
        db.session.remove()
    return found or 0


def _report(
    site: Site, times: Times, waiting: int, seconds: float, used: dict[str, float], jobs: int
) -> None:
    pressed = times.steps.get("hand in", [])
    answered, unscored = percentile(pressed, 99), _unscored(site)
    print(f"\n### {waiting} jobs without a broker, {site.database}\n")
    print(report.circumstances(site.app.config["SQLALCHEMY_DATABASE_URI"]))
    lines = [
        (
            "hand-in answered without a broker, p99 s",
            f"{answered:.2f}",
            f"<= {ANSWERED:g}",
            report.verdict(answered, ANSWERED),
        ),
        ("failures", str(len(times.faults)), "0", report.verdict(len(times.faults), 0)),
        (
            "jobs done after it was back, s",
            f"{seconds:.0f}",
            f"<= {DRAINED}",
            report.verdict(seconds, DRAINED),
        ),
        ("handed in and not scored", str(unscored), "0", report.verdict(unscored, 0)),
    ]
    print("\n" + report.table(("figure", "measured", "goal", ""), lines))
    parts = [(name, f"{cpu / jobs * 1000:.1f}") for name, cpu in used.items()]
    print("\n" + report.table(("process", "CPU ms per job"), parts))
    for fault in times.faults[:5]:
        print(f"\n{fault}")
