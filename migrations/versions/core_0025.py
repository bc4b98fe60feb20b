"""Reviewable documents: what is written, who writes, what was submitted and reviewed."""

import sqlalchemy as sa
from alembic import op
from lms.platform.db import Exact, UtcDateTime

revision = "core_0025"
down_revision = "core_0024"
branch_labels = None
depends_on = None

_STATE = sa.Enum(
    "draft",
    "in_review",
    "needs_revision",
    "accepted",
    name="documentstate",
    native_enum=False,
    create_constraint=True,
    length=32,
)
_DECISION = sa.Enum(
    "needs_revision",
    "accepted",
    name="reviewdecision",
    native_enum=False,
    create_constraint=True,
    length=32,
)


def upgrade() -> None:
    op.create_table(
        "document",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("type_key", sa.String(120), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer()),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("state", _STATE, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.Column("submitted_at", UtcDateTime()),
        sa.ForeignKeyConstraint(["programme_id"], ["programme.id"], name=op.f("fk_document_programme_id")),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"], name=op.f("fk_document_school_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_document_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document")),
    )
    op.create_index("ix_document_place", "document", ["programme_id", "school_id", "type_key"])
    op.create_index(op.f("ix_document_person_id"), "document", ["person_id"])
    op.create_index(op.f("ix_document_school_id"), "document", ["school_id"])
    op.create_index(
        "uq_document_of_school",
        "document",
        ["programme_id", "school_id", "type_key"],
        unique=True,
        sqlite_where=sa.text("person_id IS NULL"),
        postgresql_where=sa.text("person_id IS NULL"),
    )
    op.create_table(
        "document_part",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=False),
        sa.Column("part", sa.String(40), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("form", sa.String(40), server_default="", nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("fk_document_part_document_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document_part")),
        sa.UniqueConstraint("document_id", "part", "row", name=op.f("uq_document_part_document_id_part_row")),
    )
    op.create_table(
        "document_lock",
        sa.Column("document_id", sa.Integer(), nullable=False),
        sa.Column("part", sa.String(40), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("since", UtcDateTime(), nullable=False),
        sa.Column("until", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("fk_document_lock_document_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_document_lock_person_id")),
        sa.PrimaryKeyConstraint("document_id", "part", "row", name=op.f("pk_document_lock")),
    )
    op.create_index(op.f("ix_document_lock_person_id"), "document_lock", ["person_id"])
    op.create_index(op.f("ix_document_lock_until"), "document_lock", ["until"])
    op.create_table(
        "document_writer",
        sa.Column("document_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("last_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("fk_document_writer_document_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_document_writer_person_id")),
        sa.PrimaryKeyConstraint("document_id", "person_id", name=op.f("pk_document_writer")),
    )
    op.create_index(op.f("ix_document_writer_person_id"), "document_writer", ["person_id"])
    op.create_table(
        "document_revision",
        sa.Column("document_id", sa.Integer(), nullable=False),
        sa.Column("no", sa.Integer(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("submitted_at", UtcDateTime(), nullable=False),
        sa.Column("submitted_by", sa.Integer()),
        sa.ForeignKeyConstraint(
            ["document_id"], ["document.id"], name=op.f("fk_document_revision_document_id")
        ),
        sa.ForeignKeyConstraint(
            ["submitted_by"], ["person.id"], name=op.f("fk_document_revision_submitted_by")
        ),
        sa.PrimaryKeyConstraint("document_id", "no", name=op.f("pk_document_revision")),
    )
    op.create_index(op.f("ix_document_revision_submitted_by"), "document_revision", ["submitted_by"])
    op.create_table(
        "document_review",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=False),
        sa.Column("revision_no", sa.Integer(), nullable=False),
        sa.Column("reviewer_id", sa.Integer()),
        sa.Column("rubric_key", sa.String(120), nullable=False),
        sa.Column("rubric_version", sa.String(20), nullable=False),
        sa.Column("scores", sa.JSON(), nullable=False),
        sa.Column("comments", sa.JSON(), nullable=False),
        sa.Column("remarks", sa.JSON(), nullable=False),
        sa.Column("percent", Exact(), nullable=False),
        sa.Column("decision", _DECISION, nullable=False),
        sa.Column("comment", sa.String(2000), nullable=False),
        sa.Column("reviewed_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("fk_document_review_document_id")),
        sa.ForeignKeyConstraint(["reviewer_id"], ["person.id"], name=op.f("fk_document_review_reviewer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document_review")),
    )
    op.create_index(op.f("ix_document_review_document_id"), "document_review", ["document_id"])
    op.create_index(op.f("ix_document_review_reviewer_id"), "document_review", ["reviewer_id"])


def downgrade() -> None:
    for table in ("review", "revision", "writer", "lock", "part"):
        op.drop_table(f"document_{table}")
    op.drop_table("document")
