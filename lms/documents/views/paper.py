"""A document on paper: the page for the browser's print, PDF through Typst, and docx."""

from dataclasses import asdict

from flask import render_template
from flask.typing import ResponseReturnValue

from lms.contract.documents import DocumentPart, DocumentType
from lms.documents import handing_in
from lms.documents.docx import to_docx
from lms.documents.models import Document
from lms.documents.printed import Line, PrintedDocument, PrintedPart
from lms.documents.queries import find_document, kind_of, readable_document, workplace_of, written_in
from lms.documents.views.shared import Addresses, written_parts
from lms.people import api as people
from lms.platform.clock import now
from lms.platform.db import db
from lms.platform.storage import storage
from lms.web.i18n import gettext as _
from lms.web.i18n import locale
from lms.web.papers import pdf_of, send_paper
from lms.web.routing import current_actor


def printable(type_: DocumentType, document_id: int) -> ResponseReturnValue:
    """A document for the browser's print."""
    document = _readable(type_, document_id)
    return render_template(
        "documents/print.html",
        type=type_,
        document=document,
        printed=printed_document(type_, document),
        signers=_signers(document),
        url=Addresses(type_),
    )


def pdf(type_: DocumentType, document_id: int) -> ResponseReturnValue:
    """A document as PDF."""
    document = _readable(type_, document_id)
    return send_paper(_pdf(type_, document), f"{_called(type_, document)}.pdf")


def docx(type_: DocumentType, document_id: int) -> ResponseReturnValue:
    """A document for a word processor."""
    document = _readable(type_, document_id)
    body = to_docx(printed_document(type_, document))
    return send_paper(body, f"{_called(type_, document)}.docx")


def prepared(type_: DocumentType, document_id: int) -> handing_in.Prepared:
    """The PDF of an accepted document in the store, before the transaction that files it. Raises Conflict."""
    document = find_document(db.session(), document_id, type_.key)
    due = handing_in.deliverable_wanted(db.session(), document_id)
    name, version = f"{_called(type_, document)} (no. {document.id}).pdf", document.version
    return handing_in.prepare(name, _pdf(type_, document), due.deliverable_key, version)


def printed_document(type_: DocumentType, document: Document) -> PrintedDocument:
    """All that stands on paper, in the reader's language."""
    session = db.session()
    at = workplace_of(session, document)
    kind, content = kind_of(document), written_in(document, at.school_year)
    signers = _signers(document)
    tables = type_.tables(session, document.id, content) if type_.tables else ()
    position = signers.writer.position if signers.writer else ""
    return PrintedDocument(
        number=document.id,
        school=at.school,
        npsn=at.npsn,
        title=document.title,
        kind=kind.title.in_(locale()),
        school_year=f"{_('Tahun pelajaran')} {at.school_year}",
        parts=tuple(
            PrintedPart(
                title=entry["part"].title.in_(locale()),
                row_title=entry["part"].row_title.in_(locale()) if entry["part"].most else "",
                rows=tuple(_on_paper(entry["part"], row["lines"]) for row in entry["rows"]),
            )
            for entry in written_parts(document, content)
        ),
        tables=tuple(tables),
        acknowledged=_("Mengetahui,"),
        head=_("Kepala Sekolah"),
        head_name=signers.headmaster.name if signers.headmaster else "",
        head_nip=signers.headmaster.nip if signers.headmaster else "",
        position=position or type_.signer.in_(locale()),
        writer_name=signers.writer.name if signers.writer else "",
        writer_nip=signers.writer.nip if signers.writer else "",
        language=locale(),
    )


def _on_paper(part: DocumentPart, lines: list[Line]) -> tuple[Line, ...]:
    """The lines of a row, without those that may stay empty and are."""
    found = zip(part.fields, lines, strict=True)
    return tuple(line for entry, line in found if line.text or entry.required or not line.label)


def _pdf(type_: DocumentType, document: Document) -> bytes:
    data = asdict(printed_document(type_, document))
    keys = {line["picture"] for part in data["parts"] for row in part["rows"] for line in row} - {""}
    data["pictures"] = {key: _bytes(key) for key in sorted(keys)}
    return pdf_of("lms.documents", "document.typ", data, made_at=document.updated_at)


def _bytes(key: str) -> list[int]:
    """A stored file as the template reads it."""
    with storage().open(key) as file:
        return list(file.read())


def _readable(type_: DocumentType, document_id: int) -> Document:
    return readable_document(db.session(), document_id, type_.key, current_actor().person_id)


def _signers(document: Document) -> people.Signers:
    return people.signers(db.session(), school_id=document.school_id, writer_id=document.person_id, now=now())


def _called(type_: DocumentType, document: Document) -> str:
    """What a document is, and what it is called, as far as names of files allow."""
    title = "".join(sign if sign.isalnum() or sign in " -_" else " " for sign in document.title)
    return " ".join(f"{type_.title.in_(locale())} {title}".split())[:100].strip()
