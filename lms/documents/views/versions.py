"""The versions of a document that were submitted, and two of them side by side."""

from typing import Any

from flask import render_template
from flask.typing import ResponseReturnValue

from lms.contract.documents import DocumentContent, DocumentPart, DocumentType
from lms.documents.comparing import differences
from lms.documents.models import DocumentReview
from lms.documents.printed import Line
from lms.documents.queries import kind_of, readable_document, workplace_of
from lms.documents.revisions import NOW, changed_since, content_at
from lms.documents.views.shared import Addresses, lines_of
from lms.people import api as people
from lms.platform.db import db
from lms.web.i18n import gettext as _
from lms.web.routing import current_actor


def versions(type_: DocumentType, document_id: int) -> ResponseReturnValue:
    """Each version that was submitted, with what reviewers decided; the newest first."""
    session = db.session()
    document = readable_document(session, document_id, type_.key, current_actor().person_id)
    reviews: dict[int, list[DocumentReview]] = {}
    for row in document.reviews:
        reviews.setdefault(row.revision_no, []).append(row)
    who = [row.submitted_by for row in document.revisions if row.submitted_by]
    revisions = list(reversed(document.revisions))
    return render_template(
        "documents/versions.html",
        type=type_,
        document=document,
        at=workplace_of(session, document),
        url=Addresses(type_),
        revisions=revisions,
        reviews=reviews,
        changed_since_last=bool(revisions and changed_since(document, revisions[0].no)),
        people=people.names(session, who),
    )


def compare(type_: DocumentType, document_id: int, no: int, other_no: int) -> ResponseReturnValue:
    """Two versions side by side, part by part; 0 stands for what is written now."""
    session = db.session()
    document = readable_document(session, document_id, type_.key, current_actor().person_id)
    at = workplace_of(session, document)
    sides = tuple(content_at(document, number, at.school_year) for number in (no, other_no))
    return render_template(
        "documents/compare.html",
        document=document,
        url=Addresses(type_),
        numbers=(no, other_no),
        current=NOW,
        parts=[
            entry
            for part in kind_of(document).parts
            for row in _rows(part, *sides)
            if (entry := _compared(part, row, *sides))
        ],
    )


def _rows(part: DocumentPart, *sides: DocumentContent) -> list[int]:
    return sorted({row.row for side in sides for row in side.rows_of(part.key)}) or [0]


def _compared(
    part: DocumentPart, row: int, before: DocumentContent, after: DocumentContent
) -> dict[str, Any]:
    """The lines of a part on both sides, word by word; empty when nothing is written on either side."""
    texts = []
    for side in (before, after):
        values = next((one.values for one in side.rows_of(part.key) if one.row == row), {})
        texts.append(lines_of(part, values))
    lines = [
        (left.label, *differences(left.text, _after(left, right)))
        for left, right in zip(*texts, strict=True)
        if left.text or right.text
    ]
    same = texts[0] == texts[1]
    return {"part": part, "row": row, "lines": lines, "same": same} if lines else {}


def _after(left: Line, right: Line) -> str:
    """The words of the later side; of another picture with the same words it says so."""
    replaced = left.text == right.text and left.picture != right.picture
    return right.text + _(" (gambar diganti)") if replaced else right.text
