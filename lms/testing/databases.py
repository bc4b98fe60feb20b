"""Fresh databases for tests: a migrated template once, a copy for each test."""

import itertools
import shutil
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import NullPool, create_engine, text

_numbers = itertools.count(1)

Migrate = Callable[[str], None]
"""Creates the schema in the database of a URL."""


class SqliteDatabases:
    """Copies of a migrated file."""

    def __init__(self, folder: Path, migrate: Migrate) -> None:
        self.folder = folder
        self.template = folder / "template.sqlite3"
        migrate(f"sqlite:///{self.template}")

    def fresh(self) -> str:
        """The URL of a new database with the schema."""
        path = self.folder / f"{next(_numbers)}.sqlite3"
        shutil.copyfile(self.template, path)
        return f"sqlite:///{path}"

    def drop(self, url: str) -> None:
        """Remove a database and its side files."""
        path = Path(url.removeprefix("sqlite:///"))
        for side in path.parent.glob(f"{path.name}*"):
            side.unlink(missing_ok=True)


class PostgresqlDatabases:
    """Databases made from a migrated template database."""

    def __init__(self, server: str, migrate: Migrate) -> None:
        self.server, self.template = server, f"imbas_template_{next(_numbers)}"
        self.engine = create_engine(f"{server}/postgres", isolation_level="AUTOCOMMIT", poolclass=NullPool)
        self._run(f'CREATE DATABASE "{self.template}"')
        migrate(f"{server}/{self.template}")

    def fresh(self) -> str:
        """The URL of a new database with the schema."""
        name = f"imbas_{next(_numbers)}"
        self._run(f'CREATE DATABASE "{name}" TEMPLATE "{self.template}" STRATEGY FILE_COPY')
        return f"{self.server}/{name}"

    def empty(self) -> str:
        """The URL of a new database without anything in it."""
        name = f"imbas_{next(_numbers)}"
        self._run(f'CREATE DATABASE "{name}"')
        return f"{self.server}/{name}"

    def drop(self, url: str) -> None:
        """Remove a database, ending what is still connected."""
        name = url.rsplit("/", 1)[1]
        self._run(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def _run(self, statement: str) -> None:
        with self.engine.connect() as connection:
            connection.execute(text(statement))
