"""What is due by the clock."""

from lms.assessment import api
from lms.contract.events import Task
from lms.contract.text import Text

TASKS = (
    Task(
        "assessment.time_up",
        api.hand_in_late_attempts,
        15,
        "Hands in attempts whose time has run out.",
        title=Text("Kumpulkan kuis yang waktunya habis", "Hand in quizzes whose time has run out"),
    ),
)
