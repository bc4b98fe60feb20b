"""``lms worker``: the process that does what nobody waits for."""

import sys

import click
from celery.beat import EmbeddedService
from celery.signals import task_received
from celery.worker import state
from flask import Flask

from lms.app import create_app
from lms.platform.application import platform
from lms.platform.gc_tuning import bound_malloc, tune_gc
from lms.platform.watchdog import Watchdog, leave
from lms.platform.worker import SWEEP_SECONDS, broker_answers, sweep

_SCHEDULER = "celery.beat:Scheduler"


@click.command()
@click.option("--concurrency", type=click.IntRange(min=1), default=2, show_default=True)
@click.option("--pool", type=click.Choice(["threads", "prefork"]), default="threads", show_default=True)
@click.option("--beat/--no-beat", default=True, show_default=True, help="Also send the clock's ticks.")
def worker(concurrency: int, pool: str, beat: bool) -> None:
    """Score quizzes, follow completion, make certificates. Run as many as you like."""
    bound_malloc()
    sys.exit(work(create_app(), concurrency=concurrency, pool=pool, beat=beat))


def work(app: Flask, *, concurrency: int = 2, pool: str = "threads", beat: bool = True) -> int:
    """Work until somebody asks to stop; the exit code."""
    celery = platform(app).celery
    settings = platform(app).settings
    # Every worker may tick: the sweep is idempotent, and one lost worker must not stop the clock.
    # What was sent is not worth keeping, so there is no file that workers could quarrel about.
    if beat:  # in a thread: Celery's own --beat is a second process with everything in memory again
        EmbeddedService(celery, thread=True, scheduler_cls=_SCHEDULER).start()  # type: ignore[union-attr]  # a thread
        _watch(app, sweeps=pool == "threads")
    tune_gc()
    # not by Celery's own command line, which loads a shell's line editor and colours
    running = celery.Worker(
        pool=pool,
        concurrency=concurrency,
        loglevel=settings.log_level,
        without_mingle=True,
        without_gossip=True,
    )
    running.start()
    return int(running.exitcode or 0)


def _watch(app: Flask, *, sweeps: bool) -> None:
    """Go on without messages, and end when deaf. A parent of forks opens no connection that they would inherit."""
    url = platform(app).settings.broker_url
    watchdog = Watchdog(
        sweep=lambda: sweep(app) if sweeps else None,
        answers=lambda: broker_answers(url),
        busy=lambda: bool(state.active_requests),
        leave=leave,
    )
    task_received.connect(watchdog.heard, weak=False)
    watchdog.start(SWEEP_SECONDS)
