"""Personal data: a teacher's documents are theirs; who wrote in a school's, or reviewed, is known by what they did."""

from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from lms.documents.models import (
    Document,
    DocumentReview,
    DocumentRevision,
    DocumentWriter,
    PartLock,
)


def export_person(session: Session, person_id: int) -> dict[str, Any]:
    """Documents with their reviews, where the person wrote or writes in others, what they submitted, reviews given."""
    own = session.scalars(select(Document).where(Document.person_id == person_id).order_by(Document.id))
    wrote = session.scalars(select(DocumentWriter).where(DocumentWriter.person_id == person_id))
    locks = session.scalars(select(PartLock).where(PartLock.person_id == person_id))
    submitted = session.scalars(select(DocumentRevision).where(DocumentRevision.submitted_by == person_id))
    given = session.scalars(
        select(DocumentReview).where(DocumentReview.reviewer_id == person_id).order_by(DocumentReview.id)
    )
    return {
        "documents": [_document(document) for document in own],
        "written_in": [{"document_id": row.document_id, "last_at": row.last_at.isoformat()} for row in wrote],
        "writing_in": [{"document_id": row.document_id, "part": row.part} for row in locks],
        "submitted": [
            {"document_id": row.document_id, "no": row.no, "submitted_at": row.submitted_at.isoformat()}
            for row in submitted
        ],
        "reviews_given": [{"document_id": row.document_id, **_review(row)} for row in given],
    }


def forget_person(session: Session, person_id: int) -> None:
    """Remove the person's documents; the school's stay, and reviews stay with them, without the name."""
    for document in session.scalars(select(Document).where(Document.person_id == person_id)):
        session.delete(document)
    session.flush()
    for model in (DocumentWriter, PartLock):
        session.execute(delete(model).where(model.person_id == person_id))
    session.execute(
        update(DocumentRevision).where(DocumentRevision.submitted_by == person_id).values(submitted_by=None)
    )
    session.execute(
        update(DocumentReview).where(DocumentReview.reviewer_id == person_id).values(reviewer_id=None)
    )


def _document(document: Document) -> dict[str, Any]:
    return {
        "id": document.id,
        "type": document.type_key,
        "kind": document.kind,
        "title": document.title,
        "state": document.state.value,
        "parts": [
            {
                "part": part.part,
                "row": part.row,
                "values": part.content,
                "updated_at": part.updated_at.isoformat(),
            }
            for part in document.parts
        ],
        "versions": [
            {"no": row.no, "submitted_at": row.submitted_at.isoformat(), "content": row.content}
            for row in document.revisions
        ],
        "reviews": [_review(row) for row in document.reviews],
    }


def _review(row: DocumentReview) -> dict[str, Any]:
    return {
        "revision": row.revision_no,
        "percent": str(row.percent),
        "decision": row.decision.value,
        "scores": row.scores,
        "comments": row.comments,
        "remarks": row.remarks,
        "comment": row.comment,
        "reviewed_at": row.reviewed_at.isoformat(),
    }
