"""What happens to a document as a whole: submitted, taken back, removed, copied, handed in as evidence."""

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from lms.contract.documents import DocumentType
from lms.contract.sentences import upper_first
from lms.documents import errors, handing_in, submitting, writing
from lms.documents.queries import readable_document, workplace_of
from lms.documents.views.shared import Addresses, noun
from lms.documents.writing import title_field
from lms.platform.clock import now
from lms.platform.db import db
from lms.web.i18n import gettext as _
from lms.web.routing import current_actor, may


def submit(type_: DocumentType, document_id: int) -> ResponseReturnValue:
    """Submit a document for review."""
    submitting.submit_document(db.session(), document_id=document_id, actor=current_actor(), now=now())
    flash(_("%(noun)s diajukan. Penelaah akan membacanya.", noun=upper_first(noun(type_))))
    return redirect(Addresses(type_)("document", document_id=document_id), 303)


def withdraw(type_: DocumentType, document_id: int) -> ResponseReturnValue:
    """Take a document back before its review, or open an accepted one again."""
    submitting.withdraw_document(db.session(), document_id=document_id, actor=current_actor(), now=now())
    flash(_("%(noun)s ditarik kembali. Bapak/Ibu dapat mengubahnya.", noun=upper_first(noun(type_))))
    return redirect(Addresses(type_)("document", document_id=document_id), 303)


def delete(type_: DocumentType, document_id: int) -> ResponseReturnValue:
    """Remove a document without reviews."""
    at = writing.delete_document(db.session(), document_id=document_id, actor=current_actor(), now=now())
    flash(_("%(noun)s dihapus.", noun=upper_first(noun(type_))))
    return redirect(Addresses(type_).of_school(at), 303)


def copy(type_: DocumentType, document_id: int) -> ResponseReturnValue:
    """A new draft from this document, perhaps of another kind, in the same school."""
    session = db.session()
    source = readable_document(session, document_id, type_.key, current_actor().person_id)
    if not may(type_.permissions.create, workplace_of(session, source).place):
        raise errors.not_here()
    part, field = title_field(type_.kind(source.kind))
    title = str(_("%(title)s (salinan)", title=source.title))[: part.field(field).longest]
    made = writing.copy_document(
        session,
        document_id=document_id,
        kind=request.form.get("kind", ""),
        title=title,
        actor=current_actor(),
        now=now(),
    )
    flash(_("%(noun)s disalin sebagai draf baru.", noun=upper_first(noun(type_))))
    return redirect(Addresses(type_)("document", document_id=made.id), 303)


def hand_in(type_: DocumentType, stored: handing_in.Prepared, document_id: int) -> ResponseReturnValue:
    """File the printed document as evidence of the deliverable; there it is handed in."""
    submission_id = handing_in.file_as_evidence(
        db.session(), document_id=document_id, prepared=stored, actor=current_actor(), now=now()
    )
    flash(_("%(noun)s ada di antara bukti. Periksa, lalu ajukan.", noun=upper_first(noun(type_))))
    return redirect(url_for("evidence.submission", submission_id=submission_id), 303)
