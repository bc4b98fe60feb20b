"""Quizzes know with which scorers their attempts were scored; runs of a rescoring and what they change."""

import sqlalchemy as sa
from alembic import op
from lms.platform.db import Exact, UtcDateTime

revision = "core_0017"
down_revision = "core_0016"
branch_labels = None
depends_on = None

_STATES = ("looking", "ready", "applying", "done")


def upgrade() -> None:
    op.add_column("quiz", sa.Column("scorers", sa.JSON(), nullable=False, server_default="{}"))
    op.add_column("attempt", sa.Column("raised_from", Exact(), nullable=True))
    op.create_table(
        "rescoring",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("asked_by", sa.Integer(), nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("finished_at", UtcDateTime(), nullable=True),
        sa.Column(
            "state",
            sa.Enum(*_STATES, name="rescoringstate", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("cursor", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("looked_at", sa.Integer(), nullable=False),
        sa.Column("applied", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["asked_by"], ["person.id"], name=op.f("fk_rescoring_asked_by")),
        sa.ForeignKeyConstraint(["programme_id"], ["programme.id"], name=op.f("fk_rescoring_programme_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rescoring")),
    )
    op.create_index(op.f("ix_rescoring_programme_id"), "rescoring", ["programme_id"])
    op.create_table(
        "rescoring_change",
        sa.Column("rescoring_id", sa.Integer(), nullable=False),
        sa.Column("attempt_id", sa.Integer(), nullable=False),
        sa.Column("before", Exact(), nullable=False),
        sa.Column("after", Exact(), nullable=False),
        sa.Column("kept", sa.Boolean(), nullable=False),
        sa.Column("applied_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["attempt_id"], ["attempt.id"], name=op.f("fk_rescoring_change_attempt_id")),
        sa.ForeignKeyConstraint(
            ["rescoring_id"], ["rescoring.id"], name=op.f("fk_rescoring_change_rescoring_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("rescoring_id", "attempt_id", name=op.f("pk_rescoring_change")),
    )
    op.create_index(op.f("ix_rescoring_change_attempt_id"), "rescoring_change", ["attempt_id"])


def downgrade() -> None:
    op.drop_table("rescoring_change")
    op.drop_table("rescoring")
    with op.batch_alter_table("attempt") as table:
        table.drop_column("raised_from")
    with op.batch_alter_table("quiz", table_kwargs={"sqlite_autoincrement": True}) as table:
        table.drop_column("scorers")
