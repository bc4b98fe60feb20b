"""For the migrations of plugins: what a plugin owns from now on gets its key in definitions in force and in former ones.

Called with the connection of the migration, upwards and, with the keys exchanged, downwards. Only statements on tables: the models
may be those of a later version.
"""

from collections.abc import Callable
from typing import Any

from sqlalchemy import JSON, Connection, Integer, String, and_, column, inspect, select, table

from lms.programmes.models import digest_of

_PROGRAMME = table(
    "programme",
    column("id", Integer()),
    column("definition", JSON()),
    column("definition_digest", String()),
)
_VERSION = table(
    "programme_version",
    column("programme_id", Integer()),
    column("version", Integer()),
    column("definition", JSON()),
)


def rewrite_definitions(
    connection: Connection, rewrite: Callable[[dict[str, Any]], dict[str, Any] | None]
) -> None:
    """Give each definition to ``rewrite``, one at a time, and store what it returns; None leaves it as it is.

    Also on a core that was taken back to before definitions had digests.
    """
    named = "definition_digest" in {entry["name"] for entry in inspect(connection).get_columns("programme")}
    for of, key in ((_PROGRAMME, ("id",)), (_VERSION, ("programme_id", "version"))):
        for row in connection.execute(select(*(of.c[name] for name in key))).all():
            this = and_(*(of.c[name] == value for name, value in zip(key, row, strict=True)))
            changed = rewrite(connection.scalar(select(of.c.definition).where(this)) or {})
            if changed is not None:
                digest = {"definition_digest": digest_of(changed)} if named and of is _PROGRAMME else {}
                connection.execute(of.update().where(this).values(definition=changed, **digest))


def adopt_section(
    connection: Connection, old: str, new: str, convert: Callable[[Any], Any] = lambda values: values
) -> None:
    """The section ``old`` of every definition is called ``new``, with what ``convert`` makes of its values."""

    def rewrite(definition: dict[str, Any]) -> dict[str, Any] | None:
        sections = dict(definition.get("sections", {}))
        if old not in sections:
            return None
        values = sections.pop(old)
        return {**definition, "sections": {**sections, new: convert(values)}}

    rewrite_definitions(connection, rewrite)
