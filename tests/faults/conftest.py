"""Real processes that can be killed: pages, worker, broker."""

import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask

from lms.app import create_app
from lms.contract.actors import Role
from lms.platform import migrate
from lms.platform.db import db
from lms.platform.embedded import Server, free_port, start_valkey
from lms.platform.transaction import write
from lms.programmes import api as programmes
from lms.settings import Settings
from lms.testing.databases import PostgresqlDatabases
from lms.testing.people import make_agency, make_person, make_school

SIGNER = {"position": "Kepala", "name": "Contoh"}


@dataclass
class Site:
    """An installation with all its processes."""

    app: Flask
    environment: dict[str, str]
    web_port: int
    broker_port: int
    folder: Path
    children: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    broker: Server | None = None

    def start(self, name: str) -> None:
        if name == "broker":
            self.broker = start_valkey(self.folder / "valkey", port=self.broker_port)
            return
        command = {"web": ["serve", "--port", str(self.web_port), "--workers", "1"], "worker": ["worker"]}[
            name
        ]
        with (self.folder / f"{name}.log").open("ab") as log:
            self.children[name] = subprocess.Popen(
                [sys.executable, "-m", "lms", *command],
                env=self.environment, stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip

    def kill(self, name: str) -> None:
        """As a power cut would."""
        if name == "broker":
            assert self.broker is not None
            self.broker.kill()
            return
        child = self.children.pop(name)
        os.killpg(child.pid, signal.SIGKILL)
        child.wait()

    def wait_for_pages(self) -> None:
        end = time.monotonic() + 60
        while time.monotonic() < end:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{self.web_port}/livez", timeout=1):
                    return
            except OSError:
                time.sleep(0.1)
        raise AssertionError((self.folder / "web.log").read_text()[-3000:])

    def stop(self) -> None:
        for name in list(self.children):
            self.kill(name)
        if self.broker and self.broker.process.poll() is None:
            self.broker.stop()


@pytest.fixture
def site(database_kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Site]:
    """An installation that runs, with one quiz that is open today."""
    url = f"sqlite:///{tmp_path / 'imbas.sqlite3'}"
    if database_kind == "postgresql":
        server = request.getfixturevalue("postgresql_server").url
        url = PostgresqlDatabases(server, lambda _url: None).empty()
    web_port, broker_port = free_port(), free_port()
    settings = Settings(
        data=tmp_path, database_url=url, secret_key="k" * 40, environment="test", require_totp=False,
        broker_url=f"redis://127.0.0.1:{broker_port}/0", public_url=f"http://127.0.0.1:{web_port}",
    )  # fmt: skip
    app = create_app(settings)
    with app.app_context():
        migrate.upgrade(db.engine, app.extensions["components"])
        db.session.remove()
    environment = os.environ | {
        "LMS_DATA": str(tmp_path), "LMS_DATABASE_URL": url, "LMS_SECRET_KEY": "k" * 40, "LMS_ENVIRONMENT": "test",
        "LMS_REQUIRE_TOTP": "false", "LMS_BROKER_URL": settings.broker_url, "LMS_PUBLIC_URL": settings.public_url,
        "LMS_LOG_LEVEL": "WARNING",
    }  # fmt: skip
    found = Site(app, environment, web_port, broker_port, tmp_path)
    for name in ("broker", "web", "worker"):
        found.start(name)
    found.wait_for_pages()
    yield found
    found.stop()
    with app.app_context():
        db.engine.dispose()


def enrolled(app: Flask, count: int) -> list[tuple[int, int]]:
    """A programme with one quiz, one report and ``count`` teachers: (person, enrolment)."""
    now = datetime.now(UTC)
    today = now.date()
    module = min(app.extensions["plugins"].registry.module_types)
    due = (now + timedelta(days=20)).isoformat()
    definition = programmes.parse(
        {
            "code": "UJI", "title": "Uji gangguan", "school_year": "2020/2021",
            "participants": [{"role": "teacher"}],
            "stages": [
                {
                    "no": 1, "title": "Satu", "starts_on": str(today - timedelta(days=2)),
                    "ends_on": str(today + timedelta(days=25)), "on_service_due_at": due,
                    "materials": [{"group": "POKOK", "title": "Materi", "module": module, "jp_in": 1, "jp_on": 1,
                                   "quiz": {"due_at": due}}],
                    "deliverables": [{"key": "grant_report", "due_at": due}],
                }
            ],
            "certificate": {"activity": "Uji", "city": "Palembang", "signer": SIGNER, "responsible": SIGNER},
        }
    )  # fmt: skip
    with app.app_context():
        with write() as session:
            agency = make_agency(session)
            school = make_school(session, agency)
            people = [make_person(session, Role.TEACHER, school=school).id for _number in range(count)]
            programme = programmes.create_programme(
                session, agency_id=agency.id, definition=definition, actor_id=None, now=now
            )
            kind = programmes.SchoolKind.MODEL
            programmes.add_school(session, programme_id=programme.id, school_id=school.id, kind=kind)
            ids = programmes.enrol(
                session, programme_id=programme.id,
                people_roles=[(person, school.id, Role.TEACHER) for person in people], now=now,
            )  # fmt: skip
        db.session.remove()
    return list(zip(people, ids, strict=True))
