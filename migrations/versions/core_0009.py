"""One attempt more for one participant."""

import sqlalchemy as sa
from alembic import op
from lms.platform.db import UtcDateTime

revision = "core_0009"
down_revision = "core_0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "extra_attempt",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("quiz_id", sa.Integer(), nullable=False),
        sa.Column("enrolment_id", sa.Integer(), nullable=False),
        sa.Column("given_by", sa.Integer(), nullable=False),
        sa.Column("given_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["enrolment_id"], ["enrolment.id"], name=op.f("fk_extra_attempt_enrolment_id")),
        sa.ForeignKeyConstraint(["given_by"], ["person.id"], name=op.f("fk_extra_attempt_given_by")),
        sa.ForeignKeyConstraint(["quiz_id"], ["quiz.id"], name=op.f("fk_extra_attempt_quiz_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_extra_attempt")),
    )
    op.create_index("ix_extra_attempt_enrolment_id", "extra_attempt", ["enrolment_id", "quiz_id"])


def downgrade() -> None:
    op.drop_index("ix_extra_attempt_enrolment_id", table_name="extra_attempt")
    op.drop_table("extra_attempt")
