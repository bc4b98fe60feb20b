"""The processes of an installation: each can be killed as by a power cut, and started again."""

import os
import signal
import subprocess
import sys
import time
import urllib.request
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from lms.platform import children
from lms.platform.embedded import Server
from lms.settings import Settings

READY_SECONDS = 60
STOP_SECONDS = 15


@dataclass
class Processes:
    """Pages and worker with ``settings``, beside the ``servers`` (broker, database) that run already."""

    settings: Settings
    servers: dict[str, Server]
    web_workers: int = 1
    worker_beside_pages: bool = False
    """``web`` is ``lms serve --worker``: there is no ``worker`` of its own."""
    children: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict, init=False)

    @property
    def folder(self) -> Path:
        """Where data and logs are."""
        return self.settings.data

    @property
    def port(self) -> int:
        """Of the pages."""
        return int(self.settings.public_url.rsplit(":", 1)[1])

    def start(self, name: str) -> None:
        """Start ``web``, ``worker`` or a killed server."""
        if name in self.servers:
            self.servers[name].start()
            return
        arguments = {
            "web": [
                "serve",
                "--port",
                str(self.port),
                "--workers",
                str(self.web_workers),
                *(["--worker"] if self.worker_beside_pages else []),
            ],
            "worker": ["worker"],
        }[name]
        given = {
            f"LMS_{field.upper()}": str(getattr(self.settings, field))
            for field in self.settings.model_fields_set
        }
        with (self.folder / f"{name}.log").open("ab") as log:
            self.children[name] = children.start(
                [sys.executable, "-m", "lms", *arguments], env=os.environ | given, log=log
            )

    def kill(self, name: str) -> None:
        """As a power cut would, with its children."""
        if name in self.servers:
            self.servers[name].kill()
            return
        child = self.children.pop(name)
        _signal(child, signal.SIGKILL)
        child.wait()

    def wait_for_pages(self, path: str = "/readyz") -> None:
        """Until the pages answer; raises RuntimeError with the end of their log."""
        end = time.monotonic() + READY_SECONDS
        while time.monotonic() < end:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=2):
                    return
            except OSError:
                time.sleep(0.1)
        raise RuntimeError((self.folder / "web.log").read_text()[-3000:])

    def stop(self) -> None:
        """End everything, servers last."""
        for child in self.children.values():
            _signal(child, signal.SIGTERM)
        end = time.monotonic() + STOP_SECONDS
        for child in self.children.values():
            with suppress(subprocess.TimeoutExpired):
                child.wait(timeout=max(0.1, end - time.monotonic()))
            _signal(child, signal.SIGKILL)
            child.wait()
        for server in self.servers.values():
            server.stop()


def _signal(child: subprocess.Popen[bytes], number: int) -> None:
    with suppress(ProcessLookupError):
        os.killpg(child.pid, number)
