"""Other ways through the same pages, before the story ends: by keys alone, without script, on paper."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import PASSWORD, PHONE, Demo, Visitor
from tests.browser.test_desk import open_first

pytestmark = [pytest.mark.browser, pytest.mark.any_database, pytest.mark.slow]
_RING = """() => {
  const node = document.activeElement, card = node.closest('.opt') || node;
  return [node, card].some(n => getComputedStyle(n).outlineStyle !== 'none' && parseFloat(getComputedStyle(n).outlineWidth) >= 2);
}"""


def test_a_quiz_by_keyboard_alone(visit: Any) -> None:
    """Skip link first, a visible ring on every stop, and an answer saved without a pointer."""
    page = visit("sdn08.guru1").page
    page.goto("/")
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    page.goto(_open_quiz(page))
    _tab_to(page, "Mulai kuis")
    page.keyboard.press("Enter")
    page.wait_for_url("**/kuis/kerja/**")
    first = page.url
    kind = _tab_to_answer(page)
    if kind in {"radio", "checkbox"}:
        page.keyboard.press("Space")
    else:
        page.keyboard.type("12")
    expect(page.locator("[data-save-line]")).to_contain_text("Tersimpan di server pukul")
    _tab_to(page, "Berikutnya")
    page.keyboard.press("Enter")
    page.wait_for_url(lambda address: address != first)


def _open_quiz(page: Page) -> str:
    for link in page.get_by_role("link", name=re.compile("^Kuis")).all():
        page_of_quiz = link.get_attribute("href") or ""
        answer = page.request.get(page_of_quiz)
        if "Mulai kuis" in answer.text():
            return page_of_quiz
    raise AssertionError("no quiz left to begin")


def _stops(page: Page) -> Iterator[Any]:
    for _ in range(80):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement === document.body"):
            continue
        assert page.evaluate(_RING), page.evaluate("document.activeElement.outerHTML.slice(0, 120)")
        yield page.locator("*:focus")
    raise AssertionError("the keyboard does not get there")


def _tab_to(page: Page, text: str) -> None:
    next(stop for stop in _stops(page) if stop.inner_text().strip() == text)


def _tab_to_answer(page: Page) -> str:
    stop = next(stop for stop in _stops(page) if (stop.get_attribute("name") or "").startswith("q"))
    return stop.get_attribute("type") or "text"


def test_the_grading_desk_by_keys(visit: Any) -> None:
    """Numbers give levels, J and K move, and typing a note grades nothing."""
    grader: Visitor = visit("penilai2")
    page = grader.page
    grader.go("/nilai/")
    grader.press("Mulai")
    open_first(page, "nilai")
    rows = page.locator("[data-criterion]")
    assert rows.count() > 1
    page.keyboard.press("j")
    assert rows.nth(1).evaluate("row => row.contains(document.activeElement)")
    page.keyboard.press("k")
    assert rows.nth(0).evaluate("row => row.contains(document.activeElement)")
    box = rows.nth(0).locator("[data-level='1']")
    before = box.is_checked()
    page.keyboard.press("1")
    assert box.is_checked() or not before
    assert box.is_checked() != before or box.get_attribute("type") == "radio"
    note = page.locator("[name=comment]")
    note.focus()
    page.keyboard.type("J1 sudah lengkap")
    expect(note).to_have_value("J1 sudah lengkap")
    assert re.search(r"/nilai/\d+", page.url)


def test_a_quiz_without_script(chromium: Browser, demo: Demo) -> None:
    """From the sign-in to the result with JavaScript switched off."""
    context = chromium.new_context(viewport=PHONE, base_url=demo.url, java_script_enabled=False)
    page = context.new_page()
    page.goto("/masuk")
    page.fill("input[name=username]", "sdn08.guru2")
    page.fill("input[name=password]", PASSWORD)
    page.get_by_role("button", name="Masuk").click()
    page.goto(_open_quiz(page))
    page.get_by_role("button", name="Mulai kuis").click()
    while "/periksa" not in page.url:
        choice = page.locator("form label.opt input[name^=q]").first
        if choice.count():
            choice.check()
        before = page.url
        page.locator(".foot").get_by_role("button").last.click()
        assert page.url != before
    page.get_by_role("button", name="Kumpulkan").click()
    expect(page.locator("main")).to_contain_text(re.compile("tanda terima", re.IGNORECASE))
    for _ in range(50):  # the worker scores; a person without script presses "Lihat hasil" again
        if page.get_by_role("heading", name="Hasil:").count():
            break
        page.get_by_role("link", name="Lihat hasil").click()
        page.wait_for_timeout(300)
    expect(page.locator("main")).to_contain_text("dari 100")
    context.close()


@pytest.mark.parametrize(
    ("username", "path"),
    [
        ("lpmp.admin", "/ruang-kendali/1"),
        ("lpmp.admin", "/sesi/1"),
        ("lpmp.admin", "/sesi/1/cetak?sekolah=1"),
        ("lpmp.admin", "/akun/1"),
        ("sdn04.kepala_sekolah", "/m/spmi_documents/1/1/rapor"),
        ("sdn04.kepala_sekolah", "/m/spmi_documents/1/1/cetak"),
        ("sdn04.kepala_sekolah", "/m/spmi_documents/1/1/daftar-periksa"),
        ("sdn04.guru1", "/"),
    ],
)
def test_lists_and_forms_on_paper(visit: Any, username: str, path: str) -> None:
    """Nothing to press and nothing cut off at the width of A4 within its margins."""
    visitor: Visitor = visit(username)
    visitor.go(path)
    page = visitor.page
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 680, "height": 960})
    for furniture in (".nav", ".btn", ".bottom", ".crumb", ".skip"):
        assert page.locator(f"{furniture}:visible").count() == 0, furniture
    assert page.locator("h1:visible, h2:visible").count() >= 1
    titles = page.locator(".tasks > li > span")
    assert all(title.inner_text().strip() for title in titles.all())
    assert page.locator(".tasks .plain:visible").count() == page.locator(".tasks span .plain").count()
    assert page.evaluate("document.documentElement.scrollWidth") <= 680
