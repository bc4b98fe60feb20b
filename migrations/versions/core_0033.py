"""A scheduled task that an admin has asked for."""

import sqlalchemy as sa
from alembic import op

from lms.platform.db import UtcDateTime

revision = "core_0033"
down_revision = "core_0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("task_run", sa.Column("asked_at", UtcDateTime(), nullable=True))


def downgrade() -> None:
    op.drop_column("task_run", "asked_at")
