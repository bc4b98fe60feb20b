"""``lms serve`` and ``lms worker``: the two kinds of process."""

import os
from tempfile import TemporaryDirectory

import click
from celery.beat import EmbeddedService
from flask import Flask
from granian import Granian
from granian.constants import Interfaces

from lms.app import create_app
from lms.platform.memory import settle

COUNTED_TOGETHER = "PROMETHEUS_MULTIPROC_DIR"
"""Names the folder in which the processes count requests, before any of them imports the library."""
_SCHEDULER = "celery.beat:Scheduler"


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True)
@click.option("--workers", default=2, show_default=True, help="Processes.")
@click.option("--threads", default=64, show_default=True, help="Requests at once in each process.")
def serve(host: str, port: int, workers: int, threads: int) -> None:
    """Serve the pages. Slow phones need many threads, not many processes."""
    server = Granian(
        "lms.cli.serve:make_pages",
        factory=True,
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
    with TemporaryDirectory(prefix="imbas-requests-") as folder:
        os.environ[COUNTED_TOGETHER] = folder
        server.serve()


def make_pages() -> Flask:
    """The application in a process of its own."""
    app = create_app()
    settle()
    return app


@click.command()
@click.option("--concurrency", default=2, show_default=True)
@click.option("--pool", type=click.Choice(["threads", "prefork"]), default="threads", show_default=True)
@click.option("--beat/--no-beat", default=True, show_default=True, help="Also send the clock's ticks.")
def worker(concurrency: int, pool: str, beat: bool) -> None:
    """Score quizzes, follow completion, make certificates. Run as many as you like."""
    app = create_app()
    celery = app.extensions["celery"]
    settings = app.config["LMS"]
    arguments = ["worker", f"--pool={pool}", f"--concurrency={concurrency}", "--without-mingle"]
    arguments += ["--without-gossip", f"--loglevel={settings.log_level}"]
    # Every worker may tick: the sweep is idempotent, and one lost worker must not stop the clock.
    # What was sent is not worth keeping, so there is no file that workers could quarrel about.
    if beat and settings.broker_url:
        arguments += ["--beat", f"--scheduler={_SCHEDULER}"]
    elif beat:
        EmbeddedService(celery, thread=True, scheduler_cls=_SCHEDULER).start()  # type: ignore[union-attr]  # a thread
    settle()
    celery.worker_main(arguments)
