"""Rows of a table as JSON lines, and back, the same for both databases."""

import json
from collections.abc import Iterator
from decimal import Decimal
from typing import IO, Any

from sqlalchemy import JSON, Connection, Table, insert, select

from lms.platform.db import EXACT_PLACES, go_on_after_given_ids

_BATCH = 1000


def lines(connection: Connection, table: Table) -> Iterator[bytes]:
    """Every row, in the order of the key."""
    order = list(table.primary_key.columns)
    with connection.execution_options(yield_per=_BATCH).execute(select(table).order_by(*order)) as rows:
        for row in rows.mappings():
            values = {name: _plain(value) for name, value in row.items()}
            yield f"{json.dumps(values, ensure_ascii=False)}\n".encode()


def fill(connection: Connection, table: Table, source: IO[bytes]) -> int:
    """Insert every line; the number of rows."""
    count, waiting = 0, []
    for line in source:
        waiting.append(_row(table, json.loads(line)))
        if len(waiting) == _BATCH:
            connection.execute(insert(table), waiting)
            count, waiting = count + len(waiting), []
    if waiting:
        connection.execute(insert(table), waiting)
    go_on_after_given_ids(connection, table)
    return count + len(waiting)


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):  # 42.86 and 42.8600 are one number and must be one line
        return f"{value:.{EXACT_PLACES}f}"
    return value if value is None or isinstance(value, str | int | float | bool | list | dict) else str(value)


def _row(table: Table, values: dict[str, Any]) -> dict[str, Any]:
    return {name: _typed(table.c[name], value) for name, value in values.items()}


def _typed(column: Any, value: Any) -> Any:
    if not isinstance(value, str) or isinstance(column.type, JSON):
        return value  # a string inside JSON is what somebody answered, whatever it looks like
    kind: Any = column.type.python_type
    return kind.fromisoformat(value) if hasattr(kind, "fromisoformat") else kind(value)
