"""How long it is known who wrote where last."""

from datetime import datetime

from sqlalchemy.orm import Session

from lms.documents.models import PartLock
from lms.platform.db import forget_rows, table_of
from lms.platform.retention import Retention


def _locks(session: Session, before: datetime, limit: int) -> int:
    return forget_rows(session, table_of(PartLock), PartLock.until < before, limit)


RETENTION = (
    Retention(
        "Locks of parts of documents that have lapsed",
        1,
        "They hold nobody off any more; writers stand with the document",
        _locks,
    ),
)
