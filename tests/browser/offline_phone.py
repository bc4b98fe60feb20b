"""A phone for tests of work without a network: switched off and on, its network really cut."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, Page, Playwright, expect

from lms.testing.wire import Wire
from tests.browser.conftest import CHROMIUM, PHONE, chromium_options


@dataclass
class OfflinePhone:
    """A phone that can be switched off: its browser ends, its profile stays."""

    player: Playwright
    wire: Wire
    profile: Path
    context: BrowserContext | None = None
    errors: list[str] = field(default_factory=list)

    def page(self) -> Page:
        """A new page, after a cold start when it was off."""
        if self.context is None:
            self.context = self.player.chromium.launch_persistent_context(
                str(self.profile),
                executable_path=CHROMIUM,
                args=chromium_options(),
                viewport={"width": PHONE["width"], "height": PHONE["height"]},
                locale="id-ID",
                base_url=self.wire.url,
            )
            self.context.set_default_timeout(20_000)
        page = self.context.new_page()
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        return page

    def off(self) -> None:
        """End the browser."""
        if self.context is not None:
            self.context.close()
            self.context = None

    def end_sign_in(self) -> None:
        """The sign-in ends, and the phone does not hear of it."""
        assert self.context is not None
        self.context.clear_cookies()

    def sign_in(self, username: str, password: str) -> Page:
        """A page of this person's."""
        page = self.page()
        page.goto("/masuk")
        enter(page, username, password)
        page.wait_for_url(lambda address: "/masuk" not in address)
        return page

    def take_along(self, page: Page, path: str) -> None:
        """Open a page that may be kept, and see that it is."""
        page.goto(path)
        expect(page.locator("[data-offline-page]")).to_contain_text("dapat dibuka tanpa sinyal")


def enter(page: Page, username: str, password: str) -> None:
    """Fill in the sign-in page and press."""
    page.fill("input[name=username]", username)
    page.fill("input[name=password]", password)
    page.get_by_role("button", name="Masuk").click()


def state(page: Page) -> Any:
    """What is expected to be said of the form."""
    return expect(page.locator("[data-offline-state]"), "what is said of the form")


def kept(page: Page, name: str, value: str) -> None:
    """Wait until the phone's database has this text of a field."""
    page.wait_for_function(
        """async ([name, value]) => {
          const opened = await new Promise((done) => {
            const request = indexedDB.open("imbas-forms");
            request.onsuccess = () => done(request.result);
          });
          const rows = await new Promise((done) => {
            const request = opened.transaction("forms").objectStore("forms").getAll();
            request.onsuccess = () => done(request.result);
          });
          opened.close();
          return rows.some((row) => row.fields.some((field) => field[0] === name && field[1] === value));
        }""",
        arg=[name, value],
    )
