"""A module's own form without a network, with a photo: the garden's visit, which no core knows."""

import io
import json
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Playwright, expect

from lms.platform.embedded import free_port
from lms.testing.wire import Wire
from tests.browser.offline_phone import OfflinePhone, kept, state
from tests.contract.machine import Machine, make_machine
from tests.fifth_plugin.phone import PASSWORD

FIFTH = Path(__file__).parents[1] / "fifth_plugin"
pytestmark = [pytest.mark.browser, pytest.mark.any_database, pytest.mark.slow]


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[Machine]:
    found = make_machine(tmp_path, with_imbas=True)
    found.settings = {"LMS_REQUIRE_TOTP": "false"}
    yield found
    found.stop()


@pytest.fixture
def visit(machine: Machine) -> str:
    """The address of the form for the only garden."""
    machine.pip("install", "--no-deps", "--no-build-isolation", str(FIFTH / "garden"))
    machine.lms("db", "upgrade")
    ids = json.loads(machine.run(str(FIFTH / "school.py")).splitlines()[-1])
    return f"/m/garden/{ids['programme']}/{ids['school']}/kunjungan"


@pytest.fixture
def wire(machine: Machine, visit: str) -> Iterator[Wire]:
    port = free_port()
    machine.settings["LMS_PUBLIC_URL"] = f"http://127.0.0.1:{port}"
    machine.start("web", "serve", "--port", str(port), "--workers", "1")
    end = time.monotonic() + 60
    while not _answers(port):
        assert time.monotonic() < end, machine.said()
        time.sleep(0.1)
    found = Wire(port)
    yield found
    found.close()


def _answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/livez", timeout=2) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def test_a_visit_with_a_photo_is_written_down_at_the_school_and_counts_once(
    player: Playwright, wire: Wire, visit: str, tmp_path: Path
) -> None:
    phone = OfflinePhone(player, wire, tmp_path / "profile")
    try:
        page = phone.sign_in("pendamping", PASSWORD)
        page.goto("/tanpa-sinyal")
        page.get_by_role("button", name="Siapkan untuk dipakai tanpa sinyal").click()
        expect(page.locator("[data-result]")).to_contain_text("Siap.")
        wire.cut()
        phone.off()

        page = phone.page()
        page.goto("/")
        page.get_by_role("link", name="Kunjungan kebun: SD Negeri Kebun").first.click()
        page.get_by_label("Catatan").fill("Tomat sudah berbuah.")
        picture = io.BytesIO()
        Image.effect_noise((1800, 1350), 60).convert("RGB").save(picture, "JPEG", quality=95)
        page.locator("input[name=proof]").set_input_files(
            {"name": "kebun.jpg", "mimeType": "image/jpeg", "buffer": picture.getvalue()}
        )
        state(page).to_contain_text("Foto di HP ini: kebun.jpg")
        kept(page, "note", "Tomat sudah berbuah.")
        phone.off()

        page = phone.page()
        page.goto(visit)
        expect(page.get_by_label("Catatan")).to_have_value("Tomat sudah berbuah.")
        state(page).to_contain_text("Foto di HP ini: kebun.jpg")
        page.get_by_role("button", name="Simpan", exact=True).click()
        state(page).to_contain_text("Menunggu sinyal")
        phone.off()

        wire.mend()
        before = wire.sent
        page = phone.page()
        page.goto(visit)
        state(page).to_contain_text("Sampai di server")
        assert 20_000 < wire.sent - before < len(picture.getvalue()) / 2, (
            "the photo was made small on the phone"
        )
        expect(page.locator("main")).to_contain_text("Tomat sudah berbuah.")
        expect(page.get_by_role("link", name="Bukti")).to_have_count(1)
        expect(page.get_by_label("Catatan")).to_have_value("")
    finally:
        phone.off()
    assert phone.errors == []
