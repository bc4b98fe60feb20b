"""Use cases of writers: begin a document, save its parts, remove a row, copy and remove a document. Nobody commits here.

Each locks the document's row until the end of its transaction, so what it has read of parts and state stays.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from lms.contract.actors import Actor
from lms.contract.documents import DocumentKind, DocumentPart, DocumentState, DocumentType, FieldKind
from lms.contract.errors import Conflict
from lms.contract.events import Fact
from lms.contract.modules import Unit
from lms.documents import errors, locking
from lms.documents.models import Document, DocumentWriter, PartText
from lms.documents.queries import count_of_person, document_of_school, kind_of, type_of, workplace_of
from lms.documents.rules import WRITABLE, next_row, plain, school_year_start
from lms.modules import api as modules
from lms.platform.audit import record
from lms.platform.outbox import emit


def create_document(
    session: Session,
    *,
    type_: DocumentType,
    at: modules.Workplace,
    kind: str,
    title: str = "",
    actor: Actor,
    now: datetime,
) -> Document:
    """Begin a document; of a school's own there is one, which is returned when somebody has begun it. Raises Invalid."""
    offered = kinds_of(type_, at)
    if kind not in offered:
        raise errors.unknown_kind()
    own = type_.unit is Unit.TEACHER
    key: dict[str, Any] = {"type_key": type_.key, "programme_id": at.programme_id}
    if own and count_of_person(session, **key, person_id=actor.person_id) >= type_.most:
        raise errors.too_many(type_.noun, type_.most)
    known = None if own else document_of_school(session, **key, school_id=at.school_id)
    if known is not None:
        return known
    document = Document(
        **key,
        kind=kind,
        school_id=at.school_id,
        person_id=actor.person_id if own else None,
        title=title,
        state=DocumentState.DRAFT,
        version=1,
        updated_at=now,
        submitted_at=None,
    )
    part, field = title_field(offered[kind])
    if title and not part.most:
        document.parts.append(
            PartText(part=part.key, row=0, content={field: title}, version=1, form="", updated_at=now)
        )
    session.add(document)
    written(session, document, actor, now)
    return document


def kinds_of(type_: DocumentType, at: modules.Workplace) -> dict[str, DocumentKind]:
    """The kinds of which a new document of this school year may be."""
    year = school_year_start(at.school_year)
    return {kind.key: kind for kind in type_.kinds if kind.since <= year}


def title_field(kind: DocumentKind) -> tuple[DocumentPart, str]:
    """The part and the field whose text is what the document is called."""
    return next((part, entry.key) for part in kind.parts for entry in part.fields if entry.is_title)


def save_part(
    session: Session,
    *,
    document_id: int,
    part: str,
    values: Mapping[str, Any],
    row: int = 0,
    version: int,
    form: str = "",
    while_typing: bool = False,
    take_over: bool = False,
    actor: Actor,
    now: datetime,
) -> PartText:
    """Store typed values of a part, or of a row of a list (``row`` 0: a new one).

    ``version`` is the part's as it was read, 0 for none. Raises Conflict when the part has moved on since, somebody else
    writes in it, or the document is not open for writing; NotFound for a row that was removed. ``form`` names the opened
    form: what it saved itself ``while_typing`` does not stand in its way, so an answer that was lost costs nothing. A save
    that is not ``while_typing`` lets the part go. Pictures that ``values`` does not name stay.
    """
    document = _writable(session, document_id, actor)
    spec = _part(document, part)
    stored = _stored(document, spec, row, form)
    locking.take(
        session,
        document,
        part,
        stored.row if stored else row,
        actor=actor,
        now=now,
        take_over=take_over,
    )
    if stored is None:
        if version:
            raise errors.row_gone() if row else errors.moved_on()
        stored = _new_row(document, spec)
    elif stored.version != version and not (form and stored.form == form):
        raise errors.moved_on()
    values = spec.tidy(values) if spec.tidy else values
    stored.content = _content(spec, values, stored.content or {})
    stored.version = (stored.version or 0) + 1
    stored.form, stored.updated_at = form if while_typing else "", now
    for entry in spec.fields:
        if entry.is_title and values.get(entry.key):
            document.title = values[entry.key]
    written(session, document, actor, now)
    if not while_typing:
        locking.release(session, document, part, stored.row, actor=actor)
    return stored


def remove_row(
    session: Session, *, document_id: int, part: str, row: int, version: int, actor: Actor, now: datetime
) -> None:
    """Remove a row of a list; raises Conflict when it has moved on, is written in, or the plugin keeps it."""
    document = _writable(session, document_id, actor)
    spec = _part(document, part)
    stored = _stored(document, spec, row, "")
    if stored is None or not row:
        raise errors.gone()
    locking.take(session, document, part, row, actor=actor, now=now)
    if stored.version != version:
        raise errors.moved_on()
    kept = spec.keep_row(session, document_id, row) if spec.keep_row else None
    if kept is not None:
        raise Conflict(kept)
    locking.release(session, document, part, row, actor=actor)
    document.parts.remove(stored)
    written(session, document, actor, now)


def open_part(
    session: Session,
    *,
    document_id: int,
    part: str,
    row: int,
    take_over: bool,
    actor: Actor,
    now: datetime,
) -> None:
    """Begin to write in a part: nobody else does until it is saved or the lock lapses. Raises Conflict."""
    document = _writable(session, document_id, actor)
    locking.take(session, document, part, row, actor=actor, now=now, take_over=take_over)


def copy_document(
    session: Session, *, document_id: int, kind: str, title: str, actor: Actor, now: datetime
) -> Document:
    """A new draft from a document, also of another kind: what both kinds know comes along."""
    source = held(session, document_id)
    type_ = type_of(source)
    copy = create_document(
        session, type_=type_, at=workplace_of(session, source), kind=kind, actor=actor, now=now
    )
    heading, field = title_field(type_.kind(kind))
    contents = {(part.part, part.row): part.content for part in source.parts}
    contents[heading.key, 0] = {**contents.get((heading.key, 0), {}), field: title}
    for (key, row), content in contents.items():
        known = type_.kind(kind).part(key)
        if known is not None:
            kept = {entry.key: content[entry.key] for entry in known.fields if entry.key in content}
            copy.parts.append(PartText(part=key, row=row, content=kept, version=1, form="", updated_at=now))
    copy.title = title
    session.flush()
    return copy


def delete_document(session: Session, *, document_id: int, actor: Actor, now: datetime) -> modules.Workplace:
    """Remove a document without reviews; raises Conflict. Returns where it stood."""
    document = _writable(session, document_id, actor)
    if document.reviews:
        raise errors.has_reviews(type_of(document).noun)
    at = workplace_of(session, document)
    changed(session, document, now)
    record(
        session,
        actor_id=actor.person_id,
        action="documents.delete",
        subject=("document", document.id),
        now=now,
        before={"type": document.type_key, "title": document.title},
    )
    session.delete(document)
    return at


def held(session: Session, document_id: int) -> Document:
    """The document, locked until the end of the transaction, with its parts as they are now; raises NotFound."""
    document = session.get(Document, document_id, with_for_update=True, populate_existing=True)
    if document is None:
        raise errors.gone()
    return document


def owned(session: Session, document_id: int, actor: Actor) -> Document:
    """The locked document, when it is the actor's or a school's; raises Forbidden, NotFound."""
    document = held(session, document_id)
    if document.person_id not in (None, actor.person_id):
        raise errors.not_yours(type_of(document).noun)
    return document


def written(session: Session, document: Document, actor: Actor, now: datetime) -> None:
    """Remember who wrote: writers of a document do not review it. Says that it has changed."""
    document.updated_at = now
    session.flush()
    row = session.get(DocumentWriter, (document.id, actor.person_id))
    if row is None:
        row = DocumentWriter(document_id=document.id, person_id=actor.person_id)
        session.add(row)
    row.last_at = now
    changed(session, document, now)
    session.flush()


def changed(session: Session, document: Document, now: datetime) -> None:
    """Say that something about the document has changed, by the event of its plugin."""
    payload = {
        "programme_id": document.programme_id,
        "school_id": document.school_id,
        "document_id": document.id,
    }
    emit(session, Fact(type_of(document).changed, now, payload))


def _writable(session: Session, document_id: int, actor: Actor) -> Document:
    document = owned(session, document_id, actor)
    if document.state not in WRITABLE:
        raise errors.locked(type_of(document).noun)
    return document


def _part(document: Document, key: str) -> DocumentPart:
    part = kind_of(document).part(key)
    if part is None:
        raise errors.gone()
    return part


def _stored(document: Document, part: DocumentPart, row: int, form: str) -> PartText | None:
    """What is stored; of a new row, what the same form has saved already."""
    rows = [stored for stored in document.parts if stored.part == part.key]
    if part.most and not row:
        return next((stored for stored in rows if form and stored.form == form), None)
    return next((stored for stored in rows if stored.row == row), None)


def _new_row(document: Document, part: DocumentPart) -> PartText:
    rows = [stored.row for stored in document.parts if stored.part == part.key]
    if part.most and len(rows) >= part.most:
        raise errors.too_many_rows(part.fields[0].key, part.most)
    stored = PartText(part=part.key, row=next_row(rows) if part.most else 0, version=0)
    document.parts.append(stored)
    return stored


def _content(part: DocumentPart, values: Mapping[str, Any], before: Mapping[str, Any]) -> dict[str, Any]:
    """What is stored of typed values; pictures have a form of their own, so they stay unless ``values`` names them."""
    pictures = {entry.key for entry in part.fields if entry.kind is FieldKind.PICTURE}
    kept = {key: value for key, value in before.items() if key in pictures}
    typed_in = {entry.key: plain(values[entry.key]) for entry in part.fields if entry.key in values}
    both = {**kept, **typed_in}
    return {key: value for key, value in both.items() if value is not None or key not in pictures}
