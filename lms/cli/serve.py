"""``lms serve``: the processes that answer people."""

import errno
import multiprocessing
import os
import socket
import sys
import threading
import time
from tempfile import TemporaryDirectory

import click
from flask import Flask
from granian import Granian
from granian.constants import Interfaces

from lms.platform.children import end_with
from lms.platform.gc_tuning import bound_malloc, tune_gc

COUNTED_TOGETHER = "PROMETHEUS_MULTIPROC_DIR"
"""Names the folder in which the processes count requests, before any of them imports the library."""


def _in_memory() -> str | None:
    """A folder for the counts that no full disk touches: writing to a mapped file there would end the process (SIGBUS)."""
    return "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # noqa: S108


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True)
@click.option("--workers", type=click.IntRange(min=1), default=2, show_default=True, help="Processes.")
@click.option(
    "--threads",
    type=click.IntRange(min=1),
    default=64,
    show_default=True,
    help="Requests at once in each process.",
)
@click.option("--worker/--no-worker", "with_worker", help="Also work as `lms worker`, in one more process.")
def serve(host: str, port: int, workers: int, threads: int, with_worker: bool) -> None:
    """Serve the pages. Slow phones need many threads, not many processes.

    Several processes are forks of one that has made the application, and share its memory; a single one would share
    with nobody and makes it for itself.
    """
    place = _hold(host, port)
    bound_malloc()
    # what Granian takes; newer Pythons have another default
    multiprocessing.set_start_method("fork", force=True)
    server = Granian(
        "lms.cli.serve",
        interface=Interfaces.WSGI,
        address=host,
        port=port,
        workers=workers,
        blocking_threads=threads,
        workers_kill_timeout=10,
        respawn_failed_workers=True,
        log_access=False,
        websockets=False,
    )
    with place, TemporaryDirectory(prefix="imbas-requests-", dir=_in_memory()) as folder:
        os.environ[COUNTED_TOGETHER] = folder
        shared, parent = _make_pages() if workers > 1 or with_worker else None, os.getpid()

        def load(_target: str) -> Flask:
            """In each process: it does not outlive the one that watches over it."""
            end_with(parent)
            return shared or _make_pages()

        if with_worker and shared:
            _keep_working(shared, parent)
        server.serve(target_loader=load)


def _keep_working(app: Flask, parent: int) -> None:
    """A worker beside the pages, started again when it ends; it does not outlive the process that serves."""
    from lms.cli.worker import work

    def begin() -> None:
        end_with(parent)
        sys.exit(work(app))

    def watch() -> None:
        while True:
            process = multiprocessing.Process(target=begin, name="worker", daemon=True)
            process.start()
            process.join()
            time.sleep(1)

    threading.Thread(target=watch, name="keeps the worker", daemon=True).start()


def _hold(host: str, port: int) -> socket.socket:
    """What keeps a second server of this address away until it is closed; raises ClickException when one is there.

    Each process of the pages listens for itself (SO_REUSEPORT), so a second server would start without a
    word and take half of the requests. A bind without that option is refused where somebody listens; of
    two that start in the same moment, one does not get the name.
    """
    try:
        family, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family) as probe:
            # a restart need not wait until the last connections are forgotten
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
        holder = socket.socket(socket.AF_UNIX)
        if sys.platform == "linux":
            holder.bind(f"\0imbas pages {host} {port}")  # a name without a file: it ends with the process
    except OSError as error:
        raise click.ClickException(_refusal(host, port, error)) from None
    return holder


def _refusal(host: str, port: int, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"port {port} is in use on {host}; choose another: --port {port + 1}"
    return f"{host}:{port} cannot be served: {error.strerror}"


def _make_pages() -> Flask:
    """The application with all that its processes would each make for themselves, and no connection."""
    from sqlalchemy.orm import configure_mappers

    from lms.app import create_app  # not above: the process that only watches over a single one stays small
    from lms.platform.application import platform
    from lms.platform.db import db
    from lms.web.filters import load_locales

    app = create_app()
    configure_mappers()
    for name in app.jinja_env.list_templates(extensions=["html"]):
        app.jinja_env.get_template(name)
    load_locales()
    platform(app).celery.Task  # noqa: B018 - loaded by being asked for, and by the first message otherwise
    with app.app_context():
        db.engine.dispose()
    tune_gc()
    return app
