"""``lms demo`` as a newcomer treats it: Ctrl-C too early, a second start, the wrong folder, too few modules."""

import contextlib
import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from lms.platform import children

pytestmark = pytest.mark.slow
PATIENCE = 90
MODULES = sorted(path.parent.name for path in Path(__file__).parents[2].glob("plugins/*/pyproject.toml"))


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def data(tmp_path: Path) -> Iterator[Path]:
    """The demo's folder; whatever a failed test leaves running there ends with it."""
    yield tmp_path / "var"
    for process in _processes_of(tmp_path / "var"):
        os.kill(process, signal.SIGKILL)


@pytest.mark.modules
def test_a_start_that_was_cut_off_begins_again_and_leaves_no_process(data: Path, port: int) -> None:
    early = _start(data, port)
    _until(data, early, lambda: _told(data))
    early.send_signal(signal.SIGINT)
    early.wait(PATIENCE)

    second = _start(data, port)
    _until(data, second, lambda: "Ctrl-C stops everything" in _said(data))
    assert "Loading the programme" in _said(data)
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/masuk") as response:
        assert response.status == 200
    assert len(_processes_of(data)) >= 3
    _until(data, second, lambda: "nothing wrong" in _doctor(data))  # it sees the worker by the demo's clock
    second.send_signal(signal.SIGINT)
    assert second.wait(30) == 0
    assert _processes_of(data) == []

    (data / "demo.json").unlink()
    refused = _start(data, port)
    assert refused.wait(PATIENCE) == 1
    assert "not a demo; nothing was changed" in _said(data)


def test_modules_that_are_missing_are_named(data: Path, port: int) -> None:
    child = _start(data, port, LMS_PLUGINS_OFF=",".join(MODULES))
    assert child.wait(PATIENCE) == 1
    said = _said(data)
    assert "modul 'hots_assessment' tidak ada" in said
    assert "tagihan 'grant.report' tidak ada" in said
    assert "Traceback" not in _said(data)
    assert json.loads((data / "demo.json").read_text())["accounts"] == []


def _doctor(data: Path) -> str:
    arguments = [sys.executable, "-m", "lms", "--settings", str(data / "settings"), "doctor"]
    return subprocess.run(arguments, capture_output=True, text=True, check=False).stdout


def _start(data: Path, port: int, **settings: str) -> "subprocess.Popen[bytes]":
    with (data.parent / "said").open("wb") as said:
        return children.start(
            [sys.executable, "-m", "lms", "demo", "--port", str(port), "--data", str(data)],
            env=os.environ | settings,
            log=said,
        )


def _said(data: Path) -> str:
    return (data.parent / "said").read_text()


def _until(data: Path, child: "subprocess.Popen[bytes]", done: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not done():
        assert child.poll() is None, _said(data)
        assert time.monotonic() < end, _said(data)
        time.sleep(0.05)


def _told(data: Path) -> bool:
    """Whether the story has begun to fill the database."""
    try:
        with contextlib.closing(
            sqlite3.connect(f"file:{data / 'imbas.sqlite3'}?mode=ro", uri=True)
        ) as database:
            return bool(database.execute("SELECT count(*) FROM audit_entry").fetchone()[0])
    except sqlite3.OperationalError:  # no file, no table yet
        return False


def _processes_of(data: Path) -> list[int]:
    mark = f"LMS_DATA={data}\0".encode()
    return [
        int(path.parent.name) for path in Path("/proc").glob("[0-9]*/environ") if mark in _bytes(path) + b"\0"
    ]


def _bytes(path: Path) -> bytes:
    with contextlib.suppress(OSError):
        return path.read_bytes()
    return b""
