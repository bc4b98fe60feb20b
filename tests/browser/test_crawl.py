"""Every page of every role, in both languages: weight, language, order, axe, targets, width, console."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Request

from tests.browser import looks
from tests.browser.conftest import PASSWORD, Demo
from tests.browser.crawler import Answer, Phone, crawl, kind_of
from tests.browser.languages import foreign, unmarked, written_by_people

pytestmark = [pytest.mark.browser, pytest.mark.slow]
FIRST_PAGE = 35_000
LATER_PAGE = 10_000
NARROW = {"width": 320, "height": 640}
"""Also what 1,280 px show at a zoom of 400 %."""
SCHEMES = {"id": "light", "en": "dark"}

Walk = dict[str, dict[str, list[Answer]]]
"""Username -> kind of page -> what came."""


@pytest.fixture(scope="module", params=["id", "en"])
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def walk(demo: Demo, language: str) -> tuple[Walk, dict[str, Phone]]:
    """All roles of the demonstration have walked wherever links lead them."""
    found: Walk = {}
    phones: dict[str, Phone] = {}
    stranger = Phone("127.0.0.1", demo.port, language)
    found[""] = {path: [stranger.get(path)] for path in ("/masuk", "/cek", "/cek?kode=AAAA", "/gaya")}
    phones[""] = stranger
    for account in demo.about()["accounts"]:
        phone = Phone("127.0.0.1", demo.port, language)
        phone.sign_in(account["username"], PASSWORD)
        found[account["username"]] = crawl(phone)
        if account["role"].startswith("Penilai"):
            found[account["username"]] |= {kind: [desk(phone, kind)] for kind in ("/nilai/#", "/uraian/#")}
        phones[account["username"]] = phone
    for username, take in (("sdn19.guru1", questions), ("sdn19.guru2", hand_in)):  # nobody else's story
        phones[username] = Phone("127.0.0.1", demo.port, language)
        phones[username].sign_in(username, PASSWORD)
        found[username] = take(phones[username])
    return found, phones


def desk(phone: Phone, kind: str) -> Answer:
    """The first piece of a kind that waits for this grader and is not locked: reached by a press."""
    for number in range(1, 500):
        answer = phone.get(kind.replace("#", str(number)))
        if "data-criterion" in answer.text and not re.search(r'class="notice error', answer.text):
            return answer
    raise AssertionError(f"nothing waits at {kind}")


def begin(phone: Phone) -> Answer:
    """The first question of a quiz that can be taken or gone on with."""
    for number in range(1, 20):
        intro = phone.get(f"/kuis/{number}")
        if f'action="/kuis/{number}/mulai"' in intro.text:
            return phone.press(intro, f"/kuis/{number}/mulai")
        if going_on := re.search(r'href="(/kuis/kerja/\d+/1)"', intro.text):
            return phone.get(going_on[1])
    raise AssertionError("no quiz can be taken")


def questions(phone: Phone) -> dict[str, list[Answer]]:
    """Every question of a quiz, and the page before handing in: buttons lead there, no links."""
    first = begin(phone)
    sitting = first.path.removesuffix("/1")
    count = len(re.findall(r'name="go" value="\d+" class=', first.text))
    pages = [phone.get(f"{sitting}/{number}") for number in range(1, count + 1)]
    return {"/kuis/kerja/#/#": pages, "/kuis/kerja/#/periksa": [phone.get(f"{sitting}/periksa")]}


def hand_in(phone: Phone) -> dict[str, list[Answer]]:
    """What follows the press: the receipt, unless the worker was faster."""
    sitting = begin(phone).path.removesuffix("/1")
    return {"receipt": [phone.press(phone.get(f"{sitting}/periksa"), f"{sitting}/kumpulkan")]}


def pages(walk: Walk) -> Iterator[tuple[str, Answer]]:
    """Who, and a page of theirs; a file to keep is none."""
    for who, kinds in walk.items():
        for answers in kinds.values():
            yield from (
                (who, answer)
                for answer in answers
                if answer.is_page and answer.status == 200 and "content-disposition" not in answer.headers
            )


def faults(walk: Walk, check: Callable[[Answer], list[str]]) -> list[str]:
    """What ``check`` finds, once for each kind of page, naming one page that has it."""
    found: dict[tuple[str, str], str] = {}
    for who, answer in pages(walk):
        for fault in check(answer):
            found.setdefault((kind_of(answer.path), fault), f"{answer.path} ({who}): {fault}")
    return sorted(found.values())


def test_every_link_leads_somewhere(walk: tuple[Walk, dict[str, Phone]]) -> None:
    roles, _ = walk
    assert len(roles) > 10
    kinds = {kind for kinds in roles.values() for kind in kinds}
    assert len(kinds) > 60
    assert {"/kuis/kerja/#/#", "/kuis/kerja/#/periksa", "receipt"} <= kinds
    broken = [
        f"{who} {answer.path}: {answer.status}"
        for who, kinds in roles.items()
        for answers in kinds.values()
        for answer in answers
        if answer.status not in {200, 302, 303}
    ]
    assert broken == []


def test_pages_are_light(walk: tuple[Walk, dict[str, Phone]]) -> None:
    roles, phones = walk
    first = roles[""]["/masuk"][0]
    parts = re.findall(r'(?:href|src)="(/static/[^"]+)"', first.text)
    assert len(parts) >= 3
    assert first.wire + sum(phones[""].get(part).wire for part in parts) <= FIRST_PAGE
    heavy = [
        f"{answer.path} ({who}): {answer.wire}" for who, answer in pages(roles) if answer.wire > LATER_PAGE
    ]
    assert heavy == []


def test_pages_name_their_language_title_and_heading(
    walk: tuple[Walk, dict[str, Phone]], language: str
) -> None:
    def check(answer: Answer) -> list[str]:
        wrong = []
        if f'<html lang="{language}">' not in answer.text:
            wrong.append("language")
        if not re.search(r"<title>\s*\w[^<]* · Imbas</title>", answer.text):
            wrong.append("title")
        if (count := len(re.findall(r"<h1[ >]", answer.text))) != 1:
            wrong.append(f"{count} headings of the first level")
        return wrong

    assert faults(walk[0], check) == []


def test_pages_ask_no_other_host(walk: tuple[Walk, dict[str, Phone]]) -> None:
    def check(answer: Answer) -> list[str]:
        asking = r'<(?:link|script|img|source|iframe|form)\b[^>]*="((?:https?:)?//[^"]+)"'
        return re.findall(asking, answer.text)

    assert faults(walk[0], check) == []


def test_pages_speak_one_language(demo: Demo, walk: tuple[Walk, dict[str, Phone]], language: str) -> None:
    written = written_by_people(demo.database_url or f"sqlite:///{demo.data / 'imbas.sqlite3'}")
    assert foreign('<html lang="id"><p>Your work is safe</p>', "id", written)
    assert foreign('<html lang="en"><p>Belum ada sekolah</p>', "en", written)
    assert faults(walk[0], lambda answer: foreign(answer.text, language, written)) == []


def test_what_people_wrote_names_its_language(walk: tuple[Walk, dict[str, Phone]]) -> None:
    assert unmarked('<html lang="en"><p>Tersimpan: <b>Siswa jarang membaca buku</b></p>')
    assert not unmarked('<html lang="en"><p>Saved: <span lang="id">Siswa jarang membaca buku</span></p>')
    assert faults(walk[0], lambda answer: unmarked(answer.text)) == []


@pytest.mark.any_database
def test_pages_in_a_browser(
    demo: Demo, chromium: Browser, walk: tuple[Walk, dict[str, Phone]], language: str
) -> None:
    roles, phones = walk
    contexts: dict[str, BrowserContext] = {}
    troubles: list[str] = []
    shown: dict[str, int] = defaultdict(int)
    for who, answer in pages(roles):
        kind = who if answer.path == "/" else kind_of(answer.path)
        is_question = kind == "/kuis/kerja/#/#" and language == "id"  # each is of another kind
        if shown[kind] >= 2 and not is_question:
            continue
        shown[kind] += 1
        if who not in contexts:
            contexts[who] = _screen(demo, chromium, phones[who], troubles)
        page = contexts[who].pages[0]
        page.goto(answer.path)
        wrong = [f"too small: {target}" for target in looks.small_targets(page)]
        if (width := looks.sideways(page)) > 0:
            wrong.append(f"scrolls sideways by {width} px")
        if shown[kind] == 1 or is_question:
            wrong += looks.axe(page)
        troubles += [f"{answer.path} ({who}): {fault}" for fault in wrong]
    for context in contexts.values():
        context.close()
    assert troubles == []


def _screen(demo: Demo, chromium: Browser, phone: Phone, troubles: list[str]) -> BrowserContext:
    """A narrow phone with the person's session, which notes what goes wrong."""
    context = chromium.new_context(
        viewport=NARROW,
        base_url=demo.url,
        color_scheme=SCHEMES[phone.language],  # type: ignore[arg-type]
    )
    jar = phone.cookies | {"lang": phone.language}
    context.add_cookies([{"name": name, "value": value, "url": demo.url} for name, value in jar.items()])
    page = context.new_page()

    def said(message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            troubles.append(f"{page.url}: console: {message.text[:160]}")

    def asked(request: Request) -> None:
        if urlsplit(request.url).netloc not in {urlsplit(demo.url).netloc, ""}:
            troubles.append(f"{page.url}: asks {request.url}")

    page.on("console", said)
    page.on("pageerror", lambda error: troubles.append(f"{page.url}: script: {error}"))
    page.on("request", asked)
    return context
