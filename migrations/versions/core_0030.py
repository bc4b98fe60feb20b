"""Sections of a definition belong to plugins: what the core does not know any more goes on under ``sections``.

The agency's visits to schools keep their former key there until a plugin takes them over. A section that has no place in a
former definition is left out on the way back; take the plugin back first.
"""

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "core_0030"
down_revision = "core_0029"
branch_labels = None
depends_on = None

_PROGRAMME = sa.table("programme", sa.column("id", sa.Integer()), sa.column("definition", sa.JSON()))
_VERSION = sa.table(
    "programme_version",
    sa.column("programme_id", sa.Integer()),
    sa.column("version", sa.Integer()),
    sa.column("definition", sa.JSON()),
)
Definition = dict[str, Any]


def upgrade() -> None:
    _rewrite(_upwards)


def downgrade() -> None:
    _rewrite(_downwards)


def _upwards(definition: Definition) -> Definition:
    visits = definition.pop("visits", None)
    return {**definition, "sections": {"visits": visits}} if visits else definition


def _downwards(definition: Definition) -> Definition:
    if not definition:  # a programme that has never come into force
        return definition
    sections = definition.pop("sections", {})
    return {**definition, "visits": sections.get("visits", [])}


def _rewrite(change: Callable[[Definition], Definition]) -> None:
    """One definition at a time: former versions are many, and each may be long."""
    connection = op.get_bind()
    for table, key in ((_PROGRAMME, ("id",)), (_VERSION, ("programme_id", "version"))):
        for row in connection.execute(sa.select(*(table.c[name] for name in key))).all():
            this = sa.and_(*(table.c[name] == value for name, value in zip(key, row, strict=True)))
            before = connection.scalar(sa.select(table.c.definition).where(this))
            after = change(dict(before))
            if after != before:
                connection.execute(table.update().where(this).values(definition=after))
