"""When a task, a backup or a drill last ended well, beside when it last ran."""

import sqlalchemy as sa
from alembic import op
from lms.platform.db import UtcDateTime

revision = "core_0010"
down_revision = "core_0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("task_run") as table:
        table.add_column(sa.Column("done_at", UtcDateTime(), nullable=True))
    op.execute("UPDATE task_run SET done_at = ran_at WHERE error = ''")


def downgrade() -> None:
    with op.batch_alter_table("task_run") as table:
        table.drop_column("done_at")
