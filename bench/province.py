"""Every page of every role on a province of 1,000 schools, at 50 requests a second.

The pages are those that each role reaches by links. Presses come by a timetable, whatever the answers
take, and a time counts from the moment at which its press was due.
"""

import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from random import Random

import click
from imbas_demo.cast import PASSWORD
from sqlalchemy import select

from bench import report, resource_usage
from bench.http_client import Phone, Refused
from bench.installation import Site, running
from bench.load_generator import by_timetable
from bench.report import Times, percentile
from lms.people.auth.models import Account
from lms.platform.db import db
from lms.testing.people import sign_in
from lms.testing.walking import walk

P95 = 0.150
DOWNLOAD = 5.0
_HANDS = 64
ROLES = {
    "teacher": ("s0001.guru1", "s0501.guru1", "s0997.guru2"),
    "quality team": ("s0001.tpmps1", "s0502.tpmps1"),
    "headmaster": ("s0001.kepala", "s0503.kepala"),
    "operator": ("s0001.operator", "s0504.operator"),
    "facilitator": ("fasilitator.p1", "fasilitator.p3"),
    "supervisor": ("pengawas.p1",),
    "grader": ("penilai.p1", "penilai.p3"),
    "admin": ("lpmp.admin",),
    "agency head": ("lpmp.kepala",),
    "education office": ("dinas",),
}
DOWNLOADS = frozenset({"reports.recap", "certificates.download_all"})
"""Made on request for one person now and then: measured alone, to the last byte."""


@dataclass(frozen=True, slots=True)
class Address:
    """A page as one person sees it."""

    username: str
    endpoint: str
    path: str
    statements: int


class People:
    """Signed-in phones; a person whose phones are all busy takes out another."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.idle: dict[str, SimpleQueue[Phone]] = defaultdict(SimpleQueue)
        self.cookies: dict[str, dict[str, str]] = {}

    def enter(self, username: str, number: int) -> None:
        """Sign in."""
        phone = Phone(self.port, f"10.9.9.{number}")
        page = phone.get("/masuk")
        phone.post("/masuk", {"username": username, "password": PASSWORD}, form=page)
        self.cookies[username] = phone.cookies
        phone.close()
        self.idle[username].put(phone)

    def open(self, address: Address) -> int:
        """Open a page; its weight on the wire."""
        try:
            phone = self.idle[address.username].get_nowait()
        except Empty:
            phone = Phone(self.port, "10.9.9.9", dict(self.cookies[address.username]))
        page = phone.get(address.path)
        phone.close()  # somebody who reads a while comes back on a new connection
        self.idle[address.username].put(phone)
        return int(page.headers.get("content-length", len(page.body)))


@click.command()
@click.option("--database", type=click.Choice(["sqlite", "postgresql"]), default="sqlite", show_default=True)
@click.option("--schools", default=1000, show_default=True)
@click.option("--rate", default=50, show_default=True, help="Requests a second.")
@click.option("--seconds", default=120, show_default=True)
@click.option("--port", type=int, help="Port of the pages; default: a free one.")
def province(database: str, schools: int, rate: int, seconds: int, port: int | None) -> None:
    """Every page of every role: time, statements, weight."""
    with running(database, schools=schools, port=port) as site:
        addresses = list(_addresses(site))
        pages = [address for address in addresses if address.endpoint not in DOWNLOADS]
        people = People(site.port)
        for number, username in enumerate(sorted({address.username for address in addresses}), start=10):
            people.enter(username, number)
        for address in pages:
            people.open(address)  # every process has seen what it will be asked
        before = resource_usage.read(site.parts)
        times, weights = _press(people, pages, rate=rate, seconds=seconds)
        used = resource_usage.read(site.parts).since(before)
        downloads = Times()
        for address in addresses:
            if address.endpoint in DOWNLOADS:
                began = time.monotonic()
                people.open(address)
                downloads.add(address.endpoint, time.monotonic() - began)
        _report(site, pages, times, weights, downloads, used, rate=rate)


def _addresses(site: Site) -> Iterator[Address]:
    """What each role reaches by links, without the pages that refuse."""
    with site.app.app_context():
        names = [name for some in ROLES.values() for name in some]
        found = select(Account.username, Account.person_id).where(Account.username.in_(names))
        ids = {username: person_id for username, person_id in db.session.execute(found)}  # noqa: C416
        db.session.remove()
    for username in names:
        if username in ids:
            for visit in walk(site.app, sign_in(site.app, ids[username])):
                if visit.status == 200:
                    yield Address(username, visit.endpoint, visit.path, visit.statements)


def _press(people: People, pages: list[Address], *, rate: int, seconds: int) -> tuple[Times, dict[str, int]]:
    times, weights, rng = Times(), dict[str, int](), Random(1)
    order = [
        address
        for _round in range(-(-rate * seconds // len(pages)))
        for address in rng.sample(pages, len(pages))
    ]

    def press(address: Address, due: float) -> None:
        try:
            weight = people.open(address)
        except (Refused, OSError) as fault:
            times.faults.append(f"{address.endpoint}: {fault}")
            return
        times.add(address.endpoint, time.monotonic() - began - due)
        weights[address.endpoint] = max(weight, weights.get(address.endpoint, 0))

    visits = [
        (number / rate, lambda address=address, due=number / rate: press(address, due))
        for number, address in enumerate(order[: rate * seconds])
    ]
    began = time.monotonic()  # after the timetable is written, which takes a moment of its own
    by_timetable(visits, hands=_HANDS, began=began)
    return times, weights


def _report(
    site: Site,
    pages: list[Address],
    times: Times,
    weights: dict[str, int],
    downloads: Times,
    used: dict[str, float],
    *,
    rate: int,
) -> None:
    print(f"\n### Every page of every role, {site.database}, {rate} requests a second\n")
    print(report.circumstances(site.app.config["SQLALCHEMY_DATABASE_URI"]))
    everything = [seconds for step in times.steps.values() for seconds in step]
    slowest = max(times.steps, key=lambda step: percentile(times.steps[step], 95))
    worst = percentile(times.steps[slowest], 95)
    done = len(everything)
    lines = [
        ("p95 of all pages", f"{percentile(everything, 95) * 1000:.0f} ms", "", ""),
        (
            f"p95 of the slowest page, {slowest}",
            f"{worst * 1000:.0f} ms",
            f"<= {P95 * 1000:.0f} ms",
            report.verdict(worst, P95),
        ),
        *(
            (
                f"download {name}",
                f"{max(took):.1f} s",
                f"<= {DOWNLOAD:.0f} s",
                report.verdict(max(took), DOWNLOAD),
            )
            for name, took in downloads.steps.items()
        ),
        ("failures", str(len(times.faults)), "0", report.verdict(len(times.faults), 0)),
        *((f"CPU of {name} for a page", f"{cpu / done * 1000:.1f} ms", "", "") for name, cpu in used.items()),
    ]
    print("\n" + report.table(("figure", "measured", "goal", ""), lines))
    statements: dict[str, int] = {}
    for address in pages:
        statements[address.endpoint] = max(address.statements, statements.get(address.endpoint, 0))
    rows = [
        (
            name,
            str(len(took)),
            *(f"{percentile(took, share) * 1000:.0f}" for share in (50, 95)),
            f"{max(took) * 1000:.0f}",
            str(statements[name]),
            f"{weights[name] / 1000:.1f}",
        )
        for name, took in sorted(times.steps.items(), key=lambda entry: -percentile(entry[1], 95))
    ]
    print(
        "\n" + report.table(("page", "times", "p50 ms", "p95 ms", "most ms", "statements", "kB gzip"), rows)
    )
    for fault in times.faults[:5]:
        print(f"\n{fault}")
