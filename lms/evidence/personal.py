"""Personal data: a teacher's own products with their files and reviews, and files that a person sent for the school."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.contract.catalogues import SOURCE
from lms.evidence.models import (
    Assignment,
    EvidenceFile,
    EvidenceUpload,
    Feedback,
    FormFile,
    Review,
    Submission,
    SubmissionVersion,
)
from lms.platform.long_lists import among
from lms.programmes import api as programmes


def export_person(session: Session, person_id: int) -> dict[str, Any]:
    """Own products by version; and of the school's, the files that this person sent. Files are named, not copied."""
    own = session.execute(
        select(Submission, Assignment.title)
        .join(Assignment, Assignment.id == Submission.due_id)
        .join(programmes.Enrolment, programmes.Enrolment.id == Submission.enrolment_id)
        .where(programmes.Enrolment.person_id == person_id)
        .order_by(Submission.id)
    ).all()
    ids = [submission.id for submission, _title in own]
    versions = _by(
        session.scalars(
            select(SubmissionVersion)
            .where(among(SubmissionVersion.submission_id, ids))
            .order_by(SubmissionVersion.no)
        ),
        "submission_id",
    )
    numbers = [version.id for some in versions.values() for version in some]
    files = _by(_files(session, among(EvidenceFile.version_id, numbers)), "version_id")
    reviews = _by(
        session.scalars(select(Review).where(among(Review.version_id, numbers)).order_by(Review.id)),
        "version_id",
    )
    said = _by(
        session.scalars(select(Feedback).where(among(Feedback.submission_id, ids)).order_by(Feedback.id)),
        "submission_id",
    )
    sent = _files(session, EvidenceFile.uploaded_by == person_id, ~among(EvidenceFile.version_id, numbers))
    on_their_way = session.scalars(
        select(EvidenceUpload)
        .where(EvidenceUpload.person_id == person_id, EvidenceUpload.done_at.is_(None))
        .order_by(EvidenceUpload.created_at)
    )
    of_forms = session.scalars(
        select(FormFile).where(FormFile.person_id == person_id).order_by(FormFile.created_at, FormFile.id)
    )
    return {
        "products": [
            {
                "title": title.in_(SOURCE),
                "status": row.status.value,
                "percent": None if row.percent is None else str(row.percent),
                "versions": [
                    {
                        "no": version.no,
                        "note": version.note,
                        "handed_in_at": version.submitted_at.isoformat() if version.submitted_at else None,
                        "files": [_file(file) for file in files.get(version.id, ())],
                        "reviews": [_review(review) for review in reviews.get(version.id, ())],
                    }
                    for version in versions.get(row.id, ())
                ],
                "feedback": [
                    {"text": entry.text, "written_at": entry.written_at.isoformat()}
                    for entry in said.get(row.id, ())
                ],
            }
            for row, title in own
        ],
        "files_sent_for_school": [_file(file) for file in sent],
        "files_of_forms": [_form_file(row) for row in of_forms],
        "files_on_their_way": [{"name": row.name, "size": row.size} for row in on_their_way],
    }


def _files(session: Session, *conditions: Any) -> Iterable[EvidenceFile]:
    return session.scalars(select(EvidenceFile).where(*conditions).order_by(EvidenceFile.id))


def _by(rows: Iterable[Any], column: str) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = {}
    for row in rows:
        found.setdefault(getattr(row, column), []).append(row)
    return found


def _file(file: EvidenceFile) -> dict[str, Any]:
    return {
        "name": file.name,
        "size": file.size,
        "sha256": file.sha256,
        "uploaded_at": file.uploaded_at.isoformat(),
    }


def _form_file(row: FormFile) -> dict[str, Any]:
    return {
        "for": row.field.partition(".")[0],
        "name": row.name,
        "size": row.size,
        "sha256": row.sha256,
        "sent_at": row.created_at.isoformat(),
    }


def _review(review: Review) -> dict[str, Any]:
    return {
        "decision": review.decision.value,
        "percent": str(review.percent),
        "values": review.values,
        "reason": review.reason_code,
        "comment": review.comment,
        "reviewed_at": review.reviewed_at.isoformat(),
    }
