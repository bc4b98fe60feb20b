"""An installation with all its processes, on a province of invented schools."""

import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from flask import Flask
from imbas_demo.province import populate
from imbas_demo.story import STORY_MIDDLE
from sqlalchemy import Engine, text

from lms.app import create_app
from lms.platform import migrate, outbox
from lms.platform.application import platform
from lms.platform.db import db
from lms.platform.embedded import Server, free_port, start_valkey
from lms.settings import Settings
from lms.testing.databases import PostgresqlDatabases
from lms.testing.processes import Processes
from lms.testing.servers import start_postgresql

DRAIN_SECONDS = 120


@dataclass(kw_only=True)
class Site(Processes):
    """A running installation."""

    app: Flask
    database: str

    @property
    def parts(self) -> dict[str, int]:
        """The processes to measure, by name."""
        return {name: part.process.pid for name, part in self.servers.items()} | {
            name: child.pid for name, child in self.children.items()
        }

    def wait_until_idle(self, seconds: float = DRAIN_SECONDS) -> None:
        """Until the worker has carried every fact to its handlers."""
        end = time.monotonic() + seconds
        with self.app.app_context():
            while outbox.backlog(db.session()).pending:
                db.session.rollback()
                if time.monotonic() > end:
                    raise RuntimeError(f"the worker was not done after {seconds} seconds")
                time.sleep(0.1)
            db.session.remove()


SMALL_MACHINE = ("shared_buffers=32MB",)
"""What ``docs/operate.md`` says for PostgreSQL beside everything else on a machine of 1 or 2 GB."""


@contextmanager
def running(
    database: str,
    *,
    schools: int,
    port: int | None = None,
    workers: int = 2,
    together: bool = False,
    moment: datetime = STORY_MIDDLE,
) -> Iterator[Site]:
    """Web, worker, broker and database (``sqlite`` or ``postgresql``), with a province told to mid-October.

    ``together``: the worker is a process of ``lms serve --worker``, as on one small machine. ``moment``: when it is.
    """
    folder = Path(tempfile.mkdtemp(prefix="imbas-bench-"))
    servers: dict[str, Server] = {}
    site = None
    try:
        servers["broker"] = start_valkey(folder / "broker")
        url = f"sqlite:///{folder / 'imbas.sqlite3'}"
        if database == "postgresql":
            servers["postgresql"] = start_postgresql(durable=True, settings=SMALL_MACHINE)
            url = PostgresqlDatabases(servers["postgresql"].url, lambda _url: None).empty()
        settings = settings_for(
            folder, port=port or free_port(), url=url, broker=servers["broker"].url, moment=moment
        )
        app = filled(settings, schools=schools)
        site = Site(settings, servers, workers, together, app=app, database=database)
        site.start("web")
        if not together:
            site.start("worker")
        site.wait_for_pages()
        site.wait_until_idle()
        yield site
    finally:
        if site:
            with site.app.app_context():
                db.session.remove()
                db.engine.dispose()
            site.stop()
        else:
            for server in servers.values():
                server.stop()
        shutil.rmtree(folder, ignore_errors=True)


def settings_for(
    folder: Path, *, port: int, url: str = "", broker: str = "", moment: datetime = STORY_MIDDLE
) -> Settings:
    """Settings of an installation that keeps everything in ``folder``; its clock begins at ``moment``."""
    return Settings(
        data=folder,
        database_url=url,
        broker_url=broker,
        secret_key="benchmark-key-that-is-long-enough-to-sign",
        environment="demo",  # production refuses a shifted clock; nothing else differs
        clock_offset_seconds=int((moment - datetime.now(UTC)).total_seconds()),
        require_totp=False,
        trusted_proxies=1,
        public_url=f"http://127.0.0.1:{port}",
    )


def filled(settings: Settings, *, schools: int) -> Flask:
    """An application whose database holds a province of ``schools`` schools."""
    app = create_app(settings)
    with app.app_context():
        migrate.upgrade(db.engine, platform(app).components)
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
