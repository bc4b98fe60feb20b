"""Reviewable documents: what a plugin declares about one, and what is written in it, as plain values.

A document is written part by part, submitted, reviewed by somebody who did not write it, revised and accepted.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from lms.contract.modules import Unit
from lms.contract.text import Text, verbatim

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from lms.contract.actors import Place
    from lms.contract.rubrics import Rubric

NOTHING = verbatim("")


class DocumentState(StrEnum):
    """Where a document stands; the same keys as the status words."""

    DRAFT = "draft"
    IN_REVIEW = "in_review"
    NEEDS_REVISION = "needs_revision"
    ACCEPTED = "accepted"
    REJECTED = "rejected"


class ReviewDecision(StrEnum):
    """What a reviewer decides; the document's state afterwards. The strictest comes first."""

    REJECTED = "rejected"
    NEEDS_REVISION = "needs_revision"
    ACCEPTED = "accepted"


class FieldKind(StrEnum):
    """What is typed into a field, and what its value is."""

    LINE = "line"  #: one line of text: str
    TEXT = "text"  #: several lines of text: str
    NUMBER = "number"  #: a number with decimal comma: Decimal or None
    DAY = "day"  #: a day: date or None
    CHOICES = "choices"  #: ticks: a list of keys of ``options``
    CHOICE = "choice"  #: one of ``options``: its key, or ""
    TABLE = "table"  #: a table, pasted from a sheet or typed with | between its cells: str
    PICTURE = "picture"  #: a photo or drawing, sent on the document's page: DocumentPicture or None


@dataclass(frozen=True, slots=True)
class DocumentOption:
    """What can be chosen, in school years that start in ``since`` to ``until``, both inclusive."""

    key: str
    title: Text
    since: int = 0
    until: int = 9999
    hint: Text = NOTHING
    """What tells a writer whether to choose it, of a CHOICE; unfolded below the list."""


@dataclass(frozen=True, slots=True)
class DocumentPicture:
    """A picture in a document. ``key``: of the file in the store; ``alt``: what there is to see, in words."""

    key: str
    alt: str


@dataclass(frozen=True, slots=True)
class DocumentField:
    """One field of a part. ``longest``: characters at most, of texts."""

    key: str
    label: Text
    kind: FieldKind = FieldKind.TEXT
    hint: Text = NOTHING
    longest: int = 2000
    required: bool = True
    """Whether the document can be submitted only when this is written."""
    signs: int = 3
    """Letters or digits that a written text needs, so that "-" and "..." do not count; 0: any sign will do."""
    needed: Text | None = None
    """What is said when nothing is typed; None: a part may be stored without this field."""
    options: tuple[DocumentOption, ...] = ()
    unit: str = ""
    """Of a number: the field of the same part that says its unit."""
    is_title: bool = False
    """Whether this text is what the document is called in lists; one field of a document."""

    def options_of(self, year: int) -> tuple[DocumentOption, ...]:
        """What can be chosen in the school year that starts in ``year``."""
        return tuple(option for option in self.options if option.since <= year <= option.until)


@dataclass(frozen=True, slots=True)
class DocumentPart:
    """A part of a document, with a form of its own. Two people may write two parts at the same time."""

    key: str
    title: Text
    fields: tuple[DocumentField, ...]
    hint: Text = NOTHING
    most: int = 0
    """How many rows it may have, each with all fields, as the goals of a plan; 0: it is no list."""
    row_title: Text = NOTHING
    """What a row is called, as "Sasaran"."""
    check: Callable[[Mapping[str, Any]], Mapping[str, Text]] | None = None
    """``check(values)``: a sentence for each field with a fault. Asked when the part is saved, and before submitting."""
    tidy: Callable[[Mapping[str, Any]], Mapping[str, Any]] | None = None
    """``tidy(values)``: the values as they are to be stored, when one field makes another one void."""
    keep_row: "Callable[[Session, int, int], Text | None] | None" = None
    """``keep_row(session, document_id, row)``: why a row may not be removed; None when it may."""

    def field(self, key: str) -> DocumentField:
        """The field with ``key``; raises KeyError."""
        return {entry.key: entry for entry in self.fields}[key]


@dataclass(frozen=True, slots=True)
class DocumentKind:
    """A form that a document may have: its parts in order, and the rubric of its reviews.

    ``since``: the first school year (the year it starts in) of which new documents may have it. ``deliverable``: the
    key of the deliverable as which an accepted one may be handed in.
    """

    key: str
    title: Text
    rubric: str
    parts: tuple[DocumentPart, ...]
    source: Text = NOTHING
    since: int = 0
    deliverable: str = ""

    def part(self, key: str) -> DocumentPart | None:
        """The part with ``key``; None when there is none."""
        return next((part for part in self.parts if part.key == key), None)


@dataclass(frozen=True, slots=True)
class DocumentRow:
    """What is written in a part: typed values by field. ``row`` is 0, or the number of a row of a list."""

    part: str
    row: int
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class DocumentContent:
    """All that is written in a document. ``year`` is the one in which its school year starts."""

    kind: str
    year: int
    rows: tuple[DocumentRow, ...]

    def rows_of(self, part: str) -> tuple[DocumentRow, ...]:
        """The rows of a part in their order; at most one when the part is no list."""
        return tuple(row for row in self.rows if row.part == part)

    def values(self, part: str) -> Mapping[str, Any]:
        """The values of a part that is no list; empty when nothing is written."""
        rows = self.rows_of(part)
        return rows[0].values if rows else {}


@dataclass(frozen=True, slots=True)
class DocumentTable:
    """A table at the end of a printed document, its words already in the reader's language."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class DocumentPermissions:
    """The plugin's own actions that the pages of its documents ask for."""

    board: str
    """Open the page of a school's documents."""
    view: str
    create: str
    write: str
    submit: str
    review: str


@dataclass(frozen=True, slots=True)
class DocumentType:
    """A kind of reviewable document. ``key`` starts with the plugin's name and a dot.

    ``unit``: whether a teacher writes documents of their own, or the school's people one together. ``noun`` is the word
    inside sentences ("rencana"), ``path`` the one in addresses. ``signer`` is the position of who signs a printed one.
    """

    key: str
    title: Text
    noun: Text
    path: str
    unit: Unit
    kinds: tuple[DocumentKind, ...]
    permissions: DocumentPermissions
    changed: str
    """The event that is emitted after each change; its payload names ``programme_id``, ``school_id`` and ``document_id``."""
    signer: Text
    most: int = 40
    """How many a person may write in a programme."""
    decisions: Mapping[ReviewDecision, Text] = field(
        default_factory=lambda: {ReviewDecision.ACCEPTED: NOTHING, ReviewDecision.NEEDS_REVISION: NOTHING}
    )
    """What a reviewer may decide, and the word for it on buttons and in lists; empty: the usual word."""
    several_reviews: bool = False
    """Whether others may review a version that was reviewed already; the strictest decision counts."""
    may_reopen: bool = False
    """Whether the writer may open an accepted document again, to change it and have it reviewed anew."""
    rubric_for: "Callable[[DocumentContent], Rubric] | None" = None
    """``rubric_for(content)``: the rubric of a review, when it depends on what is written; None: the kind's."""
    comment_below: int = 0
    """A criterion with fewer descriptors gets a comment when a document goes back; 0: one comment somewhere is enough."""
    lacking: Callable[[DocumentContent], Iterable[tuple[str, Text]]] | None = None
    """What is missing besides required fields: key of the part, and its name in a sentence."""
    summary: Callable[[DocumentContent], str] | None = None
    """``summary(content)``: a few words below the title in lists, in the reader's language."""
    template: str = ""
    """A template of the plugin with the macros ``head(document, details)`` and ``row(document, details, number)``, shown on the
    document's page above its parts and below each row; perhaps also ``board(at, details)``, above a school's list, and
    ``home(at)``, above the list of schools, given the first of them."""
    details: "Callable[[Session, int, DocumentContent], Any] | None" = None
    """``details(session, document_id, content)``: what the macros of ``template`` are given."""
    board_details: "Callable[[Session, Place, Sequence[tuple[DocumentState, DocumentContent]]], Any] | None" = None
    """``board_details(session, place, own)``: what the macro ``board`` is given where the reader may write; ``own`` are
    the reader's documents."""
    tables: "Callable[[Session, int, DocumentContent], tuple[DocumentTable, ...]] | None" = None
    """``tables(session, document_id, content)``: tables that are printed after the parts."""
    first_step: Text = field(default=NOTHING)
    """What to do where nothing is written yet."""

    def kind(self, key: str) -> DocumentKind:
        """The kind with ``key``; raises KeyError."""
        return {kind.key: kind for kind in self.kinds}[key]

    def word_of(self, state: DocumentState | ReviewDecision) -> Text:
        """The type's own word for where a document stands; empty where it has none."""
        return {decision.value: word for decision, word in self.decisions.items()}.get(state.value, NOTHING)
