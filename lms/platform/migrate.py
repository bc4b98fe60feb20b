"""Migrations: one environment, and one version table for the core and for each plugin.

So an uninstalled plugin never stops the core from being upgraded (measured against one table
with branch labels, where it does). Uninstalling keeps a plugin's tables; ``purge`` drops them.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from typing import Any

from alembic import command, op
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import Connection, Engine, MetaData, Table, event, inspect, select, text

from lms.platform.db import Base
from lms.platform.registry import table_prefix
from lms.platform.schema import CORE, VERSIONS, Component, home, versioned
from lms.platform.storage import KEY
from lms.platform.transaction import is_pooled, writer_lock

LOCK_KEY = 0x1B6A5
POOLED = "lms_pooled"
LOCK_WAIT, LONGEST = "5s", "600s"
"""How long one statement of a migration waits for a lock, and how long it runs at most, on PostgreSQL."""


def upgrade(
    engine: Engine, parts: tuple[Component, ...], *, to: Mapping[Component, str] | None = None
) -> None:
    """Bring every component to its head, or to the revision that ``to`` names, under a lock.

    Each migration is a transaction of its own: after one that fails, those before it stay, and the next run goes on.
    """
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
    with _migrating(engine) as connection, connection.begin():
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
        refuse_dangling(connection)
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


def create_indexes(*indexes: tuple[str, str, Sequence[str]]) -> None:
    """Create indexes (name, table, columns) in a migration, while people go on working.

    On PostgreSQL each is built concurrently, outside the migration's transaction; one that was cut off is built anew. So
    a migration does nothing else beside it. SQLite has one writer, and builds them within the transaction; so does PostgreSQL
    through a pooler such as PgBouncer.
    """
    context = op.get_context()
    concurrently = context.dialect.name == "postgresql" and not op.get_bind().info[POOLED]
    with context.autocommit_block() if concurrently else nullcontext():
        for name, table, columns in indexes:
            if concurrently:
                op.drop_index(name, table, if_exists=True, postgresql_concurrently=True)
            op.create_index(name, table, columns, postgresql_concurrently=concurrently)


@contextmanager
def _migrating(engine: Engine) -> Iterator[Connection]:
    """A connection for migrations, without a transaction, while nobody else migrates."""
    with engine.connect() as connection:
        lock = _sqlite_lock if connection.dialect.name == "sqlite" else _postgresql_lock
        with lock(engine, connection):
            yield connection


@contextmanager
def _sqlite_lock(engine: Engine, connection: Connection) -> Iterator[None]:
    """The writers' lock, with foreign keys off: with them on, the copy-and-drop of a table deletes rows that refer to it."""
    raw: Any = connection.connection.dbapi_connection
    with writer_lock(engine):
        raw.execute("PRAGMA foreign_keys=OFF")
        try:
            yield
        finally:
            connection.rollback()
            raw.execute("PRAGMA foreign_keys=ON")


@contextmanager
def _postgresql_lock(engine: Engine, connection: Connection) -> Iterator[None]:
    """A lock that a second connection holds: it outlives the transactions of single migrations.

    It is one of a session: an index that is built concurrently would wait for the end of a transaction that held it.
    A migration waits for a lock of a table for ``LOCK_WAIT``: everybody who wants to read that table waits behind it.
    """

    @event.listens_for(connection, "begin")
    def _limit(begun: Connection) -> None:
        begun.exec_driver_sql(f"SET LOCAL lock_timeout = '{LOCK_WAIT}'")
        begun.exec_driver_sql(f"SET LOCAL statement_timeout = '{LONGEST}'")

    connection.info[POOLED] = is_pooled(connection.connection.dbapi_connection)
    with engine.connect() as guard:
        if connection.info[POOLED]:  # a session of its own is what a pooler does not give
            guard.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK_KEY})
            yield
            return
        guard.execution_options(isolation_level="AUTOCOMMIT")
        try:
            guard.execute(text("SELECT pg_advisory_lock(:key)"), {"key": LOCK_KEY})
            yield
        finally:
            guard.invalidate()  # its session ends, and with it the lock


def refuse_dangling(connection: Connection) -> None:
    """Raise RuntimeError when a migration on SQLite, where foreign keys are off meanwhile, leaves one that leads nowhere."""
    if connection.dialect.name == "sqlite":
        broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
        if broken:
            raise RuntimeError(f"the migration would leave dangling references: {broken[:5]}")
