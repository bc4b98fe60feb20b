"""A stranger follows docs/plugins.md word for word: each command is run, each file is written, each quotation is true."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.contract.machine import Machine, make_machine

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "docs" / "plugins.md").read_text(encoding="utf-8")
STEP = re.compile(r"(?:`(?P<path>(?:garden|plugins)/\S+)`\n\n)?```(?P<kind>\w+)\n(?P<text>.*?)```", re.DOTALL)
pytestmark = pytest.mark.slow


def test_the_guide_builds_a_plugin(tmp_path: Path) -> None:
    machine = make_machine(tmp_path, with_imbas=True)
    _commands(machine, tmp_path / "bin")
    machine.lms("db", "upgrade")
    said = ""
    for step in STEP.finditer(GUIDE):
        if step["kind"] == "sh":
            said += _run(machine, tmp_path, step["text"])
        else:
            assert step["path"], f"the guide does not say where this goes:\n{step['text'][:200]}"
            if step["path"].startswith("plugins/"):  # a quotation of a module
                assert step["text"] in (ROOT / step["path"]).read_text(encoding="utf-8")
                continue
            target = tmp_path / step["path"]
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(step["text"], encoding="utf-8")
    assert re.search(r"^garden +0\.1\.0", said, flags=re.MULTILINE)
    assert "models and migrations agree" in said
    assert said.count(" passed") == 2
    assert "1 item types, 1 deliverables, 1 completion rules" in machine.lms("plugins", "list")


def test_each_block_of_the_guide_is_run() -> None:
    assert GUIDE.count("```") == 2 * len(STEP.findall(GUIDE)) > 16


def _commands(machine: Machine, folder: Path) -> None:
    """``lms``, ``pip`` and ``pytest`` as a shell finds them where Imbas is installed."""
    folder.mkdir()
    pip = f"{sys.executable} -m pip --python {machine.python}"
    for name, line in (
        ("lms", f"{machine.python} -m lms"),
        ("pytest", f"{machine.python} -m pytest"),
        ("pybabel", f"{machine.python} -m babel.messages.frontend"),
        ("pip", pip),
    ):
        script = folder / name
        script.write_text(f'#!/bin/sh\nexec {line} "$@"\n')
        script.chmod(0o755)


def _run(machine: Machine, folder: Path, commands: str) -> str:
    done = subprocess.run(
        ["sh", "-eu", "-c", commands],
        cwd=folder,
        capture_output=True,
        text=True,
        env=machine.environment() | {"PATH": f"{folder / 'bin'}:{os.environ['PATH']}"},
    )
    assert done.returncode == 0, commands + done.stdout[-3000:] + done.stderr[-3000:]
    return done.stdout
