"""Each stored file with the hash of what is stored, so that a loss is noticed; keys of evidence are found by index."""

import sqlalchemy as sa
from alembic import op
from lms.platform.db import UtcDateTime

revision = "core_0016"
down_revision = "core_0015"
branch_labels = None
depends_on = None

_FAULTS = sa.Enum(
    "", "missing", "size", "content", name="fault", native_enum=False, length=32, create_constraint=True
)


def upgrade() -> None:
    op.create_table(
        "stored_file",
        sa.Column("key", sa.String(80), nullable=False),
        sa.Column("what", sa.String(200), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("checked_at", UtcDateTime(), nullable=False),
        sa.Column("fault", _FAULTS, nullable=False),
        sa.Column("unneeded_since", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_stored_file")),
    )
    op.create_index("ix_stored_file_checked_at", "stored_file", ["checked_at"])
    op.create_index("ix_stored_file_fault", "stored_file", ["fault"])
    op.create_index("ix_evidence_file_storage_key", "evidence_file", ["storage_key"])
    op.create_index("ix_evidence_file_preview_key", "evidence_file", ["preview_key"])


def downgrade() -> None:
    op.drop_index("ix_evidence_file_preview_key", "evidence_file")
    op.drop_index("ix_evidence_file_storage_key", "evidence_file")
    op.drop_table("stored_file")
