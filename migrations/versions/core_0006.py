"""The request from which a fact came, for the logs."""

import sqlalchemy as sa
from alembic import op

revision = "core_0006"
down_revision = "core_0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("outbox_fact", sa.Column("request", sa.String(length=16), server_default="", nullable=False))


def downgrade() -> None:
    op.drop_column("outbox_fact", "request")
