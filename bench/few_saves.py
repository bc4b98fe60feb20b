"""Five answers in a request: a quiz attempt of a client that does not exist, as it was measured until 0.1.0.

One question page, 20 answers in 4 (or 20) requests, everybody the same, without a proxy: less than any phone costs,
and kept to be compared with what was measured before. What a phone costs says ``quiz``.
"""

import time

import click

from bench import report, resource_usage
from bench.installation import Site, running
from bench.load_generator import closed_loop
from bench.report import Times
from bench.teachers import Paper, Teacher, paper, teachers, visit

LIMITS = {("sqlite", 4): 0.085, ("postgresql", 4): 0.12, ("sqlite", 20): 0.15, ("postgresql", 20): 0.15}
"""CPU-seconds for an attempt, by database and number of saves."""
PER_MINUTE = 1000
_WARM_UP = 60


@click.command(name="few-saves")
@click.option("--database", type=click.Choice(["sqlite", "postgresql"]), default="sqlite", show_default=True)
@click.option("--saves", type=click.Choice(["4", "20"]), default="4", show_default=True)
@click.option("--attempts", default=1000, show_default=True)
@click.option("--clients", default=32, show_default=True, help="Participants at once.")
@click.option("--schools", default=100, show_default=True, help="Size of the province.")
@click.option("--port", type=int, help="Port of the pages; default: a free one.")
def few_saves(database: str, saves: str, attempts: int, clients: int, schools: int, port: int | None) -> None:
    """An attempt with five answers in a request: to compare with old figures."""
    with running(database, schools=schools, port=port) as site:
        work = paper(site.app)
        people = teachers(site.app, work.quiz_id, count=attempts + _WARM_UP)
        _run(site, people[:_WARM_UP], work, saves=int(saves), clients=clients)
        before = resource_usage.read(site.parts)
        times, seconds = _run(site, people[_WARM_UP:], work, saves=int(saves), clients=clients)
        used = resource_usage.read(site.parts).since(before)
        _report(site, times, used, seconds, saves=int(saves), clients=clients)


def _run(site: Site, people: list[Teacher], work: Paper, *, saves: int, clients: int) -> tuple[Times, float]:
    """Times of all steps, and the seconds until the last one had a result."""
    times, began = Times(), time.monotonic()
    closed_loop(
        [lambda who=who: visit(site, who, work, times, saves=saves) for who in people],  # type: ignore[misc]
        clients=clients,
    )
    seconds = time.monotonic() - began
    site.wait_until_idle()
    return times, seconds


def _report(
    site: Site, times: Times, used: dict[str, float], seconds: float, *, saves: int, clients: int
) -> None:
    done = len(times.steps.get("whole attempt", ()))
    if not done:
        raise click.ClickException(f"nobody came through: {times.faults[:3]}")
    each, pace = sum(used.values()) / done, done / seconds * 60
    limit = LIMITS[site.database, saves]
    print(f"\n### Five answers in a request, {site.database}, {saves} saves, {clients} clients\n")
    print(report.circumstances(site.app.config["SQLALCHEMY_DATABASE_URI"]))
    held = resource_usage.memory(site.parts)
    lines = [
        ("CPU-seconds per attempt", f"{each:.4f}", f"<= {limit}", report.verdict(each, limit)),
        (
            "attempts per minute",
            f"{pace:.0f}",
            f">= {PER_MINUTE}",
            report.verdict(pace, PER_MINUTE, at_least=True),
        ),
        ("failures", str(len(times.faults)), "0", report.verdict(len(times.faults), 0)),
    ]
    print("\n" + report.table(("figure", "measured", "goal", ""), lines))
    parts = [(name, f"{cpu / done * 1000:.1f}", f"{held[name]:.0f}") for name, cpu in used.items()]
    parts.append(("all", f"{each * 1000:.1f}", f"{sum(held.values()):.0f}"))
    print("\n" + report.table(("process", "CPU ms per attempt", "memory (PSS) MB"), parts))
    print("\n" + report.table(("step", "times", "p50 ms", "p95 ms", "p99 ms"), times.lines()))
    for fault in times.faults[:5]:
        print(f"\n{fault}")
