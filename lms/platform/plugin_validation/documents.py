"""Faults of a document type that can be told by looking at it alone."""

import re
from collections import Counter
from collections.abc import Iterator

from lms.contract.documents import DocumentField, DocumentKind, DocumentType, FieldKind, ReviewDecision
from lms.contract.modules import Unit

RESERVED = frozenset({"version", "form", "next", "take_over"})
"""Fields that the form of every part has."""
_WORD = re.compile(r"[a-z][a-z0-9_]{0,38}")


def document_faults(value: DocumentType) -> Iterator[str]:
    """Every fault of a document type, its kinds, parts and fields, each as a sentence."""
    if not value.kinds:
        yield "it has no kinds"
    if not _WORD.fullmatch(value.path):
        yield f"path {value.path!r} must be one word in lower case letters"
    if value.unit is Unit.SCHOOL and len(value.kinds) > 1:
        yield "a school's people write one document together, so it has one kind"
    if ReviewDecision.ACCEPTED not in value.decisions:
        yield "decisions must have ReviewDecision.ACCEPTED, or no document would ever be done"
    yield from _twice("kinds", (kind.key for kind in value.kinds))
    for kind in value.kinds:
        yield from (f"kind {kind.key!r}: {fault}" for fault in _kind_faults(kind))


def _kind_faults(kind: DocumentKind) -> Iterator[str]:
    if not kind.parts:
        yield "it has no parts"
    yield from _twice("parts", (part.key for part in kind.parts))
    titles = [part for part in kind.parts for entry in part.fields if entry.is_title]
    written = bool(kind.parts) and all(part.fields for part in kind.parts)
    if written and (len(titles) != 1 or titles[0].most):
        yield "one field, of a part that is no list, must have is_title: it is what the document is called"
    for part in kind.parts:
        if not _WORD.fullmatch(part.key):
            yield f"part {part.key!r}: its key must be one word in lower case letters"
        if not part.fields:
            yield f"part {part.key!r}: it has no fields"
        if part.most and not part.row_title.in_("id"):
            yield f"part {part.key!r}: a list needs row_title"
        yield from _twice(f"part {part.key!r}: fields", (entry.key for entry in part.fields))
        known = {entry.key for entry in part.fields}
        for entry in part.fields:
            yield from (
                f"part {part.key!r}: field {entry.key!r}: {fault}" for fault in _field_faults(entry, known)
            )


def _field_faults(entry: DocumentField, known: set[str]) -> Iterator[str]:
    if entry.key in RESERVED or not _WORD.fullmatch(entry.key):
        yield f"its key must be one word in lower case letters, and none of {', '.join(sorted(RESERVED))}"
    if (entry.kind in (FieldKind.CHOICES, FieldKind.CHOICE)) != bool(entry.options):
        yield "options belong to a field of CHOICE or CHOICES, which needs some"
    if entry.unit and entry.unit not in known:
        yield f"there is no field {entry.unit!r} for its unit"


def _twice(what: str, keys: Iterator[str]) -> Iterator[str]:
    for key, count in Counter(keys).items():
        if count > 1:
            yield f"{what}: two are called {key!r}"
