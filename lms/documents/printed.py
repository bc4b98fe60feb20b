"""What stands on a printed document, in words of one language; page, PDF and docx are made of it."""

from dataclasses import dataclass

from lms.contract.documents import DocumentTable


@dataclass(frozen=True, slots=True)
class Line:
    """A field as it is shown. ``label`` is "" for the only field of a part, ``text`` "" where nothing is written."""

    label: str
    text: str
    table: tuple[tuple[str, ...], ...] = ()
    """The cells of a table, its headings first; ``text`` is as it was typed."""
    picture: str = ""
    """The key of a picture in the store; ``text`` is what there is to see."""
    picture_url: str = ""


@dataclass(frozen=True, slots=True)
class PrintedPart:
    """A part with its rows; ``row_title`` is what a row of a list is called, "" where the part is no list."""

    title: str
    row_title: str
    rows: tuple[tuple[Line, ...], ...]


@dataclass(frozen=True, slots=True)
class PrintedDocument:
    """A document as it is printed; names and NIP are "" where a line is left to write on. ``number`` is its id."""

    number: int
    school: str
    npsn: str
    title: str
    kind: str
    school_year: str
    parts: tuple[PrintedPart, ...]
    tables: tuple[DocumentTable, ...]
    acknowledged: str
    head: str
    head_name: str
    head_nip: str
    position: str
    writer_name: str
    writer_nip: str
    language: str
