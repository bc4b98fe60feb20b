"""The processes of a demonstration: broker, web, worker. They start together, and none outlives the command."""

import contextlib
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import click

from imbas_demo.demo_settings import as_environment
from lms.platform import children
from lms.platform.embedded import Server, ServerMissing, start_valkey
from lms.settings import Settings

READY_SECONDS = 60
STOP_SECONDS = 12


@dataclass
class Crew:
    """The child processes: broker, web, worker. Each in a group of its own, so that none is left."""

    settings: Settings
    children: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    broker: Server | None = None
    stopping: bool = False

    def start(self) -> None:
        """Start all three; without the broker's wheel the worker polls."""
        environment = os.environ | as_environment(self.settings)
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
        environment = (
            os.environ
            | as_environment(self.settings)
            | ({"LMS_BROKER_URL": self.broker.url} if self.broker else {})
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
            self.children[name] = children.start(
                [sys.executable, "-m", "lms", *arguments], env=environment, log=log
            )

    def _log(self, name: str) -> Path:
        folder = self.settings.data / "logs"
        folder.mkdir(parents=True, exist_ok=True)
        return folder / f"{name}.log"


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=1) as response:  # noqa: S310 - our own loopback address
            return bool(response.status == 200)
    except OSError:
        return False


def _signal_group(child: subprocess.Popen[bytes], number: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child.pid, number)
