"""The report on the grant, which was the core's, belongs to this module."""

from alembic import op
from lms.api import adopt_deliverable

revision = "grant_0001"
down_revision = None
branch_labels = None
depends_on = None

BEFORE, NOW = "grant_report", "grant.report"


def upgrade() -> None:
    adopt_deliverable(op.get_bind(), BEFORE, NOW)


def downgrade() -> None:
    adopt_deliverable(op.get_bind(), NOW, BEFORE)
