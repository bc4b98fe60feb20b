"""A person's language may be any that Babel knows, as ``zh_Hans_CN``; where a rescoring stands is the 64-bit key of an attempt."""

import sqlalchemy as sa
from alembic import op

revision = "core_0038"
down_revision = "core_0037"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("person") as table:
        table.alter_column("locale", existing_type=sa.String(5), type_=sa.String(20))
    _cursor("bigint")


def downgrade() -> None:
    op.execute("UPDATE person SET locale = 'id' WHERE length(locale) > 5")
    with op.batch_alter_table("person") as table:
        table.alter_column("locale", existing_type=sa.String(20), type_=sa.String(5))
    _cursor("integer")


def _cursor(kind: str) -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"ALTER TABLE rescoring ALTER COLUMN cursor TYPE {kind}")
