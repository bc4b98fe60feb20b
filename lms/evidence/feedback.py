"""Words of those who coach a school, beside the grade and without effect on it (docs/authorisation.csv)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.contract.errors import Invalid
from lms.contract.text import message
from lms.evidence.models import Feedback
from lms.evidence.submissions import get_submission
from lms.people import api as people
from lms.platform.long_lists import among

LONGEST = 2000
"""Characters."""


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody wrote, about which version, and when."""

    author: str
    text: str
    version: int
    written_at: datetime


def give_feedback(session: Session, *, submission_id: int, text: str, actor_id: int, now: datetime) -> None:
    """Write to the school about its newest version; raises Invalid when nothing or too much is written."""
    words = text.strip()
    if not words or len(words) > LONGEST:
        raise Invalid(
            message(
                "Umpan balik belum terkirim. Tulis 1 sampai %(longest)s huruf. Tulisan masih ada.",
                longest=LONGEST,
            )
        )
    submission = get_submission(session, submission_id)
    session.add(
        Feedback(
            submission_id=submission_id,
            version=submission.version,
            author_id=actor_id,
            text=words,
            written_at=now,
        )
    )


def feedback_of(session: Session, submission_id: int) -> list[Said]:
    """What was written about a submission, newest first."""
    query = select(Feedback).where(Feedback.submission_id == submission_id).order_by(Feedback.id.desc())
    rows = session.scalars(query.limit(50)).all()
    authors = people.names(session, [row.author_id for row in rows]) if rows else {}
    return [Said(authors.get(row.author_id, "-"), row.text, row.version, row.written_at) for row in rows]


def last_feedback(session: Session, submission_ids: Sequence[int]) -> Mapping[int, datetime]:
    """When somebody last wrote about each of some submissions."""
    query = (
        select(Feedback.submission_id, func.max(Feedback.written_at))
        .where(among(Feedback.submission_id, submission_ids))
        .group_by(Feedback.submission_id)
    )
    return {submission_id: at for submission_id, at in session.execute(query)}  # noqa: C416 - for mypy
