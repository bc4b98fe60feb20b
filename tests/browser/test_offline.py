"""A form at a place without a network: opened after a cold start, filled, kept, queued, sent once; a shared phone keeps it private.

The phone keeps its profile on the disk and is killed between the steps; the network is a proxy that is really cut.
"""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, Playwright, expect

from lms.testing.wire import Wire
from tests.browser.conftest import PASSWORD, Demo, Visitor
from tests.browser.offline_phone import OfflinePhone, enter, kept, state

pytestmark = [pytest.mark.browser, pytest.mark.any_database, pytest.mark.slow]
LIST = "/sesi/4"
"""A session that has begun; its list is written already, and is changed here."""


@pytest.fixture
def wire(demo: Demo) -> Iterator[Wire]:
    found = Wire(demo.port)
    yield found
    found.close()


@pytest.fixture
def phone(player: Playwright, wire: Wire, tmp_path: Path) -> Iterator[OfflinePhone]:
    found = OfflinePhone(player, wire, tmp_path / "profile")
    yield found
    found.off()
    assert found.errors == []


def lines(page: Page) -> list[str]:
    """Names of the fields of the list's people."""
    return [str(field.get_attribute("name")) for field in page.locator("select[name^='s-']").all()]


def choose(page: Page, name: str, mark: str = "") -> str:
    """Write another mark than the one that stands there, with the reason that a change needs; the mark."""
    field = page.locator(f"select[name={name}]")
    mark = mark or ("excused_duty" if field.input_value() == "excused_sick" else "excused_sick")
    page.locator("input[name=reason]").fill("Keliru dicatat.")
    field.select_option(mark)
    return mark


def stored(visit: Callable[[str], Visitor], name: str) -> str:
    """What the office sees on the list."""
    office = visit("lpmp.admin")
    office.go(LIST)
    return office.page.locator(f"[name={name}]").input_value()


def test_opened_cold_filled_killed_queued_killed_and_sent_once(
    phone: OfflinePhone, wire: Wire, visit: Callable[[str], Visitor]
) -> None:
    page = phone.sign_in("fasilitator1", PASSWORD)
    phone.take_along(page, LIST)
    wire.cut()
    phone.off()

    page = phone.page()
    page.goto(LIST)
    expect(page.locator("[data-offline-page]")).to_contain_text("Tanpa sinyal. Halaman ini dari HP ini")
    first, second = lines(page)[:2]
    wanted = choose(page, first)
    state(page).to_contain_text("Tersimpan di HP ini saja")
    kept(page, first, wanted)
    phone.off()

    page = phone.page()
    page.goto(LIST)
    state(page).to_contain_text("ditampilkan lagi")
    expect(page.locator(f"select[name={first}]")).to_have_value(wanted)
    too = choose(page, second)
    page.get_by_role("button", name="Simpan", exact=True).click()
    state(page).to_contain_text("Menunggu sinyal")
    phone.off()

    wire.mend()
    assert stored(visit, first) != wanted
    page = phone.page()
    page.goto("/")  # any page of ours
    page.goto("/tanpa-sinyal")
    expect(page.locator("[data-forms]")).to_contain_text(
        re.compile(r"Sampai di server: \w+, \d+ \w+ \d+, \d\d\.\d\d WIB")
    )
    assert (stored(visit, first), stored(visit, second)) == (wanted, too)


def test_an_answer_that_was_lost_is_asked_for_again_and_counts_once(phone: OfflinePhone, wire: Wire) -> None:
    page = phone.sign_in("fasilitator1", PASSWORD)
    phone.take_along(page, LIST)
    posts: list[str] = []
    assert phone.context is not None

    def lose(route: Any) -> None:
        if route.request.method == "POST" and route.request.url.endswith(LIST):
            posts.append(route.request.post_data or "")
            if len(posts) == 1:
                route.fetch()  # it arrives; its answer does not
                route.abort()
                return
        route.continue_()

    phone.context.route("**/*", lose)
    name = lines(page)[0]
    wanted = choose(page, name)
    page.get_by_role("button", name="Simpan", exact=True).click()
    state(page).to_contain_text("jawaban server belum sampai")
    assert page.get_by_role("button", name="Ubah isian").count() == 0, "it may have been stored"
    page.goto("/tanpa-sinyal")
    expect(page.locator("[data-forms]")).to_contain_text("Sampai di server")
    keys = [re.search(r"_key=([^&]+)", post) for post in posts]
    assert len(keys) == 2
    assert len({key[1] for key in keys if key}) == 1
    page.goto(LIST)
    expect(page.locator(f"select[name={name}]")).to_have_value(wanted)


def test_what_is_refused_says_why_and_can_be_corrected(phone: OfflinePhone, wire: Wire) -> None:
    page = phone.sign_in("fasilitator1", PASSWORD)
    phone.take_along(page, LIST)
    name = lines(page)[0]
    wire.cut()
    choose(page, name)
    minutes = page.locator(f"input[name={name.replace('s-', 'm-')}]")
    minutes.fill("9999")
    page.get_by_role("button", name="Simpan", exact=True).click()
    state(page).to_contain_text("Menunggu sinyal")
    expect(minutes).to_be_disabled()
    wire.mend()
    page.reload()
    state(page).to_contain_text("Tidak diterima server")
    state(page).to_contain_text("menit ditulis 0 sampai")
    expect(minutes).to_have_value("9999")
    minutes.fill("100")
    page.get_by_role("button", name="Simpan", exact=True).click()
    state(page).to_contain_text("Sampai di server")
    expect(page.locator(f"input[name={name.replace('s-', 'm-')}]")).to_have_value("100")


def test_taken_back_before_it_was_sent(phone: OfflinePhone, wire: Wire) -> None:
    page = phone.sign_in("fasilitator1", PASSWORD)
    phone.take_along(page, LIST)
    name = lines(page)[0]
    wire.cut()
    choose(page, name)
    page.get_by_role("button", name="Simpan", exact=True).click()
    page.get_by_role("button", name="Ubah isian").click()
    state(page).to_contain_text("Tersimpan di HP ini saja")
    wanted = choose(page, name, "excused_permit")
    kept(page, name, wanted)
    wire.mend()
    page.reload()
    expect(page.locator(f"select[name={name}]")).to_have_value(wanted)
    state(page).to_contain_text("ditampilkan lagi")
    page.goto("/tanpa-sinyal")
    page.once("dialog", lambda dialog: dialog.accept())
    page.locator("[data-forms]").get_by_role("button", name="Hapus").first.click()
    page.goto(LIST)
    expect(page.locator("[data-offline-page]")).to_contain_text("dapat dibuka tanpa sinyal")
    state(page).to_be_empty()
    expect(page.locator(f"select[name={name}]")).not_to_have_value(wanted)


def test_two_tabs_show_the_same_form_and_send_it_once(phone: OfflinePhone, wire: Wire) -> None:
    left = phone.sign_in("fasilitator1", PASSWORD)
    phone.take_along(left, LIST)
    name = lines(left)[0]
    wire.cut()
    wanted = choose(left, name)
    state(left).to_contain_text("Tersimpan di HP ini saja")
    kept(left, name, wanted)
    right = phone.page()
    right.goto(LIST)
    expect(right.locator(f"select[name={name}]")).to_have_value(wanted)
    right.get_by_role("button", name="Simpan", exact=True).click()
    state(right).to_contain_text("Menunggu sinyal")
    state(left).to_contain_text("Menunggu sinyal")
    expect(left.locator(f"select[name={name}]")).to_be_disabled()
    wire.mend()
    left.reload()
    state(left).to_contain_text("Sampai di server")
    state(right).to_contain_text("Sampai di server")


def test_the_next_person_on_a_shared_phone_sees_and_sends_nothing_of_the_last(
    phone: OfflinePhone, wire: Wire, visit: Callable[[str], Visitor]
) -> None:
    page = phone.sign_in("fasilitator1", PASSWORD)
    phone.take_along(page, LIST)
    name = lines(page)[0]
    wire.cut()
    wanted = choose(page, name)
    page.get_by_role("button", name="Simpan", exact=True).click()
    state(page).to_contain_text("Menunggu sinyal")
    assert phone.context is not None
    wire.mend()
    phone.end_sign_in()
    old = page
    page = phone.sign_in("penilai1", PASSWORD)
    page.goto("/tanpa-sinyal")
    expect(page.locator("[data-none]")).to_be_visible()
    page.wait_for_function(
        "async () => (await (await caches.open('imbas-pages:' + document.body.dataset.person)).keys()).length"
    )
    assert len([name for name in page.evaluate("caches.keys()") if name.startswith("imbas-pages:")]) == 1
    old.evaluate("dispatchEvent(new Event('online'))")
    state(old).to_contain_text("Sesi masuk sudah berakhir")  # and its tab takes nothing from the next person
    wire.cut()
    page.goto(LIST)  # was kept by the first one
    expect(page.locator("h1")).to_have_text("Tanpa sinyal")
    wire.mend()
    assert stored(visit, name) != wanted

    phone.end_sign_in()
    page = phone.sign_in("fasilitator1", PASSWORD)
    page.goto("/tanpa-sinyal")
    expect(page.locator("[data-forms]")).to_contain_text("Sampai di server")
    assert stored(visit, name) == wanted


def test_who_signs_out_is_asked_about_what_waits_and_takes_no_pages_along(
    phone: OfflinePhone, wire: Wire
) -> None:
    page = phone.sign_in("fasilitator1", PASSWORD)
    phone.take_along(page, LIST)
    choose(page, lines(page)[0])
    state(page).to_contain_text("Tersimpan di HP ini saja")
    page.get_by_role("button", name="Keluar").click()
    expect(page.get_by_role("heading", name="Sebelum keluar")).to_be_visible()
    expect(page.locator("[data-forms]")).to_contain_text("Belum dikirim")
    page.get_by_role("button", name="Biarkan di HP ini, lalu keluar").click()
    page.wait_for_url("**/masuk")
    assert [name for name in page.evaluate("caches.keys()") if name.startswith("imbas-pages")] == []
    wire.cut()
    failed = phone.page()
    with pytest.raises(Exception, match="ERR_"):
        failed.goto(LIST)
    wire.mend()
    page = phone.sign_in("fasilitator1", PASSWORD)
    page.goto(LIST)
    state(page).to_contain_text("ditampilkan lagi")
    page.get_by_role("button", name="Keluar").click()
    page.once("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Hapus dari HP ini, lalu keluar").click()
    page.wait_for_url("**/masuk")
    page = phone.sign_in("fasilitator1", PASSWORD)
    page.goto("/tanpa-sinyal")
    expect(page.locator("[data-none]")).to_be_visible()
    page.get_by_role("button", name="Keluar").click()  # nothing waits: nobody is asked
    page.wait_for_url("**/masuk")


def test_a_session_that_has_ended_meanwhile_sign_in_again_then_it_is_sent(
    phone: OfflinePhone, wire: Wire
) -> None:
    page = phone.sign_in("fasilitator1", PASSWORD)
    phone.take_along(page, LIST)
    name = lines(page)[0]
    wire.cut()
    choose(page, name)
    page.get_by_role("button", name="Simpan", exact=True).click()
    state(page).to_contain_text("Menunggu sinyal")
    assert phone.context is not None
    phone.end_sign_in()
    wire.mend()
    page.evaluate("dispatchEvent(new Event('online'))")
    state(page).to_contain_text("Sesi masuk sudah berakhir")
    page.get_by_role("link", name="Masuk lagi agar terkirim").click()
    enter(page, "fasilitator1", PASSWORD)
    page.wait_for_url(f"**{LIST}")
    state(page).to_contain_text("Sampai di server")


def test_a_full_phone_says_so_and_sends_while_there_is_a_network(phone: OfflinePhone) -> None:
    page = phone.sign_in("fasilitator1", PASSWORD)
    page.add_init_script(
        "IDBObjectStore.prototype.put = () => { throw new DOMException('full', 'QuotaExceededError') };"
    )
    page.goto(LIST)
    name = lines(page)[0]
    wanted = choose(page, name)
    state(page).to_contain_text("Belum tersimpan: ruang HP penuh")
    page.get_by_role("button", name="Simpan", exact=True).click()
    expect(page.locator("main")).to_contain_text("catatan hadir tersimpan")
    expect(page.locator(f"select[name={name}]")).to_have_value(wanted)


def test_a_page_that_was_not_taken_along_gives_way_to_the_list_of_those_that_were(
    phone: OfflinePhone, wire: Wire
) -> None:
    page = phone.sign_in("fasilitator1", PASSWORD)
    page.goto("/tanpa-sinyal")
    page.get_by_role("button", name="Siapkan untuk dipakai tanpa sinyal").click()
    expect(page.locator("[data-result]")).to_contain_text("Siap.")
    wire.cut()
    phone.off()
    page = phone.page()
    page.goto("/")
    expect(page.locator("main")).to_contain_text("halaman yang dituju tidak ada di HP ini")
    page.locator("[data-taken] a").first.click()
    expect(page.locator("h1")).to_contain_text("Daftar hadir")
    page.goto("/tanpa-sinyal")
    page.get_by_role("button", name="Hapus semua halaman dari HP ini").click()
    expect(page.locator("[data-when]").first).to_contain_text("Belum disimpan di HP ini")


def test_the_server_is_stopped_behind_a_proxy_that_answers(phone: OfflinePhone) -> None:
    page = phone.sign_in("fasilitator1", PASSWORD)
    phone.take_along(page, LIST)
    assert phone.context is not None
    phone.context.route("**/*", lambda route: route.fulfill(status=502, body="<h1>Bad gateway</h1>"))
    page.goto(LIST)
    expect(page.locator("h1")).to_contain_text("Daftar hadir")
    name = lines(page)[0]
    choose(page, name)
    page.get_by_role("button", name="Simpan", exact=True).click()
    state(page).to_contain_text(re.compile("Menunggu sinyal|jawaban server belum sampai"))
    phone.context.unroute("**/*")
    page.reload()
    state(page).to_contain_text("Sampai di server")


def test_two_lists_have_a_draft_each_and_go_in_their_order(phone: OfflinePhone, wire: Wire) -> None:
    page = phone.sign_in("fasilitator1", PASSWORD)
    phone.take_along(page, "/sesi/3")
    phone.take_along(page, LIST)
    wire.cut()
    for path in (LIST, "/sesi/3"):
        page.goto(path)
        name = lines(page)[1]
        kept(page, name, choose(page, name))
    for path in ("/sesi/3", LIST):
        page.goto(path)
        state(page).to_contain_text("ditampilkan lagi")
        page.get_by_role("button", name="Simpan", exact=True).click()
        state(page).to_contain_text("Menunggu sinyal")
    posts: list[str] = []
    assert phone.context is not None
    phone.context.on(
        "request", lambda request: posts.append(request.url) if request.method == "POST" else None
    )
    wire.mend()
    page.goto("/tanpa-sinyal")
    expect(page.locator("[data-forms] li", has_text="Sampai di server")).to_have_count(2)
    assert [re.sub(r".*(?=/sesi)", "", url) for url in posts] == ["/sesi/3", LIST]


def test_a_form_of_an_older_version_is_refused_and_its_text_can_be_read(
    phone: OfflinePhone, wire: Wire
) -> None:
    page = phone.sign_in("fasilitator1", PASSWORD)
    phone.take_along(page, LIST)
    name = lines(page)[0]
    wire.cut()
    page.evaluate(
        """document.querySelector("form[data-offline]").insertAdjacentHTML(
          "beforeend", '<label>Cuaca <input name="weather"></label>')"""
    )
    page.get_by_label("Cuaca").fill("Hujan sejak pagi")
    choose(page, name)
    page.get_by_role("button", name="Simpan", exact=True).click()
    state(page).to_contain_text("Menunggu sinyal")
    wire.mend()
    page.reload()  # the page as it is now
    state(page).to_contain_text("Tidak diterima server: Formulir ini memuat isian yang tidak dikenal")
    page.locator("[data-offline-state] summary").click()
    state(page).to_contain_text("Hujan sejak pagi")
    page.locator("input[name=reason]").fill("Keliru dicatat kemarin.")
    kept(page, "reason", "Keliru dicatat kemarin.")
    state(page).to_contain_text("Hujan sejak pagi")
    page.get_by_role("button", name="Simpan", exact=True).click()
    state(page).to_contain_text("Sampai di server")
