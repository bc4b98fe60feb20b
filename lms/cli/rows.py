"""Rows of a table as JSON lines, and back, the same for both databases."""

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from itertools import islice
from typing import IO, Any

import click
from sqlalchemy import JSON, Column, Connection, Table, insert, select
from sqlalchemy.dialects import sqlite

from lms.cli.unstorable_values import Misfit, cleaned, misfits, refuse
from lms.contract.text import Text, stored, text_of
from lms.platform.columns import Unstorable
from lms.platform.db import EXACT_PLACES, TextColumn, reset_sequences

_BATCH = 1000
_SQLITE = sqlite.dialect()


def lines(connection: Connection, table: Table) -> Iterator[bytes]:
    """Every row, in the order of the key."""
    order = list(table.primary_key.columns)
    with connection.execution_options(yield_per=_BATCH).execute(select(table).order_by(*order)) as rows:
        for row in rows.mappings():
            yield line(row)


def line(row: Mapping[Any, Any]) -> bytes:
    """One row, as it stands in an archive."""
    values = {name: _plain(value) for name, value in row.items()}
    return f"{json.dumps(values, ensure_ascii=False)}\n".encode()


def fill(
    connection: Connection,
    table: Table,
    source: IO[bytes],
    *,
    by_sqlite: bool = False,
    odd: list[Misfit] | None = None,
) -> int:
    """Insert every line; the number of rows. Values that no column takes go to ``odd``, their texts are made to fit."""
    count = 0
    rows = typed(table, source, by_sqlite=by_sqlite)
    while batch := list(islice(rows, _BATCH)):
        try:
            connection.execute(insert(table), batch)
        except Unstorable:
            connection.execute(insert(table), _fitting(table, batch, odd))
        count += len(batch)
    reset_sequences(connection, table)
    return count


def typed(table: Table, source: IO[bytes], *, by_sqlite: bool = False) -> Iterator[dict[str, Any]]:
    """Every row with values as the columns of ``table`` have them, in the order of the columns.

    ``by_sqlite``: the lines have what SQLite keeps, written without knowing what it means. Raises ClickException.
    """
    read = _kept_by_sqlite if by_sqlite else _typed
    readers = {column.name: read(column) for column in table.columns}
    for text in source:
        values = json.loads(text)
        if values.keys() != readers.keys():
            raise click.ClickException(
                f"the archive has other columns of {table.name} than this installation"
            )
        yield {name: readers[name](values[name]) for name in readers}


def _fitting(table: Table, batch: list[dict[str, Any]], odd: list[Misfit] | None) -> list[dict[str, Any]]:
    found = [misfit for row in batch for misfit in misfits(table, row)]
    batch = [cleaned(table, row) for row in batch]
    left = [misfit for row in batch for misfit in misfits(table, row)]
    if odd is None or left:
        refuse(left or found)
    odd += found
    return batch


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):  # 42.86 and 42.8600 are one number and must be one line
        return f"{value:.{EXACT_PLACES}f}"
    if isinstance(value, Text):
        return stored(value)
    if isinstance(value, datetime) and value.tzinfo:  # PostgreSQL gives a time in the zone of its session
        value = value.astimezone(UTC)
    return value if value is None or isinstance(value, str | int | float | bool | list | dict) else str(value)


def _typed(column: Column[Any]) -> Callable[[Any], Any]:
    if isinstance(column.type, JSON):
        return lambda value: value  # a string inside JSON is what somebody answered, whatever it looks like
    if isinstance(column.type, TextColumn):
        return lambda value: None if value is None else text_of(value)
    kind: Any = column.type.python_type
    convert = getattr(kind, "fromisoformat", kind)
    return lambda value: convert(value) if isinstance(value, str) else value


def _kept_by_sqlite(column: Column[Any]) -> Callable[[Any], Any]:
    """What SQLAlchemy makes of a value that SQLite's driver gives for this column."""
    convert = column.type.dialect_impl(_SQLITE).result_processor(_SQLITE, None)
    return convert or (lambda value: value)
