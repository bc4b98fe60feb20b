"""Values of an archive that no column takes any more, found when its rows are put in.

Until 0.1.0 a SQLite database took texts of any length, and signs that PostgreSQL cannot store. A restore says which
rows hold them, or changes them on the way (``lms restore --clean``).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

import click
from sqlalchemy import JSON, Column, Table
from sqlalchemy.dialects import sqlite

from lms.contract.characters import storable
from lms.platform.columns import CheckedString, Unstorable, dump_json

_SQLITE = sqlite.dialect()
MOST = 20
"""Values that are named."""


@dataclass(frozen=True, slots=True)
class Misfit:
    """A value that its column does not take, and why."""

    table: str
    key: str
    column: str
    why: str

    def __str__(self) -> str:
        return f"{self.table} {self.key}, {self.column}: {self.why}"


def misfits(table: Table, row: Mapping[str, Any]) -> Iterator[Misfit]:
    """What of ``row`` the columns of ``table`` do not take."""
    key = ", ".join(f"{column.name}={row[column.name]}" for column in table.primary_key.columns)
    for column in table.columns:
        if fault := _fault_of(column, row[column.name]):
            (why,) = fault.fields.values()
            yield Misfit(table.name, key, column.name, why.in_("en"))


def refuse(found: list[Misfit]) -> NoReturn:
    """Raise ClickException naming the values and what to do."""
    lines = "\n".join(f"  {misfit}" for misfit in found[:MOST])
    lines += f"\n  and {len(found) - MOST} more" if len(found) > MOST else ""
    raise click.ClickException(
        f"values that no database takes any more:\n{lines}\nNothing was changed. Correct them where the archive "
        "was made and make a new one, or add --clean: texts are cut to their length and such signs replaced, "
        "each is listed"
    )


def cleaned(table: Table, row: Mapping[str, Any]) -> dict[str, Any]:
    """``row`` with texts that can be stored; what is no text stays."""
    return {column.name: _cleaned(column, row[column.name]) for column in table.columns}


def _fault_of(column: Column[Any], value: Any) -> Unstorable | None:
    try:
        if isinstance(column.type, JSON):
            dump_json(value)
        elif hasattr(column.type, "process_bind_param"):
            column.type.process_bind_param(value, _SQLITE)
    except Unstorable as fault:
        return fault
    return None


def _cleaned(column: Column[Any], value: Any) -> Any:
    if isinstance(column.type, JSON):
        return _storable(value)
    if isinstance(value, str) and isinstance(column.type, CheckedString):
        return storable(value, column.type.longest or len(value))
    return value


def _storable(value: Any) -> Any:
    if isinstance(value, str):
        return storable(value, len(value))
    if isinstance(value, dict):
        return {_storable(key): _storable(entry) for key, entry in value.items()}
    return [_storable(entry) for entry in value] if isinstance(value, list) else value
