"""A document's page: where it stands, what is missing, what reviewers found, what is written."""

from dataclasses import replace
from typing import Any

from flask import render_template
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from lms.contract.documents import DocumentState, DocumentType
from lms.contract.modules import Unit
from lms.contract.rubrics import ScaleKind
from lms.documents.models import Document, DocumentReview
from lms.documents.queries import kind_of, readable_document, workplace_of, written_in
from lms.documents.reviewing import takes_more_reviews, wrote
from lms.documents.rules import WRITABLE, descriptors_met, is_held, missing, weighted_points
from lms.documents.views.links import work_links
from lms.documents.views.shared import Addresses, kind_options, written_parts
from lms.evidence.api import NOT_APPLICABLE, criterion_outcomes
from lms.modules.api import Workplace
from lms.people import api as people
from lms.platform.clock import now
from lms.platform.db import db
from lms.platform.plugins import registry
from lms.web.form import Form
from lms.web.routing import current_actor, may

PictureForm = tuple[tuple[str, int, str], Form]
"""(part, row, field) and what was typed."""


def document(type_: DocumentType, document_id: int) -> ResponseReturnValue:
    """One document."""
    found = readable_document(db.session(), document_id, type_.key, current_actor().person_id)
    return document_page(type_, found, workplace_of(db.session(), found))


def document_page(
    type_: DocumentType, document: Document, at: Workplace, picture_form: PictureForm | None = None
) -> str:
    """The page of a document, also a school's board when it has one document.

    ``picture_form``: a picture that was refused, with the place that it was sent for.
    """
    session, actor = db.session(), current_actor()
    content = written_in(document, at.school_year)
    kind = kind_of(document)
    own = document.person_id in (None, actor.person_id)
    reviews = list(reversed(document.reviews))
    return render_template(
        "documents/document.html",
        type=type_,
        document=document,
        kind=kind,
        at=at,
        url=Addresses(type_),
        parts=written_parts(document, content),
        missing=missing(type_, content) if own and document.state in WRITABLE else {},
        details=type_.details(session, document.id, content) if type_.details else None,
        reviews=[review_view(row) for row in reviews],
        people=_names(session, document, reviews),
        writing=_writing(document),
        picture_form=picture_form,
        kind_options=kind_options(type_, at),
        related=work_links(session, at=at, module_key=type_.key.partition(".")[0], actor=actor)
        if own
        else (),
        **_allowed(session, type_, document, at, own),
    )


def review_view(row: DocumentReview) -> dict[str, Any]:
    """A review with what each criterion lacks, and the weighted points that its percentage rests on.

    Of a scale without descriptors, criteria are counted, as far as they were asked and apply.
    """
    rubric = registry().rubric(row.rubric_key, row.rubric_version)
    counts = rubric.scale is ScaleKind.DESCRIPTOR_COUNT
    if not counts:
        rubric = replace(rubric, criteria=tuple(line for line in rubric.criteria if line.code in row.scores))
    found = criterion_outcomes(rubric, row.scores)
    points, most = weighted_points(rubric, row.scores) if counts else (0, 0)
    uneven = counts and len({line.weight for line in rubric.criteria}) > 1
    met = descriptors_met(rubric, row.scores) if counts else sum(one.is_met for one in found)
    return {
        "row": row,
        "counts": counts,
        "points": points,
        "most": most,
        "weights": "-".join(str(line.weight) for line in rubric.criteria) if uneven else "",
        "met": met,
        "all": sum(len(line.parts) for line in rubric.criteria) if counts else len(found),
        "criteria": [{"found": one, "comment": row.comments.get(one.criterion.code, "")} for one in found],
        "idle": [line for line in rubric.criteria if row.scores.get(line.code) == NOT_APPLICABLE],
    }


def _names(session: Session, document: Document, reviews: list[DocumentReview]) -> dict[int, str]:
    writers = [document.person_id] if document.person_id else []
    locks = [lock.person_id for lock in document.locks]
    return people.names(session, {*writers, *locks, *(row.reviewer_id for row in reviews if row.reviewer_id)})


def _writing(document: Document) -> dict[tuple[str, int], Any]:
    """Who else writes where now: (part, row) -> lock."""
    moment, me = now(), current_actor().person_id
    return {
        (lock.part, lock.row): lock
        for lock in document.locks
        if lock.person_id != me and is_held(lock.until, moment)
    }


def _allowed(
    session: Session, type_: DocumentType, document: Document, at: Workplace, own: bool
) -> dict[str, bool]:
    """What the reader may do with the document now; no button leads to a refusal."""
    asked, goes_on = type_.permissions, not at.closed
    place = replace(at.place, person_id=document.person_id)
    waits = document.state is DocumentState.IN_REVIEW
    open_ = goes_on and own and document.state in WRITABLE
    me = current_actor().person_id
    reviews = goes_on and document.person_id != me and may(asked.review, place)
    open_to_it = reviews and (waits or takes_more_reviews(document))
    accepted = document.state is DocumentState.ACCEPTED
    hands_in = accepted and bool(kind_of(document).deliverable)
    return {
        "may_write": open_ and may(asked.write, place),
        "may_submit": open_ and may(asked.submit, place),
        "may_withdraw": goes_on and own and waits and may(asked.submit, place),
        "may_review": open_to_it and not wrote(session, document, me),
        "may_copy": goes_on and type_.unit is Unit.TEACHER and may(asked.create, at.place),
        "may_reopen": goes_on and own and accepted and type_.may_reopen and may(asked.submit, place),
        "may_hand_in": goes_on and own and hands_in and may(asked.submit, place),
    }
