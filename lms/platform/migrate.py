"""Migrations: one environment, and one version table for the core and for each plugin.

So an uninstalled plugin never stops the core from being upgraded (measured against one table
with branch labels, where it does). Uninstalling keeps a plugin's tables; ``purge`` drops them.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import Connection, Engine, MetaData, Table, inspect, select, text

from lms.platform.db import Base
from lms.platform.registry import table_prefix
from lms.platform.schema import CORE, VERSIONS, Component, home, versioned
from lms.platform.storage import KEY

LOCK_KEY = 0x1B6A5


def upgrade(
    engine: Engine, parts: tuple[Component, ...], *, to: Mapping[Component, str] | None = None
) -> None:
    """Bring every component to its head, or to the revision that ``to`` names, under a lock, each in one transaction."""
    for part in parts:
        with _migrating(engine) as connection:
            command.upgrade(_config(part, connection), to[part] if to else "head")


def downgrade(engine: Engine, part: Component, revision: str) -> None:
    """Take one component down to ``revision`` (``base`` removes its tables)."""
    with _migrating(engine) as connection:
        command.downgrade(_config(part, connection), revision)


def revision(engine: Engine, part: Component, message: str) -> None:
    """Write a new revision from the difference between models and database."""
    with _migrating(engine) as connection:
        command.revision(_config(part, connection), message=message, autogenerate=True)


def differences(engine: Engine, part: Component) -> list[Any]:
    """What autogenerate would change: empty when models and migrations agree."""
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts=context_options(part, connection))
        return list(compare_metadata(context, Base.metadata))


@dataclass(frozen=True, slots=True)
class Purged:
    """What a plugin has left: its tables, dropped by now, and keys of stored files that its rows named."""

    tables: tuple[str, ...]
    files: frozenset[str]


def purge(engine: Engine, name: str) -> Purged:
    """Drop every table of a plugin that is gone, and its version table; empty for a plugin that never was."""
    prefix = table_prefix(name)
    with _migrating(engine) as connection:
        present = inspect(connection).get_table_names()
        longer = [
            table_prefix(other) for other in versioned(present) if table_prefix(other).startswith(prefix)
        ]
        own = [
            table
            for table in present
            if table.startswith(prefix)
            and not any(table.startswith(other) for other in longer if other != prefix)
        ]
        files = frozenset(key for table in own for key in _keys_in(connection, table))
        doomed = (*own, *({f"{VERSIONS}_{name}"} & set(present)))
        quote = connection.dialect.identifier_preparer.quote
        cascade = " CASCADE" if connection.dialect.name == "postgresql" else ""
        for table in doomed:
            connection.execute(text(f"DROP TABLE IF EXISTS {quote(table)}{cascade}"))
    return Purged(doomed, files)


def _keys_in(connection: Connection, name: str) -> Iterator[str]:
    """Keys of files in the texts of a table, of which no model is left."""
    table = Table(name, MetaData(), autoload_with=connection, resolve_fks=False)
    for row in connection.execute(select(table)).yield_per(1000):
        for value in row:
            if value is not None and not isinstance(value, bytes):
                yield from KEY.findall(str(value))


def context_options(part: Component, connection: Connection) -> dict[str, Any]:
    """Options that keep a component to its own tables, on both databases."""

    def include_name(name: str | None, kind: str, _parents: Any) -> bool:
        return kind != "table" or (name is not None and part.owns(name))

    def include_object(obj: Any, name: str | None, kind: str, _reflected: bool, _other: Any) -> bool:
        table = name if kind == "table" else getattr(getattr(obj, "table", None), "name", None)
        return table is None or part.owns(table)

    def render_item(kind: str, obj: Any, context: Any) -> str | bool:
        """Our own column types by their short name, from the module that the component may import from."""
        if kind == "type" and type(obj).__module__ == "lms.platform.db":
            module = "lms.platform.db" if part.name == CORE else "lms.api"
            context.imports.add(f"from {module} import {type(obj).__name__}")
            return f"{type(obj).__name__}()"
        if kind == "type" and type(obj).__module__ == "lms.platform.columns":
            return f"sa.{obj.kind!r}"
        return False

    return {
        "version_table": part.version_table,
        "include_name": include_name,
        "include_object": include_object,
        "render_as_batch": connection.dialect.name == "sqlite",
        "compare_type": True,
        "target_metadata": Base.metadata,
        "render_item": render_item,
    }


def _config(part: Component, connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(home()))
    config.set_main_option("path_separator", "newline")
    config.set_main_option("version_locations", str(part.versions))
    config.attributes["connection"] = connection
    config.attributes["component"] = part
    return config


@contextmanager
def _migrating(engine: Engine) -> Iterator[Connection]:
    """One transaction with the migration lock; SQLite with foreign keys off, checked at the end.

    With foreign keys on, SQLite's copy-and-drop of a table deletes rows that refer to it.
    """
    with engine.connect() as connection:
        lock = _sqlite_lock if connection.dialect.name == "sqlite" else _postgresql_lock
        with lock(connection):
            yield connection


@contextmanager
def _sqlite_lock(connection: Connection) -> Iterator[None]:
    raw: Any = connection.connection.dbapi_connection
    connection.rollback()
    raw.execute("PRAGMA foreign_keys=OFF")
    try:
        with connection.begin():
            yield
            broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
            if broken:
                raise RuntimeError(f"the migration would leave dangling references: {broken[:5]}")
    finally:
        raw.execute("PRAGMA foreign_keys=ON")


@contextmanager
def _postgresql_lock(connection: Connection) -> Iterator[None]:
    with connection.begin():
        connection.execute(text("SET LOCAL lock_timeout = '30s'"))
        connection.execute(text("SET LOCAL statement_timeout = '600s'"))
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK_KEY})
        yield
