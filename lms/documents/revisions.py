"""Revisions of a document: what was submitted, read again, and what changed since."""

from typing import Any

from lms.contract.documents import DocumentContent
from lms.documents.errors import gone
from lms.documents.models import Document
from lms.documents.queries import kind_of
from lms.documents.rules import content_of, school_year_start

NOW = 0
"""The number that stands for what is written now."""


def content_at(document: Document, no: int, school_year: str) -> DocumentContent:
    """What was written in revision ``no``, or is now (``NOW``), as typed values; raises NotFound."""
    return content_of(kind_of(document), school_year_start(school_year), _rows(document, no))


def changed_since(document: Document, no: int) -> set[tuple[str, int]]:
    """(part, row) of everything that is written otherwise now than in revision ``no``."""
    before, after = (
        {(part, row): values for part, row, values in _rows(document, number)} for number in (no, NOW)
    )
    return {key for key in before.keys() | after.keys() if before.get(key) != after.get(key)}


def _rows(document: Document, no: int) -> list[tuple[str, int, dict[str, Any]]]:
    if no == NOW:
        return [(one.part, one.row, one.content) for one in document.parts]
    found = next((revision for revision in document.revisions if revision.no == no), None)
    if found is None:
        raise gone()
    return [(row["part"], row["row"], row["values"]) for row in found.content["rows"]]
