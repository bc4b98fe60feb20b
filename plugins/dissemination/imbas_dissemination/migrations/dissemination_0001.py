"""The report on dissemination and its rubric, which were the core's, belong to this module."""

from alembic import op
from lms.api import adopt_deliverable, adopt_rubric

revision = "dissemination_0001"
down_revision = None
branch_labels = None
depends_on = None

BEFORE, NOW = "dissemination_report", "dissemination.report"


def upgrade() -> None:
    adopt_deliverable(op.get_bind(), BEFORE, NOW)
    adopt_rubric(op.get_bind(), BEFORE, NOW)


def downgrade() -> None:
    adopt_deliverable(op.get_bind(), NOW, BEFORE)
    adopt_rubric(op.get_bind(), NOW, BEFORE)
