"""A file goes on where the network was cut, and after the page was closed; a shared phone keeps it private.

Source: requirements K8 and K9, U4 and U7.
"""

import hashlib
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Response, Route, expect

from lms.testing.hostile import bulky_pdf
from lms.testing.wire import Wire
from tests.browser.conftest import PASSWORD, PHONE, Demo, Visitor

pytestmark = [pytest.mark.browser, pytest.mark.any_database, pytest.mark.slow, pytest.mark.modules]
NOISE = Random(5).randbytes(1_500_000)
PDF = bulky_pdf(NOISE)


@pytest.fixture
def wire(demo: Demo) -> Iterator[Wire]:
    found = Wire(demo.port, speed=300_000)
    yield found
    found.close()


@pytest.fixture
def phone(chromium: Browser, wire: Wire) -> Iterator[BrowserContext]:
    context = chromium.new_context(viewport=PHONE, locale="id-ID", base_url=wire.url)
    context.set_default_timeout(20_000)
    yield context
    context.close()


def sign_in(phone: BrowserContext, username: str) -> Page:
    phone.clear_cookies()
    page = phone.new_page()
    page.goto("/masuk")
    page.fill("input[name=username]", username)
    page.fill("input[name=password]", PASSWORD)
    page.get_by_role("button", name="Masuk").click()
    page.wait_for_url(lambda address: "/masuk" not in address)
    return page


def until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.05)


def choose_and_let_it_give_up(page: Page, file: Path) -> None:
    """The first try is refused, and five more, each after its wait."""
    with page.expect_response(_sent):
        page.get_by_label("Tambah berkas").set_input_files(str(file))
    for _try in range(5):  # one turn of the clock for each answer: an unanswered one would be asked again
        page.wait_for_timeout(250)  # the page reads the answer, and only then begins to wait
        with page.expect_response(_sent, timeout=45_000):
            page.clock.fast_forward(31_000)


def _sent(answer: Response) -> bool:
    return answer.request.method == "PATCH"


def test_cut_closed_and_opened_again(
    visit: Callable[[str], Visitor], phone: BrowserContext, wire: Wire, tmp_path: Path
) -> None:
    team = visit("sdn26.guru3")
    team.go("/")
    team.press("Refleksi dan hasil telaah sejawat")
    address = re.sub(r"^https?://[^/]+", "", team.page.url)
    file = tmp_path / "laporan.pdf"
    file.write_bytes(PDF)
    page = sign_in(phone, "sdn26.guru3")
    page.goto(address)
    before = wire.sent
    page.get_by_label("Tambah berkas").set_input_files(str(file))
    until(lambda: wire.sent - before > len(PDF) * 0.3)
    wire.cut()
    expect(page.locator("main")).to_contain_text("Jaringan putus")
    wire.mend()
    until(lambda: wire.sent - before > len(PDF) * 0.6)
    page.close()
    team.go(address)
    team.sees("laporan.pdf")  # the school sees that it is on its way
    assert "Masih dikirim" in team.text()

    stranger = sign_in(phone, "sdn26.kepala_sekolah")  # on the same phone
    stranger.goto(address)
    expect(stranger.locator("[data-queue] li")).to_have_count(0)
    stranger.close()

    page = sign_in(phone, "sdn26.guru3")
    page.goto(address)
    expect(page.locator("[data-arrived] a", has_text="laporan.pdf")).to_have_count(1, timeout=30_000)
    expect(page.locator("[data-queue] li")).to_have_count(0)
    link = page.locator("[data-arrived] a", has_text="laporan.pdf").get_attribute("href")
    kept = page.request.get(f"{wire.url}{link}").body()
    assert hashlib.sha256(kept).digest() == hashlib.sha256(PDF).digest()
    assert wire.sent - before < len(PDF) * 1.15
    page.once("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Hapus laporan.pdf").click()


def test_a_press_waits_for_the_files_and_a_file_can_be_cancelled(
    visit: Callable[[str], Visitor], phone: BrowserContext, wire: Wire, tmp_path: Path
) -> None:
    team = visit("sdn26.guru3")
    team.go("/")
    team.press("Refleksi dan hasil telaah sejawat")
    address = re.sub(r"^https?://[^/]+", "", team.page.url)
    first, second = tmp_path / "satu.pdf", tmp_path / "dua.pdf"
    first.write_bytes(PDF[:-1])
    second.write_bytes(PDF)
    page = sign_in(phone, "sdn26.guru3")
    page.goto(address)
    page.get_by_label("Tambah berkas").set_input_files([str(first), str(second)])
    page.get_by_label("Catatan untuk penilai").fill("Dua berkas.")
    page.get_by_role("button", name="Batalkan satu.pdf").click()
    page.get_by_role("button", name="Simpan", exact=True).click()
    expect(page.locator("main")).to_contain_text("Tersimpan di server.", timeout=30_000)
    expect(page.locator("[data-arrived] a", has_text="dua.pdf")).to_have_count(1)
    assert page.locator("main", has_text="satu.pdf").count() == 0
    expect(page.get_by_label("Catatan untuk penilai")).to_have_value("Dua berkas.")


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (503, '{"message": "Server sedang sibuk memeriksa berkas lain."}'),
        (502, "<h1>Bad gateway</h1>"),
        (429, "{}"),
    ],
)
def test_a_server_that_refuses_ends_in_words_and_blocks_nothing(
    visit: Callable[[str], Visitor], phone: BrowserContext, wire: Wire, tmp_path: Path, status: int, body: str
) -> None:
    team = visit("sdn26.guru3")
    team.go("/")
    team.press("Refleksi dan hasil telaah sejawat")
    address = re.sub(r"^https?://[^/]+", "", team.page.url)
    file = tmp_path / f"tolak{status}.pdf"
    file.write_bytes(bulky_pdf(b"x" * 2000 + bytes([status % 256])))
    page = sign_in(phone, "sdn26.guru3")
    asked: list[str] = []

    def refuse(route: Route) -> None:
        if route.request.method == "PATCH":
            asked.append(route.request.url)
            route.fulfill(
                status=status, body=body, headers={"Retry-After": "1", "Content-Type": "application/json"}
            )
        else:
            route.continue_()

    page.clock.install()
    page.route("**/bukti/kiriman/*", refuse)
    page.goto(address)
    choose_and_let_it_give_up(page, file)
    queue = page.locator("[data-queue] li", has_text=file.name)
    again = queue.get_by_role("button", name="Coba lagi")
    expect(again).to_be_visible()
    assert len(asked) == 6
    expect(queue).to_contain_text("Server belum dapat menerima berkas ini. Berkasnya masih menunggu di sini.")
    expect(page.locator("main")).not_to_contain_text("Jaringan putus")
    page.clock.fast_forward(600_000)
    assert len(asked) == 6  # it has stopped
    page.get_by_label("Catatan untuk penilai").fill("Tanpa berkas itu.")
    page.get_by_role("button", name="Simpan", exact=True).click()
    expect(page.locator("main")).to_contain_text("Tersimpan di server.")  # a press no longer waits for it
    page.locator("[data-queue]").get_by_role("button", name=f"Batalkan {file.name}").click()
    expect(page.locator("[data-queue] li")).to_have_count(0)
    page.reload()
    expect(page.locator("main")).not_to_contain_text(file.name)  # neither here nor on the server
    page.close()


def test_a_press_on_again_sends_the_file(
    visit: Callable[[str], Visitor], phone: BrowserContext, wire: Wire, tmp_path: Path
) -> None:
    team = visit("sdn26.guru3")
    team.go("/")
    team.press("Refleksi dan hasil telaah sejawat")
    address = re.sub(r"^https?://[^/]+", "", team.page.url)
    file = tmp_path / "nanti.pdf"
    file.write_bytes(bulky_pdf(b"y" * 3000))
    page = sign_in(phone, "sdn26.guru3")
    page.clock.install()
    page.route(
        "**/bukti/kiriman/*",
        lambda route: route.fulfill(status=500) if route.request.method == "PATCH" else route.continue_(),
    )
    page.goto(address)
    choose_and_let_it_give_up(page, file)
    again = page.locator("[data-queue] li", has_text=file.name).get_by_role("button", name="Coba lagi")
    expect(again).to_be_visible()
    page.unroute("**/bukti/kiriman/*")
    again.click()
    expect(page.locator("[data-arrived] a", has_text=file.name)).to_have_count(1, timeout=20_000)
    page.once("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name=f"Hapus {file.name}").click()


def test_cancelled_while_an_answer_is_under_way_is_gone_from_the_server_too(
    visit: Callable[[str], Visitor], phone: BrowserContext, wire: Wire, tmp_path: Path
) -> None:
    team = visit("sdn26.guru3")
    team.go("/")
    team.press("Refleksi dan hasil telaah sejawat")
    address = re.sub(r"^https?://[^/]+", "", team.page.url)
    file = tmp_path / "batal.pdf"
    file.write_bytes(bulky_pdf(b"z" * 3000))
    page = sign_in(phone, "sdn26.guru3")
    held: list[Route] = []

    def hold_the_question(route: Route) -> None:
        """The phone asks how far the file has come, and is not answered yet."""
        if route.request.method == "HEAD":
            held.append(route)
        elif route.request.method == "PATCH":
            route.fulfill(status=503)
        else:
            route.continue_()

    page.route("**/bukti/kiriman/*", hold_the_question)
    page.goto(address)
    with page.expect_request(lambda request: request.method == "HEAD"):
        page.get_by_label("Tambah berkas").set_input_files(str(file))
    page.get_by_role("button", name=f"Batalkan {file.name}").click()
    with page.expect_response(lambda answer: answer.request.method == "DELETE"):
        held[0].continue_()
    expect(page.locator("[data-queue] li")).to_have_count(0)
    page.reload()
    expect(page.locator("main")).not_to_contain_text(file.name)
    page.close()
