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
        sa.Column("picture_id", sa.String(length=32), nullable=True),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"], name=op.f("fk_p_garden_bed_school_id")),
        sa.ForeignKeyConstraint(["picture_id"], ["form_file.id"], name=op.f("fk_p_garden_bed_picture_id")),
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
    op.create_table(
        "p_garden_visit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("note", sa.String(length=400), nullable=False),
        sa.Column("visited_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programme.id"], name=op.f("fk_p_garden_visit_programme_id")
        ),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"], name=op.f("fk_p_garden_visit_school_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_p_garden_visit_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_p_garden_visit")),
    )
    op.create_index(op.f("ix_p_garden_visit_school_id"), "p_garden_visit", ["school_id"])
    op.create_table(
        "p_garden_proof",
        sa.Column("visit_id", sa.Integer(), nullable=False),
        sa.Column("file_id", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["visit_id"], ["p_garden_visit.id"], name=op.f("fk_p_garden_proof_visit_id")),
        sa.ForeignKeyConstraint(["file_id"], ["form_file.id"], name=op.f("fk_p_garden_proof_file_id")),
        sa.PrimaryKeyConstraint("visit_id", "file_id", name=op.f("pk_p_garden_proof")),
    )
    op.create_index(op.f("ix_p_garden_bed_school_id"), "p_garden_bed", ["school_id"])


def downgrade() -> None:
    op.drop_table("p_garden_proof")
    op.drop_table("p_garden_visit")
    op.drop_table("p_garden_wish")
    op.drop_table("p_garden_bed")
