"""Use case of writers: a picture of a part is put in, replaced or taken out."""

from datetime import datetime

from sqlalchemy.orm import Session

from lms.contract.actors import Actor
from lms.contract.documents import DocumentPart, DocumentPicture, FieldKind
from lms.documents.errors import gone
from lms.documents.models import Document, PartText
from lms.documents.queries import kind_of
from lms.documents.rules import typed
from lms.documents.writing import held, save_part


def set_picture(
    session: Session,
    *,
    document_id: int,
    part: str,
    row: int,
    field: str,
    version: int,
    picture: DocumentPicture | None,
    actor: Actor,
    now: datetime,
) -> PartText:
    """Store a picture whose file is in the store, or None for none; raises Conflict and NotFound as ``save_part``.

    The file of a former picture stays in the store while a version that was submitted shows it (``kept_pictures``).
    """
    document = held(session, document_id)
    spec = picture_part(document, part, field)
    stored = next((one for one in document.parts if (one.part, one.row) == (part, row)), None)
    if stored is None and (row or spec.most):
        raise gone()
    written = (
        {entry.key: typed(entry, stored.content.get(entry.key)) for entry in spec.fields} if stored else {}
    )
    return save_part(
        session,
        document_id=document_id,
        part=part,
        values={**written, field: picture},
        row=row,
        version=version,
        actor=actor,
        now=now,
    )


def picture_part(document: Document, part: str, field: str) -> DocumentPart:
    """The part of a document that has a field for pictures; raises NotFound."""
    spec = kind_of(document).part(part)
    if spec is None or (field, FieldKind.PICTURE) not in {(entry.key, entry.kind) for entry in spec.fields}:
        raise gone()
    return spec
