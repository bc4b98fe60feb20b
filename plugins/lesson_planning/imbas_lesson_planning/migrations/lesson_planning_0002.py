"""A plan without C4-C6 says why its competence asks for none."""

import sqlalchemy as sa
from alembic import op

revision = "lesson_planning_0002"
down_revision = "lesson_planning_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("p_lesson_planning_plan") as table:
        table.add_column(sa.Column("low_reason", sa.String(length=500), server_default="", nullable=False))


def downgrade() -> None:
    with op.batch_alter_table("p_lesson_planning_plan") as table:
        table.drop_column("low_reason")
