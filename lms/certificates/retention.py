"""How long orders of certificates stay."""

from datetime import datetime

from sqlalchemy.orm import Session

from lms.certificates.models import CertificateBatch
from lms.platform.db import forget_rows, table_of
from lms.platform.retention import Retention


def _batches(session: Session, before: datetime, limit: int) -> int:
    return forget_rows(session, table_of(CertificateBatch), CertificateBatch.finished_at < before, limit)


RETENTION = (
    Retention(
        "Finished orders of certificates, with what stood in the way of whom",
        400,
        "The trail keeps who ordered how many; certificates stay",
        _batches,
    ),
)
