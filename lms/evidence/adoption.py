"""For the migrations of plugins: a deliverable or rubric that was another's is a plugin's from now on, with all that was handed in.

Called with the connection of the migration, upwards and, with the keys exchanged, downwards. What the audit trail and issued
certificates say stays as it was said. Columns are looked for in the database, since the models may be those of a later version.
"""

from typing import Any

from sqlalchemy import Connection, String, column, inspect, table

from lms.platform.schema import PLUGIN_TABLES
from lms.programmes import api as programmes


def adopt_deliverable(connection: Connection, old: str, new: str) -> None:
    """The deliverable ``old`` is called ``new``: in definitions, in what stages owe, in moved deadlines."""
    _rename(connection, ("deliverable_key", "target"), old, new)

    def rewrite(definition: dict[str, Any]) -> dict[str, Any] | None:
        owed = [due for stage in definition.get("stages", ()) for due in stage.get("deliverables", ())]
        found = [due for due in owed if due["key"] == old]
        for due in found:
            due["key"] = new
        return definition if found else None

    programmes.rewrite_definitions(connection, rewrite)


def adopt_rubric(connection: Connection, old: str, new: str) -> None:
    """The rubric ``old`` is called ``new`` in every review; versions stay."""
    _rename(connection, ("rubric_key",), old, new)


def _rename(connection: Connection, columns: tuple[str, ...], old: str, new: str) -> None:
    """In every table of the core that has one of ``columns``."""
    there = inspect(connection)
    for name in there.get_table_names():
        if name.startswith(PLUGIN_TABLES):
            continue
        for found in {entry["name"] for entry in there.get_columns(name)} & set(columns):
            rows = table(name, column(found, String()))
            connection.execute(rows.update().where(rows.c[found] == old).values({found: new}))
