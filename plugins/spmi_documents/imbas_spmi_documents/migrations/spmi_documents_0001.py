"""Quality report, mapped problems, plan lines."""

import sqlalchemy as sa
from alembic import op
from lms.api import Exact, UtcDateTime

revision = "spmi_documents_0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "p_spmi_documents_problem",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=10), nullable=False),
        sa.Column("condition", sa.String(length=2000), nullable=False),
        sa.Column("strength", sa.String(length=2000), nullable=False),
        sa.Column("weakness", sa.String(length=2000), nullable=False),
        sa.Column("problem", sa.String(length=2000), nullable=False),
        sa.Column("root_cause", sa.String(length=2000), nullable=False),
        sa.Column("recommendation", sa.String(length=2000), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.Column("updated_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programme.id"], name=op.f("fk_p_spmi_documents_problem_programme_id")
        ),
        sa.ForeignKeyConstraint(
            ["school_id"], ["school.id"], name=op.f("fk_p_spmi_documents_problem_school_id")
        ),
        sa.ForeignKeyConstraint(
            ["updated_by"], ["person.id"], name=op.f("fk_p_spmi_documents_problem_updated_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_p_spmi_documents_problem")),
    )
    op.create_index(
        "ix_p_spmi_documents_problem_place",
        "p_spmi_documents_problem",
        ["programme_id", "school_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_p_spmi_documents_problem_school_id"), "p_spmi_documents_problem", ["school_id"], unique=False
    )
    op.create_index(
        op.f("ix_p_spmi_documents_problem_updated_by"),
        "p_spmi_documents_problem",
        ["updated_by"],
        unique=False,
    )

    op.create_table(
        "p_spmi_documents_report",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.Column("updated_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programme.id"], name=op.f("fk_p_spmi_documents_report_programme_id")
        ),
        sa.ForeignKeyConstraint(
            ["school_id"], ["school.id"], name=op.f("fk_p_spmi_documents_report_school_id")
        ),
        sa.ForeignKeyConstraint(
            ["updated_by"], ["person.id"], name=op.f("fk_p_spmi_documents_report_updated_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_p_spmi_documents_report")),
        sa.UniqueConstraint(
            "programme_id", "school_id", name=op.f("uq_p_spmi_documents_report_programme_id_school_id")
        ),
    )
    op.create_index(
        op.f("ix_p_spmi_documents_report_school_id"), "p_spmi_documents_report", ["school_id"], unique=False
    )
    op.create_index(
        op.f("ix_p_spmi_documents_report_updated_by"), "p_spmi_documents_report", ["updated_by"], unique=False
    )

    op.create_table(
        "p_spmi_documents_plan_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("problem_id", sa.Integer(), nullable=False),
        sa.Column("programme", sa.String(length=200), nullable=False),
        sa.Column("activity", sa.String(length=500), nullable=False),
        sa.Column("target", sa.String(length=500), nullable=False),
        sa.Column("cost", sa.BigInteger(), nullable=True),
        sa.Column("source", sa.String(length=20), nullable=False),
        sa.Column("month", sa.Integer(), nullable=True),
        sa.Column("responsible", sa.String(length=120), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.Column("updated_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["problem_id"],
            ["p_spmi_documents_problem.id"],
            name=op.f("fk_p_spmi_documents_plan_line_problem_id"),
        ),
        sa.ForeignKeyConstraint(
            ["updated_by"], ["person.id"], name=op.f("fk_p_spmi_documents_plan_line_updated_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_p_spmi_documents_plan_line")),
    )
    op.create_index(
        op.f("ix_p_spmi_documents_plan_line_problem_id"),
        "p_spmi_documents_plan_line",
        ["problem_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_p_spmi_documents_plan_line_updated_by"),
        "p_spmi_documents_plan_line",
        ["updated_by"],
        unique=False,
    )

    op.create_table(
        "p_spmi_documents_score",
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("standard", sa.Integer(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "scored",
                "not_sent",
                "invalid",
                name="scorestatus",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("score", Exact(), nullable=True),
        sa.Column("condition", sa.String(length=2000), nullable=False),
        sa.ForeignKeyConstraint(
            ["report_id"], ["p_spmi_documents_report.id"], name=op.f("fk_p_spmi_documents_score_report_id")
        ),
        sa.PrimaryKeyConstraint("report_id", "standard", name=op.f("pk_p_spmi_documents_score")),
    )


def downgrade() -> None:
    op.drop_table("p_spmi_documents_score")
    op.drop_table("p_spmi_documents_plan_line")
    op.drop_table("p_spmi_documents_report")
    op.drop_table("p_spmi_documents_problem")
