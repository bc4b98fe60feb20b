"""What each agency has chosen for plugins."""

import sqlalchemy as sa
from alembic import op

from lms.platform.db import UtcDateTime

revision = "core_0032"
down_revision = "core_0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "plugin_setting",
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column("plugin", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("values", sa.JSON(), nullable=False),
        sa.Column("changed_by", sa.Integer(), nullable=True),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_plugin_setting_agency_id")),
        sa.ForeignKeyConstraint(["changed_by"], ["person.id"], name=op.f("fk_plugin_setting_changed_by")),
        sa.PrimaryKeyConstraint("agency_id", "plugin", name=op.f("pk_plugin_setting")),
    )
    op.create_index("ix_plugin_setting_changed_by", "plugin_setting", ["changed_by"])


def downgrade() -> None:
    op.drop_table("plugin_setting")
