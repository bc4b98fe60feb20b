"""Room for sealed secrets of second factors. Old rows are sealed by ``lms office seal`` or when used:
a migration has no key."""

import sqlalchemy as sa
from alembic import op

revision = "core_0007"
down_revision = "core_0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("account") as batch_op:
        batch_op.alter_column("totp_secret", existing_type=sa.String(length=64), type_=sa.String(length=200))


def downgrade() -> None:
    """The column stays wide: a narrow one would refuse or cut what is sealed."""
