"""A quiz's number is never given again: a process remembers the items of an edition by it.

Only SQLite gives a deleted last row's number to the next one; a definition may leave a quiz out.
"""

from alembic import op

revision = "core_0011"
down_revision = "core_0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("quiz", table_kwargs={"sqlite_autoincrement": True}, recreate=_recreate()):
        pass


def downgrade() -> None:
    with op.batch_alter_table("quiz", table_kwargs={"sqlite_autoincrement": False}, recreate=_recreate()):
        pass


def _recreate() -> str:
    return "always" if op.get_bind().dialect.name == "sqlite" else "never"
