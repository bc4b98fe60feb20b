"""Makes the pictures of README and guides again: ``make screenshots``.

Starts a demonstration of its own, walks it as its people do, and writes ``docs/pictures/*.webp``. The
clock is turned to the same minute each time, so that only what a page shows can change a picture.
With words as arguments only the pictures whose names contain one of them are written.
"""

import io
import json
import os
import shutil
import signal
import socket
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click
from imbas_demo import papers
from imbas_demo.story import STORY_ENDS, STORY_MIDDLE, play
from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from lms.app import create_app
from lms.platform import children
from lms.settings import Settings

PICTURES = Path(__file__).parent / "pictures"
PASSWORD = "riak sampai jauh"  # noqa: S105 - the demonstration's, and everybody may know it
PHONE, DESK = (360, 640), (1280, 720)
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
Act = Callable[[Page], None]


@dataclass(frozen=True, slots=True)
class Picture:
    """Who walks where. A step is an address, the words of a link or button, ``@words`` to scroll to, or an act."""

    name: str
    who: str
    steps: tuple[str | Act, ...]
    size: tuple[int, int] = PHONE


def _wrong_password(page: Page) -> None:
    page.fill("input[name=username]", "sdn04.guru1")
    page.fill("input[name=password]", "bukan sandinya")
    page.get_by_role("button", name="Masuk", exact=True).click()


def _first_answer(page: Page) -> None:
    while not page.locator("form[data-autosave] input[type=radio]").count():
        press(page, "Berikutnya")
    page.locator("form[data-autosave] input[type=radio]").first.check()
    page.get_by_text("Tersimpan di server pukul").wait_for()


def _cut_the_network(page: Page) -> None:
    _first_answer(page)
    page.context.set_offline(True)
    page.locator("form[data-autosave] input[type=radio]").nth(1).check()
    page.get_by_text("Tersimpan di HP").wait_for()


def _add_files(page: Page) -> None:
    photo = {
        "name": "rapat-orang-tua.jpg",
        "mimeType": "image/jpeg",
        "buffer": papers.photo("Rapat", "SDN 4"),
    }
    plan = papers.document("Rencana program unggulan", "SDN 4")
    files = [photo, {"name": "rencana.pdf", "mimeType": "application/pdf", "buffer": plan}]
    allowed = page.get_by_label("Tambah berkas").get_attribute("accept") or ""
    page.get_by_label("Tambah berkas").set_input_files(files if "jpg" in allowed else files[1:])
    page.get_by_label("Catatan untuk penilai").fill("Dibahas dalam rapat 14 Oktober.")
    press(page, "Simpan")


def _choose_two(page: Page) -> None:
    for box in page.locator("input[name=person]").all()[:2]:
        box.check()
    press(page, "Buat kode baru untuk yang dipilih")


def _score_some(page: Page) -> None:
    for criterion in page.locator("[data-criterion]").all()[:2]:
        criterion.locator("input").first.check()
    page.evaluate("scrollTo(0, 0)")


def _evidence(page: Page) -> None:
    _open_first(page, "nilai")


def _essay(page: Page) -> None:
    _open_first(page, "uraian")


def _open_first(page: Page, kind: str) -> None:
    """The first of a kind that waits; the queue would offer the oldest of both."""
    for number in range(1, 500):
        page.goto(f"/{kind}/{number}")
        if page.locator("[data-criterion]").count() and not page.locator(".notice.error").count():
            return
    raise AssertionError(f"nothing waits at /{kind}/")


TEACHER, TEAM, HEAD = "sdn04.guru1", "sdn04.tpmps_ketua", "sdn04.kepala_sekolah"
QUIZ = "Kuis program unggulan dan tri pusat pendidikan"
PLAN = "Rencana program unggulan"
MIDDLE = (
    Picture("sign-in", "", ("/masuk",)),
    Picture("sign-in-wrong", "", ("/masuk", _wrong_password)),
    Picture("first-teacher", TEACHER, ("/",)),
    Picture("first-tpmps", TEAM, ("/",)),
    Picture("first-headmaster", HEAD, ("/",)),
    Picture("first-operator", "sdn04.operator_sekolah", ("/",)),
    Picture("first-facilitator", "fasilitator1", ("/",)),
    Picture("first-grader", "penilai1", ("/",)),
    Picture("first-grader-desk", "penilai1", ("/",), DESK),
    Picture("first-admin", "lpmp.admin", ("/",)),
    Picture("first-admin-desk", "lpmp.admin", ("/",), DESK),
    Picture("first-supervisor", "pengawas", ("/",)),
    Picture("first-office", "dinas", ("/",)),
    Picture("first-public", "", ("/cek",)),
    Picture(
        "material-end",
        TEACHER,
        ("/", "Materi: Program unggulan dan Tri Pusat Pendidikan", "@Sudah dibaca, lanjut"),
    ),
    Picture("quiz-start", TEACHER, ("/", QUIZ)),
    Picture("quiz-question", TEACHER, ("/", QUIZ, "Mulai kuis", _first_answer, "@Ragu-ragu")),
    Picture("quiz-offline", TEACHER, ("/", QUIZ, "Lanjutkan kuis", _cut_the_network, "@Ragu-ragu")),
    Picture("quiz-result", TEAM, ("/", QUIZ, "Percobaan 1")),
    Picture("stage", TEACHER, ("/tahap/2",)),
    Picture("sessions", TEACHER, ("/sesi",)),
    Picture("me", TEACHER, ("/akun/saya",)),
    Picture("evidence-own", TEACHER, ("/", "RPP satu lembar dengan lampiran", "@Tambah berkas")),
    Picture("evidence-revision", "sdn08.guru2", ("/", "RPP satu lembar dengan lampiran")),
    Picture("board", TEAM, ("/", "Papan sekolah")),
    Picture("behind", TEAM, ("/", "Rekap tugas guru")),
    Picture("evidence-school", TEAM, ("/", PLAN, _add_files)),
    Picture("evidence-approve", HEAD, ("/", PLAN, "@Sahkan dan ajukan")),
    Picture("accounts", "sdn04.operator_sekolah", ("/akun",)),
    Picture("accounts-person", "sdn04.operator_sekolah", ("/akun", "Zulkarnain Irawan")),
    Picture("accounts-cards", "sdn04.operator_sekolah", ("/akun", _choose_two, "/akun/1/kartu")),
    Picture("accounts-import", "sdn04.operator_sekolah", ("/akun", "Impor daftar guru")),
    Picture("facilitator-sessions", "fasilitator2", ("/sesi",)),
    Picture("attendance", "fasilitator2", ("/sesi/4",)),
    Picture("grading-desk", "penilai1", (_evidence, _score_some), DESK),
    Picture("grading-desk-phone", "penilai1", (_evidence, "@Terima dan berikutnya")),
    Picture("grading-essay", "penilai1", (_essay,), DESK),
    Picture("programme", "lpmp.admin", ("/program/1",), DESK),
    Picture("programme-edit", "lpmp.admin", ("/program/1", "Ubah tanggal dan aturan"), DESK),
    Picture("programme-script", "lpmp.admin", ("/program/1", "Pengaturan program (berkas YAML)"), DESK),
    Picture("programme-stage", "lpmp.admin", ("/program/1/tahap/2",), DESK),
    Picture("programme-deadline", "lpmp.admin", ("/program/1/tahap/2/batas",), DESK),
    Picture("attendance-zoom", "lpmp.admin", ("/sesi/4/zoom",)),
    Picture("schools-add", "lpmp.admin", ("/akun", "Tambah sekolah")),
    Picture("staff", "lpmp.admin", ("/akun/kantor",), DESK),
    Picture("module-spmi", TEAM, ("/m/spmi_documents/1/1",)),
    Picture("module-checklist", TEAM, ("/m/spmi_documents/1/1/daftar-periksa",)),
    Picture("module-flagship", TEAM, ("/m/program_unggulan/1/1",)),
    Picture("module-lessons", TEACHER, ("/m/lesson_planning/1/1",)),
    Picture("module-hots", TEACHER, ("/m/hots_assessment/1/1",)),
    Picture("module-analysis", "lpmp.admin", ("/m/hots_assessment/analisis/1/2",), DESK),
)
END = (
    Picture("certificates", "lpmp.admin", ("/sertifikat/program/1",), DESK),
    Picture("certificates-issued", "lpmp.admin", ("/sertifikat/program/1", lambda page: _issue(page)), DESK),
    Picture("certificate-change", "lpmp.admin", ("/sertifikat/1/ubah",)),
    Picture("certificate-own", HEAD, ("/sertifikat/saya",)),
    Picture("certificate-check", HEAD, ("/sertifikat/saya", "Halaman cek")),
)


def _issue(page: Page) -> None:
    page.get_by_role("link", name="Terbitkan").click()
    page.get_by_role("button", name="Terbitkan").click()
    page.get_by_text("Unduh semua (ZIP)").wait_for(timeout=180_000)
    page.get_by_role("link", name="Terbit").click()


def press(page: Page, words: str) -> None:
    """A link or a button, as a person would."""
    named = [
        page.get_by_role(role, name=words, exact=exact)
        for exact in (True, False)
        for role in ("button", "link")
    ]
    found = next((place for place in named if place.count()), page.get_by_role("link", name=words))
    found.first.click()
    page.wait_for_load_state()


def walk(page: Page, steps: tuple[str | Act, ...]) -> None:
    """Go there, step by step."""
    for step in steps:
        if callable(step):
            step(page)
        elif step.startswith("/"):
            page.goto(step)
        elif step.startswith("@"):
            target = page.get_by_text(step[1:], exact=False).last
            target.evaluate("node => node.scrollIntoView({block: 'center'})")
        else:
            press(page, step)
        page.wait_for_load_state()


def take(browser: Browser, url: str, picture: Picture) -> None:
    """Sign in on a device of its own, walk, and keep what the screen shows."""
    width, height = picture.size
    context = browser.new_context(
        viewport={"width": width, "height": height}, locale="id-ID", base_url=url, device_scale_factor=1.25
    )
    context.set_default_timeout(20_000)
    page = context.new_page()
    if picture.who:
        page.goto("/masuk")
        page.fill("input[name=username]", picture.who)
        page.fill("input[name=password]", PASSWORD)
        page.get_by_role("button", name="Masuk", exact=True).click()
        page.wait_for_url(lambda address: "/masuk" not in address)
    walk(page, picture.steps)
    page.wait_for_timeout(200)
    save(page.screenshot(animations="disabled", caret="hide"), PICTURES / f"{picture.name}.webp")
    context.close()


def save(screenshot: bytes, path: Path) -> None:
    """Few colours and no loss: letters stay sharp and the file small.

    The most frequent colours are those of surfaces and buttons, and stay as they are; the others, edges of letters and
    photos, become the nearest of a few more.
    """
    image = Image.open(io.BytesIO(screenshot)).convert("RGB")
    counted: list[tuple[int, tuple[int, int, int]]] = image.getcolors(image.width * image.height)
    frequent = [colour for _count, colour in sorted(counted, reverse=True)[:12]]
    others = image.quantize(10, Image.Quantize.MAXCOVERAGE).getpalette() or []
    palette = Image.new("P", (1, 1))
    palette.putpalette([part for colour in frequent for part in colour] + others[:30])
    flat = image.quantize(palette=palette, dither=Image.Dither.NONE).convert("RGB")
    flat.save(path, "WEBP", lossless=True, quality=100, method=6)


@contextmanager
def demonstration(data: Path, moment: datetime) -> Iterator[str]:
    """``lms demo`` on ``data``, its clock at ``moment`` when the pages answer."""
    note = data / "demo.json"
    known = json.loads(note.read_text()) if note.exists() else {}
    known["clock_offset_seconds"] = int((moment - datetime.now(UTC) - timedelta(seconds=5)).total_seconds())
    data.mkdir(parents=True, exist_ok=True)
    note.write_text(json.dumps(known))
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    with (data / "said.log").open("wb") as log:
        process = children.start(
            [sys.executable, "-m", "lms", "demo", "--port", str(port), "--data", str(data)], log=log
        )
    try:
        while not _answers(f"{url}/readyz"):
            if process.poll() is not None:
                raise click.ClickException(f"the demonstration ended; see {data / 'logs'}")
            time.sleep(0.2)
        yield url
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(timeout=30)


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=1) as response:  # noqa: S310 - our own loopback address
            return bool(response.status == 200)
    except OSError:
        return False


@click.command()
@click.argument("words", nargs=-1)
def main(words: tuple[str, ...]) -> None:
    """Write the pictures whose names contain one of WORDS; without any, all."""
    if CHROMIUM is None:
        raise click.ClickException("no Chromium on this machine: install the package chromium")
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as player:
        data = Path(folder) / "data"
        with demonstration(data, STORY_MIDDLE):
            pass  # the first start tells the story; the second shows it at a known minute
        browser = player.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"] if root else [])
        for moment, pictures in ((STORY_MIDDLE, MIDDLE), (STORY_ENDS + timedelta(minutes=30), END)):
            wanted = [
                picture for picture in pictures if not words or any(word in picture.name for word in words)
            ]
            if not wanted:
                continue
            if pictures is END:
                play(
                    create_app(Settings(data=data, environment="demo")), after=STORY_MIDDLE, until=STORY_ENDS
                )
            with demonstration(data, moment) as url:
                for picture in wanted:
                    take(browser, url, picture)
                    size = (PICTURES / f"{picture.name}.webp").stat().st_size
                    click.echo(f"{picture.name:24} {size / 1000:6.1f} kB")
    total = sum(path.stat().st_size for path in PICTURES.glob("*.webp"))
    click.echo(f"{len(list(PICTURES.glob('*.webp')))} pictures, {total / 1000:.0f} kB")


if __name__ == "__main__":
    main()
