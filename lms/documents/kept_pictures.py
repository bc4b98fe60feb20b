"""Which stored files documents need: the pictures of what is written now and of every version."""

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import Text, cast, select

from lms.documents.models import DocumentRevision, PartText
from lms.platform.storage import KeptFile
from lms.platform.transaction import streaming


def kept_pictures() -> Iterator[KeptFile]:
    """Pictures of all documents, also of types whose plugin is not installed; one that stands twice comes twice."""
    written = select(PartText.document_id, PartText.content).where(_has_picture(PartText.content))
    for document_id, values in streaming(written):
        yield from _pictures(document_id, values)
    submitted = select(DocumentRevision.document_id, DocumentRevision.content)
    for document_id, content in streaming(submitted.where(_has_picture(DocumentRevision.content))):
        for row in content["rows"]:
            yield from _pictures(document_id, row["values"])


def _has_picture(content: Any) -> Any:
    """Whether JSON content may have a picture, so that few rows are read."""
    return cast(content, Text).contains('"key"', autoescape=True)


def _pictures(document_id: int, values: Mapping[str, Any]) -> Iterator[KeptFile]:
    """The pictures of a row: of all kinds of fields, theirs alone are JSON objects (``rules.plain``)."""
    for value in values.values():
        if isinstance(value, dict):
            yield KeptFile(f"Picture of document {document_id}", value["key"], None, "")
