"""A file through a bad network: how much of it is sent twice (goal R4).

A real browser and the page's own script; the network is slow, is cut three times, and while it is
cut for the second time the page is closed and the server's processes are killed.
"""

import hashlib
import os
import shutil
import signal
import time
from collections.abc import Callable
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import click
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, sync_playwright
from sqlalchemy import select

from bench import report
from bench.installation import Site, running
from lms.contract.modules import Unit
from lms.evidence import api as evidence
from lms.platform.clock import now
from lms.platform.db import db
from lms.platform.plugins import registry
from lms.platform.transaction import write
from lms.programmes import api as programmes
from lms.programmes.models import Programme
from lms.testing.hostile import bulky_pdf
from lms.testing.people import sign_in
from lms.testing.wire import Wire

LIMIT = 5.0
"""Percent of the file that may be sent twice."""
CUTS = (0.2, 0.5, 0.8)
"""At which share of the file the network breaks."""


@click.command("upload")
@click.option("--megabytes", default=5, show_default=True)
@click.option("--speed", default=100_000, show_default=True, help="Bytes a second from the phone.")
@click.option("--pause", default=60.0, show_default=True, help="Seconds of each cut.")
@click.option("--port", type=int, help="Port of the pages; default: a free one.")
def upload(megabytes: int, speed: int, pause: float, port: int | None) -> None:
    """A file with three cuts, a closed page and killed processes: bytes sent twice."""
    noise = Random(11).randbytes(megabytes * 1_000_000)
    body = bulky_pdf(noise)
    with running("sqlite", schools=2, port=port) as site, TemporaryDirectory() as folder:
        path, cookie, submission_id = desk(site)
        wire, file = Wire(site.port, speed=speed), Path(folder) / "laporan.pdf"
        file.write_bytes(body)
        with sync_playwright() as player:
            browser = chromium(player)
            context = browser.new_context(base_url=wire.url)
            context.add_cookies([{"name": "imbas", "value": cookie, "url": wire.url}])
            page = _opened(context, path)
            before, began = wire.sent, time.monotonic()
            page.locator("#file").set_input_files(str(file))
            for number, share in enumerate(CUTS):
                _until(lambda share=share: wire.sent - before > share * len(body))  # type: ignore[misc]
                wire.cut()
                if number == 1:
                    page.close()
                    _kill_web(site)
                time.sleep(pause)
                wire.mend()
                if number == 1:
                    page = _opened(context, path)
            _until(lambda: bool(kept(site, submission_id)))
            sent, seconds = wire.sent - before, time.monotonic() - began
            browser.close()
        wire.close()
        exact = kept(site, submission_id) == [hashlib.sha256(body).hexdigest()]
        _report(site, len(body), sent, seconds, exact, pause)


def chromium(player: Playwright, *, trusted: str = "") -> Browser:
    """The machine's browser, without a window; it trusts the public key with that SHA-256."""
    return player.chromium.launch(
        executable_path=shutil.which("chromium") or shutil.which("google-chrome"),
        args=[
            *(["--no-sandbox"] if os.geteuid() == 0 else []),
            *([f"--ignore-certificate-errors-spki-list={trusted}"] if trusted else []),
        ],
    )


def desk(site: Site, kind: str = "pdf", *, number: int = 0) -> tuple[str, str, int]:
    """The product of a teacher (``number``) that was not begun and takes that kind of file: its page, the cookie, its id."""
    with site.app.app_context():
        with write() as session:
            programme_id = session.scalars(select(Programme.id)).one()
            stages = [stage.id for stage in programmes.stages_of(session, programme_id)]
            due = next(
                due
                for due in reversed(evidence.dues_of(session, stages))
                if due.unit is Unit.TEACHER
                and kind in registry().deliverables[due.deliverable_key].media_types
            )
            owner = programmes.enrolments(session, programme_id=programme_id)[number]
            row = evidence.open_submission(
                session, due_id=due.id, school_id=owner.school_id, enrolment_id=owner.id, now=now()
            )
        person_id = owner.person_id
        db.session.remove()
    cookie = sign_in(site.app, person_id).get_cookie("imbas")
    assert cookie is not None
    return f"/bukti/{row.id}", cookie.value, row.id


def _opened(context: BrowserContext, path: str) -> Page:
    """The page, as often as it takes: the server may be starting."""
    end = time.monotonic() + 60
    while True:
        page = context.new_page()
        try:
            answer = page.goto(path)
            if answer is not None and answer.status == 200:
                return page
        except Exception:
            if time.monotonic() > end:
                raise
        page.close()
        time.sleep(0.5)


def _until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + 600
    while not condition():
        if time.monotonic() > end:
            raise RuntimeError("the upload does not go on")
        time.sleep(0.05)


def _kill_web(site: Site) -> None:
    """The processes that serve; their supervisor starts new ones."""
    web = site.parts["web"]
    for child in Path(f"/proc/{web}/task/{web}/children").read_text().split():
        os.kill(int(child), signal.SIGKILL)


def kept(site: Site, submission_id: int) -> list[str]:
    """Hashes of the files that have become evidence."""
    with site.app.app_context():
        session = db.session()
        ids = [version.id for version in evidence.versions_of(session, submission_id)]
        found = [file.sha256 for file in evidence.files_of(session, ids)]
        db.session.remove()
    return found


def _report(site: Site, size: int, sent: int, seconds: float, exact: bool, pause: float) -> None:
    twice = max(0, sent - size) / size * 100
    print(f"\n### A file of {size / 1e6:.0f} MB, three cuts of {pause:.0f} s, page closed, server killed\n")
    print(report.circumstances(site.app.config["SQLALCHEMY_DATABASE_URI"]))
    lines = [
        (
            "percent sent beyond the file (headers, pages and progress included)",
            f"{twice:.2f}",
            f"<= {LIMIT:.0f}",
            report.verdict(twice, LIMIT),
        ),
        ("bytes from the phone", str(sent), "", ""),
        ("bit-exact on the server", "yes" if exact else "NO", "yes", "holds" if exact else "MISSED"),
        ("seconds from choosing to evidence", f"{seconds:.0f}", "", ""),
    ]
    print("\n" + report.table(("figure", "measured", "goal", ""), lines))
