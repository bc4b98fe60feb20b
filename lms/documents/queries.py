"""Documents found and read: one with its place, lists of many, what is written in some."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Select, case, func, or_, select
from sqlalchemy.orm import Session, selectinload

from lms.contract.actors import Place
from lms.contract.documents import DocumentContent, DocumentKind, DocumentState, DocumentType
from lms.documents.errors import gone
from lms.documents.models import Document, PartText
from lms.documents.rules import content_of, school_year_start
from lms.modules import api as modules
from lms.platform.long_lists import among
from lms.platform.plugins import registry


@dataclass(frozen=True, slots=True)
class DocumentLine:
    """A document in a list, without what is written in it."""

    id: int
    title: str
    kind: str
    state: DocumentState
    programme_id: int
    school_id: int
    person_id: int | None
    updated_at: datetime


def type_of(document: Document) -> DocumentType:
    """What its plugin declares about a document; raises NotFound when that is not installed any more."""
    found = registry().document_types.get(document.type_key)
    if found is None:
        raise gone()
    return found


def kind_of(document: Document) -> DocumentKind:
    """The kind of a document; raises NotFound when its plugin is not installed any more."""
    return type_of(document).kind(document.kind)


def find_document(session: Session, document_id: int, type_key: str = "") -> Document:
    """The document, of the type when one is named; raises NotFound."""
    document = session.get(Document, document_id)
    if document is None or type_key not in ("", document.type_key):
        raise gone()
    session.info["document"] = (
        document  # held on to, or whoever asks next in this request would read it again
    )
    return document


def readable_document(session: Session, document_id: int, type_key: str, person_id: int) -> Document:
    """The document as its readers may see it; raises NotFound.

    What a teacher has never submitted is for nobody else's eyes, whatever their permission.
    """
    document = find_document(session, document_id, type_key)
    if document.submitted_at is None and document.person_id not in (None, person_id):
        raise gone()
    return document


def load_documents(
    session: Session, type_: DocumentType, *, programme_id: int, school_id: int, person_id: int
) -> list[tuple[Document, DocumentContent]]:
    """A person's documents of a type at a school, the oldest first, with versions, reviews and what is written in them.

    Four queries, however many there are; ``year`` of the contents is left 0.
    """
    query = (
        select(Document)
        .where(
            Document.type_key == type_.key,
            Document.programme_id == programme_id,
            Document.school_id == school_id,
            Document.person_id == person_id,
        )
        .options(selectinload(Document.reviews), selectinload(Document.revisions))
        .order_by(Document.id)
    )
    return [(document, written_in(document, "")) for document in session.scalars(query)]


def own_documents(
    session: Session, type_: DocumentType, *, programme_id: int, school_id: int, person_id: int
) -> list[tuple[DocumentLine, DocumentContent]]:
    """A person's documents of a type at a school, the one changed last first, with what is written in them; one query.

    ``year`` of the contents is left 0.
    """
    query = (
        _LINES.add_columns(PartText.part, PartText.row, PartText.content)
        .outerjoin(PartText, PartText.document_id == Document.id)
        .where(
            Document.type_key == type_.key,
            Document.programme_id == programme_id,
            Document.school_id == school_id,
            Document.person_id == person_id,
        )
        .order_by(Document.updated_at.desc(), Document.id)
    )
    found: dict[DocumentLine, list[tuple[str, int, Mapping[str, Any]]]] = {}
    for *line, part, row, content in session.execute(query):
        rows = found.setdefault(DocumentLine(*line), [])
        if part is not None:
            rows.append((part, row, content))
    return [(line, content_of(type_.kind(line.kind), 0, rows)) for line, rows in found.items()]


def document_of_school(
    session: Session, *, type_key: str, programme_id: int, school_id: int
) -> Document | None:
    """The document that a school's people write together; None when they have not begun."""
    return session.scalar(
        select(Document).where(
            Document.programme_id == programme_id,
            Document.school_id == school_id,
            Document.type_key == type_key,
            Document.person_id.is_(None),
        )
    )


def workplace_of(session: Session, document: Document) -> modules.Workplace:
    """The school and programme of a document."""
    return modules.workplace(session, programme_id=document.programme_id, school_id=document.school_id)


def place_of_document(type_key: str, session: Session, document_id: int, **_more: Any) -> Place:
    """Where a document of the type stands: its writer, school and programme; raises NotFound."""
    document = find_document(session, document_id, type_key)
    return replace(workplace_of(session, document).place, person_id=document.person_id)


def written_in(document: Document, school_year: str) -> DocumentContent:
    """What is written in a document, as typed values."""
    rows = ((part.part, part.row, part.content) for part in document.parts)
    return content_of(kind_of(document), school_year_start(school_year), rows)


def contents_of(
    session: Session, type_: DocumentType, documents: Iterable[DocumentLine | Document]
) -> dict[int, DocumentContent]:
    """What is written in many documents of a type, in one query; ``year`` is left 0."""
    wanted = {line.id: line for line in documents}
    rows: dict[int, list[tuple[str, int, Mapping[str, Any]]]] = {document_id: [] for document_id in wanted}
    query = select(PartText.document_id, PartText.part, PartText.row, PartText.content)
    for row in session.execute(query.where(among(PartText.document_id, list(wanted)))):
        rows[row.document_id].append((row.part, row.row, row.content))
    return {key: content_of(type_.kind(wanted[key].kind), 0, found) for key, found in rows.items()}


def documents_of(
    session: Session,
    *,
    type_key: str,
    programme_ids: Iterable[int],
    school_ids: Iterable[int] | None = None,
    person_ids: Iterable[int | None] | None = None,
) -> list[DocumentLine]:
    """Documents of some programmes, of some schools or writers, the one changed last first; one query."""
    query = _LINES.where(Document.type_key == type_key, among(Document.programme_id, set(programme_ids)))
    if school_ids is not None:
        query = query.where(among(Document.school_id, set(school_ids)))
    if person_ids is not None:
        writers = set(person_ids)
        of_people = among(Document.person_id, [one for one in writers if one is not None])
        query = query.where(or_(of_people, Document.person_id.is_(None)) if None in writers else of_people)
    return _lines(session, query.order_by(Document.updated_at.desc(), Document.id))


def submitted_at_school(
    session: Session,
    *,
    type_key: str,
    programme_id: int,
    school_id: int,
    without_person: int,
    limit: int,
    offset: int = 0,
) -> list[DocumentLine]:
    """Documents of others at a school that were submitted, those that wait for a review first."""
    waiting = case((Document.state == DocumentState.IN_REVIEW, 0), else_=1)
    query = _LINES.where(
        Document.programme_id == programme_id,
        Document.school_id == school_id,
        Document.type_key == type_key,
        Document.submitted_at.is_not(None),
        or_(Document.person_id.is_(None), Document.person_id != without_person),
    )
    return _lines(
        session, query.order_by(waiting, Document.submitted_at, Document.id).limit(limit).offset(offset)
    )


def waiting_counts(
    session: Session,
    *,
    type_key: str,
    programme_id: int,
    school_ids: Iterable[int],
    without_person: int | None = None,
) -> dict[int, int]:
    """How many documents of each school, or of others than a person, wait for a review; none: the school is left out."""
    query = (
        select(Document.school_id, func.count())
        .where(
            Document.programme_id == programme_id,
            among(Document.school_id, set(school_ids)),
            Document.type_key == type_key,
            Document.state == DocumentState.IN_REVIEW,
        )
        .group_by(Document.school_id)
    )
    if without_person is not None:
        query = query.where(or_(Document.person_id.is_(None), Document.person_id != without_person))
    return {row[0]: row[1] for row in session.execute(query)}


def count_of_person(session: Session, *, type_key: str, programme_id: int, person_id: int) -> int:
    """How many documents a person has begun in a programme."""
    query = select(func.count()).where(
        Document.type_key == type_key, Document.programme_id == programme_id, Document.person_id == person_id
    )
    return session.scalar(query) or 0


def _lines(session: Session, query: Select[*tuple[Any, ...]]) -> list[DocumentLine]:
    return [DocumentLine(*row) for row in session.execute(query)]


_LINES = select(
    Document.id,
    Document.title,
    Document.kind,
    Document.state,
    Document.programme_id,
    Document.school_id,
    Document.person_id,
    Document.updated_at,
)
