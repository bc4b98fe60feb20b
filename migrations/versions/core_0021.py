"""The audit trail is sealed in batches: an entry has no place in the chain until the worker gives it one."""

import sqlalchemy as sa
from alembic import op
from lms.platform.audit import GENESIS, digest_of
from lms.platform.db import UtcDateTime

revision = "core_0021"
down_revision = "core_0020"
branch_labels = None
depends_on = None

_AT_ONCE = 1000
_ENTRY = sa.table(
    "audit_entry",
    sa.column("id", sa.Integer()),
    sa.column("at", UtcDateTime()),
    sa.column("actor_id", sa.Integer()),
    sa.column("action", sa.String()),
    sa.column("subject_kind", sa.String()),
    sa.column("subject_id", sa.Integer()),
    sa.column("concerns", sa.Integer()),
    sa.column("before", sa.JSON()),
    sa.column("after", sa.JSON()),
    sa.column("reason", sa.String()),
    sa.column("previous", sa.String()),
    sa.column("digest", sa.String()),
)


def upgrade() -> None:
    op.add_column("audit_entry", sa.Column("position", sa.BigInteger(), nullable=True))
    op.execute("UPDATE audit_entry SET position = id")  # until now the chain was in the order of the ids
    with op.batch_alter_table("audit_entry") as table:
        table.alter_column("previous", existing_type=sa.String(64), nullable=True)
        table.alter_column("digest", existing_type=sa.String(64), nullable=True)
        table.drop_constraint("uq_audit_entry_previous", type_="unique")
        table.create_unique_constraint("uq_audit_entry_position", ["position"])


def downgrade() -> None:
    _chain_by_id()
    with op.batch_alter_table("audit_entry") as table:
        table.drop_constraint("uq_audit_entry_position", type_="unique")
        table.alter_column("previous", existing_type=sa.String(64), nullable=False)
        table.alter_column("digest", existing_type=sa.String(64), nullable=False)
        table.create_unique_constraint("uq_audit_entry_previous", ["previous"])
        table.drop_column("position")


def _chain_by_id() -> None:
    """What waits is sealed; from the first entry that was sealed out of turn on the chain is made anew, by ids."""
    connection, last, previous = op.get_bind(), 0, GENESIS
    change = sa.update(_ENTRY).where(_ENTRY.c.id == sa.bindparam("entry"))
    page = sa.select(_ENTRY).order_by(_ENTRY.c.id).limit(_AT_ONCE)
    while entries := connection.execute(page.where(_ENTRY.c.id > last)).mappings().all():
        for entry in entries:
            digest = entry["digest"]
            if digest is None or entry["previous"] != previous:
                digest = digest_of({**entry, "previous": previous})
                values = {"entry": entry["id"], "previous": previous, "digest": digest}
                connection.execute(change.values(previous=sa.bindparam("previous"), digest=sa.bindparam("digest")), values)
            last, previous = entry["id"], digest
