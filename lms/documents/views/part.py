"""The form of a part: opened under a lock, saved as somebody types and by the button, taken over, a row removed."""

from flask import flash, jsonify, redirect, render_template, render_template_string, request
from flask.typing import ResponseReturnValue

from lms.contract.documents import DocumentField, DocumentPart, DocumentType, FieldKind
from lms.contract.errors import Conflict
from lms.documents import locking, writing
from lms.documents.errors import gone, row_gone
from lms.documents.forms import part_form, read_part
from lms.documents.models import Document, PartText
from lms.documents.printed import Line
from lms.documents.queries import find_document, kind_of, workplace_of, written_in
from lms.documents.rules import WRITABLE, missing, school_year_start, typed
from lms.documents.views.shared import Addresses, lines_of
from lms.people import api as people
from lms.platform.clock import now
from lms.platform.db import db
from lms.web.form import Form, saved
from lms.web.i18n import gettext as _
from lms.web.i18n import locale
from lms.web.routing import current_actor, new_key


def typed_fields_of(type_: DocumentType) -> tuple[str, ...]:
    """What the form of any part may carry while somebody types; pictures have a form of their own."""
    fields = (entry for kind in type_.kinds for part in kind.parts for entry in part.fields)
    keys = (entry.key for entry in fields if entry.kind is not FieldKind.PICTURE)
    return (*dict.fromkeys(keys), "version", "form")


def fields_of(type_: DocumentType) -> tuple[str, ...]:
    """What the form of any part may carry."""
    return (*typed_fields_of(type_), "next", "take_over")


def part(type_: DocumentType, document_id: int, part: str, row: int) -> ResponseReturnValue:
    """The form of one part."""
    document, spec = _part(type_, document_id, part)
    stored = _stored(document, spec, row)
    return part_page(type_, document, spec, row, part_form(spec, stored))


def save(type_: DocumentType, document_id: int, part: str, row: int) -> ResponseReturnValue:
    """Store one part; ``next`` goes on to the next one that is not complete."""
    document, spec = _part(type_, document_id, part)
    form = Form.posted(request.form)

    def save_it() -> str:
        if row and form.version and not _row_of(document, spec.key, row):
            raise row_gone()
        values = read_part(form, spec, _year(document), checked=True)
        form.stop_at_errors()
        writing.save_part(
            db.session(),
            document_id=document_id,
            part=part,
            values=values,
            row=row,
            version=form.version,
            form=form.values.get("form", ""),
            take_over="take_over" in form.values,
            actor=current_actor(),
            now=now(),
        )
        return _next(type_, document, spec) if form.values.get("next") else _document_url(type_, document)

    return saved(
        form,
        save_it,
        lambda: part_page(type_, document, spec, row, form),
        _("%(part)s tersimpan.", part=spec.title.in_(locale())),
        gone=lambda: part_page(type_, document, spec, 0, form),
    )


def keep(type_: DocumentType, document_id: int, part: str, row: int) -> ResponseReturnValue:
    """Store a part while it is being typed."""
    document, spec = _part(type_, document_id, part)
    form, saved_at = Form.posted(request.form), now()
    values = read_part(form, spec, _year(document), checked=False)
    form.stop_at_errors()
    writing.save_part(
        db.session(),
        document_id=document_id,
        part=part,
        values=values,
        row=row,
        version=form.version,
        form=form.values.get("form", ""),
        while_typing=True,
        actor=current_actor(),
        now=saved_at,
    )
    return jsonify(saved_at=render_template_string("{{ at|time }}", at=saved_at))


def open_(type_: DocumentType, document_id: int, part: str, row: int) -> ResponseReturnValue:
    """Begin to write in a part, or take it over from who has it; then its form."""
    document, spec = _part(type_, document_id, part)
    try:
        writing.open_part(
            db.session(),
            document_id=document_id,
            part=part,
            row=row,
            take_over="take_over" in request.form,
            actor=current_actor(),
            now=now(),
        )
    except Conflict as error:  # its form says who has it, and offers to take over
        db.session().rollback()
        return part_page(
            type_, document, spec, row, part_form(spec, _stored(document, spec, row))
        ), error.status
    return redirect(_part_url(type_, document, spec, row), 303)


def remove(type_: DocumentType, document_id: int, part: str, row: int) -> ResponseReturnValue:
    """Remove a row of a list."""
    document, spec = _part(type_, document_id, part)
    version = Form.posted(request.form).version
    writing.remove_row(
        db.session(),
        document_id=document_id,
        part=part,
        row=row,
        version=version,
        actor=current_actor(),
        now=now(),
    )
    flash(_("%(row)s dihapus.", row=spec.row_title.in_(locale())))
    return redirect(_document_url(type_, document), 303)


def part_page(type_: DocumentType, document: Document, spec: DocumentPart, row: int, form: Form) -> str:
    """The form of one part, with where it stands among the others and who else writes in it."""
    session = db.session()
    stored = _row_of(document, spec.key, row) if row or not spec.most else None
    if form.conflict:
        form.values["version"] = str(stored.version if stored else 0)
    lock = locking.lock_of(session, document, spec.key, row, now())
    other = lock if lock is not None and lock.person_id != current_actor().person_id else None
    parts = kind_of(document).parts
    index, year = parts.index(spec), _year(document)
    return render_template(
        "documents/part.html",
        type=type_,
        document=document,
        part=spec,
        row=row,
        form=form,
        token=form.values.get("form") or new_key(),
        stored=_others(spec, stored, form) if stored and form.conflict else None,
        url=Addresses(type_),
        year=year,
        choices={entry.key: _choices(entry, year) for entry in spec.fields if entry.kind is FieldKind.CHOICE},
        number=index + 1,
        count=len(parts),
        before=parts[index - 1] if index else None,
        after=parts[index + 1] if index + 1 < len(parts) else None,
        other=other,
        other_name=people.names(session, [other.person_id]).get(other.person_id, "") if other else "",
        writable=document.state in WRITABLE,
    )


def _choices(entry: DocumentField, year: int) -> dict[str, list[tuple[str, str]]]:
    """The ``options`` of a list, key and title, and its ``hints``: title, and what tells whether to choose it."""
    offered, language = entry.options_of(year), locale()
    hints = [(option.title.in_(language), option.hint.in_(language)) for option in offered]
    return {
        "options": [("", _("Pilih")), *((option.key, option.title.in_(language)) for option in offered)],
        "hints": [(title, hint) for title, hint in hints if hint],
    }


def _next(type_: DocumentType, document: Document, spec: DocumentPart) -> str:
    """The form of the next part that is not complete, going round once; the document when all is."""
    kind, session = kind_of(document), db.session()
    at = workplace_of(session, document)
    open_parts = {key for key, _row in missing(type_, written_in(document, at.school_year))}
    index = kind.parts.index(spec)
    for other in (*kind.parts[index + 1 :], *kind.parts[:index]):
        if other.key in open_parts and not other.most:
            return _part_url(type_, document, other, 0)
    return _document_url(type_, document)


def _part(type_: DocumentType, document_id: int, key: str) -> tuple[Document, DocumentPart]:
    document = find_document(db.session(), document_id, type_.key)
    spec = kind_of(document).part(key)
    if spec is None:
        raise gone()
    return document, spec


def _stored(document: Document, spec: DocumentPart, row: int) -> PartText | None:
    """What is stored, None for a part or a row that is not written; raises NotFound for a row that is not there."""
    stored = _row_of(document, spec.key, row)
    if row and stored is None:
        raise gone()
    return stored


def _row_of(document: Document, key: str, row: int) -> PartText | None:
    return next((one for one in document.parts if (one.part, one.row) == (key, row)), None)


def _others(spec: DocumentPart, stored: PartText, form: Form) -> list[Line]:
    """What is stored otherwise than it was typed, field by field."""
    kept = part_form(spec, stored)
    values = {entry.key: typed(entry, stored.content.get(entry.key)) for entry in spec.fields}
    lines = zip(spec.fields, lines_of(spec, values), strict=True)
    return [
        line
        for entry, line in lines
        if entry.kind is not FieldKind.PICTURE and _raw(kept, entry) != _raw(form, entry)
    ]


def _raw(form: Form, entry: DocumentField) -> str | list[str]:
    """A field as it stands in a form."""
    if entry.kind is FieldKind.CHOICES:
        return form.chosen.get(entry.key, [])
    return form.values.get(entry.key, "").replace("\r\n", "\n").strip()


def _year(document: Document) -> int:
    return school_year_start(workplace_of(db.session(), document).school_year)


def _document_url(type_: DocumentType, document: Document) -> str:
    return Addresses(type_)("document", document_id=document.id)


def _part_url(type_: DocumentType, document: Document, spec: DocumentPart, row: int) -> str:
    return Addresses(type_)("part", document_id=document.id, part=spec.key, row=row)
