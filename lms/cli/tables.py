"""Which tables an archive has: those of the core, of every plugin, and of plugins that are not loaded.

A plugin that is switched off, broken or uninstalled keeps its rows, and they are kept in every archive. Nobody here
can say what its columns mean: on SQLite an exact number and a whole one look alike. So its values are written as the
database has them; whoever restores them has the plugin, and its models say what they are.
"""

import re

from sqlalchemy import Column, Connection, MetaData, Table, inspect
from sqlalchemy.types import NullType

from lms.platform.application import platform
from lms.platform.db import Base
from lms.platform.registry import table_prefix
from lms.platform.schema import CORE, PLUGIN_TABLES

_OF_A_PLUGIN = re.compile(rf"{PLUGIN_TABLES}([a-z][a-z0-9]*)_[a-z0-9_]+")


def known_tables(connection: Connection) -> list[Table]:
    """Tables of the core and of loaded plugins that the database has, parents first."""
    parts = platform().components
    present = set(inspect(connection).get_table_names())
    return [
        table
        for table in Base.metadata.sorted_tables
        if table.name in present and any(part.owns(table.name) for part in parts)
    ]


def unknown_tables(connection: Connection) -> list[Table]:
    """Tables of plugins that are not loaded: their columns' names and their keys, but no types."""
    inspector = inspect(connection)
    known = {table.name for table in known_tables(connection)}
    return [
        Table(
            name,
            MetaData(),
            *(
                Column(column["name"], NullType(), primary_key=column["name"] in key)
                for column in inspector.get_columns(name)
            ),
        )
        for name in sorted(inspector.get_table_names())
        if name not in known and _OF_A_PLUGIN.fullmatch(name)
        for key in (inspector.get_pk_constraint(name)["constrained_columns"],)
    ]


def owner(table: str, plugins: set[str]) -> str:
    """Whose ``table`` it is: the core's, or that of the one of ``plugins`` whose prefix fits best.

    When none fits, the shortest name that a plugin with such a table could have.
    """
    fitting = [name for name in plugins if name != CORE and table.startswith(table_prefix(name))]
    if fitting:
        return max(fitting, key=len)
    found = _OF_A_PLUGIN.fullmatch(table)
    return found[1] if found else CORE
