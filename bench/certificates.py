"""Certificates in one go: what each costs from the order to its file; and a batch under kills (goal R8)."""

import threading
import time
from collections import Counter
from dataclasses import dataclass

import click
from imbas_demo.story import STORY_ENDS
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from bench import report, resource_usage
from bench.installation import Site, running
from bench.kills import Ordeal, cut
from bench.writers import Log
from lms.certificates import api as certificates
from lms.certificates import batches
from lms.certificates.models import Certificate, CertificateBatch
from lms.completion.models import CompletionState
from lms.people.auth.models import Account
from lms.platform.audit import AuditEntry
from lms.platform.clock import now
from lms.platform.db import db
from lms.platform.storage import storage
from lms.platform.storage_check import missing
from lms.platform.transaction import write
from lms.programmes.models import Programme

LIMIT = 0.025
"""CPU-seconds for a certificate; the typesetter alone takes 14 ms."""
_WARM_UP = 20


@click.command("certificates")
@click.option("--database", type=click.Choice(["sqlite", "postgresql"]), default="sqlite", show_default=True)
@click.option("--count", default=500, show_default=True)
@click.option("--kills", "cycles", default=0, help="Instead: kill everything that often meanwhile.")
@click.option("--port", type=int, help="Port of the pages; default: a free one.")
def certificate_batch(database: str, count: int, cycles: int, port: int | None) -> None:
    """A batch of certificates: CPU-seconds each."""
    if cycles:
        with running(database, schools=max(4, count // 15), port=port, moment=STORY_ENDS) as site:
            _report_register(site, cycles, register_under_kills(site, count=count, cycles=cycles))
        return
    with running(database, schools=40, port=port, moment=STORY_ENDS) as site:
        _order(site, _WARM_UP)
        before, began = resource_usage.read(site.parts), time.monotonic()
        _order(site, count)
        used, seconds = resource_usage.read(site.parts).since(before), time.monotonic() - began
        made = _printed(site)
        _report(site, used, count, made - _WARM_UP, seconds)


@dataclass(frozen=True, slots=True)
class Register:
    """The agency's register after a batch during which everything was killed."""

    issued: int
    twins: int
    gaps: int
    without_file: int
    """No file, or one that is not what was printed."""
    problems: int
    """People for whom the batch says that it failed."""
    unrecorded: int
    """Certificates that the audit trail does not know, or knows twice."""
    ordeal: Ordeal


def register_under_kills(site: Site, *, count: int, cycles: int) -> Register:
    """Order ``count`` certificates and kill every part in turn until the batch is done."""
    ordeal, over = Ordeal(Log()), threading.Event()
    _make_ready(site, count)
    cutting = threading.Thread(target=cut, args=(site, ordeal, cycles, over))
    cutting.start()
    cutting.join()
    site.wait_until_idle(1800)
    with site.app.app_context():
        session = db.session()
        rows = session.scalars(select(Certificate).order_by(Certificate.seq)).all()
        batch = session.scalars(select(CertificateBatch)).one()
        found = Register(
            issued=len(rows),
            twins=len(rows) - len({(row.school_id, row.enrolment_id) for row in rows}),
            gaps=len(set(range(1, len(rows) + 1)) - {row.seq for row in rows}),
            without_file=sum(1 for row in rows if not row.pdf_key) + sum(1 for _lost in missing(storage())),
            problems=len(batches.problems_of(session, batch)),
            unrecorded=_unrecorded(session, {row.id for row in rows}),
            ordeal=ordeal,
        )
        db.session.remove()
    return found


def _unrecorded(session: Session, ids: set[int]) -> int:
    issued = session.scalars(select(AuditEntry.subject_id).where(AuditEntry.action == "certificates.issue"))
    known = Counter(int(subject) for subject in issued)
    return sum(1 for row_id in ids | known.keys() if known[row_id] != 1 or row_id not in ids)


def _order(site: Site, count: int) -> None:
    """Let ``count`` more participants be ready, order for them, and wait for the last file."""
    _make_ready(site, count)
    site.wait_until_idle()


def _make_ready(site: Site, count: int) -> None:
    with site.app.app_context():
        with write() as session:
            waiting = (
                select(CompletionState.id)
                .where(
                    CompletionState.stage_id.is_(None),
                    CompletionState.enrolment_id.is_not(None),
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
            told = certificates.forecast(session, programme_id=programme, now=now())
            certificates.order(
                session, programme_id=programme, actor_id=actor, confirmed=(told.count, told.first), now=now()
            )
        db.session.remove()


def _printed(site: Site) -> int:
    with site.app.app_context():
        found = db.session.scalar(select(func.count()).where(Certificate.pdf_key != "")) or 0
        db.session.remove()
    return found


def _report(site: Site, used: dict[str, float], wanted: int, made: int, seconds: float) -> None:
    each = sum(used.values()) / wanted
    print(f"\n### Certificates, {site.database}, a batch of {wanted}\n")
    print(report.circumstances(site.app.config["SQLALCHEMY_DATABASE_URI"]))
    lines = [
        ("CPU-seconds per certificate", f"{each:.4f}", f"<= {LIMIT}", report.verdict(each, LIMIT)),
        ("certificates with a file", str(made), str(wanted), report.verdict(wanted - made, 0)),
        ("certificates per minute", f"{made / seconds * 60:.0f}", "", ""),
    ]
    print("\n" + report.table(("figure", "measured", "goal", ""), lines))
    parts = [(name, f"{cpu / wanted * 1000:.1f}") for name, cpu in used.items()]
    print("\n" + report.table(("process", "CPU ms per certificate"), parts))


def _report_register(site: Site, cycles: int, found: Register) -> None:
    print(f"\n### A batch of {found.issued} certificates through {cycles} kills, {site.database}\n")
    print(report.circumstances(site.app.config["SQLALCHEMY_DATABASE_URI"]))
    faults = [
        (name, str(value), "0", report.verdict(value, 0))
        for name, value in (
            ("twins", found.twins),
            ("gaps in the numbers", found.gaps),
            ("without a whole file", found.without_file),
            ("said to have failed", found.problems),
            ("not once in the audit trail", found.unrecorded),
            ("parts that did not come back", len(found.ordeal.log.faults)),
        )
    ]
    killed = [(f"kills of {name}", str(times), "", "") for name, times in found.ordeal.killed.items()]
    print("\n" + report.table(("figure", "measured", "goal", ""), [*faults, *killed]))
