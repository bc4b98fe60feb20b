"""``lms serve``: the processes that answer people."""

import multiprocessing
import os
from tempfile import TemporaryDirectory

import click
from flask import Flask
from granian import Granian
from granian.constants import Interfaces
from sqlalchemy.orm import configure_mappers

from lms.app import create_app
from lms.platform.db import db
from lms.platform.memory import bound_malloc, settle

COUNTED_TOGETHER = "PROMETHEUS_MULTIPROC_DIR"
"""Names the folder in which the processes count requests, before any of them imports the library."""


def _in_memory() -> str | None:
    """A folder for the counts that no full disk touches: writing to a mapped file there would end the process (SIGBUS)."""
    return "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # noqa: S108


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True)
@click.option("--workers", default=2, show_default=True, help="Processes.")
@click.option("--threads", default=64, show_default=True, help="Requests at once in each process.")
def serve(host: str, port: int, workers: int, threads: int) -> None:
    """Serve the pages. Slow phones need many threads, not many processes.

    The application is made once; the processes are forks, which share its memory.
    """
    bound_malloc()
    multiprocessing.set_start_method(
        "fork", force=True
    )  # what Granian takes; newer Pythons have another default
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
    with TemporaryDirectory(prefix="imbas-requests-", dir=_in_memory()) as folder:
        os.environ[COUNTED_TOGETHER] = folder
        app = _make_pages()
        server.serve(target_loader=lambda _target: app)


def _make_pages() -> Flask:
    """The application with all that its processes would each make for themselves, and no connection."""
    app = create_app()
    configure_mappers()
    for name in app.jinja_env.list_templates(extensions=["html"]):
        app.jinja_env.get_template(name)
    with app.app_context():
        db.engine.dispose()
    settle()
    return app
