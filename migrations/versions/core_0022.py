"""Files that forms of plugins ask for: on their way, waiting for their form, or kept by a row of the plugin."""

import sqlalchemy as sa
from alembic import op

from lms.platform.db import UtcDateTime

revision = "core_0022"
down_revision = "core_0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "form_file",
        sa.Column("id", sa.String(length=32), autoincrement=False, nullable=False),
        sa.Column("field", sa.String(length=200), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=160), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("media_type", sa.String(length=100), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("storage_key", sa.String(length=80), nullable=False),
        sa.Column("preview_key", sa.String(length=80), nullable=False),
        sa.Column("taken", sa.String(length=16), nullable=False),
        sa.Column("sent_metadata", sa.String(length=1000), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_form_file_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_form_file")),
    )
    op.create_index("ix_form_file_person_id", "form_file", ["person_id", "field"])
    op.create_index("ix_form_file_expires_at", "form_file", ["expires_at"])
    op.create_index("ix_form_file_storage_key", "form_file", ["storage_key"])
    op.create_index("ix_form_file_preview_key", "form_file", ["preview_key"])


def downgrade() -> None:
    op.drop_table("form_file")
