"""One lease for every kind of piece that a grader reads."""

import sqlalchemy as sa
from alembic import op
from lms.platform.db import UtcDateTime

revision = "core_0005"
down_revision = "core_0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "lease",
        sa.Column("kind", sa.Enum("evidence", "essays", name="kind", native_enum=False, length=32, create_constraint=True), nullable=False),
        sa.Column("piece_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("grader_id", sa.Integer(), nullable=False),
        sa.Column("until", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["grader_id"], ["person.id"], name=op.f("fk_lease_grader_id")),
        sa.PrimaryKeyConstraint("kind", "piece_id", name=op.f("pk_lease")),
    )
    op.drop_table("review_lease")
    op.drop_table("mark_lease")


def downgrade() -> None:
    """Leases last 15 minutes; those of the moment are let go."""
    for table, piece, grader, of in (
        ("review_lease", "submission_id", "grader_id", "submission.id"),
        ("mark_lease", "attempt_id", "marker_id", "attempt.id"),
    ):
        op.create_table(
            table,
            sa.Column(piece, sa.Integer(), nullable=False),
            sa.Column(grader, sa.Integer(), nullable=False),
            sa.Column("until", UtcDateTime(), nullable=False),
            sa.ForeignKeyConstraint([grader], ["person.id"], name=op.f(f"fk_{table}_{grader}")),
            sa.ForeignKeyConstraint([piece], [of], name=op.f(f"fk_{table}_{piece}")),
            sa.PrimaryKeyConstraint(piece, name=op.f(f"pk_{table}")),
        )
    op.drop_table("lease")
