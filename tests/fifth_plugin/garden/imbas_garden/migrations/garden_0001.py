"""Beds."""

import sqlalchemy as sa
from alembic import op

from lms.api import UtcDateTime

revision = "garden_0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "p_garden_bed",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("plant", sa.String(length=80), nullable=False),
        sa.Column("planted_at", UtcDateTime(), nullable=False),
        sa.Column("watered_at", UtcDateTime(), nullable=True),
        sa.Column("label", sa.String(length=100), nullable=False),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"], name=op.f("fk_p_garden_bed_school_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_p_garden_bed")),
    )
    op.create_table(
        "p_garden_wish",
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("plant", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programme.id"], name=op.f("fk_p_garden_wish_programme_id")
        ),
        sa.PrimaryKeyConstraint("programme_id", "plant", name=op.f("pk_p_garden_wish")),
    )
    op.create_index(op.f("ix_p_garden_bed_school_id"), "p_garden_bed", ["school_id"])


def downgrade() -> None:
    op.drop_table("p_garden_wish")
    op.drop_table("p_garden_bed")
