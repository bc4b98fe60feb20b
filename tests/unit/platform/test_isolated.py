"""Files are read in a child with limits; whatever it does, the caller gets a result or a sentence."""

import io
import logging
import os
import select
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from lms.contract.errors import Conflict, Invalid, ServerBusy
from lms.platform import isolated
from lms.platform.application import platform
from lms.platform.file_semaphore import NoTurn, Turns
from lms.platform.isolated import SMALL, Limits, Unreadable, run_isolated
from lms.platform.transaction import write

LARGE = bytes(SMALL + 1)


@pytest.fixture(autouse=True)
def _probe(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(Path(__file__).parent)


def run(name: str, file: Any = b"x", *arguments: Any) -> Any:
    return run_isolated(f"isolated_probe:{name}", file, *arguments)


@pytest.mark.parametrize("content", [b"", b"abc", LARGE], ids=["empty", "small", "large"])
def test_the_function_gets_the_whole_file_and_its_arguments(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(content)
    with path.open("rb") as opened:
        opened.read(2)
        for file in (content, io.BytesIO(content), path, opened):
            assert run("told", file, "ñ", 7, None, ["a"]) == [content, "ñ", 7, None, ["a"]]
        assert opened.read() == content[2:]  # the caller's place in it has not moved


def test_a_stream_that_was_read_is_read_from_its_beginning() -> None:
    stream = io.BytesIO(b"abc")
    stream.read()
    assert run("told", stream) == [b"abc"]


def test_the_child_knows_nothing_of_its_parent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LMS_SECRET_KEY", "secret")
    around = run("surroundings")
    assert not [name for name in around["environment"] if name.startswith(("LMS", "PG", "AWS"))]
    assert not {"flask", "sqlalchemy", "celery", "site"} & set(around["modules"])
    assert not around["open"]


def test_what_is_printed_goes_nowhere() -> None:
    assert run("chatty") == "answer"


def test_refusals_keep_their_kind_and_sentences() -> None:
    with pytest.raises(Invalid) as wrong:
        run("refusing", b"x", "field")
    assert wrong.value.fields["name"].in_("en") == "The name is wrong."
    with pytest.raises(Conflict) as moved:
        run("refusing", b"x", "status")
    assert (moved.value.status, moved.value.text.in_("id")) == (460, "Sudah berubah.")


def test_what_is_too_much_for_a_small_child_is_tried_in_a_large_one() -> None:
    assert run("greedy", b"x", isolated.QUICK.megabytes + 30) == isolated.QUICK.megabytes + 31


@pytest.mark.parametrize("content", [b"x", LARGE], ids=["small", "large"])
def test_memory_is_bounded(content: bytes, caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(Unreadable) as refused:
        run("greedy", content, 2000)
    assert refused.value.why == "memory"
    assert "terlalu berat" in refused.value.text.in_("id")


def test_the_peak_stays_below_300_megabytes(tmp_path: Path) -> None:
    with io.BytesIO() as _none, (tmp_path / "file").open("w+b") as file:
        outcome = isolated.run_child("isolated_probe:greedy", file, (2000,), isolated.FULL)
    assert outcome.answer == {"outgrown": "memory"}
    assert 200 < outcome.peak < 300


def test_time_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(isolated, "FULL", Limits(5, 1, 200))
    monkeypatch.setattr(isolated, "_BUSY_SERVER", 0.0)
    started = time.monotonic()
    with pytest.raises(Unreadable) as refused:
        run("slow", LARGE, 60)
    assert refused.value.why == "time"
    assert time.monotonic() - started < 4


def test_a_child_that_got_no_processor_says_nothing_against_its_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(isolated, "FULL", Limits(0.5, 1, 200))
    monkeypatch.setattr(isolated, "_BUSY_SERVER", 2.0)
    with pytest.raises(ServerBusy):
        run("slow", LARGE, 60)


def test_a_crash_and_a_bug_are_sentences_and_the_log_has_the_traceback(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with pytest.raises(Unreadable) as crash:
        run("crashing")
    with caplog.at_level(logging.ERROR), pytest.raises(Unreadable) as bug:
        run("broken")
    assert (crash.value.why, bug.value.why) == ("crash", "bug")
    assert "ZeroDivisionError" in caplog.text
    assert "secret" not in bug.value.text.in_("id")


def test_it_writes_no_file(tmp_path: Path) -> None:
    with pytest.raises(Unreadable):
        run("writing", b"x", str(tmp_path / "made"))
    assert not (tmp_path / "made").exists() or not (tmp_path / "made").stat().st_size


def test_a_result_without_end_is_none() -> None:
    with pytest.raises(Unreadable) as refused:
        run("lengthy", LARGE, 60 * 1024 * 1024)
    assert refused.value.why in {"result", "memory"}


def test_never_inside_a_transaction() -> None:
    with write(), pytest.raises(RuntimeError):
        run("told")


PARENT = """
import sys, tempfile
from lms.platform.isolated import FULL, run_child
sys.path.insert(0, sys.argv[1])
run_child("isolated_probe:pid_and_sleep", tempfile.TemporaryFile(), (sys.argv[2],), FULL)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends a child with its parent")
def test_a_killed_parent_takes_its_child_along(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    parent = subprocess.Popen([sys.executable, "-c", PARENT, str(Path(__file__).parent), str(pipe)])
    with pipe.open() as said:
        child = os.pidfd_open(int(said.read()))
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    ended, _, _ = select.select([child], [], [], 3)
    os.close(child)
    assert ended


def test_one_large_file_at_a_time(monkeypatch: pytest.MonkeyPatch, app: Flask) -> None:
    running, most = 0, 0
    real = isolated.run_child

    def counted(function: str, file: Any, arguments: Any, limits: Limits) -> Any:
        nonlocal running, most
        if limits is isolated.FULL:
            running += 1
            most = max(most, running)
        try:
            return real(function, file, arguments, limits)
        finally:
            running -= limits is isolated.FULL

    monkeypatch.setattr(isolated, "run_child", counted)

    def sent() -> None:
        with app.app_context():
            run("slow", LARGE, 0.1)

    threads = [threading.Thread(target=sent) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == 1


def test_who_has_no_turn_is_told_when_to_come_again(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(isolated, "PATIENCE", 0.05)
    other = Turns("full", places=1, waiting=1)  # stands for another process: only the file lock is common
    with other.take(platform(app).settings.data / "turns", patience=1), pytest.raises(ServerBusy) as busy:
        run("told", LARGE)
    assert busy.value.status == 503
    with other.take(platform(app).settings.data / "turns", patience=1):
        assert run("told", b"small") == [b"small"]
    assert run("told", LARGE) == [LARGE]


def test_a_full_queue_turns_away_at_once(tmp_path: Path) -> None:
    turns = Turns("few", places=1, waiting=1)
    inside, leave = threading.Event(), threading.Event()

    def hold() -> None:
        with turns.take(tmp_path, patience=1):
            inside.set()
            leave.wait(10)

    def wait() -> None:
        with turns.take(tmp_path, patience=10):
            pass

    holder, waiter = threading.Thread(target=hold), threading.Thread(target=wait)
    holder.start()
    inside.wait(10)
    waiter.start()
    while turns._queue._value:
        time.sleep(0.001)
    started = time.monotonic()
    with pytest.raises(NoTurn), turns.take(tmp_path, patience=30):
        pytest.fail("nobody should stand here")
    assert time.monotonic() - started < 10
    leave.set()
    holder.join()
    waiter.join()
