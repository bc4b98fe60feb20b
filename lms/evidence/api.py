"""The door of this domain: what is owed, handing in, grading, and what completion reads."""

from lms.evidence.dues import apply_programme, dues_of, place_of_board, place_of_due, place_of_own_due
from lms.evidence.events import GRADED, HANDED_IN
from lms.evidence.files import check_file
from lms.evidence.grading import Queue, grade, lease, queue, undo_grade, unlock
from lms.evidence.handing_in import add_file, hand_in, open_submission, remove_file, set_note
from lms.evidence.links import work_links, workspace_href
from lms.evidence.models import DeliverableDue, EvidenceFile, Review, Submission, SubmissionVersion
from lms.evidence.rubric_scoring import share, verdict
from lms.evidence.rules import Decision, SubmissionStatus
from lms.evidence.submissions import (
    deliverable_of,
    due_at,
    due_of_submission,
    files_of,
    get_submission,
    kept_files,
    place_of_file,
    place_of_submission,
    returned_to,
    reviews_of,
    rubric_of,
    submissions_of,
    versions_of,
)

__all__ = [
    "GRADED",
    "HANDED_IN",
    "Decision",
    "DeliverableDue",
    "EvidenceFile",
    "Queue",
    "Review",
    "Submission",
    "SubmissionStatus",
    "SubmissionVersion",
    "add_file",
    "apply_programme",
    "check_file",
    "deliverable_of",
    "due_at",
    "due_of_submission",
    "dues_of",
    "files_of",
    "get_submission",
    "grade",
    "hand_in",
    "kept_files",
    "lease",
    "open_submission",
    "place_of_board",
    "place_of_due",
    "place_of_file",
    "place_of_own_due",
    "place_of_submission",
    "queue",
    "remove_file",
    "returned_to",
    "reviews_of",
    "rubric_of",
    "set_note",
    "share",
    "submissions_of",
    "undo_grade",
    "unlock",
    "verdict",
    "versions_of",
    "work_links",
    "workspace_href",
]
