"""What the pages of documents have in common: addresses under the plugin's own, and values as they are shown."""

from collections.abc import Mapping
from typing import Any

from flask import url_for

from lms.contract.documents import DocumentContent, DocumentField, DocumentPart, DocumentType, FieldKind
from lms.contract.numbers import figure
from lms.documents.models import Document
from lms.documents.queries import kind_of
from lms.documents.rules import school_year_start
from lms.modules.api import Workplace
from lms.web.filters import long_date
from lms.web.i18n import locale, zone


class Addresses:
    """The addresses of a type's pages, as ``url("document", document_id=1)``."""

    def __init__(self, type_: DocumentType) -> None:
        self.owner = type_.key.partition(".")[0]

    def __call__(self, endpoint: str, **values: Any) -> str:
        """The address of a page, with what stands in it."""
        return url_for(f"{self.owner}.{endpoint}", **values)

    def of_school(self, at: Workplace) -> str:
        """The board of a school."""
        return self("board", programme_id=at.programme_id, school_id=at.school_id)


def noun(type_: DocumentType) -> str:
    """What a document is called inside a sentence."""
    return type_.noun.in_(locale())


def kind_options(type_: DocumentType, at: Workplace) -> list[tuple[str, str]]:
    """Kinds to choose from for a new document of this school year."""
    year = school_year_start(at.school_year)
    return [(kind.key, kind.title.in_(locale())) for kind in type_.kinds if kind.since <= year]


def shown(entry: DocumentField, values: Mapping[str, Any]) -> str:
    """A value in words, "" when nothing is written."""
    value = values.get(entry.key)
    if value in (None, "", []):
        return ""
    if entry.kind is FieldKind.CHOICES:
        titles = {option.key: option.title.in_(locale()) for option in entry.options}
        return ", ".join(titles[key] for key in value if key in titles)
    if entry.kind is FieldKind.NUMBER:
        unit = values.get(entry.unit, "") if entry.unit else ""
        return f"{figure(value, locale())}\u00a0{unit}" if unit else figure(value, locale())
    if entry.kind is FieldKind.DAY:
        return long_date(value, zone(), locale())
    return str(value)


def lines_of(part: DocumentPart, values: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The fields of a part with what is written, label and words; a part of one field has no label of its own."""
    alone = len(part.fields) == 1
    return [("" if alone else entry.label.in_(locale()), shown(entry, values)) for entry in part.fields]


def written_parts(document: Document, content: DocumentContent) -> list[dict[str, Any]]:
    """Every part with its rows as they are shown; a part that is no list has one row, also when nothing is written."""
    found = []
    versions = {(stored.part, stored.row): stored.version for stored in document.parts}
    for part in kind_of(document).parts:
        rows = content.rows_of(part.key)
        entries = [
            {
                "row": row.row,
                "lines": lines_of(part, row.values),
                "version": versions[part.key, row.row],
                "values": row.values,
            }
            for row in rows
        ]
        if not part.most and not entries:
            entries = [{"row": 0, "lines": lines_of(part, {}), "version": 0, "values": {}}]
        found.append({"part": part, "rows": entries, "written": bool(rows)})
    return found
