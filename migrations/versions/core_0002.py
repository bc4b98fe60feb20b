"""What plugins got wrong, kept for the admin."""

import sqlalchemy as sa
from alembic import op
from lms.platform.db import UtcDateTime

revision = "core_0002"
down_revision = "core_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "plugin_failure",
        sa.Column("plugin", sa.String(length=40), nullable=False),
        sa.Column("place", sa.String(length=120), nullable=False),
        sa.Column("error", sa.String(length=500), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("last_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("plugin", "place", name=op.f("pk_plugin_failure")),
    )


def downgrade() -> None:
    op.drop_table("plugin_failure")
