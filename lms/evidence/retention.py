"""How long files stay that are on their way."""

from lms.evidence.form_files import forget_unnamed, forget_waiting
from lms.evidence.uploading import forget_uploads
from lms.platform.retention import Retention

RETENTION = (
    Retention(
        "Files on their way that were not finished within seven days, with their bytes",
        0,
        "Nobody sends them any more; what has become evidence stays",
        forget_uploads,
    ),
    Retention(
        "Files that were sent for a form of a module whose form was not sent within seven days",
        0,
        "Nobody sends that form any more",
        forget_waiting,
    ),
    Retention(
        "Files of a module that none of its rows names any more",
        2,
        "The module has removed what they belonged to",
        forget_unnamed,
    ),
)
