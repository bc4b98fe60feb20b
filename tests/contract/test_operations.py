"""What an operator is told: settings, commands, units and metrics are those of the code."""

import configparser
import os
import re
import shlex
import shutil
import subprocess
import sys
import time
from pathlib import Path

import click
import pytest
import yaml
from flask import Flask
from flask.cli import ScriptInfo
from flask.testing import FlaskClient
from pydantic_core import PydanticUndefined

from lms.cli.main import group
from lms.settings import Settings

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
OPERATE = (ROOT / "docs" / "operate.md").read_text(encoding="utf-8")
PAGES = [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *DEPLOY.iterdir()]
FILLED_IN = {
    "smtp_url",
    "data",
    "database_url",
    "storage_url",
    "secret_key",
    "old_secret_keys",
    "broker_url",
    "s3_endpoint",
    "metrics_token",
    "plugins_off",
}
"""Empty means something that the table says in words."""


def test_the_table_of_settings_is_the_code() -> None:
    rows = dict(re.findall(r"^\| `LMS_(\w+)` \| (.+?) \|", OPERATE, flags=re.MULTILINE))
    assert {name.lower() for name in rows} == set(Settings.model_fields)
    for name, field in Settings.model_fields.items():
        if name not in FILLED_IN and field.default is not PydanticUndefined:
            assert rows[name.upper()].strip("`").lower() == str(field.default).lower(), name


@pytest.mark.parametrize("page", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_each_setting_that_is_named_exists(page: Path) -> None:
    known = {f"LMS_{name.upper()}" for name in Settings.model_fields} | {
        "LMS_SETTINGS_FILE",
        "LMS_WRITE_AUTHORISATION",
    }
    assert set(re.findall(r"\bLMS_[A-Z_]+[A-Z]\b", page.read_text(encoding="utf-8"))) - known == set()


@pytest.mark.parametrize("page", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_each_command_that_is_named_exists(app: Flask, page: Path) -> None:
    wrong = [
        line for line in _commands(page.read_text(encoding="utf-8")) if (fault := _fault(app, line)) and fault
    ]
    assert wrong == []


def test_the_compose_file_fits_together() -> None:
    compose = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
    services = compose["services"]
    for name, service in services.items():
        assert set(service.get("depends_on", {})) <= set(services), name
        named = [entry.split(":")[0] for entry in service.get("volumes", ())]
        assert set(named) <= set(compose["volumes"]), name
        if "build" in service:
            assert (DEPLOY / service["build"]["dockerfile"].removeprefix("deploy/")).exists()
            assert _fault_of(service.get("command", ["lms", "serve"])) == "", name
            settings = {
                n: v for n, v in service["environment"].items() if n.startswith("LMS_") and "$" not in str(v)
            }
            Settings(**{n.removeprefix("LMS_").lower(): v for n, v in settings.items()})
    wanted = set(re.findall(r"\$\{(\w+):\?\}", (DEPLOY / "compose.yaml").read_text()))
    assert {name for name in wanted if f"`{name}`" not in OPERATE} == set()


def test_compose_itself_understands_the_file(tmp_path: Path) -> None:
    compose = shutil.which("docker-compose")
    if compose is None:
        pytest.skip("docker-compose is not installed")
    wanted = re.findall(r"\$\{(\w+):\?\}", (DEPLOY / "compose.yaml").read_text())
    (tmp_path / "env").write_text("".join(f"{name}=x\n" for name in wanted))
    command = [compose, "--env-file", tmp_path / "env", "-f", DEPLOY / "compose.yaml", "config", "--quiet"]
    found = subprocess.run(command, capture_output=True, text=True)
    assert (found.returncode, found.stderr) == (0, "")


@pytest.mark.parametrize("unit", sorted(DEPLOY.glob("*.service")), ids=lambda path: path.name)
def test_each_unit_starts_a_command_that_exists(unit: Path) -> None:
    lines = unit.read_text().splitlines()
    starts = [line.removeprefix("ExecStart=") for line in lines if line.startswith("ExecStart=")]
    assert any("/opt/imbas/bin/lms " in line for line in starts)
    parser = configparser.ConfigParser(strict=False, interpolation=None)
    parser.read_string("\n".join(lines))
    assert parser["Service"]["User"] == "imbas"
    assert f"{unit.name}" in OPERATE or f"{unit.stem}.timer" in OPERATE


def test_each_timer_has_its_unit() -> None:
    assert all(timer.with_suffix(".service").exists() for timer in DEPLOY.glob("*.timer"))


def test_systemd_understands_each_unit(tmp_path: Path) -> None:
    systemd = shutil.which("systemd-analyze")
    if systemd is None:
        pytest.skip("systemd is not installed")
    units = [*DEPLOY.glob("*.service"), *DEPLOY.glob("*.timer")]
    for unit in units:  # the program is not at its place here, and systemd looks for it
        (tmp_path / unit.name).write_text(unit.read_text().replace("/opt/imbas/bin/lms", sys.executable))
    copies = sorted(tmp_path.iterdir())
    found = subprocess.run([systemd, "verify", "--man=no", *copies], capture_output=True, text=True)
    assert (found.returncode, found.stderr) == (0, ""), "a key that is misspelt is a warning alone"


def test_old_archives_make_room_before_the_next_but_the_newest_stay(tmp_path: Path) -> None:
    """Also where no backup has come to its end for a month."""

    def aged(name: str, days: float) -> str:
        (tmp_path / name).touch()
        os.utime(tmp_path / name, times=(time.time() - days * 86400,) * 2)
        return name

    for days in range(31, 50):
        aged(f"imbas-{days}.tar", days)
    kept = [aged("changes.tar", 90), aged("imbas-now.tar.part", 0.1), aged("imbas-30.tar", 29.9)]
    aged("imbas-cut-off.tar.part", 1)
    _make_room(tmp_path)
    left = {path.name for path in tmp_path.iterdir()}
    assert left == {*kept, *(f"imbas-{days}.tar" for days in range(31, 36))}
    young = {aged(f"imbas-young-{number}.tar", number) for number in range(8)}
    _make_room(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {*kept, *young}


def _make_room(folder: Path) -> None:
    """What the unit does before its backup, as systemd would."""
    lines = (DEPLOY / "imbas-backup.service").read_text().splitlines()
    names = [line.split("=")[0] for line in lines]
    assert names.index("ExecStartPre") < names.index("ExecStart")
    for line in lines:
        if line.startswith("ExecStartPre="):
            command = line.removeprefix("ExecStartPre=-").replace("/var/backups/imbas", str(folder))
            assert not command.startswith("ExecStartPre"), "a fault in here must not stop the backup"
            subprocess.run(shlex.split(command.replace("%%", "%")), check=True)


def test_the_metrics_are_those_of_the_page(client: FlaskClient) -> None:
    shown = set(re.findall(r"^# TYPE (\w+) ", client.get("/metrics").text, flags=re.MULTILINE))
    assert set(re.findall(r"^\| `(imbas_\w+)`", OPERATE, flags=re.MULTILINE)) == shown


def _commands(text: str) -> list[str]:
    """``lms ...`` in blocks of shell, units and code spans."""
    blocks = re.findall(r"```sh\n(.*?)```", text, flags=re.DOTALL)
    spans = re.findall(r"`([^`\n]*\blms [^`\n]*)`", text)
    starts = re.findall(r"^ExecStart=.*", text, flags=re.MULTILINE)
    lines = [line.split(" #")[0] for part in (*blocks, *spans, *starts) for line in part.splitlines()]
    return [
        found[1]
        for line in lines
        for found in re.finditer(r"(?:^|[ '\"/])lms ((?:[-\w{]|<).*?)(?:&&|;|$)", line)
    ]


def _fault(app: Flask, line: str) -> str:
    return _fault_of(["lms", *shlex.split(line.replace("'", "").replace('"', ""))], app)


def _fault_of(words: list[str], app: Flask | None = None) -> str:
    """Why these words are not a command of ours; "" when they are."""
    command: click.Command = group
    words = words[1:]
    context = click.Context(group, obj=ScriptInfo(create_app=(lambda: app) if app else None))  # type: ignore[arg-type]
    if words[:1] == ["--settings"]:
        words = words[2:]
    while isinstance(command, click.Group) and words and re.fullmatch(r"[a-z]+", words[0]):
        found = command.get_command(context, words[0])
        if found is None:
            return f"no command {words[0]}"
        command, words = found, words[1:]
    known = {
        option for parameter in command.params for option in (*parameter.opts, *parameter.secondary_opts)
    }
    strange = [
        word
        for word in words
        if word.startswith("-") and word.split("=")[0] not in known | {"--help", "--version"}
    ]
    return f"no option {strange}" if strange else ""
