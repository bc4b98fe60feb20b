"""A programme names its definition by a digest, so that a page need not read the definition to know it again."""

import hashlib
import json

import sqlalchemy as sa
from alembic import op

revision = "core_0036"
down_revision = "core_0035"
branch_labels = None
depends_on = None

_PROGRAMME = sa.table(
    "programme",
    sa.column("id", sa.Integer()),
    sa.column("definition", sa.JSON()),
    sa.column("definition_digest", sa.String()),
)


def upgrade() -> None:
    op.add_column("programme", sa.Column("definition_digest", sa.String(64), nullable=True))
    connection = op.get_bind()
    for row in connection.execute(sa.select(_PROGRAMME.c.id, _PROGRAMME.c.definition)).all():
        digest = hashlib.sha256(json.dumps(row.definition, sort_keys=True).encode()).hexdigest()
        change = sa.update(_PROGRAMME).where(_PROGRAMME.c.id == row.id)
        connection.execute(change.values(definition_digest=digest))
    with op.batch_alter_table("programme") as table:
        table.alter_column("definition_digest", existing_type=sa.String(64), nullable=False)


def downgrade() -> None:
    op.drop_column("programme", "definition_digest")
