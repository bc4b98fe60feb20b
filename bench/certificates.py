"""Certificates in one go: what each costs from the order to its file, on all processes."""

import time

import click
from sqlalchemy import func, select, update

from bench import figures, meter
from bench.site import Site, running
from lms.certificates import api as certificates
from lms.certificates.models import Certificate
from lms.completion.models import CompletionState
from lms.people.models import Account
from lms.platform.clock import now
from lms.platform.db import db
from lms.platform.transaction import write
from lms.programmes.models import Programme

LIMIT = 0.025
"""CPU-seconds for a certificate; the typesetter alone takes 14 ms."""
_WARM_UP = 20


@click.command("certificates")
@click.option("--database", type=click.Choice(["sqlite", "postgresql"]), default="sqlite", show_default=True)
@click.option("--count", default=500, show_default=True)
@click.option("--port", type=int, help="Port of the pages; default: a free one.")
def certificate_batch(database: str, count: int, port: int | None) -> None:
    """A batch of certificates: CPU-seconds each."""
    with running(database, schools=40, port=port) as site:
        _order(site, _WARM_UP)
        before, began = meter.read(site.parts), time.monotonic()
        _order(site, count)
        used, seconds = meter.read(site.parts).since(before), time.monotonic() - began
        made = _printed(site)
        _report(site, used, count, made - _WARM_UP, seconds)


def _order(site: Site, count: int) -> None:
    """Let ``count`` more participants be ready, order for them, and wait for the last file."""
    with site.app.app_context():
        with write() as session:
            waiting = (
                select(CompletionState.id)
                .where(
                    CompletionState.stage_id == 0,
                    CompletionState.enrolment_id != 0,
                    CompletionState.met.is_(False),
                )
                .order_by(CompletionState.id)
                .limit(count)
            )
            ids = list(session.scalars(waiting))
            session.execute(
                update(CompletionState).where(CompletionState.id.in_(ids)).values(met=True, reasons=[])
            )
            actor = session.scalars(select(Account.person_id).where(Account.username == "lpmp.admin")).one()
            programme = session.scalars(select(Programme.id)).one()
            certificates.order(session, programme_id=programme, actor_id=actor, now=now())
        db.session.remove()
    site.wait_until_idle()


def _printed(site: Site) -> int:
    with site.app.app_context():
        found = db.session.scalar(select(func.count()).where(Certificate.pdf_key != "")) or 0
        db.session.remove()
    return found


def _report(site: Site, used: dict[str, float], wanted: int, made: int, seconds: float) -> None:
    each = sum(used.values()) / wanted
    print(f"\n### Certificates, {site.database}, a batch of {wanted}\n")
    print(figures.circumstances(site.app.config["SQLALCHEMY_DATABASE_URI"]))
    lines = [
        ("CPU-seconds per certificate", f"{each:.4f}", f"<= {LIMIT}", figures.verdict(each, LIMIT)),
        ("certificates with a file", str(made), str(wanted), figures.verdict(wanted - made, 0)),
        ("certificates per minute", f"{made / seconds * 60:.0f}", "", ""),
    ]
    print("\n" + figures.table(("figure", "measured", "goal", ""), lines))
    parts = [(name, f"{cpu / wanted * 1000:.1f}") for name, cpu in used.items()]
    print("\n" + figures.table(("process", "CPU ms per certificate"), parts))
