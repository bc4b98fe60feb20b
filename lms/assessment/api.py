"""Public interface of this domain: taking, scoring, marking, and what completion reads."""

from lms.assessment.accommodations import (
    extend_attempt,
)
from lms.assessment.answering import (
    answers_of,
    save_answers,
)
from lms.assessment.events import SCORED
from lms.assessment.mark_lock import lock_of
from lms.assessment.marking import (
    mark,
    marks_of,
    open_items,
    place_of_attempt,
    title_of,
    waiting_for,
)
from lms.assessment.models import Attempt, AttemptState, Quiz
from lms.assessment.quiz_versions import LoadedItem, items_of
from lms.assessment.score_attempts import (
    Best,
    attempts_of,
    best_attempts,
    outcome,
    quiz_items,
    quiz_responses,
    quizzes_of,
    quizzes_of_programme,
)
from lms.assessment.start_attempt import start_attempt
from lms.assessment.submitting import hand_in_late_attempts, submit_attempt
from lms.assessment.weights import weights

__all__ = [
    "SCORED",
    "Attempt",
    "AttemptState",
    "Best",
    "LoadedItem",
    "Quiz",
    "answers_of",
    "attempts_of",
    "best_attempts",
    "extend_attempt",
    "hand_in_late_attempts",
    "items_of",
    "lock_of",
    "mark",
    "marks_of",
    "open_items",
    "outcome",
    "place_of_attempt",
    "quiz_items",
    "quiz_responses",
    "quizzes_of",
    "quizzes_of_programme",
    "save_answers",
    "start_attempt",
    "submit_attempt",
    "title_of",
    "waiting_for",
    "weights",
]
