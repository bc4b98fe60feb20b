"""Pure rules of documents: values and their JSON form, what is missing, when a lock lapses."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from lms.contract.documents import (
    DocumentContent,
    DocumentField,
    DocumentKind,
    DocumentPart,
    DocumentPicture,
    DocumentRow,
    DocumentState,
    DocumentType,
    FieldKind,
    ReviewDecision,
)
from lms.contract.rubrics import Rubric, ScaleKind
from lms.contract.text import Text
from lms.documents.pasted_table import table_fault

WRITABLE = frozenset({DocumentState.DRAFT, DocumentState.NEEDS_REVISION, DocumentState.REJECTED})
"""States in which a document may be changed."""
LOCK_LASTS = timedelta(minutes=15)
"""How long a part stays with somebody who has stopped to type or lost the network."""

WORDS = frozenset({FieldKind.LINE, FieldKind.TEXT, FieldKind.CHOICE, FieldKind.TABLE})
"""Kinds of fields whose value is a str."""

Missing = Mapping[tuple[str, int], tuple[Text, ...]]
"""(part, row) -> names of what is missing there; row 0 for a part that is not written at all."""


def school_year_start(school_year: str) -> int:
    """2020 for "2020/2021"; 0 when the text starts otherwise."""
    found = re.match(r"[0-9]{4}", school_year)
    return int(found.group()) if found else 0


def plain(value: Any) -> Any:
    """A typed value as JSON; decimals without the zeros that only one of the databases adds."""
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    if isinstance(value, DocumentPicture):
        return {"key": value.key, "alt": value.alt}
    return value.isoformat() if isinstance(value, date) else value


def typed(entry: DocumentField, value: Any) -> Any:
    """The value of a field from its JSON form; what was never written is "", None or an empty list."""
    if entry.kind is FieldKind.CHOICES:
        return list(value or ())
    if entry.kind in WORDS:
        return value or ""
    if entry.kind is FieldKind.PICTURE:
        return DocumentPicture(**value) if value else None
    if value in (None, ""):
        return None
    return Decimal(value) if entry.kind is FieldKind.NUMBER else date.fromisoformat(value)


def content_of(
    kind: DocumentKind, year: int, rows: Iterable[tuple[str, int, Mapping[str, Any]]]
) -> DocumentContent:
    """Stored rows (part, row, JSON values) with typed values, in the order of the parts; unknown fields are left out."""
    known = {part.key: (place, part) for place, part in enumerate(kind.parts)}
    found = sorted((known[key][0], row, key, values) for key, row, values in rows if key in known)
    return DocumentContent(
        kind.key,
        year,
        tuple(
            DocumentRow(
                key,
                row,
                {entry.key: typed(entry, values.get(entry.key)) for entry in kind.parts[place].fields},
            )
            for place, row, key, values in found
        ),
    )


def says_something(text: str, signs: int) -> bool:
    """Whether ``text`` has ``signs`` letters or digits or more; with 0, any sign will do."""
    return len(re.findall(r"[^\W_]", text)) >= signs if signs else bool(text.strip())


def is_written(entry: DocumentField, value: Any, year: int) -> bool:
    """Whether a required field has what it needs; ticks are needed only where some are offered."""
    if entry.kind is FieldKind.CHOICES:
        offered = {option.key for option in entry.options_of(year)}
        return not offered or bool(offered & set(value or ()))
    if entry.kind is FieldKind.CHOICE:
        return value in {option.key for option in entry.options_of(year)}
    if entry.kind in WORDS:
        return says_something(value or "", entry.signs)
    return value is not None


def missing(type_: DocumentType, content: DocumentContent) -> dict[tuple[str, int], tuple[Text, ...]]:
    """What a document still needs before it can be submitted: (part, row) -> names, in the order of its parts.

    A list without a row lacks row 0. A field with a fault counts as missing: what is saved while somebody types is not
    checked.
    """
    more: dict[str, list[Text]] = {}
    for key, name in type_.lacking(content) if type_.lacking else ():
        more.setdefault(key, []).append(name)
    found: dict[tuple[str, int], tuple[Text, ...]] = {}
    for part in type_.kind(content.kind).parts:
        rows = content.rows_of(part.key) or (DocumentRow(part.key, 0, {}),)
        for row in rows:
            names = (*_missing_fields(part, row.values, content.year), *more.pop(part.key, ()))
            if names:
                found[part.key, row.row] = tuple(dict.fromkeys(names))
    return found


def _missing_fields(part: DocumentPart, values: Mapping[str, Any], year: int) -> Iterator[Text]:
    faults = part.check(values) if part.check and values else {}
    for entry in part.fields:
        open_ = entry.required and not is_written(entry, values.get(entry.key), year)
        unread = entry.kind is FieldKind.TABLE and table_fault(values.get(entry.key) or "")
        if open_ or unread or entry.key in faults:
            yield entry.label


def is_held(until: datetime, now: datetime) -> bool:
    """Whether a lock still holds."""
    return now < until


def uncommented(
    rubric: Rubric, scores: Mapping[str, Any], comments: Mapping[str, str], below: int
) -> tuple[str, ...]:
    """Codes of criteria with fewer than ``below`` descriptors and without a comment, in the rubric's order."""
    if rubric.scale is not ScaleKind.DESCRIPTOR_COUNT:
        return ()
    return tuple(
        line.code
        for line in rubric.criteria
        if len(set(scores.get(line.code, ()))) < below and not comments.get(line.code)
    )


def descriptors_met(rubric: Rubric, scores: Mapping[str, Any]) -> int:
    """How many descriptors a review found, over all criteria; 0 on a scale without descriptors."""
    if rubric.scale is not ScaleKind.DESCRIPTOR_COUNT:
        return 0
    return sum(len(set(found)) for found in scores.values())


def weighted_points(rubric: Rubric, scores: Mapping[str, Any]) -> tuple[Decimal, Decimal]:
    """Points of a review by the weights of its criteria, and the most there are: what the percentage rests on."""
    earned = sum((line.weight * len(set(scores.get(line.code, ()))) for line in rubric.criteria), Decimal(0))
    return earned, sum((line.weight * len(line.parts) for line in rubric.criteria), Decimal(0))


def state_after(decisions: Iterable[ReviewDecision]) -> DocumentState:
    """Where reviews of one version leave it: the strictest counts. Raises ValueError without any."""
    return DocumentState(min(decisions, key=list(ReviewDecision).index).value)


def next_row(rows: Sequence[int]) -> int:
    """The number of a new row: numbers of removed rows in between are not given again."""
    return max(rows, default=0) + 1
