"""What ``/metrics`` says about requests: each counted once, by whichever process answered it."""

import os
import re
import signal
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from lms.app import create_app
from lms.platform import migrate
from lms.platform.application import platform
from lms.platform.db import db
from lms.platform.embedded import free_port
from lms.settings import Settings
from lms.testing.processes import Processes

LINE = re.compile(
    r'^imbas_request_seconds_count\{endpoint="(.*)",method="(.*)",status="(.*)"\} (.*)$', re.MULTILINE
)


def counted(text: str) -> dict[tuple[str, str, str], int]:
    return {found[:3]: int(float(found[3])) for found in LINE.findall(text)}


def test_requests_are_counted_by_endpoint_method_and_class_of_status(client: FlaskClient) -> None:
    before = counted(client.get("/metrics").text)
    for _ in range(3):
        client.get("/livez")
    client.head("/livez")
    client.post("/livez")  # no such method here
    for number in range(5):  # what strangers make up is one kind, not five
        client.open(f"/wp-admin/{number}", method=f"BREW{number}")
    client.get("/akun/saya")
    after = counted(client.get("/metrics").text)
    grown = {
        kind: count - before.get(kind, 0) for kind, count in after.items() if count > before.get(kind, 0)
    }
    assert grown == {
        ("health.livez", "GET", "2xx"): 3,
        ("health.livez", "HEAD", "2xx"): 1,
        ("health.metrics", "GET", "2xx"): 1,
        ("people.me", "GET", "3xx"): 1,
        ("", "", "4xx"): 6,
    }


def test_the_time_a_request_took_lies_in_its_bucket(client: FlaskClient) -> None:
    client.get("/livez")
    text = client.get("/metrics").text
    buckets = [
        int(float(count))
        for count in re.findall(
            r'^imbas_request_seconds_bucket\{endpoint="health.livez",le=".*",method="GET",status="2xx"\} (.*)$',
            text,
            re.MULTILINE,
        )
    ]
    assert buckets == sorted(buckets)
    assert buckets[-1] == counted(text)["health.livez", "GET", "2xx"]


@pytest.fixture
def pages(tmp_path: Path) -> Iterator[Processes]:
    settings = Settings(
        data=tmp_path,
        secret_key="k" * 40,
        environment="test",
        require_totp=False,
        log_level="WARNING",
        public_url=f"http://127.0.0.1:{free_port()}",
    )
    app = create_app(settings)
    with app.app_context():
        migrate.upgrade(db.engine, platform(app).components)
        db.engine.dispose()
    found = Processes(settings, {}, web_workers=2)
    found.start("web")
    found.wait_for_pages("/livez")
    yield found
    found.stop()


def of_livez(pages: Processes) -> int:
    return counted(fetch(pages, "/metrics"))["health.livez", "GET", "2xx"]


def fetch(pages: Processes, path: str) -> str:
    with urllib.request.urlopen(f"http://127.0.0.1:{pages.port}{path}", timeout=5) as answer:
        text: str = answer.read().decode()
        return text


def workers(pages: Processes) -> list[int]:
    master = pages.children["web"].pid
    return [int(pid) for pid in Path(f"/proc/{master}/task/{master}/children").read_text().split()]


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc").exists(), reason="looks for the processes in /proc")
def test_whichever_process_is_asked_says_the_sum_of_all_also_of_one_that_died(pages: Processes) -> None:
    before = of_livez(pages)
    for _ in range(60):
        fetch(pages, "/livez")
    assert {of_livez(pages) for _ in range(10)} == {before + 60}
    victim = workers(pages)[0]
    os.kill(victim, signal.SIGKILL)
    end = time.monotonic() + 20
    while (victim in workers(pages) or len(workers(pages)) < 2) and time.monotonic() < end:
        time.sleep(0.1)
    pages.wait_for_pages("/livez")
    kept = of_livez(pages)
    assert kept >= before + 60
    for _ in range(20):
        fetch(pages, "/livez")
    assert {of_livez(pages) for _ in range(10)} == {kept + 20}
