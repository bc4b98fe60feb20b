"""Answers of schools to the document checklist."""

import sqlalchemy as sa
from alembic import op
from lms.api import UtcDateTime

revision = "spmi_documents_0002"
down_revision = "spmi_documents_0001"
branch_labels = None
depends_on = None

_TABLE = "p_spmi_documents_checklist"
_WORDS = ("complete", "partial", "missing", "not_applicable")


def upgrade() -> None:
    op.create_table(
        _TABLE,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("item_code", sa.String(length=20), nullable=False),
        sa.Column(
            "availability",
            sa.Enum(*_WORDS, name="availability", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("note", sa.String(length=300), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.Column("updated_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["programme_id"], ["programme.id"], name=op.f(f"fk_{_TABLE}_programme_id")),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"], name=op.f(f"fk_{_TABLE}_school_id")),
        sa.ForeignKeyConstraint(["updated_by"], ["person.id"], name=op.f(f"fk_{_TABLE}_updated_by")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{_TABLE}")),
        sa.UniqueConstraint(
            "programme_id",
            "school_id",
            "item_code",
            name=op.f(f"uq_{_TABLE}_programme_id_school_id_item_code"),
        ),
    )
    op.create_index(op.f(f"ix_{_TABLE}_school_id"), _TABLE, ["school_id"], unique=False)
    op.create_index(op.f(f"ix_{_TABLE}_updated_by"), _TABLE, ["updated_by"], unique=False)


def downgrade() -> None:
    op.drop_table(_TABLE)
