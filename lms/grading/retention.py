"""How long it is noted who reads what."""

from datetime import datetime

from sqlalchemy.orm import Session

from lms.grading.models import Lease
from lms.platform.db import forget_rows, table_of
from lms.platform.retention import Retention


def _leases(session: Session, before: datetime, limit: int) -> int:
    return forget_rows(session, table_of(Lease), Lease.until < before, limit)


RETENTION = (
    Retention(
        "Who took a piece to grade and did not decide it", 1, "It is anybody's after 15 minutes", _leases
    ),
)
