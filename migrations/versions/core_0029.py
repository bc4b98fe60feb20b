"""How often a person's address was asked about on a day."""

import sqlalchemy as sa
from alembic import op

revision = "core_0029"
down_revision = "core_0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("mail_choice", sa.Column("asked_on", sa.Date(), nullable=True))
    op.add_column("mail_choice", sa.Column("asked", sa.Integer(), server_default="0", nullable=False))
    with op.batch_alter_table("mail_choice") as table:
        table.alter_column("asked", server_default=None)


def downgrade() -> None:
    op.drop_column("mail_choice", "asked")
    op.drop_column("mail_choice", "asked_on")
