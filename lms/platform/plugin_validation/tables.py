"""Tables of plugins: whose they are, what they refer to, and whether a migration makes them."""

from collections.abc import Iterator, Mapping

from sqlalchemy import Table

from lms.contract.plugin import Plugin
from lms.platform.db import Base
from lms.platform.registry import table_prefix
from lms.platform.schema import PLUGIN_TABLES


def table_faults(packages: Mapping[str, str]) -> Iterator[str]:
    """Tables that do not carry their plugin's name, or whose rows a core table would take along.

    ``packages``: plugin -> the package of its module. A class that belongs to none of them is of a plugin that
    is switched off, or of none.
    """
    for mapper in Base.registry.mappers:
        module, table = mapper.class_.__module__, mapper.local_table
        if not isinstance(table, Table) or module.startswith("lms."):
            continue
        owner = _owner(module, packages)
        if owner is None:
            if not table.name.startswith(PLUGIN_TABLES):
                yield f"{module}: table {table.name!r} must start with p_<plugin>_"
        elif not table.name.startswith(table_prefix(owner)):
            yield f"{owner}: table {table.name!r} must start with {table_prefix(owner)!r}"
        else:
            yield from (f"{owner}: table {table.name!r} {fault}" for fault in _key_faults(owner, table))


def migration_faults(plugins: Mapping[str, Plugin]) -> Iterator[str]:
    """Tables that no migration of their plugin makes."""
    for name, plugin in plugins.items():
        tables = [table for table in Base.metadata.tables if table.startswith(table_prefix(name))]
        if tables and plugin.migrations is None:
            yield (
                f"{name}: it has tables ({', '.join(sorted(tables))}) and no migrations; make a folder, name it in "
                f"Plugin(migrations=...), and write the first one: lms db revision --plugin {name} -m tables"
            )
        elif plugin.migrations is not None and plugin.migrations.is_dir():
            written = "".join(
                file.read_text(encoding="utf-8")
                for file in plugin.migrations.iterdir()
                if file.name.endswith(".py")
            )
            for table in sorted(tables):
                if f"'{table}'" not in written and f'"{table}"' not in written:
                    yield (
                        f"{name}: no migration makes table {table!r}; write it: lms db revision --plugin {name} -m tables"
                    )


def _owner(module: str, packages: Mapping[str, str]) -> str | None:
    inside = [name for name, package in packages.items() if f"{module}.".startswith(f"{package}.")]
    return max(inside, key=lambda name: len(packages[name]), default=None)


def _key_faults(owner: str, table: Table) -> Iterator[str]:
    for constraint in table.foreign_key_constraints:
        target = constraint.elements[0].target_fullname.partition(".")[0]
        if target.startswith(table_prefix(owner)):
            continue
        if target.startswith(PLUGIN_TABLES):
            yield f"refers to {target!r} of another plugin; keep its number without a foreign key"
        elif constraint.ondelete:
            yield (
                f"says ondelete={constraint.ondelete!r} of {target!r}; leave it out, or its rows go when the core's "
                "table is rebuilt"
            )
