"""The broker dies at the worst moment: the worker holds a message and asks for the next."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from celery import Celery

from lms.platform import children
from lms.platform.embedded import Server, start_valkey

pytestmark = pytest.mark.slow

WORKER = """
import sys, time
from pathlib import Path
from celery.signals import task_received
from flask import Flask
from lms.platform.worker import make_celery

folder = Path(sys.argv[2])
celery = make_celery(Flask("busy"), sys.argv[1])

@celery.task(name="busy", shared=False)
def busy():
    while not (folder / "free").exists():
        time.sleep(0.05)

@celery.task(name="done", shared=False)
def done():
    (folder / "done").touch()

@task_received.connect(weak=False)
def note(request, **_facts):
    (folder / f"received-{request.id}").touch()

celery.Worker(pool="threads", concurrency=2, without_mingle=True, without_gossip=True).start()
"""


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Server]:
    found = start_valkey(tmp_path / "valkey")
    yield found
    found.stop()


@pytest.fixture
def worker(broker: Server, tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    with (tmp_path / "log").open("wb") as log:
        found = children.start(
            [sys.executable, "-c", WORKER, broker.url, str(tmp_path)], env=dict(os.environ), log=log
        )
    yield found
    found.kill()
    found.wait()


def test_a_worker_with_a_message_in_hand_outlives_its_broker(
    broker: Server, worker: subprocess.Popen[bytes], tmp_path: Path
) -> None:
    def send(name: str) -> None:
        with Celery(broker=broker.url, set_as_current=False) as messages:
            messages.conf.task_default_queue = "imbas"
            messages.send_task(name, ignore_result=True)

    for _thread in range(2):
        send("busy")
    send("busy")  # received, and waits for a thread
    wait(lambda: len(list(tmp_path.glob("received-*"))) == 3, tmp_path)
    broker.kill()
    broker.start()
    (tmp_path / "free").touch()
    send("done")
    wait((tmp_path / "done").exists, tmp_path)
    assert worker.poll() is None


def wait(condition: Callable[[], bool], folder: Path) -> None:
    end = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < end, (folder / "log").read_text()[-3000:]
        time.sleep(0.05)
