"""What the bench counts as a phone's quiz is what Chromium sends, through the delivered proxy."""

import itertools
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest
from imbas_demo.cast import PASSWORD
from playwright.sync_api import Page as Tab
from playwright.sync_api import Playwright, Request

from bench import questions
from bench.http_client import Page, Phone
from bench.installation import Site, running
from bench.proxy import Nginx, nginx, program
from bench.report import Times
from bench.teachers import Attendance, Teacher, teachers
from bench.upload import chromium
from lms.assessment import api as assessment
from lms.platform.db import db
from tests.browser.conftest import PHONE

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.modules,
    pytest.mark.skipif(program() is None, reason="nginx is not installed"),
]
Sent = tuple[str, str, tuple[str, ...]]
"""Method, path without numbers of rows, names of the fields."""


@pytest.fixture
def site(tmp_path: Path) -> Iterator[tuple[Site, Nginx]]:
    with running("sqlite", schools=4, workers=1) as found, nginx(tmp_path, pages=found.port) as front:
        yield found, front


def test_the_phone_of_the_bench_sends_what_chromium_sends(
    site: tuple[Site, Nginx], player: Playwright
) -> None:
    installation, front = site
    quiz_id = questions.use(installation.app, questions.WITHOUT_ESSAY)
    one, other = teachers(installation.app, quiz_id, count=2, last=True)
    with installation.app.app_context():
        edition = db.session.get_one(assessment.Quiz, quiz_id).edition
        items = assessment.items_of(db.session(), quiz_id, edition)
        db.session.remove()
        sheet = questions.sheet(items, one.person_id)
    seen = _by_chromium(player, front, one, quiz_id, sheet)
    phone = Recorded(front.tls_port, "127.1.2.3", tls=front.trusting())
    Attendance(phone, other, quiz_id, Times()).take_quiz_as_a_browser(sheet.forms)
    phone.close()
    assert _quiz(phone.sent) == _quiz(seen)
    assert len(_quiz(seen)) > 2 * len(items)


class Recorded(Phone):
    """A phone of the bench that writes down what it sends."""

    __slots__ = ("sent",)

    def __init__(self, *arguments: object, **more: object) -> None:
        super().__init__(*arguments, **more)  # type: ignore[arg-type]
        self.sent: list[Sent] = []

    def _ask(self, method: str, path: str, body: bytes, **how: bool) -> Page:
        self.sent.append(_plain(method, path, body.decode()))
        return super()._ask(method, path, body, **how)


def _by_chromium(
    player: Playwright, front: Nginx, who: Teacher, quiz_id: int, sheet: questions.Sheet
) -> list[Sent]:
    """Take the quiz in a real browser, at a person's pace: each answer is saved before the next one is given."""
    sent: list[Sent] = []

    def note(request: Request) -> None:
        path = urlsplit(request.url).path
        if not path.startswith("/static/"):  # kept on the phone for a year
            sent.append(_plain(request.method, path, request.post_data or ""))

    browser = chromium(player, trusted=front.public_key)
    tab = browser.new_context(viewport=PHONE, locale="id-ID").new_page()
    tab.on("request", note)
    address = f"https://127.0.0.1:{front.tls_port}"
    tab.goto(f"{address}/masuk")
    tab.fill("input[name=username]", who.username)
    tab.fill("input[name=password]", PASSWORD)
    tab.press("input[name=password]", "Enter")
    tab.wait_for_url(f"{address}/")
    tab.goto(f"{address}/kuis/{quiz_id}")
    tab.get_by_role("button", name="Mulai kuis").click()
    for position, forms in enumerate(sheet.forms, start=1):
        tab.wait_for_url(re.compile(rf"/kuis/kerja/\d+/{position}$"))
        for before, form in zip([{}, *forms], forms, strict=False):
            _give(tab, {name: values for name, values in form.items() if before.get(name) != values})
        tab.locator(".foot button").last.click()
    tab.get_by_role("button", name="Kumpulkan").click()
    tab.get_by_role("heading", name="Pembahasan").wait_for()
    browser.close()
    return sent


def _give(tab: Tab, changed: dict[str, list[str]]) -> None:
    """Give one more answer, and wait until the server has it."""
    with tab.expect_response(re.compile("/jawaban$")):
        for name, values in changed.items():
            if not name.startswith("q"):
                continue
            field = tab.locator(f"[name='{name}']")
            if field.first.evaluate("one => one.matches('select')"):
                field.select_option(values[-1])
            elif field.first.get_attribute("type") in {"radio", "checkbox"}:
                tab.locator(f"[name='{name}'][value='{values[-1]}']").check()
            else:
                field.fill(values[-1])


def _plain(method: str, path: str, body: str) -> Sent:
    """Fields by their names; what a hand-in's poll asks, it may ask once or twice."""
    names = tuple(sorted({name for name, _value in parse_qsl(body, keep_blank_values=True)}))
    return method, re.sub(r"/(kerja|hasil)/\d+", r"/\1/0", path), names


def _quiz(sent: list[Sent]) -> list[Sent]:
    """What belongs to the quiz, from its first page.

    How often the score was asked for is chance, and so is how often the receipt was opened before it became the result.
    """
    quiz = [one for one in sent if one[1].startswith("/kuis/") and not one[1].endswith("/status")]
    return [one for one, _again in itertools.groupby(quiz)]
