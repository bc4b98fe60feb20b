"""Public interface of this domain: what is owed, handing in, grading, and what completion reads."""

from lms.evidence.assignments import (
    dues_of,
    place_of_board,
)
from lms.evidence.events import GRADED, HANDED_IN
from lms.evidence.file_validation import StoredFile, check_own_file, store_file
from lms.evidence.form_files import purge_form_files
from lms.evidence.grading import UNDO, begin_review, grade, undo_grade, waiting_for
from lms.evidence.models import (
    Assignment,
    EvidenceFile,
    Review,
    Submission,
)
from lms.evidence.photo_keeping import keep_photo
from lms.evidence.rubric_outcomes import criterion_outcomes
from lms.evidence.rubric_scoring import NOT_APPLICABLE, parse, share, verdict
from lms.evidence.rules import REASONS, WITH_GRADER, Decision, SubmissionStatus, note_mark
from lms.evidence.submissions import (
    deliverable_of,
    due_of_submission,
    files_by_version,
    files_of,
    get_submission,
    place_of_submission,
    returned_to,
    reviews_of,
    rubric_of,
    submissions_of,
    versions_of,
)
from lms.evidence.submitting import add_file, hand_in, open_submission, remove_file, set_note
from lms.evidence.uploading import (
    begin_upload,
    new_upload_id,
)

__all__ = [
    "GRADED",
    "HANDED_IN",
    "NOT_APPLICABLE",
    "REASONS",
    "UNDO",
    "WITH_GRADER",
    "Assignment",
    "Decision",
    "EvidenceFile",
    "Review",
    "StoredFile",
    "Submission",
    "SubmissionStatus",
    "add_file",
    "begin_review",
    "begin_upload",
    "check_own_file",
    "criterion_outcomes",
    "deliverable_of",
    "due_of_submission",
    "dues_of",
    "files_by_version",
    "files_of",
    "get_submission",
    "grade",
    "hand_in",
    "keep_photo",
    "new_upload_id",
    "note_mark",
    "open_submission",
    "parse",
    "place_of_board",
    "place_of_submission",
    "purge_form_files",
    "remove_file",
    "returned_to",
    "reviews_of",
    "rubric_of",
    "set_note",
    "share",
    "store_file",
    "submissions_of",
    "undo_grade",
    "verdict",
    "versions_of",
    "waiting_for",
]
