"""``lms demo``: everything on one machine, with the programme of the six schools, in one command."""

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
from sqlalchemy import func, select

from lms.app import create_app
from lms.platform import migrate
from lms.platform.audit import AuditEntry
from lms.platform.db import db
from lms.platform.embedded import Server, ServerMissing, start_valkey
from lms.settings import Settings
from lms.simulation.story import STORY_BEGINS, STORY_MIDDLE, Account, play

READY_SECONDS = 60
STOP_SECONDS = 12


@click.command()
@click.option("--port", default=8000, show_default=True)
@click.option(
    "--data", type=click.Path(path_type=Path, file_okay=False), default=Path("var"), show_default=True
)
@click.option(
    "--fresh", is_flag=True, help="Throw the demo's data away and start at the beginning of the story."
)
def demo(port: int, data: Path, fresh: bool) -> None:
    """Start web, worker and broker with the programme of the six schools. Ctrl-C stops all."""
    data = data.resolve()
    _refuse_taken_port(port)
    if fresh:
        _forget(data)
    note = data / "demo.json"
    known: dict[str, Any] = json.loads(note.read_text()) if note.exists() else {}
    start = STORY_BEGINS if fresh or known.get("fresh") else STORY_MIDDLE
    offset = known.get("clock_offset_seconds", int((start - datetime.now(UTC)).total_seconds()))
    settings = _settings(data, port, offset)
    accounts = _prepare(settings, until=start, known=known)
    about = {
        "url": settings.public_url,
        "clock_offset_seconds": offset,
        "fresh": bool(fresh or known.get("fresh")),
        "accounts": accounts,
    }
    note.write_text(json.dumps(about, indent=1, ensure_ascii=False) + "\n")
    crew = Crew(settings)
    signal.signal(signal.SIGTERM, crew.ask_to_stop)
    signal.signal(signal.SIGINT, crew.ask_to_stop)
    try:
        crew.start()
        crew.wait_until_ready()
        _welcome(settings, accounts, data)
        crew.watch()
    finally:
        crew.stop()


@dataclass
class Crew:
    """The child processes: broker, web, worker. Each in a group of its own, so that none is left."""

    settings: Settings
    children: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    broker: Server | None = None
    stopping: bool = False

    def start(self) -> None:
        """Start all three; without the broker's wheel the worker polls."""
        environment = _environment(self.settings)
        try:
            self.broker = start_valkey(self.settings.data / "broker")
            environment["LMS_BROKER_URL"] = self.broker.url
        except (ServerMissing, StopIteration):
            click.echo("No embedded broker for this machine: the worker looks every two seconds instead.")
        port = self.settings.public_url.rsplit(":", 1)[1]
        self._spawn("web", environment, "serve", "--port", port)
        self._spawn("worker", environment, "worker")

    def wait_until_ready(self) -> None:
        """Until the pages answer; raises ClickException with the log's place."""
        end = time.monotonic() + READY_SECONDS
        while time.monotonic() < end and not self.stopping:
            for name, child in self.children.items():
                if child.poll() is not None:
                    raise click.ClickException(f"{name} ended at once; see {self._log(name)}")
            if _answers(f"{self.settings.public_url}/readyz"):
                return
            time.sleep(0.05)
        if not self.stopping:
            raise click.ClickException(f"not ready after {READY_SECONDS} seconds; see {self._log('web')}")

    def watch(self) -> None:
        """Until somebody asks to stop; a child that ends is started again."""
        environment = _environment(self.settings) | (
            {"LMS_BROKER_URL": self.broker.url} if self.broker else {}
        )
        while not self.stopping:
            time.sleep(0.3)
            for name, child in list(self.children.items()):
                if child.poll() is not None and not self.stopping:
                    click.echo(f"{name} ended with status {child.returncode}; starting it again")
                    arguments = child.args
                    assert isinstance(arguments, list)
                    self._spawn(name, environment, *[str(part) for part in arguments[3:]])

    def ask_to_stop(self, _number: int, _frame: object) -> None:
        """A signal came: leave the loops."""
        self.stopping = True

    def stop(self) -> None:
        """End every child and its group, and wait for it."""
        self.stopping = True
        for child in self.children.values():
            _signal_group(child, signal.SIGTERM)
        end = time.monotonic() + STOP_SECONDS
        for child in self.children.values():
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.wait(timeout=max(0.1, end - time.monotonic()))
            _signal_group(child, signal.SIGKILL)  # grandchildren, if any are left
            child.wait()
        if self.broker:
            self.broker.stop()
        click.echo("Everything is stopped; the data stays.")

    def _spawn(self, name: str, environment: Mapping[str, str], *arguments: str) -> None:
        with self._log(name).open("ab") as log:
            self.children[name] = subprocess.Popen(
                [sys.executable, "-m", "lms", *arguments],
                env=dict(environment), stdout=log, stderr=log, stdin=subprocess.DEVNULL, start_new_session=True,
            )  # fmt: skip

    def _log(self, name: str) -> Path:
        folder = self.settings.data / "logs"
        folder.mkdir(parents=True, exist_ok=True)
        return folder / f"{name}.log"


def _prepare(settings: Settings, *, until: datetime, known: Mapping[str, Any]) -> list[dict[str, str]]:
    """Migrate; tell the story once. The sign-ins, from the story or from the last time."""
    say: Callable[[str], None] = click.echo
    app = create_app(settings)
    with app.app_context():
        migrate.upgrade(db.engine, app.extensions["components"])
        told = db.session.scalar(select(func.count()).select_from(AuditEntry))
        db.session.rollback()
        if told and known.get("accounts"):
            accounts = list(known["accounts"])
        else:
            say("Loading the programme of the six schools ...")
            accounts = [_plain(account) for account in play(app, until=until)]
        db.session.remove()
        db.engine.dispose()
    return accounts


def _plain(account: Account) -> dict[str, str]:
    return {
        "role": account.role,
        "name": account.name,
        "username": account.username,
        "password": account.password,
        "place": account.place,
    }


def _settings(data: Path, port: int, offset: int) -> Settings:
    return Settings(
        data=data,
        environment="demo",
        clock_offset_seconds=offset,
        public_url=f"http://127.0.0.1:{port}",
        require_totp=False,
        log_level="WARNING",
    )


def _environment(settings: Settings) -> dict[str, str]:
    return os.environ | {
        "LMS_DATA": str(settings.data),
        "LMS_ENVIRONMENT": settings.environment,
        "LMS_CLOCK_OFFSET_SECONDS": str(settings.clock_offset_seconds),
        "LMS_PUBLIC_URL": settings.public_url,
        "LMS_REQUIRE_TOTP": "false",
        "LMS_LOG_LEVEL": settings.log_level,
    }


def _welcome(settings: Settings, accounts: list[dict[str, str]], data: Path) -> None:
    click.echo(f"\nImbas is ready: {settings.public_url}\n")
    width = max(len(account["username"]) for account in accounts)
    for account in accounts:
        click.echo(
            f"  {account['role']:18} {account['username']:{width}}  {account['password']}   {account['place']}"
        )
    click.echo(f"\nAlso in {data / 'demo.json'}. Ctrl-C stops everything.", nl=True)


def _refuse_taken_port(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            raise click.ClickException(f"port {port} is in use; choose another: --port {port + 1}") from None


def _forget(data: Path) -> None:
    if data.exists() and any(data.iterdir()):
        if not (data / "demo.json").exists():
            raise click.ClickException(f"{data} holds something that is not a demo; nothing was removed")
        shutil.rmtree(data)


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=1) as response:  # noqa: S310 - our own loopback address
            return bool(response.status == 200)
    except OSError:
        return False


def _signal_group(child: subprocess.Popen[bytes], number: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child.pid, number)
