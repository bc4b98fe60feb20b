"""Flagship plans, their writers, lines, measurements and reviews."""

import sqlalchemy as sa
from alembic import op
from lms.api import Exact, UtcDateTime

revision = "program_unggulan_0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "p_program_unggulan_plan",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=160), nullable=False),
        sa.Column("code", sa.String(length=10), nullable=False),
        sa.Column("problem", sa.String(length=2000), nullable=False),
        sa.Column("reason", sa.String(length=2000), nullable=False),
        sa.Column("responsible", sa.String(length=160), nullable=False),
        sa.Column("budget", sa.String(length=500), nullable=False),
        sa.Column("risk", sa.String(length=2000), nullable=False),
        sa.Column("sustainability", sa.String(length=2000), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "in_review",
                "needs_revision",
                "accepted",
                name="planstate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.Column("submitted_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programme.id"], name=op.f("fk_p_program_unggulan_plan_programme_id")
        ),
        sa.ForeignKeyConstraint(
            ["school_id"], ["school.id"], name=op.f("fk_p_program_unggulan_plan_school_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_p_program_unggulan_plan")),
        sa.UniqueConstraint(
            "programme_id", "school_id", name=op.f("uq_p_program_unggulan_plan_programme_id_school_id")
        ),
    )
    op.create_index(
        op.f("ix_p_program_unggulan_plan_school_id"), "p_program_unggulan_plan", ["school_id"], unique=False
    )

    op.create_table(
        "p_program_unggulan_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("goal", sa.String(length=500), nullable=False),
        sa.Column("unit", sa.String(length=40), nullable=False),
        sa.Column("baseline", Exact(), nullable=True),
        sa.Column("baseline_on", sa.Date(), nullable=True),
        sa.Column("target", Exact(), nullable=True),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("method", sa.String(length=1000), nullable=False),
        sa.Column("role_school", sa.String(length=1000), nullable=False),
        sa.Column("role_family", sa.String(length=1000), nullable=False),
        sa.Column("role_community", sa.String(length=1000), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["p_program_unggulan_plan.id"], name=op.f("fk_p_program_unggulan_line_plan_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_p_program_unggulan_line")),
    )
    op.create_index(
        op.f("ix_p_program_unggulan_line_plan_id"), "p_program_unggulan_line", ["plan_id"], unique=False
    )

    op.create_table(
        "p_program_unggulan_review",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("reviewer_id", sa.Integer(), nullable=True),
        sa.Column("rubric_key", sa.String(length=120), nullable=False),
        sa.Column("rubric_version", sa.String(length=20), nullable=False),
        sa.Column("scores", sa.JSON(), nullable=False),
        sa.Column("comments", sa.JSON(), nullable=False),
        sa.Column("percent", Exact(), nullable=False),
        sa.Column(
            "decision",
            sa.Enum(
                "needs_revision",
                "accepted",
                name="reviewdecision",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("comment", sa.String(length=2000), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("reviewed_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["p_program_unggulan_plan.id"], name=op.f("fk_p_program_unggulan_review_plan_id")
        ),
        sa.ForeignKeyConstraint(
            ["reviewer_id"], ["person.id"], name=op.f("fk_p_program_unggulan_review_reviewer_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_p_program_unggulan_review")),
    )
    op.create_index(
        op.f("ix_p_program_unggulan_review_plan_id"), "p_program_unggulan_review", ["plan_id"], unique=False
    )
    op.create_index(
        op.f("ix_p_program_unggulan_review_reviewer_id"),
        "p_program_unggulan_review",
        ["reviewer_id"],
        unique=False,
    )

    op.create_table(
        "p_program_unggulan_writer",
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("last_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_p_program_unggulan_writer_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["p_program_unggulan_plan.id"], name=op.f("fk_p_program_unggulan_writer_plan_id")
        ),
        sa.PrimaryKeyConstraint("plan_id", "person_id", name=op.f("pk_p_program_unggulan_writer")),
    )
    op.create_index(
        op.f("ix_p_program_unggulan_writer_person_id"),
        "p_program_unggulan_writer",
        ["person_id"],
        unique=False,
    )

    op.create_table(
        "p_program_unggulan_measure",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("line_id", sa.Integer(), nullable=False),
        sa.Column("measured_on", sa.Date(), nullable=False),
        sa.Column("value", Exact(), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("recorded_by", sa.Integer(), nullable=True),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["line_id"], ["p_program_unggulan_line.id"], name=op.f("fk_p_program_unggulan_measure_line_id")
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["person.id"], name=op.f("fk_p_program_unggulan_measure_recorded_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_p_program_unggulan_measure")),
        sa.UniqueConstraint(
            "line_id", "measured_on", name=op.f("uq_p_program_unggulan_measure_line_id_measured_on")
        ),
    )
    op.create_index(
        op.f("ix_p_program_unggulan_measure_recorded_by"),
        "p_program_unggulan_measure",
        ["recorded_by"],
        unique=False,
    )


def downgrade() -> None:

    op.drop_table("p_program_unggulan_measure")

    op.drop_table("p_program_unggulan_writer")

    op.drop_table("p_program_unggulan_review")

    op.drop_table("p_program_unggulan_line")

    op.drop_table("p_program_unggulan_plan")
