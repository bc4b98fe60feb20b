"""The reviewer's page: the document as it was submitted beside the rubric, with a remark for each part."""

from flask import render_template, request
from flask.typing import ResponseReturnValue

from lms.contract.documents import DocumentType
from lms.contract.rubrics import Rubric, ScaleKind
from lms.documents import reviewing
from lms.documents.forms import read_review, review_form
from lms.documents.models import Document
from lms.documents.queries import kind_of, readable_document, workplace_of, written_in
from lms.documents.revisions import changed_since
from lms.documents.views.document import review_view
from lms.documents.views.shared import Addresses, written_parts
from lms.evidence import api as evidence
from lms.people import api as people
from lms.platform.clock import now
from lms.platform.db import db
from lms.web.form import Form, saved
from lms.web.i18n import gettext as _
from lms.web.routing import current_actor

FIELDS = ("version", "crit-*", "note-*", "remark-*", "comment", "decision")


def review(type_: DocumentType, document_id: int) -> ResponseReturnValue:
    """The form of a review beside the document."""
    _readable(type_, document_id)
    found = reviewing.reviewable(db.session(), document_id=document_id, actor=current_actor())
    before = reviewing.own_review(found, current_actor().person_id) if type_.several_reviews else None
    return _page(type_, found, review_form(found, before))


def save(type_: DocumentType, document_id: int) -> ResponseReturnValue:
    """Store a review."""
    found = _readable(type_, document_id)
    form = Form.posted(request.form)

    def save_it() -> str:
        reviewing.reviewable(db.session(), document_id=document_id, actor=current_actor())
        rubric = _rubric(type_, found)
        scores, unanswered = evidence.parse(rubric, form.chosen)
        codes = tuple(line.code for line in rubric.criteria)
        comments, remarks, comment, decision = read_review(form, kind_of(found), codes, unanswered)
        reviewing.review_document(
            db.session(),
            document_id=document_id,
            version=form.version,
            scores=scores,
            comments=comments,
            remarks=remarks,
            comment=comment,
            decision=decision,
            actor=current_actor(),
            now=now(),
        )
        return Addresses(type_)("document", document_id=document_id)

    said = _("Telaah tersimpan. Penulis dapat membacanya.")
    return saved(form, save_it, lambda: _page(type_, found, form), said)


def _readable(type_: DocumentType, document_id: int) -> Document:
    return readable_document(db.session(), document_id, type_.key, current_actor().person_id)


def _page(type_: DocumentType, document: Document, form: Form) -> str:
    session = db.session()
    at = workplace_of(session, document)
    kind, content = kind_of(document), written_in(document, at.school_year)
    if form.conflict:
        form.values["version"] = str(document.version)
    last = document.reviews[-1] if document.reviews else None
    lists = any(part.most for part in kind.parts)  # only their rows show what the plugin tells besides
    owner, rubric = document.person_id, reviewing.rubric_of(type_, content)
    return render_template(
        "documents/review.html",
        type=type_,
        document=document,
        kind=kind,
        at=at,
        url=Addresses(type_),
        parts=written_parts(document, content),
        details=type_.details(session, document.id, content) if type_.details and lists else None,
        changed=changed_since(document, last.revision_no) if last else set(),
        last=review_view(last) if last else None,
        rubric=rubric,
        counts=rubric.scale is ScaleKind.DESCRIPTOR_COUNT,
        writer=people.names(session, [owner]).get(owner, "") if owner else "",
        form=form,
        scores=evidence.parse(rubric, form.chosen)[0],
    )


def _rubric(type_: DocumentType, document: Document) -> Rubric:
    at = workplace_of(db.session(), document)
    return reviewing.rubric_of(type_, written_in(document, at.school_year))
