"""Everything that can be killed is killed again and again while people write (goal R1).

Each cycle kills one part as a power cut would (SIGKILL), waits a moment and starts it again. On SQLite the
database has no process of its own: in its stead all processes that have the file open die at once.
"""

import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random

import click

from bench import report
from bench.acknowledged_writes import Sum, compare
from bench.installation import Site, running
from bench.load_generator import closed_loop
from bench.report import percentile
from bench.scenarios import Province, Visit
from bench.writers import Log
from lms.platform.db import db

CLIENTS = 12
KILLED = ("web", "worker", "broker", "database")


@dataclass(slots=True)
class Ordeal:
    """What was killed how often, and what came of it."""

    log: Log
    killed: Counter[str] = field(default_factory=Counter)
    away: list[float] = field(default_factory=list)
    """Seconds from each kill of pages or database until the pages answered again."""
    sums: list[Sum] = field(default_factory=list)

    @property
    def lost(self) -> int:
        """Acknowledged writes that are not there."""
        return sum(line.lost for line in self.sums)

    @property
    def doubled(self) -> int:
        """Acknowledged writes that are there more than once."""
        return sum(line.doubled for line in self.sums)


@click.command()
@click.option("--database", type=click.Choice(["sqlite", "postgresql"]), default="sqlite", show_default=True)
@click.option("--cycles", default=100, show_default=True, help="Kills.")
@click.option("--writes", default=10_000, show_default=True, help="Acknowledged ones, at least.")
@click.option("--schools", default=60, show_default=True)
@click.option("--port", type=int, help="Port of the pages; default: a free one.")
def kills(database: str, cycles: int, writes: int, schools: int, port: int | None) -> None:
    """Kill web, worker, broker and database while people write: what is lost, what is doubled."""
    with running(database, schools=schools, port=port) as site:
        began = time.monotonic()
        ordeal = endure(site, cycles=cycles, writes=writes)
        _report(site, ordeal, time.monotonic() - began)


def endure(site: Site, *, cycles: int, writes: int) -> Ordeal:
    """People write until ``writes`` are acknowledged and ``cycles`` kills are over; then all is compared."""
    ordeal, over = Ordeal(Log()), threading.Event()
    visits = Province(site, ordeal.log).visits()

    def until_enough() -> Iterator[Visit]:
        for visit in visits:
            if over.is_set() and ordeal.log.acknowledged.total() >= writes:
                return
            yield visit

    cutting = threading.Thread(target=cut, args=(site, ordeal, cycles, over))
    cutting.start()
    closed_loop(until_enough(), clients=CLIENTS)
    cutting.join()
    site.wait_until_idle(600)
    with site.app.app_context():
        ordeal.sums = compare(db.session(), ordeal.log)
        db.session.remove()
    return ordeal


def cut(site: Site, ordeal: Ordeal, cycles: int, over: threading.Event) -> None:
    """Kill and start again, each part as often as the others; at the end ``over`` is set."""
    rng = Random(cycles)
    rounds = (rng.sample(KILLED, len(KILLED)) for _round in range(-(-cycles // len(KILLED))))
    try:
        for name in [name for some in rounds for name in some][:cycles]:
            began, parts = time.monotonic(), _parts(site, name)
            for part in parts:
                site.kill(part)
            time.sleep(rng.uniform(0.05, 0.5))
            for part in reversed(parts):
                site.start(part)
            site.wait_for_pages()
            ordeal.killed[name] += 1
            if name in {"web", "database"}:
                ordeal.away.append(time.monotonic() - began)
            time.sleep(rng.uniform(0.3, 2.0))
    except Exception as fault:
        ordeal.log.faults.append(f"a part did not come back: {fault}")
    finally:
        over.set()


def _parts(site: Site, name: str) -> list[str]:
    if name != "database":
        return [name]
    return ["postgresql"] if "postgresql" in site.servers else ["web", "worker", "broker"]


def _report(site: Site, ordeal: Ordeal, seconds: float) -> None:
    log = ordeal.log
    acknowledged = log.acknowledged.total()
    print(f"\n### Writes through {ordeal.killed.total()} kills, {site.database}\n")
    print(report.circumstances(site.app.config["SQLALCHEMY_DATABASE_URI"]))
    lines = [
        ("acknowledged writes", str(acknowledged), "", ""),
        ("lost", str(ordeal.lost), "0", report.verdict(ordeal.lost, 0)),
        ("doubled", str(ordeal.doubled), "0", report.verdict(ordeal.doubled, 0)),
        ("writers who gave up", str(len(log.faults)), "0", report.verdict(len(log.faults), 0)),
        ("writes that needed more than one press", str(len(log.repeated)), "", ""),
        ("writes whose first answer was lost on the way", str(len(log.answers_lost)), "", ""),
        *((f"kills of {name}", str(ordeal.killed[name]), "", "") for name in KILLED),
        ("pages away after a kill of pages or database, p50 s", f"{percentile(ordeal.away, 50):.1f}", "", ""),
        ("minutes", f"{seconds / 60:.1f}", "", ""),
    ]
    print("\n" + report.table(("figure", "measured", "goal", ""), lines))
    rows = [(line.kind, str(line.acknowledged), str(line.lost), str(line.doubled)) for line in ordeal.sums]
    print("\n" + report.table(("kind of write", "acknowledged", "lost", "doubled"), rows))
    for fault in log.faults[:5]:
        print(f"\n{fault}")
