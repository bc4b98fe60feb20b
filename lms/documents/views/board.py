"""The schools of a programme with the state of their documents, and a school's page of them."""

from typing import Any

from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from lms.contract.documents import DocumentContent, DocumentState, DocumentType
from lms.contract.modules import Unit
from lms.contract.paging import PAGE
from lms.contract.sentences import upper_first
from lms.contract.text import Text
from lms.documents.forms import read_title
from lms.documents.queries import (
    DocumentLine,
    contents_of,
    document_of_school,
    documents_of,
    own_documents,
    submitted_at_school,
    waiting_counts,
)
from lms.documents.rules import WRITABLE, missing
from lms.documents.views.document import document_page
from lms.documents.views.links import work_links
from lms.documents.views.shared import Addresses, kind_options, noun
from lms.documents.writing import create_document, kinds_of, title_field
from lms.modules import api as modules
from lms.people import api as people
from lms.platform.clock import now
from lms.platform.db import db
from lms.web.form import Form, saved
from lms.web.i18n import gettext as _
from lms.web.paging import page_number
from lms.web.routing import current_actor, may


def home(type_: DocumentType, placement_id: int) -> ResponseReturnValue:
    """One's own school at once, or the schools to choose from with the state of their documents."""
    session, url = db.session(), Addresses(type_)
    choice = modules.schools_of(
        session,
        actor=current_actor(),
        permission=type_.permissions.board,
        placement_id=placement_id,
        page=page_number(),
    )
    if choice.only:
        return redirect(url.of_school(choice.only), 303)
    programmes = {at.programme_id for at in choice.schools}
    schools = [at.school_id for at in choice.schools]
    of_schools = type_.unit is Unit.SCHOOL
    return render_template(
        "documents/schools.html",
        type=type_,
        url=url,
        choice=choice,
        placement_id=placement_id,
        documents={
            line.school_id: line
            for line in documents_of(
                session, type_key=type_.key, programme_ids=programmes, school_ids=schools, person_ids=[None]
            )
        }
        if of_schools and schools
        else {},
        waiting=waiting_counts(session, type_key=type_.key, programme_id=min(programmes), school_ids=schools)
        if schools and not of_schools
        else {},
    )


def board(type_: DocumentType, programme_id: int, school_id: int) -> ResponseReturnValue:
    """A school's document; or one's own documents, and those of colleagues for who may read them."""
    at = modules.workplace(db.session(), programme_id=programme_id, school_id=school_id)
    return board_page(type_, at, Form({}), page_number())


def create(type_: DocumentType, programme_id: int, school_id: int) -> ResponseReturnValue:
    """Begin a document and open its first part."""
    at = modules.workplace(db.session(), programme_id=programme_id, school_id=school_id)
    form = Form.posted(request.form)

    def save() -> str:
        kind = form.values.get("kind", type_.kinds[0].key)
        title = ""
        if type_.unit is Unit.TEACHER:
            part, field = title_field(kinds_of(type_, at).get(kind, type_.kinds[0]))
            title = read_title(form, part.field(field))
            form.stop_at_errors()
        document = create_document(
            db.session(), type_=type_, at=at, kind=kind, title=title, actor=current_actor(), now=now()
        )
        first = type_.kind(kind).parts[0].key
        return Addresses(type_)("part", document_id=document.id, part=first, row=0)

    said = _("%(noun)s dibuat. Mulailah dari bagian pertama.", noun=upper_first(noun(type_)))
    return saved(form, save, lambda: board_page(type_, at, form), said)


def board_page(type_: DocumentType, at: modules.Workplace, form: Form, number: int = 1) -> str:
    """The page of a school: its one document, or the list of its people's documents."""
    session, actor, may_ = db.session(), current_actor(), type_.permissions
    key: dict[str, Any] = {"type_key": type_.key, "programme_id": at.programme_id, "school_id": at.school_id}
    if type_.unit is Unit.SCHOOL:
        document = document_of_school(session, **key)
        if document is not None:
            return document_page(type_, document, at)
        return render_template(
            "documents/begin.html",
            type=type_,
            at=at,
            url=Addresses(type_),
            may_create=may(may_.create, at.place) and not at.closed,
            related=work_links(session, at=at, module_key=_module(type_), actor=actor),
        )
    writes = may(may_.create, at.place)
    own, contents = _own(session, type_, at, actor.person_id) if writes else ([], {})
    reads_all = may(may_.view, at.place)
    found = (
        submitted_at_school(
            session,
            **key,
            without_person=actor.person_id,
            limit=PAGE + 1,
            offset=(number - 1) * PAGE,
        )
        if reads_all
        else []
    )
    first = found if reads_all and number == 1 else None
    waiting = _waiting(session, type_, at, first) if may(may_.review, at.place) else 0
    states = [(line.state, contents[line.id]) for line in own if line.id in contents]
    tells = type_.board_details if writes else None
    if type_.summary and found:
        contents |= contents_of(session, type_, found[:PAGE])
    return render_template(
        "documents/board.html",
        type=type_,
        at=at,
        url=Addresses(type_),
        form=form,
        own=own,
        details=tells(session, at.place, states) if tells else None,
        summaries={key: type_.summary(content) for key, content in contents.items()} if type_.summary else {},
        open_fields=_open_fields(type_, own, contents),
        title_label=_title_label(type_),
        colleagues=found[:PAGE],
        has_more=len(found) > PAGE,
        number=number,
        writers=people.names(session, [line.person_id for line in found if line.person_id]),
        waiting=waiting,
        reads_all=reads_all,
        may_create=writes and not at.closed,
        kind_options=kind_options(type_, at),
        related=work_links(session, at=at, module_key=_module(type_), actor=actor),
    )


def _waiting(
    session: Session, type_: DocumentType, at: modules.Workplace, first: list[DocumentLine] | None
) -> int:
    """How many documents of others wait for a review. The ``first`` of the list, if read, are those, unless there are more."""
    if first is not None:
        in_list = sum(line.state is DocumentState.IN_REVIEW for line in first)
        if in_list <= PAGE:
            return in_list
    counts = waiting_counts(
        session,
        type_key=type_.key,
        programme_id=at.programme_id,
        school_ids=[at.school_id],
        without_person=current_actor().person_id,
    )
    return counts.get(at.school_id, 0)


def _own(
    session: Session, type_: DocumentType, at: modules.Workplace, person_id: int
) -> tuple[list[DocumentLine], dict[int, DocumentContent]]:
    """A person's documents at a school, with what is written in them where the type tells of it in lists."""
    if type_.summary or type_.board_details:
        found = own_documents(
            session, type_, programme_id=at.programme_id, school_id=at.school_id, person_id=person_id
        )
        return [line for line, _content in found], {line.id: content for line, content in found}
    lines = documents_of(
        session,
        type_key=type_.key,
        programme_ids=[at.programme_id],
        school_ids=[at.school_id],
        person_ids=[person_id],
    )
    return lines, {}


def _title_label(type_: DocumentType) -> Text:
    """What the field is called that a new document begins with."""
    part, field = title_field(type_.kinds[0])
    return part.field(field).label


def _open_fields(
    type_: DocumentType, own: list[DocumentLine], contents: dict[int, DocumentContent]
) -> dict[int, list[Text]]:
    """What own documents still need, by document; of those whose contents are at hand."""
    return {
        line.id: [name for names in missing(type_, contents[line.id]).values() for name in names]
        for line in own
        if line.id in contents and line.state in WRITABLE
    }


def _module(type_: DocumentType) -> str:
    return type_.key.partition(".")[0]
