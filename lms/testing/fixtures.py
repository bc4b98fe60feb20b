"""Fixtures. ``pytest --db sqlite|postgresql|both`` chooses the databases (default sqlite)."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from lms.platform import migrate, outbox
from lms.platform.application import platform
from lms.platform.children import end_with, heed_signals
from lms.platform.db import db
from lms.platform.embedded import Server, start_valkey
from lms.platform.transaction import write
from lms.settings import Settings
from lms.testing.apps import make_app
from lms.testing.clock import FixedClock
from lms.testing.databases import PostgresqlDatabases, SqliteDatabases
from lms.testing.race import Race, run_race
from lms.testing.servers import start_postgresql


def pytest_addoption(parser: pytest.Parser) -> None:
    """``--db`` chooses the databases that tests with ``app`` run on."""
    parser.addoption("--db", choices=("sqlite", "postgresql", "both"), default="sqlite")
    parser.addoption("--parent", type=int, help="end once this process, which started the tests, is gone")


def pytest_configure(config: pytest.Config) -> None:
    """Tests and what they start can be stopped, also in the background of a shell."""
    heed_signals()
    parent: int | None = os.getppid() if hasattr(config, "workerinput") else config.getoption("--parent")
    if parent:
        end_with(parent)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run each test that touches a database once for each chosen database, a race always on PostgreSQL.

    What ``any_database`` marks is a matter of the browser: the first of the chosen databases is enough.
    """
    if "database_kind" in metafunc.fixturenames:
        chosen = metafunc.config.getoption("--db")
        kinds = ("sqlite", "postgresql") if chosen == "both" else (chosen,)
        if metafunc.definition.get_closest_marker("any_database"):
            kinds = kinds[:1]
        if "race" in metafunc.fixturenames and "postgresql" not in kinds:
            kinds = (*kinds, "postgresql")
        metafunc.parametrize("database_kind", kinds, scope="session")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what is about another database: ``only_on("postgresql")`` on SQLite."""
    elsewhere = [item for item in items if not _is_about_its_database(item)]
    if elsewhere:
        config.hook.pytest_deselected(items=elsewhere)
        items[:] = [item for item in items if item not in elsewhere]


def _is_about_its_database(item: pytest.Item) -> bool:
    only = item.get_closest_marker("only_on")
    params = getattr(getattr(item, "callspec", None), "params", {})
    return only is None or params.get("database_kind") in only.args


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[Server]:
    """A real PostgreSQL for the whole run."""
    server = start_postgresql()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def valkey_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A real server of the Redis protocol for the whole run."""
    server = start_valkey(tmp_path_factory.mktemp("valkey"))
    yield server
    server.stop()


# Once for each kind, whatever the order of the tests: a fixture of the session that asked for ``database_kind``
# would be made anew each time the next test is for the other kind.
@pytest.fixture(scope="session")
def sqlite_databases(tmp_path_factory: pytest.TempPathFactory) -> SqliteDatabases:
    """Fresh migrated databases on SQLite."""
    folder = tmp_path_factory.mktemp("databases")
    return SqliteDatabases(folder, lambda url: _migrate(folder, url))


@pytest.fixture(scope="session")
def postgresql_databases(
    postgresql_server: Server, tmp_path_factory: pytest.TempPathFactory
) -> PostgresqlDatabases:
    """Fresh migrated databases on PostgreSQL."""
    folder = tmp_path_factory.mktemp("databases")
    return PostgresqlDatabases(postgresql_server.url, lambda url: _migrate(folder, url))


def _migrate(folder: Path, url: str) -> None:
    app = make_app(_settings(folder, url))
    with app.app_context():
        migrate.upgrade(db.engine, platform(app).components)
        db.engine.dispose()


@pytest.fixture
def databases(database_kind: str, request: pytest.FixtureRequest) -> SqliteDatabases | PostgresqlDatabases:
    """Fresh migrated databases of one kind."""
    found: SqliteDatabases | PostgresqlDatabases = request.getfixturevalue(f"{database_kind}_databases")
    return found


@pytest.fixture
def database_url(databases: SqliteDatabases | PostgresqlDatabases) -> Iterator[str]:
    """A fresh migrated database for this test."""
    url = databases.fresh()
    yield url
    databases.drop(url)


@pytest.fixture
def clock() -> FixedClock:
    """The application's clock, in the test's hands."""
    return FixedClock()


@pytest.fixture
def app(database_url: str, tmp_path: Path, clock: FixedClock) -> Iterator[Flask]:
    """An application on a fresh database, inside its context."""
    application = make_app(_settings(tmp_path, database_url), clock=clock)
    with application.app_context():
        yield application
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def session(app: Flask) -> Iterator[Session]:
    """A session inside a write transaction, for use cases."""
    with write() as open_session:
        yield open_session


@pytest.fixture
def race(database_kind: str) -> Race:
    """``race(first, second)`` runs both at once and returns the outcome of each; see ``lms.testing.race``.

    A test that asks for it runs on a real PostgreSQL whatever ``--db`` says, and on SQLite, too, unless
    ``--db postgresql``.
    """
    return run_race


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser without script."""
    app.config["WTF_CSRF_ENABLED"] = False
    return app.test_client()


def run_worker(app: Flask) -> int:
    """Do what a worker does with the facts that wait; the number delivered."""
    with app.app_context():
        delivered = outbox.drain(platform(app).clock)
        db.session.remove()
    return delivered


def _settings(folder: Path, url: str) -> Settings:
    return Settings(
        data=folder,
        database_url=url,
        secret_key="test-key-that-is-long-enough-to-sign",
        environment="test",
        require_totp=False,
        public_url="http://localhost",
    )
