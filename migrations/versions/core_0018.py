"""A stage closes at the midnight after its last day, no longer a second before: that second was neither open nor closed."""

from datetime import timedelta

import sqlalchemy as sa
from alembic import op
from lms.platform.db import UtcDateTime

revision = "core_0018"
down_revision = "core_0017"
branch_labels = None
depends_on = None

_STAGE = sa.table("stage", sa.column("id", sa.Integer()), sa.column("closes_at", UtcDateTime()))


def upgrade() -> None:
    _move(second=59, by=timedelta(seconds=1))


def downgrade() -> None:
    _move(second=0, by=timedelta(seconds=-1))


def _move(second: int, by: timedelta) -> None:
    connection = op.get_bind()
    for stage, closes_at in connection.execute(sa.select(_STAGE.c.id, _STAGE.c.closes_at)).all():
        if closes_at.second == second:
            change = sa.update(_STAGE).where(_STAGE.c.id == stage).values(closes_at=closes_at + by)
            connection.execute(change)
