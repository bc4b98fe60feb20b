"""How long files stay that are on their way."""

from lms.evidence.uploading import forget_uploads
from lms.platform.retention import Retention

RETENTION = (
    Retention(
        "Files on their way that were not finished within seven days, with their bytes",
        0,
        "Nobody sends them any more; what has become evidence stays",
        forget_uploads,
    ),
)
