"""A run that is killed leaves no process behind, and Ctrl-C is heard in the background of a shell."""

import os
import secrets
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from lms.platform.embedded import free_port

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[2]
PATIENCE = 120
MARK = "IMBAS_RUN"


@dataclass
class Run:
    """Processes that a test starts, known by a mark that they hand on to their children."""

    folder: Path
    mark: str
    started: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def start(
        self, *arguments: str | Path, deaf: bool = False, **environment: str
    ) -> subprocess.Popen[bytes]:
        """A program; ``deaf`` as a shell starts its background jobs: with Ctrl-C ignored."""
        with self.log.open("ab") as log:
            process = subprocess.Popen(
                arguments,
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
                cwd=ROOT,
                env=os.environ | environment | {MARK: self.mark},
                preexec_fn=(lambda: signal.signal(signal.SIGINT, signal.SIG_IGN)) if deaf else None,
            )  # type: ignore[call-overload]
        self.started.append(process)
        return process

    @property
    def log(self) -> Path:
        return self.folder / "run.log"

    def said(self) -> str:
        return self.log.read_text()

    def alive(self) -> list[str]:
        """The command lines of what runs."""
        found = []
        for entry in Path("/proc").glob("[0-9]*"):
            try:
                if f"{MARK}={self.mark}".encode() in (entry / "environ").read_bytes():
                    found.append((entry / "cmdline").read_bytes().replace(b"\0", b" ").decode())
            except OSError:
                continue
        return found

    def pid_of(self, words: str) -> int:
        for entry in Path("/proc").glob("[0-9]*"):
            try:
                line = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode()
                if words in line and f"{MARK}={self.mark}".encode() in (entry / "environ").read_bytes():
                    return int(entry.name)
            except OSError:
                continue
        raise AssertionError(f"{words} does not run: {self.alive()}")

    def until(self, holds: Callable[[], object], seconds: float = PATIENCE) -> None:
        end = time.monotonic() + seconds
        while not holds():
            assert time.monotonic() < end, (self.alive(), self.said()[-3000:])
            time.sleep(0.1)


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Run]:
    if not Path("/proc/self/environ").exists():
        pytest.skip("looks for processes in /proc")
    found = Run(tmp_path, secrets.token_hex(8))
    yield found
    for entry in found.alive():  # a failed test leaves nothing either
        os.kill(found.pid_of(entry), signal.SIGKILL)
    for process in found.started:
        process.wait()


def _answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/livez", timeout=1):
            return True
    except OSError:
        return False


@pytest.mark.modules
def test_a_killed_demonstration_leaves_nothing(run: Run, tmp_path: Path) -> None:
    """``kill -9`` of make, then of the command itself."""
    if not shutil.which("make") or not (Path(sys.prefix) / ".run").exists():
        pytest.skip("make has not built this environment")
    data, port = tmp_path / "var", free_port()
    wanted = [
        "make",
        "-o",
        f"{sys.prefix}/.run",
        "demo",
        f"VENV={sys.prefix}",
        f"PORT={port}",
        f"DATA={data}",
    ]
    for times, victim in enumerate(("make", "/lms demo"), start=1):
        run.start(*wanted)
        run.until(lambda: run.said().count("Ctrl-C stops everything") == times)  # noqa: B023 - called at once
        run.until(lambda: _answers(port))
        assert len(run.alive()) >= 6  # make, the command, its reaper, broker, pages, worker
        os.kill(run.pid_of(victim), signal.SIGKILL)
        run.until(lambda: not run.alive(), 30)


@pytest.mark.parametrize("options", [("-p", "no:xdist"), ("-n", "1")], ids=["alone", "shared"])
def test_killed_tests_leave_nothing(run: Run, tmp_path: Path, options: tuple[str, ...]) -> None:
    if "-n" in options:
        pytest.importorskip("xdist")
    (tmp_path / "test_it.py").write_text(
        "import sys, time\n"
        "def test_it(postgresql_server, valkey_server, tmp_path_factory):\n"
        f"    open({str(tmp_path / 'scratch')!r}, 'w').write(str(postgresql_server.scratch))\n"
        "    time.sleep(300)\n"
    )
    ours = [
        "-c",
        ROOT / "pyproject.toml",
        f"--rootdir={tmp_path}",
        "-o",
        "cache_dir=" + str(tmp_path / "cache"),
    ]
    tests = run.start(sys.executable, "-m", "pytest", *ours, *options, tmp_path / "test_it.py")
    run.until(lambda: (tmp_path / "scratch").exists() and (tmp_path / "scratch").read_text())
    assert any("postgres" in line for line in run.alive())
    tests.kill()
    tests.wait()
    run.until(lambda: not run.alive(), 30)
    run.until(lambda: not Path((tmp_path / "scratch").read_text()).exists(), 10)


def test_killed_pages_give_their_port_back(run: Run, tmp_path: Path) -> None:
    port = free_port()
    pages = run.start(sys.executable, "-m", "lms", "serve", "--port", str(port), LMS_DATA=str(tmp_path))
    run.until(lambda: _answers(port))
    assert len(run.alive()) >= 3
    pages.kill()
    pages.wait()
    run.until(lambda: not run.alive(), 30)


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
def test_pages_and_worker_in_the_background_hear_both_signals(
    run: Run, tmp_path: Path, stop: signal.Signals
) -> None:
    port = free_port()
    environment = {"LMS_DATA": str(tmp_path)}
    program = (sys.executable, "-m", "lms")
    run.start(*program, "db", "upgrade", **environment).wait(PATIENCE)
    pages = run.start(*program, "serve", "--port", str(port), deaf=True, **environment)
    worker = run.start(*program, "worker", deaf=True, **environment)
    run.until(lambda: _answers(port))
    run.until(lambda: " ready" in run.said())
    for process in (pages, worker):
        process.send_signal(stop)
        process.wait(30)
    run.until(lambda: not run.alive(), 5)


def test_tests_in_the_background_pass(run: Run, tmp_path: Path) -> None:
    """A shell's background job ignores Ctrl-C; what a test sends to itself or to a child must still arrive."""
    wanted = "tests/functional/test_backup.py::test_a_backup_that_was_stopped_is_none"
    options = ("-p", "no:xdist", "-o", f"cache_dir={tmp_path}")
    tests = run.start(sys.executable, "-m", "pytest", *options, wanted, deaf=True)
    assert tests.wait(PATIENCE) == 0, run.said()[-3000:]
