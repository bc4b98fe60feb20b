"""When a photo was taken, as the camera said."""

import sqlalchemy as sa
from alembic import op

revision = "core_0003"
down_revision = "core_0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("evidence_file", sa.Column("taken", sa.String(length=16), server_default="", nullable=False))


def downgrade() -> None:
    op.drop_column("evidence_file", "taken")
