"""Use cases of reviewers: who may review a document now, and what is stored of a review."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from lms.contract.actors import Actor
from lms.contract.documents import DocumentContent, DocumentState, DocumentType, ReviewDecision
from lms.contract.rubrics import Rubric
from lms.documents import errors
from lms.documents.models import Document, DocumentReview, DocumentWriter
from lms.documents.queries import find_document, type_of, workplace_of, written_in
from lms.documents.revisions import changed_since
from lms.documents.rules import descriptors_met, state_after, uncommented
from lms.documents.writing import changed, held
from lms.evidence import api as evidence
from lms.platform.audit import record
from lms.platform.plugins import registry


def rubric_of(type_: DocumentType, content: DocumentContent) -> Rubric:
    """The newest rubric for a review of what is written."""
    if type_.rubric_for is not None:
        return type_.rubric_for(content)
    return registry().rubric(type_.kind(content.kind).rubric)


def wrote(session: Session, document: Document, person_id: int) -> bool:
    """Whether a person has written in a document, and so may not review it."""
    if document.person_id is not None:
        return document.person_id == person_id  # nobody else writes in it
    return session.get(DocumentWriter, (document.id, person_id)) is not None


def reviewable(session: Session, *, document_id: int, actor: Actor) -> Document:
    """The document, when ``actor`` may review it now; raises Conflict, Forbidden for a writer, NotFound.

    It waits for a review, or takes further ones of what was reviewed and stands as it was.
    """
    document = find_document(session, document_id)
    noun = type_of(document).noun
    if wrote(session, document, actor.person_id):
        raise errors.own_work(noun)
    if document.state is not DocumentState.IN_REVIEW and not takes_more_reviews(document):
        raise errors.not_waiting(noun)
    return document


def takes_more_reviews(document: Document) -> bool:
    """Whether others may still review the version that somebody has reviewed: its type allows it, nobody has changed it."""
    reviewed = document.state not in (DocumentState.DRAFT, DocumentState.IN_REVIEW)
    if not (reviewed and type_of(document).several_reviews and latest_reviews(document)):
        return False
    return not changed_since(document, document.revisions[-1].no)


def latest_reviews(document: Document) -> list[DocumentReview]:
    """The reviews of the version that was submitted last, oldest first."""
    no = document.revisions[-1].no if document.revisions else 0
    return [row for row in document.reviews if row.revision_no == no]


def own_review(document: Document, person_id: int) -> DocumentReview | None:
    """What a person has found in the version that was submitted last."""
    return next((row for row in latest_reviews(document) if row.reviewer_id == person_id), None)


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

    ``scores``: what was found by criterion, as the rubric's scale has it; ``comments`` a text by criterion, ``remarks`` one
    by part. A document below the rubric's pass mark is not accepted; who sends one back says what it needs. A second
    review of one version by the same person replaces the first; of several people's, the strictest decision counts.
    """
    held(session, document_id)
    document = reviewable(session, document_id=document_id, actor=actor)
    if document.version != version:
        raise errors.moved_on()
    type_ = type_of(document)
    if decision not in type_.decisions:
        raise errors.no_such_decision()
    rubric = rubric_of(type_, written_in(document, workplace_of(session, document).school_year))
    verdict = evidence.verdict(rubric, scores)
    if decision is ReviewDecision.ACCEPTED and not verdict.passed:
        raise errors.below_pass_mark(rubric.pass_mark, verdict.critical)
    said = {code: text for code, text in comments.items() if text}
    noted = {part: text for part, text in (remarks or {}).items() if text}
    if decision is not ReviewDecision.ACCEPTED:
        _refuse_silence(type_, rubric, scores, said, bool(comment or noted))
    row = own_review(document, actor.person_id)
    if row is None:
        row = DocumentReview(revision_no=document.revisions[-1].no, reviewer_id=actor.person_id)
        document.reviews.append(row)
    row.rubric_key, row.rubric_version, row.scores = rubric.key, rubric.version, dict(scores)
    row.comments, row.remarks, row.comment = said, noted, comment
    row.percent, row.decision, row.reviewed_at = verdict.percent, decision, now
    document.state = state_after(one.decision for one in latest_reviews(document))
    document.updated_at = now
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
            "descriptors": descriptors_met(rubric, scores),
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
