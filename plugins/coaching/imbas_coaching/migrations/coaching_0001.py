"""The visits of a programme's definition, which were the core's, are the rounds of this module."""

from alembic import op
from lms.api import adopt_section

revision = "coaching_0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    adopt_section(op.get_bind(), "visits", "coaching", lambda visits: {"rounds": visits})


def downgrade() -> None:
    adopt_section(op.get_bind(), "coaching", "visits", lambda values: [_visit(one) for one in values["rounds"]])


def _visit(entry: dict[str, object]) -> dict[str, object]:
    """What a visit had: its days are lost on the way back."""
    return {name: entry.get(name) for name in ("no", "focus", "stage")}
