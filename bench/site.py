"""An installation with all its processes, on a province of invented schools."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from flask import Flask
from sqlalchemy import Engine, text

from lms.app import create_app
from lms.platform import migrate, outbox
from lms.platform.db import db
from lms.platform.embedded import Server, free_port, start_postgresql, start_valkey
from lms.settings import Settings
from lms.simulation.province import populate
from lms.simulation.story import STORY_MIDDLE
from lms.testing.databases import PostgresqlDatabases

READY_SECONDS = 60
DRAIN_SECONDS = 120


@dataclass
class Site:
    """A running installation; ``parts`` are the processes to measure, by name."""

    app: Flask
    database: str
    port: int
    folder: Path
    parts: dict[str, int] = field(default_factory=dict)

    def wait_until_idle(self) -> None:
        """Until the worker has carried every fact to its handlers."""
        end = time.monotonic() + DRAIN_SECONDS
        with self.app.app_context():
            while outbox.backlog(db.session()).pending:
                db.session.rollback()
                if time.monotonic() > end:
                    raise RuntimeError(f"the worker was not done after {DRAIN_SECONDS} seconds")
                time.sleep(0.1)
            db.session.remove()


@contextmanager
def running(database: str, *, schools: int, port: int | None = None, workers: int = 2) -> Iterator[Site]:
    """Web, worker, broker and database (``sqlite`` or ``postgresql``), with a province told to mid-October."""
    folder = Path(tempfile.mkdtemp(prefix="imbas-bench-"))
    servers: list[Server] = []
    children: list[subprocess.Popen[bytes]] = []
    try:
        broker = start_valkey(folder / "broker")
        servers.append(broker)
        parts = {"broker": broker.process.pid}
        url = f"sqlite:///{folder / 'imbas.sqlite3'}"
        if database == "postgresql":
            server = start_postgresql(durable=True)
            servers.append(server)
            parts["postgresql"] = server.process.pid
            url = PostgresqlDatabases(server.url, lambda _url: None).empty()
        settings = settings_for(folder, port=port or free_port(), url=url, broker=broker.url)
        app = filled(settings, schools=schools)
        site = Site(app, database, int(settings.public_url.rsplit(":", 1)[1]), folder, parts)
        for name, arguments in (
            ("web", ["serve", "--port", str(site.port), "--workers", str(workers)]),
            ("worker", ["worker"]),
        ):
            children.append(_spawn(name, arguments, settings))
            parts[name] = children[-1].pid
        _wait_for_pages(site)
        site.wait_until_idle()
        yield site
    finally:
        for child in children:
            _end(child)
        for server in servers:
            server.stop()
        shutil.rmtree(folder, ignore_errors=True)


def settings_for(folder: Path, *, port: int, url: str = "", broker: str = "") -> Settings:
    """Settings of an installation that keeps everything in ``folder``; its clock stands in mid-October."""
    return Settings(
        data=folder,
        database_url=url,
        broker_url=broker,
        secret_key="benchmark-key-that-is-long-enough-to-sign",
        environment="demo",  # production refuses a shifted clock; nothing else differs
        clock_offset_seconds=int((STORY_MIDDLE - datetime.now(UTC)).total_seconds()),
        require_totp=False,
        trusted_proxies=1,
        public_url=f"http://127.0.0.1:{port}",
        log_level="WARNING",
    )


def filled(settings: Settings, *, schools: int) -> Flask:
    """An application whose database holds a province of ``schools`` schools."""
    app = create_app(settings)
    with app.app_context():
        migrate.upgrade(db.engine, app.extensions["components"])
        db.session.remove()
    populate(app, schools=schools, say=lambda _line: None)
    with app.app_context():
        _tidy(db.engine)
    return app


def _tidy(engine: Engine) -> None:
    """What the database would do by itself within the first minutes, and then not while we measure."""
    with engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            connection = connection.execution_options(isolation_level="AUTOCOMMIT")
            connection.execute(text("VACUUM (ANALYZE)"))
            connection.execute(text("CHECKPOINT"))
        else:
            connection.execute(text("ANALYZE"))
            connection.commit()
    engine.dispose()


def _spawn(name: str, arguments: list[str], settings: Settings) -> subprocess.Popen[bytes]:
    environment = os.environ | {
        f"LMS_{field.upper()}": str(getattr(settings, field)) for field in settings.model_fields_set
    }
    with (settings.data / f"{name}.log").open("ab") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "lms", *arguments],
            env=environment, stdout=log, stderr=log, start_new_session=True,
        )  # fmt: skip


def _wait_for_pages(site: Site) -> None:
    end = time.monotonic() + READY_SECONDS
    while time.monotonic() < end:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{site.port}/readyz", timeout=2):
                return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError((site.folder / "web.log").read_text()[-3000:])


def _end(child: subprocess.Popen[bytes]) -> None:
    os.killpg(child.pid, signal.SIGTERM)
    try:
        child.wait(timeout=15)
    except subprocess.TimeoutExpired:
        os.killpg(child.pid, signal.SIGKILL)
        child.wait()
