"""Real processes that can be killed: pages, worker, broker."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask

from lms.app import create_app
from lms.contract.actors import Role
from lms.platform import migrate
from lms.platform.application import platform
from lms.platform.db import db
from lms.platform.embedded import Server, free_port, start_valkey
from lms.platform.transaction import write
from lms.programmes import api as programmes
from lms.settings import Settings
from lms.testing.databases import PostgresqlDatabases
from lms.testing.people import make_agency, make_person, make_school
from lms.testing.processes import Processes
from lms.testing.servers import start_postgresql

SIGNER = {"position": "Kepala", "name": "Contoh"}


@dataclass(kw_only=True)
class Site(Processes):
    """An installation with all its processes."""

    app: Flask


@pytest.fixture
def site(database_kind: str, tmp_path: Path) -> Iterator[Site]:
    """An installation that runs, with one quiz that is open today; its servers are its own to be killed."""
    servers = {"broker": start_valkey(tmp_path / "valkey")}
    with running(tmp_path, database_kind, servers, broker_url=servers["broker"].url) as found:
        yield found


@contextmanager
def running(
    tmp_path: Path, database_kind: str, servers: dict[str, Server], broker_url: str
) -> Iterator[Site]:
    """Pages and worker that reach their broker at ``broker_url``; ends them and ``servers``."""
    url = ""
    if database_kind == "postgresql":
        servers["database"] = start_postgresql(durable=True)
        url = PostgresqlDatabases(servers["database"].url, lambda _url: None).empty()
    settings = Settings(
        data=tmp_path,
        database_url=url,
        secret_key="k" * 40,
        environment="test",
        require_totp=False,
        broker_url=broker_url,
        public_url=f"http://127.0.0.1:{free_port()}",
        log_level="WARNING",
    )
    app = create_app(settings)
    with app.app_context():
        migrate.upgrade(db.engine, platform(app).components)
        db.session.remove()
    found = Site(settings, servers, app=app)
    found.start("web")
    found.start("worker")
    found.wait_for_pages()
    try:
        yield found
    finally:
        found.stop()
        with app.app_context():
            db.engine.dispose()


def enrolled(app: Flask, count: int) -> list[tuple[int, int]]:
    """A programme with one quiz, one report and ``count`` teachers: (person, enrolment)."""
    now = datetime.now(UTC)
    today = now.date()
    module = min(platform(app).plugins.registry.module_types)
    due = (now + timedelta(days=20)).isoformat()
    definition = programmes.parse(
        {
            "code": "UJI",
            "title": "Uji gangguan",
            "school_year": "2020/2021",
            "participants": [{"role": "teacher"}],
            "stages": [
                {
                    "no": 1,
                    "title": "Satu",
                    "starts_on": str(today - timedelta(days=2)),
                    "ends_on": str(today + timedelta(days=25)),
                    "on_service_due_at": due,
                    "materials": [
                        {
                            "group": "POKOK",
                            "title": "Materi",
                            "module": module,
                            "jp_in": 1,
                            "jp_on": 1,
                            "quiz": {"due_at": due},
                        }
                    ],
                    "deliverables": [{"key": "follow_up_plan", "due_at": due}],
                }
            ],
            "certificate": {"activity": "Uji", "city": "Palembang", "signer": SIGNER, "responsible": SIGNER},
        }
    )
    with app.app_context():
        with write() as session:
            agency = make_agency(session)
            school = make_school(session, agency)
            people = [make_person(session, Role.TEACHER, school=school).id for _number in range(count)]
            programme = programmes.create_programme(
                session, agency_id=agency.id, definition=definition, actor_id=None, now=now
            )
            kind = programmes.SchoolKind.MODEL
            programmes.add_school(session, programme_id=programme.id, school_id=school.id, kind=kind, now=now)
            ids = programmes.enrol(
                session,
                programme_id=programme.id,
                people_roles=[(person, school.id, Role.TEACHER) for person in people],
                now=now,
            )
        db.session.remove()
    return list(zip(people, ids, strict=True))
