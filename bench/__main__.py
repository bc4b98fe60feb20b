"""``python -m bench [scenario]``: one scenario, or all of them with their usual settings."""

import subprocess
import sys

import click

from bench.backlog import backlog
from bench.certificates import certificate_batch
from bench.compare import compare
from bench.completion import recompute
from bench.deadlines import deadline_of_everybody
from bench.few_saves import few_saves
from bench.guesses import guesses
from bench.handin import handin, peak
from bench.hostile_files import hostile_files
from bench.kills import kills
from bench.province import province
from bench.quiz import quiz
from bench.saving import saving
from bench.slow_network import link
from bench.upgrade import upgrade
from bench.upload import upload

ALL = (
    ("quiz", "--database", "sqlite"),
    ("quiz", "--database", "sqlite", "--questions", "without-essay"),
    ("quiz", "--database", "sqlite", "--questions", "single-choice", "--clients", "32"),
    ("quiz", "--database", "postgresql"),
    ("quiz", "--database", "postgresql", "--questions", "without-essay"),
    ("quiz", "--database", "postgresql", "--questions", "single-choice", "--clients", "32"),
    ("few-saves", "--database", "sqlite"),
    ("few-saves", "--database", "postgresql"),
    ("saving",),
    ("handin",),
    ("peak",),
    ("certificates",),
    ("certificates", "--count", "10000", "--kills", "40"),
    ("province", "--database", "sqlite"),
    ("province", "--database", "postgresql"),
    ("completion", "--database", "sqlite"),
    ("completion", "--database", "postgresql"),
    ("deadlines", "--database", "postgresql"),
    ("upload",),
    ("link",),
    ("files", "--database", "sqlite"),
    ("files", "--database", "postgresql", "--no-kinds"),
    ("backlog",),
    ("upgrade",),
    ("guesses",),
    ("kills", "--database", "sqlite"),
    ("kills", "--database", "postgresql"),
)
"""What ``python -m bench`` runs, each in a process of its own."""

SCENARIOS = (
    quiz,
    few_saves,
    compare,
    saving,
    handin,
    hostile_files,
    peak,
    certificate_batch,
    province,
    recompute,
    deadline_of_everybody,
    upload,
    link,
    backlog,
    upgrade,
    guesses,
    kills,
)


@click.group(invoke_without_command=True, commands=SCENARIOS)
@click.pass_context
def bench(context: click.Context) -> None:
    """Measure; without a scenario, everything."""
    if context.invoked_subcommand is None:
        for arguments in ALL:
            subprocess.run([sys.executable, "-m", "bench", *arguments], check=True)


if __name__ == "__main__":
    bench()
