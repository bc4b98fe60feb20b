"""A reviewer may reject a document: its item, or whatever it is, is to be replaced by another one."""

import sqlalchemy as sa
from alembic import op

revision = "core_0031"
down_revision = "core_0030"
branch_labels = None
depends_on = None

_COLUMNS = (
    ("document", "state", "documentstate", ("draft", "in_review", "needs_revision", "accepted")),
    ("document_review", "decision", "reviewdecision", ("needs_revision", "accepted")),
)


def upgrade() -> None:
    for table, column, name, values in _COLUMNS:
        _allow(table, column, name, (*values, "rejected"))


def downgrade() -> None:
    for table, column, name, values in _COLUMNS:
        rows = sa.table(table, sa.column(column))
        rejected = rows.c[column] == "rejected"
        op.execute(rows.update().where(rejected).values({column: "needs_revision"}))
        _allow(table, column, name, values)


def _allow(table: str, column: str, name: str, after: tuple[str, ...]) -> None:
    called = op.f(f"ck_{table}_{name}")
    with op.batch_alter_table(table) as batch:
        batch.drop_constraint(called, type_="check")
        batch.create_check_constraint(called, sa.column(column).in_(after))
