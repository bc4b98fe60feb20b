"""A programme may require that a material is read; the section with which a participant has read it all says so.

Programmes that exist require no reading, and what was read before stays as it was marked.
"""

import sqlalchemy as sa
from alembic import op

revision = "core_0020"
down_revision = "core_0019"
branch_labels = None
depends_on = None

_COLUMNS = (("module_placement", "reading_required"), ("read_section", "completes"))


def upgrade() -> None:
    for table, name in _COLUMNS:
        op.add_column(table, sa.Column(name, sa.Boolean(), server_default=sa.false(), nullable=False))


def downgrade() -> None:
    for table, name in _COLUMNS:
        with op.batch_alter_table(table) as batch:
            batch.drop_column(name)
