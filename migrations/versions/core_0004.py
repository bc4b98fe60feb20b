"""Files on their way to a submission."""

import sqlalchemy as sa
from alembic import op
from lms.platform.db import UtcDateTime

revision = "core_0004"
down_revision = "core_0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "evidence_upload",
        sa.Column("id", sa.String(length=32), autoincrement=False, nullable=False),
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=160), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("sent_metadata", sa.String(length=1000), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("done_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_evidence_upload_person_id")),
        sa.ForeignKeyConstraint(["submission_id"], ["submission.id"], name=op.f("fk_evidence_upload_submission_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence_upload")),
    )
    op.create_index("ix_evidence_upload_submission_id", "evidence_upload", ["submission_id", "done_at"])


def downgrade() -> None:
    op.drop_index("ix_evidence_upload_submission_id", table_name="evidence_upload")
    op.drop_table("evidence_upload")
