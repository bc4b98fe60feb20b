"""An upgrade while people work: both groups of pages restarted in turn behind the delivered nginx (R14).

As docs/operate.md says: one group is asked to end, starts again, answers ``/readyz``; then the other, then the worker.
"""

import http.client
import re
import signal
import ssl
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlencode

import click
from imbas_demo.cast import PASSWORD

from bench import report
from bench.installation import Site, running
from bench.proxy import HOST, Nginx, nginx
from bench.teachers import paper, teachers
from lms.platform.embedded import free_port
from lms.testing.processes import Processes

CALM = 2.0
"""Seconds of traffic before, between and after the restarts."""


@dataclass(slots=True)
class Visitor(threading.Thread):
    """A teacher with one kept connection: opens home, saves a setting, never pauses."""

    front: Nginx
    username: str
    over: threading.Event
    answers: int = 0
    slowest: float = 0.0
    failures: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        threading.Thread.__init__(self)

    def __hash__(self) -> int:
        return id(self)

    def run(self) -> None:
        """Until it is ``over``."""
        trust = ssl.create_default_context(cafile=str(self.front.certificate))
        wire = http.client.HTTPSConnection("127.0.0.1", self.front.tls_port, timeout=30, context=trust)
        cookies: dict[str, str] = {}
        form = self._ask(wire, cookies, "GET", "/masuk", {})
        self._ask(wire, cookies, "POST", "/masuk", {"username": self.username, "password": PASSWORD}, form)
        while not self.over.is_set():
            self._ask(wire, cookies, "GET", "/", {})
            form = self._ask(wire, cookies, "GET", "/akun/saya", {})
            fields = {"locale": "id", "timezone": "Asia/Jakarta", "phone": ""}
            self._ask(wire, cookies, "POST", "/akun/saya", fields, form)

    def _ask(
        self,
        wire: http.client.HTTPSConnection,
        cookies: dict[str, str],
        method: str,
        path: str,
        fields: dict[str, str],
        form: str = "",
    ) -> str:
        hidden = dict(re.findall(r'name="(csrf_token|_key)" value="([^"]*)"', form))
        headers = {"Host": HOST, "Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())}
        body = urlencode(fields | hidden) if method == "POST" else None
        if body:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        began = time.monotonic()
        try:
            wire.request(method, path, body=body, headers=headers)
            found = wire.getresponse()
            text = found.read().decode()
        except (OSError, http.client.HTTPException) as error:
            self.failures.append(f"{method} {path}: {error!r}")
            wire.close()
            return ""
        self.answers += 1
        self.slowest = max(self.slowest, time.monotonic() - began)
        if found.status not in {200, 303}:
            self.failures.append(f"{method} {path}: {found.status}")
        for line in found.headers.get_all("Set-Cookie", []):
            name, _, value = line.split(";")[0].partition("=")
            cookies[name] = value
        return text


@click.command()
@click.option("--visitors", default=4, show_default=True, help="People who never pause.")
@click.option("--database", type=click.Choice(["sqlite", "postgresql"]), default="sqlite", show_default=True)
def upgrade(visitors: int, database: str) -> None:
    """Requests that fail while both groups of pages and the worker are restarted in turn."""
    with (
        running(database, schools=2, workers=1) as site,
        TemporaryDirectory() as folder,
        _second_group(site) as second,
        nginx(Path(folder), pages=site.port, more_pages=second.port) as front,
    ):
        over = threading.Event()
        people = teachers(site.app, paper(site.app).quiz_id, count=visitors)
        crowd = [Visitor(front, person.username, over) for person in people]
        for visitor in crowd:
            visitor.start()
        took = []
        for group in (site, second):
            time.sleep(CALM)
            took.append(_restart(group, "web"))
        _restart(site, "worker")
        time.sleep(CALM)
        over.set()
        for visitor in crowd:
            visitor.join()
        _report(site, crowd, took)


def _second_group(site: Site) -> "_Group":
    settings = site.settings.model_copy(update={"public_url": f"http://127.0.0.1:{free_port()}"})
    return _Group(settings, {}, web_workers=1)


class _Group(Processes):
    """Another group of pages of the same installation."""

    def __enter__(self) -> "_Group":
        self.start("web")
        self.wait_for_pages()
        return self

    def __exit__(self, *_error: object) -> None:
        self.stop()


def _restart(group: Processes, name: str) -> float:
    """As systemd does; the seconds until it answered again."""
    began = time.monotonic()
    child = group.children[name]
    child.send_signal(signal.SIGTERM)
    child.wait(timeout=30)
    group.start(name)
    if name == "web":
        group.wait_for_pages()
    return time.monotonic() - began


def _report(site: Site, crowd: list[Visitor], took: list[float]) -> None:
    failures = [failure for visitor in crowd for failure in visitor.failures]
    print("\n### An upgrade while people work\n")
    print(report.circumstances(site.app.config["SQLALCHEMY_DATABASE_URI"]))
    lines = [
        ("people who never paused", str(len(crowd)), "", ""),
        ("requests", str(sum(visitor.answers for visitor in crowd)), "", ""),
        ("requests that failed", str(len(failures)), "0", report.verdict(len(failures), 0)),
        ("slowest answer, s", f"{max(visitor.slowest for visitor in crowd):.2f}", "", ""),
        ("each group of pages away, s", ", ".join(f"{seconds:.1f}" for seconds in took), "", ""),
    ]
    print("\n" + report.table(("figure", "measured", "goal", ""), lines))
    for failure in failures[:10]:
        print(f"* {failure}")
