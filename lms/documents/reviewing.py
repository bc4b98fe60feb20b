"""Use cases of reviewers: who may review a document now, and what is stored of a review."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from lms.contract.actors import Actor
from lms.contract.documents import DocumentKind, DocumentState, DocumentType, ReviewDecision
from lms.contract.rubrics import Rubric
from lms.documents import errors
from lms.documents.models import Document, DocumentReview, DocumentWriter
from lms.documents.queries import find_document, kind_of, type_of
from lms.documents.rules import descriptors_met, uncommented
from lms.documents.writing import changed, held
from lms.evidence import api as evidence
from lms.platform.audit import record
from lms.platform.plugins import registry


def rubric_of(kind: DocumentKind) -> Rubric:
    """The newest rubric for reviews of a kind."""
    return registry().rubric(kind.rubric)


def wrote(session: Session, document: Document, person_id: int) -> bool:
    """Whether a person has written in a document, and so may not review it."""
    if document.person_id is not None:
        return document.person_id == person_id  # nobody else writes in it
    return session.get(DocumentWriter, (document.id, person_id)) is not None


def reviewable(session: Session, *, document_id: int, actor: Actor) -> Document:
    """The document, when ``actor`` may review it now; raises Conflict, Forbidden for a writer, NotFound."""
    document = find_document(session, document_id)
    noun = type_of(document).noun
    if wrote(session, document, actor.person_id):
        raise errors.own_work(noun)
    if document.state is not DocumentState.IN_REVIEW:
        raise errors.not_waiting(noun)
    return document


def review_document(
    session: Session,
    *,
    document_id: int,
    version: int,
    scores: Mapping[str, Any],
    comments: Mapping[str, str],
    comment: str,
    decision: ReviewDecision,
    remarks: Mapping[str, str] | None = None,
    actor: Actor,
    now: datetime,
) -> DocumentReview:
    """Store a review and move the document; raises Conflict, Forbidden for a writer, Invalid.

    ``scores``: descriptors met by criterion; ``comments`` a text by criterion, ``remarks`` one by part. A document below
    the rubric's pass mark is not accepted; who sends one back says what it needs.
    """
    held(session, document_id)
    document = reviewable(session, document_id=document_id, actor=actor)
    if document.version != version:
        raise errors.moved_on()
    rubric = rubric_of(kind_of(document))
    verdict = evidence.verdict(rubric, scores)
    if decision is ReviewDecision.ACCEPTED and not verdict.passed:
        raise errors.below_pass_mark(rubric.pass_mark)
    said = {code: text for code, text in comments.items() if text}
    noted = {part: text for part, text in (remarks or {}).items() if text}
    if decision is ReviewDecision.NEEDS_REVISION:
        _refuse_silence(type_of(document), rubric, scores, said, bool(comment or noted))
    row = DocumentReview(
        revision_no=document.revisions[-1].no,
        reviewer_id=actor.person_id,
        rubric_key=rubric.key,
        rubric_version=rubric.version,
        scores=dict(scores),
        comments=said,
        remarks=noted,
        percent=verdict.percent,
        decision=decision,
        comment=comment,
        reviewed_at=now,
    )
    document.reviews.append(row)
    document.state, document.updated_at = DocumentState(decision.value), now
    document.version += 1
    session.flush()
    changed(session, document, now)
    record(
        session,
        actor_id=actor.person_id,
        action="documents.review",
        subject=("document", document.id),
        concerns=document.person_id,
        now=now,
        after={
            "percent": str(verdict.percent),
            "descriptors": descriptors_met(scores),
            "decision": decision.value,
        },
    )
    return row


def _refuse_silence(
    type_: DocumentType, rubric: Rubric, scores: Mapping[str, Any], said: Mapping[str, str], more: bool
) -> None:
    silent = uncommented(rubric, scores, said, type_.comment_below)
    if silent:
        raise errors.comments_needed(silent)
    if not (said or more):
        raise errors.comment_needed()
