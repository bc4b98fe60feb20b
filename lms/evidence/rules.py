"""Pure: the states of a submission and what may follow."""

import hashlib
from collections.abc import Mapping
from enum import StrEnum

from lms.contract.modules import Unit
from lms.contract.text import Text, message


class SubmissionStatus(StrEnum):
    """belum -> draf -> diajukan -> direviu -> perlu revisi <-> diajukan -> diterima / ditolak."""

    NOT_STARTED = "not_started"
    DRAFT = "draft"
    SUBMITTED = "submitted"
    IN_REVIEW = "in_review"
    NEEDS_REVISION = "needs_revision"
    ACCEPTED = "accepted"
    REJECTED = "rejected"


class Decision(StrEnum):
    """What a grader decides about a version."""

    ACCEPTED = "accepted"
    NEEDS_REVISION = "needs_revision"
    REJECTED = "rejected"


EDITABLE = frozenset({SubmissionStatus.NOT_STARTED, SubmissionStatus.DRAFT, SubmissionStatus.NEEDS_REVISION})
WITH_GRADER = frozenset({SubmissionStatus.SUBMITTED, SubmissionStatus.IN_REVIEW})
FINAL = frozenset({SubmissionStatus.ACCEPTED, SubmissionStatus.REJECTED})

REASONS: Mapping[str, Text] = {
    "": message("Tidak ada"),
    "incomplete": message("Belum lengkap"),
    "unclear": message("Bukti belum terbaca"),
    "not_own": message("Bukan karya sendiri"),
    "mismatch": message("Belum sesuai tugas"),
    "quality": message("Isi perlu diperbaiki"),
}


LONGEST_NOTE = 10_000
"""Characters of the note for the grader: more than three pages, which belong into a file."""


def note_mark(note: str) -> str:
    """Stands for a note's text in the form that shows it, so that a note which changed meanwhile is noticed."""
    return hashlib.sha256(note.encode()).hexdigest()[:16]


def may_hand_in(unit: Unit, *, is_headmaster: bool, is_owner: bool) -> bool:
    """A school's product is handed in by its headmaster, a teacher's by the teacher (S in the matrix)."""
    return is_headmaster if unit is Unit.SCHOOL else is_owner
