"""A real browser against the real thing: ``lms demo`` with its broker, web and worker processes."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect, sync_playwright

from lms.platform import children
from lms.testing.databases import PostgresqlDatabases

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
PHONE = {"width": 360, "height": 740}
PASSWORD = "riak sampai jauh"


@dataclass
class Demo:
    """The running demonstration."""

    data: Path
    port: int
    database_url: str = ""
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self, *options: str) -> float:
        """Run the command until pages answer; the seconds that took."""
        began = time.monotonic()
        self.data.mkdir(parents=True, exist_ok=True)
        with (self.data.parent / f"{self.data.name}.log").open("ab") as log:
            self.process = children.start(
                [
                    sys.executable,
                    "-m",
                    "lms",
                    "demo",
                    "--port",
                    str(self.port),
                    "--data",
                    str(self.data),
                    *options,
                ],
                env=self.environment(),
                log=log,
            )
        while time.monotonic() - began < 300:
            if self.process.poll() is not None:
                raise AssertionError((self.data.parent / f"{self.data.name}.log").read_text()[-3000:])
            if self.answers() and (self.data / "demo.json").exists():
                return time.monotonic() - began
            time.sleep(0.1)
        raise AssertionError("not ready")

    def environment(self) -> dict[str, str]:
        """As a person's shell would have it; SQLite in the data folder unless a database is named."""
        named = {"LMS_DATABASE_URL": self.database_url} if self.database_url else {}
        return os.environ | named

    def answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/readyz", timeout=1) as response:
                return bool(response.status == 200)
        except OSError:
            return False

    def stop(self) -> None:
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            self.process.wait(timeout=30)

    def about(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((self.data / "demo.json").read_text())
        return found

    def turn_clock_to(self, moment: datetime) -> None:
        """Let the next start show another day."""
        about = self.about()
        about["clock_offset_seconds"] = int((moment - datetime.now(UTC)).total_seconds())
        (self.data / "demo.json").write_text(json.dumps(about))

    def processes(self) -> list[str]:
        """Command lines of processes that work on this data."""
        found = []
        for entry in Path("/proc").glob("[0-9]*"):
            try:
                environment = (entry / "environ").read_bytes()
                command = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            except OSError:
                continue
            if str(self.data).encode() in environment or str(self.data) in command:
                found.append(command)
        return found


def free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


@pytest.fixture(scope="session")
def demo(
    database_kind: str, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Iterator[Demo]:
    """The demonstration in the middle of its story, on each database."""
    url = ""
    if database_kind == "postgresql":
        server = request.getfixturevalue("postgresql_server").url
        url = PostgresqlDatabases(server, lambda _url: None).empty()
    running = Demo(tmp_path_factory.mktemp("demo") / "data", free_port(), url)
    try:
        running.start()
        yield running
    finally:
        running.stop()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Say plainly when there is no browser, before anything is started for it."""
    missing = pytest.mark.skip("no Chromium on this machine: not run (install the package chromium)")
    for item in items:
        if CHROMIUM is None and item.get_closest_marker("browser"):
            item.add_marker(missing)


@pytest.fixture(scope="session")
def player() -> Iterator[Playwright]:
    """Playwright, which a process can start only once."""
    with sync_playwright() as play:
        yield play


@pytest.fixture(scope="session")
def chromium(player: Playwright) -> Browser:
    """The browser."""
    return launch(player)


def launch(play: Playwright) -> Browser:
    return play.chromium.launch(executable_path=CHROMIUM, args=chromium_options())


def chromium_options() -> list[str]:
    """What Chromium is started with: as root it has no sandbox."""
    return ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []


@dataclass
class Visitor:
    """A person at a phone."""

    page: Page
    url: str
    errors: list[str]

    def go(self, path: str) -> None:
        answer = self.page.goto(f"{self.url}{path}")
        assert answer is not None
        assert answer.status == 200, (path, answer.status)

    def text(self) -> str:
        return self.page.locator("main").inner_text()

    def sees(self, text: str) -> None:
        """The words come, now or when the script has sent what it sends."""
        expect(self.page.locator("main")).to_contain_text(text)

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=name).or_(self.page.get_by_role("link", name=name)).first.click()
        self.page.wait_for_load_state()


@pytest.fixture
def visit(chromium: Browser, demo: Demo) -> Iterator[Any]:
    """``visit(username)``: somebody signs in on a phone of their own; scripts must not fail."""
    contexts: list[BrowserContext] = []
    visitors: list[Visitor] = []

    def enter(username: str) -> Visitor:
        context = chromium.new_context(viewport=PHONE, locale="id-ID", base_url=demo.url)
        context.set_default_timeout(10_000)
        contexts.append(context)
        page = context.new_page()
        found = Visitor(page, demo.url, [])
        page.on("pageerror", lambda error: found.errors.append(str(error)))
        visitors.append(found)
        page.goto("/masuk")
        page.fill("input[name=username]", username)
        page.fill("input[name=password]", PASSWORD)
        page.get_by_role("button", name="Masuk").click()
        page.wait_for_url(lambda address: "/masuk" not in address)
        return found

    yield enter
    for context in contexts:
        context.close()
    assert [visitor.errors for visitor in visitors if visitor.errors] == []
