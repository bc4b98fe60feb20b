"""A quiz attempt from end to end: what it costs the server, and how many fit into a minute.

Sign in, home, module, start, all questions, hand in, see the result; by many different participants with answers of
their own, through the delivered nginx with TLS, on all the processes of an installation.
"""

import json
import ssl
import time
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import click

from bench import questions, report, resource_usage
from bench.http_client import Phone, Refused
from bench.installation import Site, running
from bench.load_generator import closed_loop
from bench.proxy import nginx
from bench.report import Times
from bench.teachers import Attendance, Teacher, teachers
from lms.assessment import api as assessment
from lms.platform.db import db

MEMORY = {"sqlite": 300, "postgresql": 420}
"""MiB of all processes with their database at the peak, without the proxy."""
BUSY = 0.05
"""Share of the machine that others may use before the figures are called doubtful."""
_WARM_UP = 60


@dataclass(frozen=True, slots=True)
class Run:
    """What one run showed."""

    cpu: float
    """CPU-seconds for each attempt, proxy included."""
    pace: float
    """Attempts a minute."""
    memory: float
    """MiB at the peak, all parts but the proxy."""
    others: float
    """Share of the machine that something else used."""
    requests: float
    """Requests for each attempt."""
    parts: dict[str, tuple[float, float]]
    """CPU-seconds for each attempt, and MiB at the peak, of each part."""


@click.command()
@click.option("--database", type=click.Choice(["sqlite", "postgresql"]), default="sqlite", show_default=True)
@click.option(
    "--questions",
    "which",
    default=questions.SHIPPED,
    show_default=True,
    type=click.Choice([questions.SHIPPED, questions.WITHOUT_ESSAY, questions.SINGLE_CHOICE]),
)
@click.option("--attempts", default=300, show_default=True, help="Attempts in each run.")
@click.option("--clients", default=8, show_default=True, help="Participants at once.")
@click.option("--runs", default=3, show_default=True)
@click.option("--schools", default=200, show_default=True, help="Size of the province.")
@click.option("--together", is_flag=True, help="Pages and worker by one command: lms serve --worker.")
@click.option("--map", "mapped", is_flag=True, help="Say where the memory is.")
@click.option("--json", "file", type=click.Path(path_type=Path), help="Write the runs to this file, too.")
def quiz(
    database: str,
    which: str,
    attempts: int,
    clients: int,
    runs: int,
    schools: int,
    together: bool,
    mapped: bool,
    file: Path | None,
) -> None:
    """A whole attempt as a browser on a phone makes it: CPU-seconds, attempts per minute, each step, memory."""
    with ExitStack() as stack:
        site = stack.enter_context(running(database, schools=schools, together=together))
        front = stack.enter_context(nginx(Path(stack.enter_context(TemporaryDirectory())), pages=site.port))
        quiz_id = questions.use(site.app, which)
        people = teachers(site.app, quiz_id, count=_WARM_UP + runs * attempts, last=True)
        crowd = Crowd(site, quiz_id, front.tls_port, front.trusting(), front.pid)
        crowd.run(people[:_WARM_UP], clients=clients, times=Times())
        times, found = Times(), []
        for number in range(runs):
            begin = _WARM_UP + number * attempts
            found.append(crowd.run(people[begin : begin + attempts], clients=clients, times=times))
        _report(
            site,
            times,
            found,
            title=f"{database}, questions {which}, {clients} clients{', one command' if together else ''}",
        )
        if mapped:
            print(
                "\n"
                + report.table(
                    ("process", "memory", "MB"),
                    [
                        (process, kind, f"{size:.1f}")
                        for process, kind, size in resource_usage.memory_map(crowd.parts)
                    ],
                )
            )
        if file:
            file.write_text(json.dumps([asdict(run) for run in found]))


@dataclass(slots=True)
class Crowd:
    """Participants with phones in front of an installation and its proxy."""

    site: Site
    quiz_id: int
    port: int
    tls: ssl.SSLContext
    proxy: int

    @property
    def parts(self) -> dict[str, int]:
        """The processes to measure."""
        return {**self.site.parts, "proxy": self.proxy}

    def run(self, people: list[Teacher], *, clients: int, times: Times) -> Run:
        """Everybody takes the quiz, ``clients`` at once; until the worker is idle again."""
        sheets = self._sheets(people)
        before, began = resource_usage.read(self.parts), time.monotonic()
        done = len(times.steps.get("whole attempt", ()))
        requests = sum(map(len, times.steps.values()))
        with resource_usage.Peak(self.parts) as peak:
            closed_loop(
                [partial(self._visit, who, own, times) for who, own in zip(people, sheets, strict=True)],
                clients=clients,
            )
            seconds = time.monotonic() - began
            self.site.wait_until_idle()
        after = resource_usage.read(self.parts)
        count = len(times.steps.get("whole attempt", ())) - done
        if not count:
            raise click.ClickException(f"nobody came through: {times.faults[:3]}")
        used = after.since(before)
        both = (
            sum(map(len, times.steps.values())) - requests - 2 * count
        )  # two of the steps are sums of others
        return Run(
            cpu=sum(used.values()) / count,
            pace=count / seconds * 60,
            memory=sum(size for name, size in peak.parts.items() if name != "proxy"),
            others=after.others(before),
            requests=both / count,
            parts={name: (cpu / count, peak.parts[name]) for name, cpu in used.items()},
        )

    def _sheets(self, people: list[Teacher]) -> list[questions.Sheet]:
        with self.site.app.app_context():
            edition = db.session.get_one(assessment.Quiz, self.quiz_id).edition
            items = assessment.items_of(db.session(), self.quiz_id, edition)
            db.session.remove()
            return [questions.sheet(items, who.person_id) for who in people]

    def _visit(self, who: Teacher, sheet: questions.Sheet, times: Times) -> None:
        """One attempt; what fails, and a score that is not what the answers deserve, is noted and not raised."""
        phone = Phone(self.port, f"127.{who.address.partition('.')[2]}", tls=self.tls)
        deserved = f"{sheet.percent:.2f}".replace(".", ",")
        try:
            seen, explained = Attendance(phone, who, self.quiz_id, times).take_quiz_as_a_browser(sheet.forms)
            if seen != deserved:
                times.faults.append(f"{who.username}: the page says {seen}, the answers deserve {deserved}")
            if explained is sheet.provisional:
                times.faults.append(f"{who.username}: explanations are {'' if explained else 'not '}shown")
        except (Refused, OSError, KeyError) as fault:
            times.faults.append(f"{who.username}: {type(fault).__name__} {fault}")
        finally:
            phone.close()


def _report(site: Site, times: Times, runs: list[Run], *, title: str) -> None:
    print(f"\n### Quiz attempt as a browser makes it, {title}\n")
    print(report.circumstances(site.app.config["SQLALCHEMY_DATABASE_URI"]))
    if max(run.others for run in runs) > BUSY:
        print(
            f"\n**Something else used up to {max(run.others for run in runs):.0%} of the machine: measure again.**"
        )
    limit = MEMORY[site.database]
    lines = [
        _spread("CPU-seconds per attempt", [run.cpu for run in runs], "{:.4f}"),
        _spread("attempts per minute", [run.pace for run in runs], "{:.0f}"),
        _spread("requests per attempt", [run.requests for run in runs], "{:.1f}"),
        _spread(
            f"MiB at the peak, without the proxy (goal: {limit})", [run.memory for run in runs], "{:.0f}"
        ),
    ]
    print("\n" + report.table((f"{len(runs)} runs", "least", "median", "most"), lines))
    print(f"\nFailures, wrong scores among them: {len(times.faults)}.")
    parts = [
        (
            name,
            f"{median(run.parts[name][0] for run in runs) * 1000:.1f}",
            f"{max(run.parts[name][1] for run in runs):.0f}",
        )
        for name in runs[0].parts
    ]
    print("\n" + report.table(("process", "CPU ms per attempt", "MiB at its peak"), parts))
    print("\n" + report.table(("step", "times", "p50 ms", "p95 ms", "p99 ms"), times.lines()))
    for fault in times.faults[:5]:
        print(f"\n{fault}")


def _spread(name: str, values: list[float], shown: str) -> tuple[str, ...]:
    return name, *(shown.format(value) for value in (min(values), median(values), max(values)))
