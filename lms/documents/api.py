"""Public interface of this domain: what a plugin does with its documents besides their pages."""

from lms.documents.queries import (
    DocumentLine,
    contents_of,
    document_of_school,
    documents_of,
    find_document,
    load_documents,
    own_documents,
    place_of_document,
    waiting_counts,
)
from lms.documents.reviewing import latest_reviews, review_document
from lms.documents.rules import missing
from lms.documents.submitting import submit_document
from lms.documents.writing import create_document, held, remove_row, save_part

__all__ = [
    "DocumentLine",
    "contents_of",
    "create_document",
    "document_of_school",
    "documents_of",
    "find_document",
    "held",
    "latest_reviews",
    "load_documents",
    "missing",
    "own_documents",
    "place_of_document",
    "remove_row",
    "review_document",
    "save_part",
    "submit_document",
    "waiting_counts",
]
