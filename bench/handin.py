"""Hand-ins by the clock: the evening of the deadline, and an ordinary hour.

Everybody has signed in, begun and answered before; what is measured begins with the press. Each
press comes at its second, whether or not those before it are done.
"""

from collections.abc import Callable

import click

from bench import report, resource_usage
from bench.http_client import Page, Phone, Refused
from bench.installation import Site, running
from bench.load_generator import by_timetable, closed_loop
from bench.report import Times, percentile
from bench.teachers import Attendance, batches, paper, teachers

VISIBLE = 2.0
"""Seconds from the press to the visible score, p99 (requirement R7)."""
ANSWERED = 1.0
"""Seconds until the press itself is answered, p99 (requirement R5)."""

database = click.option(
    "--database", type=click.Choice(["sqlite", "postgresql"]), default="sqlite", show_default=True
)
port_option = click.option("--port", type=int, help="Port of the pages; default: a free one.")


@click.command()
@database
@click.option("--rate", default=3.0, show_default=True, help="Hand-ins a second.")
@click.option("--seconds", default=60, show_default=True)
@port_option
def handin(database: str, rate: float, seconds: int, port: int | None) -> None:
    """From the press to the visible score, at an even pace."""
    moments = [number / rate for number in range(int(rate * seconds))]
    _scenario(f"{rate:g} hand-ins a second for {seconds} s", database, moments, port)


@click.command()
@database
@click.option("--minutes", default=5, show_default=True)
@click.option("--bursts", default=20, show_default=True, help="Spread evenly over the minutes.")
@click.option("--burst", default=100, show_default=True, help="Hand-ins in one second.")
@port_option
def peak(database: str, minutes: int, bursts: int, burst: int, port: int | None) -> None:
    """The deadline: 2,000 hand-ins in 5 minutes, in bursts of 100 a second."""
    gap = minutes * 60 / bursts
    moments = [number * gap + press / burst for number in range(bursts) for press in range(burst)]
    _scenario(f"{bursts} bursts of {burst} within a second, {minutes} minutes", database, moments, port)


def _scenario(title: str, database: str, moments: list[float], port: int | None) -> None:
    with running(database, schools=max(20, len(moments) // 12), port=port) as site:
        ready, times = prepared(site, len(moments))
        if times.faults:
            raise click.ClickException(f"the preparation failed: {times.faults[:3]}")
        times.steps.clear()
        before = resource_usage.read(site.parts)
        by_timetable(list(zip(moments, ready, strict=True)), hands=400)
        site.wait_until_idle()
        _report(site, title, times, resource_usage.read(site.parts).since(before), len(moments))


def prepared(
    site: Site, count: int, press: Callable[[Attendance, int, Page], object] = Attendance.press
) -> tuple[list[Callable[[], None]], Times]:
    """``count`` people up to the check page; their next press is the hand-in."""
    work, times = paper(site.app), Times()
    ready: list[Callable[[], None]] = []

    def prepare(person: Attendance) -> None:
        person.sign_in()
        attempt = person.start()
        for fields in batches(work.answers, 4):
            person.phone.post(f"/kuis/kerja/{attempt}/jawaban", fields)
        form = person.check(attempt)
        person.phone.close()  # phones do not hold a connection for minutes
        ready.append(lambda: _noting(times, person, lambda: press(person, attempt, form)))

    people = [
        Attendance(Phone(site.port, who.address), who, work.quiz_id, times)
        for who in teachers(site.app, work.quiz_id, count=count)
    ]
    closed_loop(
        [lambda one=one: _noting(times, one, lambda: prepare(one)) for one in people],  # type: ignore[misc]
        clients=16,
    )
    return ready, times


def _noting(times: Times, person: Attendance, act: Callable[[], object]) -> None:
    try:
        act()
    except (Refused, OSError, KeyError) as fault:
        times.faults.append(f"{person.teacher.username}: {type(fault).__name__} {fault}")
    finally:
        person.phone.close()


def _report(site: Site, title: str, times: Times, used: dict[str, float], wanted: int) -> None:
    seen, pressed = times.steps.get("hand-in to visible score", []), times.steps.get("hand in", [])
    if not seen:
        raise click.ClickException(f"nobody saw a score: {times.faults[:3]}")
    visible, answered = percentile(seen, 99), percentile(pressed, 99)
    print(f"\n### Hand-ins, {site.database}: {title}\n")
    print(report.circumstances(site.app.config["SQLALCHEMY_DATABASE_URI"]))
    lines = [
        ("hand-ins with a score", str(len(seen)), str(wanted), report.verdict(wanted - len(seen), 0)),
        ("failures", str(len(times.faults)), "0", report.verdict(len(times.faults), 0)),
        (
            "hand-in answered, p99 s",
            f"{answered:.2f}",
            f"<= {ANSWERED:g}",
            report.verdict(answered, ANSWERED),
        ),
        (
            "hand-in to visible score, p99 s",
            f"{visible:.2f}",
            f"<= {VISIBLE:g}",
            report.verdict(visible, VISIBLE),
        ),
    ]
    print("\n" + report.table(("figure", "measured", "goal", ""), lines))
    print("\n" + report.table(("step", "times", "p50 ms", "p95 ms", "p99 ms"), times.lines()))
    parts = [(name, f"{cpu / wanted * 1000:.1f}") for name, cpu in used.items()]
    print("\n" + report.table(("process", "CPU ms per hand-in"), parts))
    for fault in times.faults[:5]:
        print(f"\n{fault}")
