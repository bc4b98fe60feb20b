"""The door of this domain: taking, scoring, marking, and what completion reads."""

from lms.assessment.accommodations import (
    extend_attempt,
    give_attempt,
    participant,
    participants_at_work,
    participants_like,
    quiz_standings,
)
from lms.assessment.answering import (
    SavedAnswer,
    Sitting,
    answers_of,
    place_of_own_attempt,
    save_answers,
    sitting,
)
from lms.assessment.discussion import DiscussedItem, discussion
from lms.assessment.events import SCORED, SUBMITTED
from lms.assessment.explanation_release import is_released
from lms.assessment.mark_lock import attempt_by_receipt, lock_of, unlock, why_opened
from lms.assessment.marking import (
    mark,
    marks_of,
    open_items,
    place_of_attempt,
    title_of,
    waiting_for,
)
from lms.assessment.models import Attempt, AttemptState, Quiz
from lms.assessment.offline_answers import answered_later
from lms.assessment.quiz_versions import LoadedItem, apply_programme, drop_left_out, items_of
from lms.assessment.score_attempts import (
    Best,
    attempts_of,
    best_attempts,
    outcome,
    quiz_items,
    quiz_responses,
    quizzes_of,
    quizzes_of_programme,
    score_attempt,
)
from lms.assessment.start_attempt import allowed_attempts, due_of, own_quiz, quiz_for, start_attempt
from lms.assessment.submitting import hand_in_late_attempts, submit_attempt
from lms.assessment.usable import refuse_unusable, why_unusable
from lms.assessment.weights import weights

__all__ = [
    "SCORED",
    "SUBMITTED",
    "Attempt",
    "AttemptState",
    "Best",
    "DiscussedItem",
    "LoadedItem",
    "Quiz",
    "SavedAnswer",
    "Sitting",
    "allowed_attempts",
    "answered_later",
    "answers_of",
    "apply_programme",
    "attempt_by_receipt",
    "attempts_of",
    "best_attempts",
    "discussion",
    "drop_left_out",
    "due_of",
    "extend_attempt",
    "give_attempt",
    "hand_in_late_attempts",
    "is_released",
    "items_of",
    "lock_of",
    "mark",
    "marks_of",
    "open_items",
    "outcome",
    "own_quiz",
    "participant",
    "participants_at_work",
    "participants_like",
    "place_of_attempt",
    "place_of_own_attempt",
    "quiz_for",
    "quiz_items",
    "quiz_responses",
    "quiz_standings",
    "quizzes_of",
    "quizzes_of_programme",
    "refuse_unusable",
    "save_answers",
    "score_attempt",
    "sitting",
    "start_attempt",
    "submit_attempt",
    "title_of",
    "unlock",
    "waiting_for",
    "weights",
    "why_opened",
    "why_unusable",
]
