"""Recovery codes are rows, so that a code is used once also by two at the same moment. Existing codes stay valid."""

import sqlalchemy as sa
from alembic import op
from lms.platform.db import UtcDateTime

revision = "core_0014"
down_revision = "core_0013"
branch_labels = None
depends_on = None

_ACCOUNT = sa.table("account", sa.column("id", sa.Integer()), sa.column("recovery_hashes", sa.JSON()))
_CODE = sa.table(
    "recovery_code", sa.column("account_id", sa.Integer()), sa.column("code_hash", sa.String()),
    sa.column("used_at", UtcDateTime()),
)


def upgrade() -> None:
    op.create_table(
        "recovery_code",
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("code_hash", sa.String(length=40), nullable=False),
        sa.Column("used_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_recovery_code_account_id")),
        sa.PrimaryKeyConstraint("account_id", "code_hash", name=op.f("pk_recovery_code")),
    )
    connection = op.get_bind()
    rows = [
        {"account_id": account_id, "code_hash": code_hash}
        for account_id, hashes in connection.execute(sa.select(_ACCOUNT.c.id, _ACCOUNT.c.recovery_hashes)).all()
        for code_hash in dict.fromkeys(hashes or ())
    ]
    if rows:
        connection.execute(sa.insert(_CODE), rows)
    with op.batch_alter_table("account") as table:
        table.drop_column("recovery_hashes")


def downgrade() -> None:
    with op.batch_alter_table("account") as table:
        table.add_column(sa.Column("recovery_hashes", sa.JSON(), nullable=True))
    connection = op.get_bind()
    unused: dict[int, list[str]] = {}
    for account_id, code_hash in connection.execute(
        sa.select(_CODE.c.account_id, _CODE.c.code_hash).where(_CODE.c.used_at.is_(None))
    ):
        unused.setdefault(account_id, []).append(code_hash)
    for (account_id,) in connection.execute(sa.select(_ACCOUNT.c.id)).all():
        connection.execute(
            sa.update(_ACCOUNT)
            .where(_ACCOUNT.c.id == account_id)
            .values(recovery_hashes=unused.get(account_id, []))
        )
    with op.batch_alter_table("account") as table:
        table.alter_column("recovery_hashes", existing_type=sa.JSON(), nullable=False)
    op.drop_table("recovery_code")
