"""Feedback on evidence by those who coach a school."""

import sqlalchemy as sa
from alembic import op
from lms.platform.db import UtcDateTime

revision = "core_0008"
down_revision = "core_0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "evidence_feedback",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("written_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["person.id"], name=op.f("fk_evidence_feedback_author_id")),
        sa.ForeignKeyConstraint(["submission_id"], ["submission.id"], name=op.f("fk_evidence_feedback_submission_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence_feedback")),
    )
    op.create_index(op.f("ix_evidence_feedback_submission_id"), "evidence_feedback", ["submission_id"])


def downgrade() -> None:
    op.drop_index(op.f("ix_evidence_feedback_submission_id"), table_name="evidence_feedback")
    op.drop_table("evidence_feedback")
