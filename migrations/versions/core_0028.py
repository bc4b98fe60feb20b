"""Foreign keys have an index: without it, PostgreSQL reads the whole table for each row that is removed above."""

from alembic import op
from lms.platform.migrate import create_indexes

revision = "core_0028"
down_revision = "core_0027"
branch_labels = None
depends_on = None

_COLUMNS = (
    ("certificate", "school_id"),
    ("completion_state", "school_id"),
    ("extra_attempt", "quiz_id"),
    ("answer", "item_id"),
    ("answer_score", "item_id"),
    ("mark", "item_id"),
)


def upgrade() -> None:
    create_indexes(*((f"ix_{table}_{column}", table, (column,)) for table, column in _COLUMNS))


def downgrade() -> None:
    for table, column in reversed(_COLUMNS):
        op.drop_index(f"ix_{table}_{column}", table)
