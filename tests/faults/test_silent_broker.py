"""A broker that goes silent without hanging up: work goes on meanwhile, and the worker comes back by itself."""

import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from celery import Celery
from redis import Redis

from lms.platform.embedded import start_valkey
from tests.faults.conftest import Site, enrolled, running
from tests.faults.silent import SilentProxy
from tests.faults.test_kills import _hand_in, _sitting, _wait_for_worker, _wait_until_scored

pytestmark = pytest.mark.slow
BACK_SECONDS = 30


@pytest.fixture
def proxy(tmp_path: Path) -> Iterator[SilentProxy]:
    """Its server is ended by the site."""
    found = SilentProxy()
    yield found
    found.stop()


@pytest.fixture
def site(database_kind: str, tmp_path: Path, proxy: SilentProxy) -> Iterator[Site]:
    servers = {"broker": start_valkey(tmp_path / "valkey")}
    proxy.target = urlsplit(servers["broker"].url).port or 0
    with running(tmp_path, database_kind, servers, f"redis://127.0.0.1:{proxy.port}/0") as found:
        yield found


def test_work_goes_on_without_the_broker_and_the_worker_hears_it_again(
    site: Site, proxy: SilentProxy
) -> None:
    first, second, third = (_sitting(site, person, enrolment) for person, enrolment in enrolled(site.app, 3))
    _wait_for_worker(site)
    _hand_in(site, *first)
    _wait_until_scored(site, 1)

    proxy.silence()
    began = time.monotonic()
    _hand_in(site, *second)
    assert time.monotonic() - began < 5  # nobody who presses waits for a broker
    _wait_until_scored(site, 2)
    assert time.monotonic() - began < BACK_SECONDS

    proxy.heal()
    queue = Redis(port=proxy.target)
    messages = Celery(broker=f"redis://127.0.0.1:{proxy.target}/0", set_as_current=False)
    messages.conf.task_default_queue = "imbas"
    messages.send_task("lms.drain", ignore_result=True)
    began = time.monotonic()
    while queue.llen("imbas"):
        assert time.monotonic() - began < BACK_SECONDS, (site.folder / "worker.log").read_text()[-3000:]
        time.sleep(0.1)
    _hand_in(site, *third)
    _wait_until_scored(site, 3)
    queue.close()
    messages.close()
