"""A card's stimulus may be a table or a picture."""

import sqlalchemy as sa
from alembic import op

revision = "hots_assessment_0002"
down_revision = "hots_assessment_0001"
branch_labels = None
depends_on = None

_COLUMNS = (("stimulus_table", 4000), ("picture_key", 80), ("picture_alt", 300))


def upgrade() -> None:
    with op.batch_alter_table("p_hots_assessment_card") as table:
        for name, longest in _COLUMNS:
            table.add_column(sa.Column(name, sa.String(length=longest), server_default="", nullable=False))


def downgrade() -> None:
    with op.batch_alter_table("p_hots_assessment_card") as table:
        for name, _longest in reversed(_COLUMNS):
            table.drop_column(name)
