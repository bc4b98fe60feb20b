"""Three schools of two agencies, with work in all of them: once for each kind of database, then copied."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from lms.platform import migrate
from lms.platform.application import platform
from lms.platform.db import db
from lms.platform.embedded import Server
from lms.settings import Settings
from lms.testing.apps import make_app
from lms.testing.clock import FixedClock
from lms.testing.databases import PostgresqlDatabases, SqliteDatabases
from tests.inhabitants import TODAY, Province, settle


def _application(data: Path, url: str, files: Path) -> Flask:
    clock = FixedClock()
    clock.set(TODAY)
    settings = Settings(
        data=data,
        database_url=url,
        storage_url=files.as_uri(),
        secret_key="test-key-that-is-long-enough-to-sign",
        environment="test",
        require_totp=False,
        public_url="http://localhost",
    )
    return make_app(settings, clock=clock)


Inhabited = tuple[SqliteDatabases | PostgresqlDatabases, Path, Province]
"""A template database in which three schools are at work, the folder of their files, and who is where."""


@pytest.fixture(scope="session")
def inhabited(tmp_path_factory: pytest.TempPathFactory) -> Inhabited:
    """On SQLite, for tests that ask hundreds of pages."""
    return _inhabit(tmp_path_factory.mktemp("inhabited"), SqliteDatabases)


@pytest.fixture(scope="session")
def inhabited_postgresql(postgresql_server: Server, tmp_path_factory: pytest.TempPathFactory) -> Inhabited:
    """On PostgreSQL; not parametrised, so that it is built once whatever the order of the tests."""
    return _inhabit(
        tmp_path_factory.mktemp("inhabited"),
        lambda _folder, build: PostgresqlDatabases(postgresql_server.url, build),
    )


@pytest.fixture
def inhabited_both(database_kind: str, request: pytest.FixtureRequest) -> Inhabited:
    """On the chosen databases, for tests of what happens at the same time."""
    name = "inhabited" if database_kind == "sqlite" else "inhabited_postgresql"
    found: Inhabited = request.getfixturevalue(name)
    return found


def _inhabit(folder: Path, databases: Callable[[Path, Callable[[str], None]], Any]) -> Inhabited:
    files = folder / "files"
    found: list[Province] = []

    def build(url: str) -> None:
        app = _application(folder, url, files)
        with app.app_context():
            migrate.upgrade(db.engine, platform(app).components)
            db.session.remove()
        found.append(settle(app))
        with app.app_context():
            db.engine.dispose()

    return databases(folder, build), files, found[0]


@pytest.fixture
def province(inhabited: Inhabited) -> Province:
    """Who and what is where."""
    return inhabited[2]


@pytest.fixture
def site(inhabited: Inhabited, tmp_path: Path) -> Iterator[Flask]:
    """An application on a copy of the inhabited database."""
    yield from _copied(inhabited, tmp_path)


@pytest.fixture
def site_both(inhabited_both: Inhabited, tmp_path: Path) -> Iterator[Flask]:
    """The same on the chosen databases."""
    yield from _copied(inhabited_both, tmp_path)


@pytest.fixture
def province_both(inhabited_both: Inhabited) -> Province:
    """Who and what is where in ``site_both``."""
    return inhabited_both[2]


def _copied(inhabited: Inhabited, folder: Path) -> Iterator[Flask]:
    databases, files, _found = inhabited
    shutil.copytree(files, folder / "files")
    url = databases.fresh()
    app = _application(folder, url, folder / "files")
    app.config["WTF_CSRF_ENABLED"] = False
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()
    databases.drop(url)
