"""A long task is claimed by one worker at a time."""

import sqlalchemy as sa
from alembic import op
from lms.platform.db import UtcDateTime

revision = "core_0013"
down_revision = "core_0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("task_run") as table:
        table.add_column(sa.Column("claimed_until", UtcDateTime(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("task_run") as table:
        table.drop_column("claimed_until")
