"""What the pages of documents have in common: addresses under the plugin's own, and values as they are shown."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from flask import url_for

from lms.contract.documents import (
    DocumentContent,
    DocumentField,
    DocumentPart,
    DocumentPicture,
    DocumentType,
    FieldKind,
)
from lms.contract.numbers import figure
from lms.documents.models import Document
from lms.documents.pasted_table import table_of
from lms.documents.printed import Line
from lms.documents.queries import kind_of, type_of
from lms.documents.rules import school_year_start
from lms.modules.api import Workplace
from lms.web.filters import long_date
from lms.web.i18n import locale, zone

PictureUrl = Callable[[str, DocumentPicture], str]


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
    if entry.kind is FieldKind.CHOICE:
        return next((option.title.in_(locale()) for option in entry.options if option.key == value), "")
    if entry.kind is FieldKind.PICTURE:
        return str(value.alt)
    if entry.kind is FieldKind.CHOICES:
        titles = {option.key: option.title.in_(locale()) for option in entry.options}
        return ", ".join(titles[key] for key in value if key in titles)
    if entry.kind is FieldKind.NUMBER:
        unit = values.get(entry.unit, "") if entry.unit else ""
        return f"{figure(value, locale())}\u00a0{unit}" if unit else figure(value, locale())
    if entry.kind is FieldKind.DAY:
        return long_date(value, zone(), locale())
    return str(value)


def anchor(part: str, row: int) -> str:
    """Where a row of a part stands on the page of its document; ``row`` 0 is a part that is no list."""
    return f"bagian-{part}-{row}" if row else f"bagian-{part}"


def lines_of(
    part: DocumentPart, values: Mapping[str, Any], picture_url: PictureUrl | None = None
) -> list[Line]:
    """The fields of a part with what is written; a part of one field has no label of its own.

    ``picture_url``: the address of a picture, given the key of its field and the picture.
    """
    alone = len(part.fields) == 1
    lines = []
    for entry in part.fields:
        line = Line("" if alone else entry.label.in_(locale()), shown(entry, values))
        value = values.get(entry.key)
        if entry.kind is FieldKind.TABLE and (table := table_of(value or "")):
            line = replace(line, table=(table.head, *table.rows))
        elif entry.kind is FieldKind.PICTURE and value:
            line = replace(
                line, picture=value.key, picture_url=picture_url(entry.key, value) if picture_url else ""
            )
        lines.append(line)
    return lines


def written_parts(document: Document, content: DocumentContent) -> list[dict[str, Any]]:
    """Every part with its rows as they are shown; a part that is no list has one row, also when nothing is written.

    Each is a dict: ``part``, whether it is ``written``, and its ``rows`` with ``row``, ``anchor``, ``lines``, ``version``,
    ``values``.
    """
    url = Addresses(type_of(document))
    found = []
    versions = {(stored.part, stored.row): stored.version for stored in document.parts}
    for part in kind_of(document).parts:
        rows = content.rows_of(part.key)
        entries = [
            {
                "row": row.row,
                "anchor": anchor(part.key, row.row),
                "lines": lines_of(part, row.values, _picture_url(url, document, part, row.row)),
                "version": versions[part.key, row.row],
                "values": row.values,
            }
            for row in rows
        ]
        if not part.most and not entries:
            empty = {"row": 0, "anchor": anchor(part.key, 0), "version": 0, "values": {}}
            entries = [{**empty, "lines": lines_of(part, {})}]
        found.append({"part": part, "rows": entries, "written": bool(rows)})
    return found


def _picture_url(url: Addresses, document: Document, part: DocumentPart, row: int) -> PictureUrl:
    """Addresses of pictures in a row; another picture has another one, so that no browser shows the former."""
    return lambda field, picture: url(
        "picture", document_id=document.id, part=part.key, row=row, field=field, v=picture.key[-8:]
    )
