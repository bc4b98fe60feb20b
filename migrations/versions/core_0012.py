"""A moved deadline keeps what was in force before and what everybody else had, and can be withdrawn.

Of old moves both are read from the definition that was in force when they were made.
"""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from alembic import op
from lms.platform.db import UtcDateTime

revision = "core_0012"
down_revision = "core_0011"
branch_labels = None
depends_on = None

_MOVE = sa.table(
    "deadline_change", sa.column("id", sa.Integer()), sa.column("stage_id", sa.Integer()),
    sa.column("school_id", sa.Integer()), sa.column("target", sa.String()), sa.column("due_at", UtcDateTime()),
    sa.column("changed_at", UtcDateTime()), sa.column("before_at", UtcDateTime()),
    sa.column("otherwise_at", UtcDateTime()),
)
_STAGE = sa.table(
    "stage", sa.column("id", sa.Integer()), sa.column("programme_id", sa.Integer()), sa.column("no", sa.Integer())
)
_VERSION = sa.table(
    "programme_version", sa.column("programme_id", sa.Integer()), sa.column("version", sa.Integer()),
    sa.column("definition", sa.JSON()), sa.column("changed_at", UtcDateTime()),
)


def upgrade() -> None:
    with op.batch_alter_table("deadline_change") as table:
        table.add_column(sa.Column("before_at", UtcDateTime(), nullable=True))
        table.add_column(sa.Column("otherwise_at", UtcDateTime(), nullable=True))
        table.add_column(sa.Column("withdrawn_at", UtcDateTime(), nullable=True))
        table.add_column(sa.Column("withdrawn_by", sa.Integer(), nullable=True))
        table.create_foreign_key(op.f("fk_deadline_change_withdrawn_by"), "person", ["withdrawn_by"], ["id"])
    _remember()
    with op.batch_alter_table("deadline_change") as table:
        table.alter_column("before_at", existing_type=UtcDateTime(), nullable=False)
        table.alter_column("otherwise_at", existing_type=UtcDateTime(), nullable=False)


def downgrade() -> None:
    with op.batch_alter_table("deadline_change") as table:
        table.drop_constraint(op.f("fk_deadline_change_withdrawn_by"), type_="foreignkey")
        for name in ("withdrawn_by", "withdrawn_at", "otherwise_at", "before_at"):
            table.drop_column(name)


def _remember() -> None:
    connection = op.get_bind()
    newest: dict[tuple[int, int, str], datetime] = {}
    rows = connection.execute(
        sa.select(_MOVE, _STAGE.c.programme_id, _STAGE.c.no)
        .join_from(_MOVE, _STAGE, _STAGE.c.id == _MOVE.c.stage_id)
        .order_by(_MOVE.c.id)
    ).all()
    for row in rows:
        otherwise = _said(connection, row) or row.due_at
        if row.target != "on_service":
            otherwise = max(otherwise, newest.get((row.stage_id, row.school_id, "on_service"), otherwise))
        key = (row.stage_id, row.school_id, row.target)
        connection.execute(
            sa.update(_MOVE)
            .where(_MOVE.c.id == row.id)
            .values(before_at=newest.get(key, otherwise), otherwise_at=otherwise)
        )
        newest[key] = row.due_at


def _said(connection: sa.Connection, row: sa.Row[Any]) -> datetime | None:
    """The deadline by the definition of that time; None when that did not know the target."""
    definition = connection.scalar(
        sa.select(_VERSION.c.definition)
        .where(_VERSION.c.programme_id == row.programme_id, _VERSION.c.changed_at <= row.changed_at)
        .order_by(_VERSION.c.version.desc())
        .limit(1)
    )
    stage = next((entry for entry in (definition or {}).get("stages", ()) if entry["no"] == row.no), None)
    if stage is None:
        return None
    found = {"on_service": stage["on_service_due_at"]}
    for line in stage.get("materials", ()):
        if line.get("quiz"):
            found[f"{line['module']}.quiz"] = line["quiz"]["due_at"]
    for entry in stage.get("deliverables", ()):
        found[entry["key"]] = entry["due_at"]
    said = found.get(row.target)
    return datetime.fromisoformat(said) if said else None
