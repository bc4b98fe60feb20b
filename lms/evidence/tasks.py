"""Tidying: uploads that nobody finished."""

from lms.contract.events import Task
from lms.evidence import api

TASKS = (
    Task(
        "evidence.uploads", api.forget_uploads, 3600, "Forgets uploads whose time is over, with their bytes."
    ),
)
