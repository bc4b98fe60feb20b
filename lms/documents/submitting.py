"""Use cases: submit a document for review, take it back. Each submission is kept as a revision."""

from datetime import datetime

from sqlalchemy.orm import Session

from lms.contract.actors import Actor
from lms.contract.documents import DocumentState
from lms.documents import errors
from lms.documents.models import Document, DocumentRevision
from lms.documents.queries import type_of, workplace_of, written_in
from lms.documents.rules import WRITABLE, Missing, missing
from lms.documents.writing import owned, written
from lms.modules.api import Workplace
from lms.platform.audit import record


def missing_of(document: Document, at: Workplace) -> Missing:
    """What a document still needs before it can be submitted."""
    return missing(type_of(document), written_in(document, at.school_year))


def submit_document(session: Session, *, document_id: int, actor: Actor, now: datetime) -> Document:
    """Submit a complete document for review; raises Conflict, Invalid while something is missing."""
    document = owned(session, document_id, actor)
    noun = type_of(document).noun
    if document.state not in WRITABLE:
        raise errors.locked(noun)
    if missing_of(document, workplace_of(session, document)):
        raise errors.incomplete(noun)
    no = document.revisions[-1].no + 1 if document.revisions else 1
    document.revisions.append(
        DocumentRevision(no=no, content=snapshot(document), submitted_at=now, submitted_by=actor.person_id)
    )
    _move(session, document, DocumentState.IN_REVIEW, "documents.submit", actor, now)
    document.submitted_at = now
    return document


def withdraw_document(session: Session, *, document_id: int, actor: Actor, now: datetime) -> Document:
    """Take a document back while it waits for its review, or open an accepted one again; raises Conflict."""
    document = owned(session, document_id, actor)
    if document.state is DocumentState.ACCEPTED and type_of(document).may_reopen:
        _move(session, document, DocumentState.DRAFT, "documents.reopen", actor, now)
        return document
    if document.state is not DocumentState.IN_REVIEW:
        raise errors.not_waiting(type_of(document).noun)
    state = DocumentState.NEEDS_REVISION if document.reviews else DocumentState.DRAFT
    _move(session, document, state, "documents.withdraw", actor, now)
    return document


def snapshot(document: Document) -> dict[str, object]:
    """All that is written now, for a revision to keep."""
    parts = sorted(document.parts, key=lambda stored: (stored.part, stored.row))
    return {"rows": [{"part": one.part, "row": one.row, "values": one.content} for one in parts]}


def _move(
    session: Session, document: Document, state: DocumentState, action: str, actor: Actor, now: datetime
) -> None:
    document.state = state
    document.version += 1
    record(session, actor_id=actor.person_id, action=action, subject=("document", document.id), now=now)
    written(session, document, actor, now)
