"""Rows of an archive that an earlier version wrote: put into the tables of its time, then upgraded as a database would be.

The models of today do not fit those rows, and what a migration does to them stands in the migration alone. So an empty
database is brought to the revisions that the archive names, its own tables are read back from it (``tables_of``), and
after the rows are in, the migrations go on to the newest schema.
"""

from decimal import Decimal
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    Connection,
    DateTime,
    Dialect,
    MetaData,
    Numeric,
    Table,
    TypeDecorator,
)
from sqlalchemy.types import TypeEngine

from lms.cli.archive import Archive
from lms.platform import schema
from lms.platform.application import platform
from lms.platform.columns import checked
from lms.platform.db import EXACT_PLACES, Exact, UtcDateTime
from lms.platform.schema import Component


def parts_of(found: Archive, wanted: set[str]) -> dict[Component, str]:
    """The components of ``wanted`` with the revision that the archive has of each, when one of them is an earlier one.

    Empty for an archive of this very version, whose rows the models of today take.
    """
    there: dict[str, str] = found.manifest["revisions"]
    parts = {part: there[part.name] for part in platform().components if part.name in wanted}
    return parts if any(revision != schema.head(part.versions) for part, revision in parts.items()) else {}


def is_known(name: str, revision: str | None) -> bool:
    """Whether the code here can bring a component up from ``revision``."""
    part = next(part for part in platform().components if part.name == name)
    return revision in schema.lineage(part.versions)


def tables_of(connection: Connection) -> list[Table]:
    """The tables that the database has now, parents first, with types that take what an archive holds."""
    found = MetaData()
    found.reflect(connection)
    for table in found.sorted_tables:
        for column in table.columns:
            column.type = _kind(column)
    return [table for table in found.sorted_tables if not table.name.startswith(schema.VERSIONS)]


def _kind(column: Column[Any]) -> TypeEngine[Any]:
    kind = column.type
    if isinstance(kind, DateTime):
        return UtcDateTime(column.name)
    if isinstance(kind, Numeric):
        return Exact(column.name)
    if isinstance(kind, JSON):
        return JSON(none_as_null=bool(column.nullable))
    if isinstance(kind, BigInteger):
        return _WholeOrExact()
    return checked(column.name, kind)


class _WholeOrExact(TypeDecorator[Any]):
    """A 64-bit column: on SQLite exact numbers stand in it as ten-thousandths, and only the archive tells which they are."""

    impl = BigInteger
    cache_ok = True

    @property
    def python_type(self) -> type[Any]:
        """What a text of an archive stands for: whole numbers are none there."""
        return Decimal

    def process_bind_param(self, value: Any, _dialect: Dialect) -> Any:
        """Take a decimal as SQLite keeps it."""
        return int(value * 10**EXACT_PLACES) if isinstance(value, Decimal) else value
