"""Blueprints, item cards, reviews of cards, item analyses."""

import sqlalchemy as sa
from alembic import op
from lms.api import Exact, UtcDateTime

revision = "hots_assessment_0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "p_hots_assessment_blueprint",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(length=120), nullable=False),
        sa.Column("grade", sa.String(length=60), nullable=False),
        sa.Column("curriculum", sa.String(length=60), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programme.id"], name=op.f("fk_p_hots_assessment_blueprint_programme_id")
        ),
        sa.ForeignKeyConstraint(
            ["school_id"], ["school.id"], name=op.f("fk_p_hots_assessment_blueprint_school_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_p_hots_assessment_blueprint_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_p_hots_assessment_blueprint")),
        sa.UniqueConstraint(
            "programme_id",
            "school_id",
            "person_id",
            name=op.f("uq_p_hots_assessment_blueprint_programme_id_school_id_person_id"),
        ),
    )
    op.create_index(
        "ix_p_hots_assessment_blueprint_school",
        "p_hots_assessment_blueprint",
        ["school_id", "programme_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_p_hots_assessment_blueprint_person_id"),
        "p_hots_assessment_blueprint",
        ["person_id"],
        unique=False,
    )

    op.create_table(
        "p_hots_assessment_card",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("blueprint_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("competence", sa.String(length=300), nullable=False),
        sa.Column("material", sa.String(length=200), nullable=False),
        sa.Column("indicator", sa.String(length=500), nullable=False),
        sa.Column("bloom", sa.String(length=2), nullable=False),
        sa.Column("format", sa.String(length=20), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("stimulus", sa.String(length=4000), nullable=False),
        sa.Column("stem", sa.String(length=2000), nullable=False),
        sa.Column("options", sa.String(length=3000), nullable=False),
        sa.Column("answer_key", sa.String(length=1000), nullable=False),
        sa.Column("guide", sa.String(length=3000), nullable=False),
        sa.Column("reason", sa.String(length=1000), nullable=False),
        sa.Column("shared", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["blueprint_id"],
            ["p_hots_assessment_blueprint.id"],
            name=op.f("fk_p_hots_assessment_card_blueprint_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_p_hots_assessment_card")),
        sa.UniqueConstraint(
            "blueprint_id", "number", name=op.f("uq_p_hots_assessment_card_blueprint_id_number")
        ),
    )

    op.create_table(
        "p_hots_assessment_review",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("card_id", sa.Integer(), nullable=False),
        sa.Column("card_version", sa.Integer(), nullable=False),
        sa.Column("reviewer_id", sa.Integer(), nullable=True),
        sa.Column("rubric_key", sa.String(length=120), nullable=False),
        sa.Column("rubric_version", sa.String(length=20), nullable=False),
        sa.Column("scores", sa.JSON(), nullable=False),
        sa.Column("percent", Exact(), nullable=False),
        sa.Column(
            "decision",
            sa.Enum(
                "use",
                "improve",
                "replace",
                name="decision",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("comment", sa.String(length=2000), nullable=False),
        sa.Column("reviewed_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["card_id"], ["p_hots_assessment_card.id"], name=op.f("fk_p_hots_assessment_review_card_id")
        ),
        sa.ForeignKeyConstraint(
            ["reviewer_id"], ["person.id"], name=op.f("fk_p_hots_assessment_review_reviewer_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_p_hots_assessment_review")),
        sa.UniqueConstraint(
            "card_id",
            "reviewer_id",
            "card_version",
            name=op.f("uq_p_hots_assessment_review_card_id_reviewer_id_card_version"),
        ),
    )
    op.create_index(
        op.f("ix_p_hots_assessment_review_reviewer_id"),
        "p_hots_assessment_review",
        ["reviewer_id"],
        unique=False,
    )

    op.create_table(
        "p_hots_assessment_analysis",
        sa.Column("quiz_id", sa.Integer(), nullable=False),
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("participants", sa.Integer(), nullable=False),
        sa.Column("result", sa.JSON(), nullable=False),
        sa.Column("computed_at", UtcDateTime(), nullable=False),
        sa.Column("computed_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["quiz_id"], ["quiz.id"], name=op.f("fk_p_hots_assessment_analysis_quiz_id")
        ),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programme.id"], name=op.f("fk_p_hots_assessment_analysis_programme_id")
        ),
        sa.ForeignKeyConstraint(
            ["computed_by"], ["person.id"], name=op.f("fk_p_hots_assessment_analysis_computed_by")
        ),
        sa.PrimaryKeyConstraint("quiz_id", name=op.f("pk_p_hots_assessment_analysis")),
    )
    op.create_index(
        op.f("ix_p_hots_assessment_analysis_programme_id"),
        "p_hots_assessment_analysis",
        ["programme_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_p_hots_assessment_analysis_computed_by"),
        "p_hots_assessment_analysis",
        ["computed_by"],
        unique=False,
    )


def downgrade() -> None:
    op.drop_table("p_hots_assessment_analysis")
    op.drop_table("p_hots_assessment_review")
    op.drop_table("p_hots_assessment_card")
    op.drop_table("p_hots_assessment_blueprint")
