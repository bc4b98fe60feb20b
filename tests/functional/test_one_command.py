"""``lms serve --worker``: pages and worker of a small machine in one command, sharing the memory of one application."""

import os
import re
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bench import resource_usage
from lms.app import create_app
from lms.platform import migrate
from lms.platform.application import platform
from lms.platform.db import db
from lms.platform.embedded import free_port
from lms.platform.worker import last_seen
from lms.settings import Settings
from lms.testing.processes import Processes

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not Path("/proc").exists(), reason="looks for the processes in /proc"),
]
CHILDREN = 3
"""Two processes of pages and a worker."""


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[Processes]:
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
    found = Processes(settings, {}, web_workers=2, worker_beside_pages=True)
    found.start("web")
    found.wait_for_pages("/livez")
    yield found
    found.stop()


def children(machine: Processes) -> list[int]:
    """Forks of the process that serves, whichever of its threads made them."""
    master = machine.children["web"].pid
    found: list[int] = []
    for task in Path(f"/proc/{master}/task").iterdir():
        found += map(int, (task / "children").read_text().split())
    return sorted(found)


def until(holds: Callable[[], object]) -> None:
    end = time.monotonic() + 40
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.1)


def worker_was_seen(machine: Processes) -> bool:
    app = create_app(machine.settings)
    with app.app_context():
        seen = last_seen(db.session())
        db.session.remove()
        db.engine.dispose()
    return seen is not None


def test_the_worker_works_and_whoever_is_killed_comes_back(machine: Processes) -> None:
    until(lambda: worker_was_seen(machine))
    assert len(children(machine)) == CHILDREN
    for victim in children(machine):
        os.kill(victim, signal.SIGKILL)
        until(lambda: victim not in children(machine) and len(children(machine)) == CHILDREN)  # noqa: B023
    machine.wait_for_pages("/livez")


def test_most_of_the_memory_is_shared(machine: Processes) -> None:
    until(lambda: worker_was_seen(machine))
    master = machine.children["web"].pid
    each = [
        int(re.findall(r"^Rss: +(\d+)", Path(f"/proc/{pid}/smaps_rollup").read_text(), re.MULTILINE)[0])
        for pid in [master, *children(machine)]
    ]
    assert resource_usage.memory({"all": master})["all"] * 1024 < 0.7 * sum(each)


def test_nothing_is_left_when_it_is_killed(machine: Processes) -> None:
    left = children(machine)
    os.kill(machine.children["web"].pid, signal.SIGKILL)
    machine.children["web"].wait()
    until(lambda: not any(Path(f"/proc/{pid}/cmdline").exists() for pid in left))
