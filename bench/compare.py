"""Two revisions side by side: what is compared must be measured in turns, since a machine changes from minute to minute."""

import json
import os
import shutil
import subprocess
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import click

from bench import report


@click.command(context_settings={"ignore_unknown_options": True})
@click.argument("other", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--pairs", default=5, show_default=True)
@click.argument("options", nargs=-1, type=click.UNPROCESSED)
def compare(other: Path, pairs: int, options: tuple[str, ...]) -> None:
    """Run ``quiz`` with OPTIONS in this checkout and in OTHER, which has a .venv of its own, in turns."""
    here = Path(__file__).parents[1]
    found: dict[Path, list[dict[str, float]]] = {here: [], other.resolve(): []}
    for number in range(pairs):
        for checkout in list(found) if number % 2 else reversed(list(found)):
            found[checkout].append(_run(checkout, options))
    new, old = found.values()
    lines = []
    for name in ("cpu", "pace", "memory"):
        ratios = [one[name] / before[name] for one, before in zip(new, old, strict=True)]
        values = [median(run[name] for run in runs) for runs in (old, new)]
        lines.append(
            (
                name,
                *(f"{value:.4g}" for value in values),
                f"{median(ratios):.3f}",
                f"{min(ratios):.3f}",
                f"{max(ratios):.3f}",
            )
        )
    print(f"\n### This revision against another, {pairs} pairs in turns: quiz {' '.join(options)}\n")
    print(report.table(("median", "other", "this", "this / other", "least", "most"), lines))


def _run(checkout: Path, options: tuple[str, ...]) -> dict[str, float]:
    """The medians of one measurement: this checkout's clients, that checkout's server."""
    with TemporaryDirectory() as folder:
        shutil.copytree(Path(__file__).parent, Path(folder) / "bench")
        shutil.copytree(checkout / "deploy", Path(folder) / "deploy")
        file = Path(folder) / "runs.json"
        subprocess.run(
            [
                checkout.absolute() / ".venv/bin/python",
                "-m",
                "bench",
                "quiz",
                "--runs",
                "1",
                "--json",
                file,
                *options,
            ],
            cwd=folder,
            check=True,
            stdout=subprocess.DEVNULL,
            env={name: value for name, value in os.environ.items() if name != "VIRTUAL_ENV"},
        )
        runs = json.loads(file.read_text())
    return {name: median(run[name] for run in runs) for name in ("cpu", "pace", "memory")}
