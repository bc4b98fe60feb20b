"""``python -m bench [scenario]``: one scenario, or all of them with their usual settings."""

import subprocess
import sys

import click

from bench.completion import recompute
from bench.province import province
from bench.quiz import quiz

ALL = (
    ("quiz", "--database", "sqlite"),
    ("quiz", "--database", "postgresql"),
    ("province", "--database", "sqlite"),
    ("province", "--database", "postgresql"),
    ("completion", "--database", "sqlite"),
    ("completion", "--database", "postgresql"),
)
"""What ``python -m bench`` runs, each in a process of its own."""


@click.group(invoke_without_command=True, commands=(quiz, province, recompute))
@click.pass_context
def bench(context: click.Context) -> None:
    """Measure; without a scenario, everything."""
    if context.invoked_subcommand is None:
        for arguments in ALL:
            subprocess.run([sys.executable, "-m", "bench", *arguments], check=True)


if __name__ == "__main__":
    bench()
