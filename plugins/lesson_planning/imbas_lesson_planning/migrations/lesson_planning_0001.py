"""Lesson plans, their parts and reviews."""

import sqlalchemy as sa
from alembic import op
from lms.api import Exact, UtcDateTime

revision = "lesson_planning_0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "p_lesson_planning_plan",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("title", sa.String(length=160), nullable=False),
        sa.Column("tags", sa.JSON(), nullable=False),
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
            ["person_id"], ["person.id"], name=op.f("fk_p_lesson_planning_plan_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programme.id"], name=op.f("fk_p_lesson_planning_plan_programme_id")
        ),
        sa.ForeignKeyConstraint(
            ["school_id"], ["school.id"], name=op.f("fk_p_lesson_planning_plan_school_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_p_lesson_planning_plan")),
    )
    op.create_index(
        op.f("ix_p_lesson_planning_plan_person_id"), "p_lesson_planning_plan", ["person_id"], unique=False
    )
    op.create_index(
        "ix_p_lesson_planning_plan_place",
        "p_lesson_planning_plan",
        ["programme_id", "school_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_p_lesson_planning_plan_school_id"), "p_lesson_planning_plan", ["school_id"], unique=False
    )

    op.create_table(
        "p_lesson_planning_part",
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("text", sa.String(length=8000), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["p_lesson_planning_plan.id"], name=op.f("fk_p_lesson_planning_part_plan_id")
        ),
        sa.PrimaryKeyConstraint("plan_id", "key", name=op.f("pk_p_lesson_planning_part")),
    )
    op.create_table(
        "p_lesson_planning_review",
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
        sa.Column("texts", sa.JSON(), nullable=False),
        sa.Column("reviewed_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["p_lesson_planning_plan.id"], name=op.f("fk_p_lesson_planning_review_plan_id")
        ),
        sa.ForeignKeyConstraint(
            ["reviewer_id"], ["person.id"], name=op.f("fk_p_lesson_planning_review_reviewer_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_p_lesson_planning_review")),
    )
    op.create_index(
        op.f("ix_p_lesson_planning_review_plan_id"), "p_lesson_planning_review", ["plan_id"], unique=False
    )
    op.create_index(
        op.f("ix_p_lesson_planning_review_reviewer_id"),
        "p_lesson_planning_review",
        ["reviewer_id"],
        unique=False,
    )


def downgrade() -> None:

    op.drop_table("p_lesson_planning_review")
    op.drop_table("p_lesson_planning_part")

    op.drop_table("p_lesson_planning_plan")
