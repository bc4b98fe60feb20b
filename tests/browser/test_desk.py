"""The grading desk by keys, the way back, and a tab that dies (FAILURES K12)."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.slow]
NOTE = "Sudah baik.\nMohon lengkapi tanggal & tanda tangan <kepala sekolah>."


def everything(page: Page) -> None:
    """Give each criterion its best."""
    for row in page.locator("[data-criterion]").all():
        radios = row.locator("input[type=radio]")
        if radios.count():
            radios.last.check()
        for box in row.locator("input[type=checkbox]").all():
            box.check()


def open_first(page: Page, kind: str) -> None:
    """The first piece of a kind (``nilai`` or ``uraian``) that waits for this grader."""
    for number in range(1, 500):
        page.goto(f"/{kind}/{number}")
        if page.locator("[data-criterion]").count():
            return
    raise AssertionError(f"nothing waits at /{kind}/")


def test_save_and_next_undo_and_a_tab_that_dies(visit: Any) -> None:
    grader = visit("penilai2")
    page = grader.page
    open_first(page, "nilai")
    first = page.url
    page.keyboard.press("1")
    expect(page.locator("[data-criterion]").first.locator("[data-level='1']")).to_be_checked()
    page.locator("[name=comment]").fill(NOTE)
    again = page.context.new_page()
    page.close()  # the tab dies; the text does not
    again.goto(first)
    expect(again.locator("[name=comment]")).to_have_value(NOTE)
    expect(again.locator("[data-criterion]").first.locator("[data-level='1']")).to_be_checked()
    everything(again)
    again.locator("h1").click()
    again.keyboard.press("Enter")
    expect(again.get_by_text("Tersimpan:")).to_be_visible()
    assert again.url != first
    again.keyboard.press("u")
    expect(again.get_by_text("Keputusan diurungkan")).to_be_visible()
    assert again.url == first
    expect(again.locator("[name=comment]")).to_have_value("")  # what was sent is no draft any more


def test_an_essay_mark_survives_a_dead_tab(visit: Any) -> None:
    grader = visit("penilai2")
    page = grader.page
    open_first(page, "uraian")
    address = page.url
    page.locator("textarea").first.fill(NOTE)
    again = page.context.new_page()
    page.close()
    again.goto(address)
    expect(again.locator("textarea").first).to_have_value(NOTE)
    everything(again)
    again.get_by_role("button", name="Simpan dan berikutnya").click()
    again.wait_for_load_state()
    assert again.url != address
