"""A village's link and an old phone: what pages, a quiz and photos cost there (requirements U1, U2, U6, U7, U12).

A real browser with its own brakes: 50 kbit/s each way and 400 ms for a request and its answer, or a processor six
times slower. Between them stands the nginx of ``deploy/``, with TLS and HTTP/2. Lost packets cannot be had that way; the 2 % of the slow link are not in these figures.
"""

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import click
from imbas_demo.cast import PASSWORD
from PIL import Image, ImageDraw
from playwright.sync_api import BrowserContext, CDPSession, Page, ViewportSize, sync_playwright

from bench import report
from bench.installation import Site, running
from bench.proxy import Nginx, nginx
from bench.teachers import paper, teachers
from bench.upload import chromium, desk, kept
from lms.testing.wire import Wire

BYTES_A_SECOND = 50_000 / 8
ROUND_TRIP_MS = 400
SLOWDOWN = 6
PHONE = ViewportSize(width=360, height=740)
PHOTOS = 5
_TASKS = """
window.longest = 0;
new PerformanceObserver(list => {
  for (const task of list.getEntries()) window.longest = Math.max(window.longest, task.duration);
}).observe({type: "longtask", buffered: true});
"""


@dataclass(slots=True)
class Seen:
    """A page that was opened: seconds until it was loaded, bytes that came, the longest task in ms."""

    path: str
    seconds: float
    size: int
    longest: float


@dataclass(slots=True)
class Journey:
    """What a teacher's day cost."""

    first: Seen
    later: list[Seen] = field(default_factory=list)
    quiz_bytes: int = 0
    questions: int = 0


@click.command()
@click.option("--port", type=int, help="Port of the pages; default: a free one.")
def link(port: int | None) -> None:
    """Pages, a quiz and five photos through 50 kbit/s, and on a phone six times slower."""
    with (
        running("sqlite", schools=2, port=port) as site,
        TemporaryDirectory() as folder,
        nginx(Path(folder), pages=site.port) as front,
        sync_playwright() as player,
    ):
        browser = chromium(player, trusted=front.public_key)
        slow = _journey(site, front, browser.new_context(viewport=PHONE, locale="id-ID"), slow_link=True)
        old = _journey(site, front, browser.new_context(viewport=PHONE, locale="id-ID"), slow_link=False)
        photos = _photos(site, front, browser.new_context(viewport=PHONE, locale="id-ID"))
        browser.close()
        _report(site, slow, old, *photos)


def _journey(site: Site, front: Nginx, context: BrowserContext, *, slow_link: bool) -> Journey:
    """Sign in, open what home leads to, take a whole quiz; by a slow link or with a slow processor."""
    wire, work = Wire(front.tls_port), paper(site.app)
    address = f"https://127.0.0.1:{wire.port}"
    who = teachers(site.app, work.quiz_id, count=2)[0 if slow_link else 1]
    context.add_init_script(_TASKS)
    page = context.new_page()
    page.set_default_timeout(60_000)
    brakes = context.new_cdp_session(page)
    received = _counted(brakes)
    if slow_link:
        brakes.send(
            "Network.emulateNetworkConditions",
            {
                "offline": False,
                "latency": ROUND_TRIP_MS,
                "downloadThroughput": BYTES_A_SECOND,
                "uploadThroughput": BYTES_A_SECOND,
            },
        )
    else:
        brakes.send("Emulation.setCPUThrottlingRate", {"rate": SLOWDOWN})

    def opened(path: str) -> Seen:
        before, began = sum(received), time.monotonic()
        page.goto(f"{address}{path}", wait_until="load")
        seconds = time.monotonic() - began
        page.wait_for_timeout(300)  # what runs after loading runs, too
        return Seen(path, seconds, sum(received) - before, page.evaluate("window.longest"))

    journey = Journey(opened("/masuk"))
    page.fill("input[name=username]", who.username)
    page.fill("input[name=password]", PASSWORD)
    page.press("input[name=password]", "Enter")
    page.wait_for_url(lambda address: "/masuk" not in address)
    opened("/")  # what a phone has for all later pages comes once
    journey.later = [opened(path) for path in ["/", *_links(page)]]
    with _both_ways(wire) as bytes_used:
        journey.questions = _take_quiz(page, f"{address}/kuis/{work.quiz_id}", journey)
    journey.quiz_bytes = bytes_used[0]
    context.close()
    wire.close()
    return journey


def _counted(brakes: CDPSession) -> list[int]:
    """Bytes of every answer on the wire, headers included, as they come."""
    received: list[int] = []
    brakes.send("Network.enable")
    brakes.on("Network.loadingFinished", lambda event: received.append(int(event["encodedDataLength"])))
    return received


def _links(page: Page) -> list[str]:
    """Pages of ours to which this one leads: not downloads, not the way out."""
    found = page.locator("a[href^='/']:not([download])").evaluate_all(
        "all => all.map(one => one.getAttribute('href').split('#')[0])"
    )
    return [
        path for path in dict.fromkeys(found) if path != "/" and not re.search(r"keluar|unduh|\.\w+$", path)
    ]


@contextmanager
def _both_ways(wire: Wire) -> Iterator[list[int]]:
    before, found = wire.sent + wire.received, [0]
    yield found
    found[0] = wire.sent + wire.received - before


def _take_quiz(page: Page, address: str, journey: Journey) -> int:
    """From what awaits to the receipt, each answer saved as it is given; the number of questions."""
    page.goto(address)
    page.get_by_role("button", name="Mulai kuis").click()
    page.wait_for_url(re.compile(r"/kuis/kerja/\d+/1"))
    count = int(page.locator("b.num").first.inner_text().split()[-1])
    for position in range(1, count + 1):
        _answer(page)
        page.get_by_text("Tersimpan di server pukul").wait_for()
        journey.later.append(Seen(f"question {position}", 0, 0, page.evaluate("window.longest")))
        page.locator(".foot button").last.click()
        page.wait_for_url(re.compile(rf"/{position + 1 if position < count else 'periksa'}$"))
    page.get_by_role("button", name="Kumpulkan").click()
    page.get_by_role("heading", name="Hasil:").wait_for()
    return count


def _answer(page: Page) -> None:
    """Something for whatever the question asks."""
    form = page.locator("form[data-autosave]")
    groups = form.locator("input[type=radio]").evaluate_all("all => [...new Set(all.map(one => one.name))]")
    for name in groups:
        form.locator(f"input[name='{name}']").first.check()
    if groups:
        return
    boxes = form.locator("input[type=checkbox][name^=q]")
    if boxes.count():
        boxes.first.check()
        return
    choices = form.locator("select[name^=q]")
    for number in range(choices.count()):
        choices.nth(number).select_option(index=1)
    if choices.count():
        return
    line = form.locator("textarea, input[name^=q]:not([type=hidden])").first
    line.fill("Enam dari 24 siswa; targetnya 18. Keluarga mencatat, sekolah mengukur lagi.")
    line.blur()


def _photos(site: Site, front: Nginx, context: BrowserContext) -> tuple[int, int, float, int]:
    """Five photos of a page of text: bytes chosen, bytes sent, seconds, pixels of the longer side kept."""
    path, cookie, submission_id = desk(site, "photo")
    wire = Wire(front.tls_port, speed=BYTES_A_SECOND)
    address = f"https://127.0.0.1:{wire.port}"
    context.add_cookies([{"name": "imbas", "value": cookie, "url": address}])
    page = context.new_page()
    page.set_default_timeout(60_000)
    with TemporaryDirectory() as folder:
        files = [_photo(Path(folder) / f"foto-{number}.jpg", number) for number in range(PHOTOS)]
        page.goto(f"{address}{path}")
        before, began = wire.sent, time.monotonic()
        page.locator("#file").set_input_files([str(file) for file in files])
        while len(kept(site, submission_id)) < PHOTOS:
            if time.monotonic() - began > 900:
                raise click.ClickException("the photos did not arrive in 15 minutes")
            time.sleep(0.5)
        seconds, sent = time.monotonic() - began, wire.sent - before
        chosen = sum(file.stat().st_size for file in files)
    context.close()
    wire.close()
    return chosen, sent, seconds, _longer_side(site, submission_id)


def _photo(path: Path, seed: int) -> Path:
    """A page of text as a phone with 12 megapixels takes it: paper with grain, uneven light, about 4 MB."""
    rng = Random(seed)
    grain = Image.frombytes("L", (3000, 4000), rng.randbytes(12_000_000)).point(lambda tone: 205 + tone // 8)
    light = Image.linear_gradient("L").resize((3000, 4000)).point(lambda tone: 225 + tone // 10)
    sheet = Image.blend(grain, light, 0.35)
    pen = ImageDraw.Draw(sheet)
    for line in range(60):
        words = " ".join(
            rng.choice(("mutu", "sekolah", "guru", "siswa", "rencana", "bukti")) for _word in range(11)
        )
        pen.text((260, 240 + line * 60), words, fill=40, font_size=44)
    sheet.convert("RGB").save(path, quality=88)
    return path


def _longer_side(site: Site, submission_id: int) -> int:
    from lms.evidence import api as evidence
    from lms.platform.db import db
    from lms.platform.storage import storage

    with site.app.app_context():
        session = db.session()
        ids = [version.id for version in evidence.versions_of(session, submission_id)]
        sizes = []
        for file in evidence.files_of(session, ids):
            with storage().open(file.storage_key) as body, Image.open(body) as image:
                sizes.append(max(image.size))
        db.session.remove()
    return min(sizes)


def _report(
    site: Site, slow: Journey, old: Journey, chosen: int, sent: int, seconds: float, side: int
) -> None:
    pages = [seen for seen in slow.later if seen.size]
    largest, slowest = max(pages, key=lambda seen: seen.size), max(pages, key=lambda seen: seen.seconds)
    busiest = max([old.first, *old.later], key=lambda seen: seen.longest)
    print("\n### A village's link, and an old phone\n")
    print(report.circumstances(site.app.config["SQLALCHEMY_DATABASE_URI"]))
    lines = [
        _line("first page, kB", slow.first.size / 1000, 35, "{:.1f}"),
        _line("first page loaded with everything, s", slow.first.seconds, 8, "{:.1f}"),
        _line(f"largest later page, {largest.path}, kB", largest.size / 1000, 10, "{:.1f}"),
        _line(f"slowest later page, {slowest.path}, s", slowest.seconds, 3, "{:.1f}"),
        _line(f"a quiz of {slow.questions} questions, both ways, kB", slow.quiz_bytes / 1000, 120, "{:.0f}"),
        _line(f"{PHOTOS} photos of {chosen / 1e6:.0f} MB, MB sent", sent / 1e6, 1.5, "{:.2f}"),
        _line(f"{PHOTOS} photos at 50 kbit/s, min", seconds / 60, 5, "{:.1f}"),
        ("pixels of the longer side that are kept", str(side), "", ""),
        _line(
            f"longest task of a phone {SLOWDOWN} times slower, {busiest.path}, ms",
            busiest.longest,
            200,
            "{:.0f}",
        ),
    ]
    print("\n" + report.table(("figure", "measured", "goal", ""), lines))
    rows = [(seen.path, f"{seen.size / 1000:.1f}", f"{seen.seconds:.1f}") for seen in pages]
    print("\n" + report.table(("later page", "kB", "s"), rows))


def _line(name: str, value: float, limit: float, shown: str) -> tuple[str, str, str, str]:
    return name, shown.format(value), f"<= {limit:g}", report.verdict(value, limit)
