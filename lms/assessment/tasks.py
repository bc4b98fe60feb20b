"""What is due by the clock."""

from lms.assessment import api
from lms.contract.events import Task
from lms.contract.text import message

TASKS = (
    Task(
        "assessment.time_up",
        api.hand_in_late_attempts,
        15,
        "Hands in attempts whose time has run out.",
        title=message("Kumpulkan kuis yang waktunya habis"),
    ),
)
