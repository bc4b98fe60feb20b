"""Who owns which tables, and where the schema of each stands. What changes it is ``migrate``, with Alembic.

Pages ask only this file: Alembic, Mako and what they load are several megabytes in each process.
"""

import ast
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import as_file
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, inspect, text

from lms.contract.plugin import Plugin
from lms.platform.registry import table_prefix

CORE = "core"
PLUGIN_TABLES = "p_"
VERSIONS = "alembic_version"


@dataclass(frozen=True, slots=True)
class Component:
    """The core or a plugin: who owns which tables and which version table."""

    name: str
    versions: Path

    @property
    def version_table(self) -> str:
        """Where this component's revision is kept."""
        return VERSIONS if self.name == CORE else f"{VERSIONS}_{self.name}"

    def owns(self, table: str) -> bool:
        """Whether ``table`` belongs to this component."""
        if self.name == CORE:
            return not table.startswith((PLUGIN_TABLES, VERSIONS))
        return table.startswith(table_prefix(self.name))


@dataclass(frozen=True, slots=True)
class Status:
    """Where a component stands; ``current`` None means that nothing was migrated yet."""

    name: str
    current: str | None
    head: str | None

    @property
    def at_head(self) -> bool:
        """Whether the database is as new as the code."""
        return self.current == self.head


def home() -> Path:
    """The folder with ``env.py``: in the source tree, or inside the installed package."""
    packaged = Path(__file__).parent.parent / "_migrations"
    return packaged if packaged.is_dir() else Path(__file__).parents[2] / "migrations"


def components(plugins: tuple[Plugin, ...]) -> tuple[Component, ...]:
    """The core first, then plugins with tables in the order of ``requires``."""
    found = [Component(CORE, home() / "versions")]
    for plugin in _ordered(plugins):
        if plugin.migrations is not None:
            with as_file(plugin.migrations) as folder:  # plugins are installed unpacked
                found.append(Component(plugin.name, folder))
    return tuple(found)


def status(engine: Engine, parts: tuple[Component, ...]) -> tuple[Status, ...]:
    """Where each component stands; only reads."""
    with engine.connect() as connection:
        present = frozenset(inspect(connection).get_table_names())
        found = _revisions(
            connection,
            {part.name: part.version_table for part in parts if part.version_table in present},
        )
    return tuple(Status(part.name, found.get(part.name), head(part.versions)) for part in parts)


def heads(parts: tuple[Component, ...]) -> dict[str, str | None]:
    """The revision that the code of each component leads to; asks no database."""
    return {part.name: head(part.versions) for part in parts}


def kept(connection: Connection) -> dict[str, str]:
    """The revision of every component that has tables here, also of plugins that are off or gone."""
    present = inspect(connection).get_table_names()
    found = {name: f"{VERSIONS}_{name}" for name in sorted(versioned(present))}
    if VERSIONS in present:
        found = {CORE: VERSIONS} | found
    return _revisions(connection, found)


def versioned(tables: list[str]) -> list[str]:
    """Plugins that have ever had tables here: each keeps a version table."""
    return [table.removeprefix(f"{VERSIONS}_") for table in tables if table.startswith(f"{VERSIONS}_")]


def _revisions(connection: Connection, tables: Mapping[str, str]) -> dict[str, str]:
    """The revision that each version table holds, by component, in one statement; an empty table is left out."""
    quote = connection.dialect.identifier_preparer.quote
    asked = " UNION ALL ".join(
        f"SELECT {number}, version_num FROM {quote(table)}"  # noqa: S608 - a quoted name
        for number, table in enumerate(tables.values())
    )
    if not asked:
        return {}
    names = list(tables)
    return {names[row[0]]: str(row[1]) for row in connection.execute(text(asked))}


@cache
def head(versions: Path) -> str | None:
    """The revision in the folder ``versions`` that no other one follows; None when there is none."""
    known = lineage(versions)
    return known[-1] if known else None


@cache
def lineage(versions: Path) -> tuple[str, ...]:
    """The revisions in the folder ``versions``, each after the one that it follows."""
    follows = {before: own for own, before in map(_revision, sorted(versions.glob("[!_]*.py")))}
    found: list[str] = []
    while (following := follows.get(found[-1] if found else None)) is not None:
        found.append(following)
    return tuple(found)


def _revision(file: Path) -> tuple[str, str | None]:
    """What ``revision`` and ``down_revision`` are in a migration, which is read and not run."""
    named: dict[str, Any] = {}
    for node in ast.parse(file.read_text(encoding="utf-8")).body:
        target = node.targets[0] if isinstance(node, ast.Assign) else getattr(node, "target", None)
        name = target.id if isinstance(target, ast.Name) else ""
        if (
            name in {"revision", "down_revision"}
            and isinstance(node, ast.Assign | ast.AnnAssign)
            and node.value
        ):
            named[name] = ast.literal_eval(node.value)
    return named["revision"], named.get("down_revision")


def _ordered(plugins: tuple[Plugin, ...]) -> list[Plugin]:
    """Plugins so that each comes after those it requires; names break ties."""
    by_name = {plugin.name: plugin for plugin in plugins}
    done: dict[str, Plugin] = {}

    def visit(plugin: Plugin) -> None:
        if plugin.name in done:
            return
        for other in plugin.requires:
            if other in by_name:
                visit(by_name[other])
        done[plugin.name] = plugin

    for name in sorted(by_name):
        visit(by_name[name])
    return list(done.values())
