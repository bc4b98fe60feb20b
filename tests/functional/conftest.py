"""Three schools of two agencies, with work in all of them: once for each kind of database, then copied."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from lms.app import create_app
from lms.platform import migrate
from lms.platform.db import db
from lms.settings import Settings
from lms.testing.clock import FixedClock
from lms.testing.databases import SqliteDatabases
from lms.testing.fixtures import Browser
from lms.testing.province import TODAY, Province, settle


def _application(data: Path, url: str, files: Path) -> Flask:
    clock = FixedClock()
    clock.set(TODAY)
    settings = Settings(
        data=data, database_url=url, storage_url=files.as_uri(), secret_key="test-key-that-is-long-enough-to-sign",
        environment="test", require_totp=False, public_url="http://localhost",
    )  # fmt: skip
    app = create_app(settings, clock=clock)
    app.test_client_class = Browser
    return app


@pytest.fixture(scope="session")
def inhabited(tmp_path_factory: pytest.TempPathFactory) -> tuple[SqliteDatabases, Path, Province]:
    """A template database in which three schools are at work, and the folder of their files."""
    folder = tmp_path_factory.mktemp("inhabited")
    files = folder / "files"
    found: list[Province] = []

    def build(url: str) -> None:
        app = _application(folder, url, files)
        with app.app_context():
            migrate.upgrade(db.engine, app.extensions["components"])
            db.session.remove()
        found.append(settle(app))
        with app.app_context():
            db.engine.dispose()

    return SqliteDatabases(folder, build), files, found[0]


@pytest.fixture
def province(inhabited: tuple[SqliteDatabases, Path, Province]) -> Province:
    """Who and what is where."""
    return inhabited[2]


@pytest.fixture
def site(inhabited: tuple[SqliteDatabases, Path, Province], tmp_path: Path) -> Iterator[Flask]:
    """An application on a copy of the inhabited database."""
    databases, files, _found = inhabited
    shutil.copytree(files, tmp_path / "files")
    url = databases.fresh()
    app = _application(tmp_path, url, tmp_path / "files")
    app.config["WTF_CSRF_ENABLED"] = False
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()
    databases.drop(url)
