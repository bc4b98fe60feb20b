"""A picture in a part of a document: shown, sent, taken out."""

from flask import flash, redirect, request
from flask.typing import ResponseReturnValue

from lms.contract.documents import DocumentPicture, DocumentType
from lms.contract.errors import Invalid
from lms.contract.text import message
from lms.documents.errors import gone, no_picture
from lms.documents.pictures import picture_part, set_picture
from lms.documents.queries import find_document, readable_document, workplace_of, written_in
from lms.documents.views.document import document_page
from lms.documents.views.shared import Addresses, anchor
from lms.evidence.api import keep_photo
from lms.platform.clock import now
from lms.platform.db import db
from lms.web.form import Form, saved
from lms.web.i18n import gettext as _
from lms.web.routing import current_actor
from lms.web.stored_files import serve_file

ALT = 300
"""Longest description of a picture, in characters."""


def picture(type_: DocumentType, document_id: int, part: str, row: int, field: str) -> ResponseReturnValue:
    """The picture, for whoever may read the document."""
    document = readable_document(db.session(), document_id, type_.key, current_actor().person_id)
    picture_part(document, part, field)
    content = written_in(document, "")
    found = next((one.values[field] for one in content.rows_of(part) if one.row == row), None)
    if found is None:
        raise gone()
    return serve_file(found.key, media_type="image/jpeg", name=f"{part}-{row}.jpg", inline=True)


def kept(**_address: object) -> str | Invalid:
    """The storage key of the picture that was sent, or why it cannot be used; before the transaction."""
    upload = request.files.get("picture")
    if upload is None or not upload.filename:
        return no_picture()
    try:
        return keep_photo(upload.filename, upload.stream)  # type: ignore[arg-type]
    except Invalid as error:
        return Invalid.at("picture", error.text)


def save(
    type_: DocumentType, key: str | Invalid, document_id: int, part: str, row: int, field: str
) -> ResponseReturnValue:
    """Put a picture into a part, in place of the former one."""
    document = find_document(db.session(), document_id, type_.key)
    form = Form.posted(request.form)

    def save_it() -> str:
        alt = form.text("alt", ALT)
        if not alt:
            form.errors["alt"] = message("Tulis apa yang terlihat pada gambar, supaya dapat dibacakan.")
        if isinstance(key, Invalid):
            form.errors |= key.fields
            raise key
        form.stop_at_errors()
        _store(type_, document_id, part, row, field, form.version, DocumentPicture(key, alt))
        return _address(type_, document_id, part, row)

    def again() -> str:
        if form.conflict:  # the number of what is stored now comes with the page
            form.values.pop("version", None)
        return document_page(
            type_, document, workplace_of(db.session(), document), ((part, row, field), form)
        )

    return saved(form, save_it, again, _("Gambar tersimpan."))


def remove(type_: DocumentType, document_id: int, part: str, row: int, field: str) -> ResponseReturnValue:
    """Take a picture out of a part."""
    _store(type_, document_id, part, row, field, Form.posted(request.form).version, None)
    flash(_("Gambar dihapus."))
    return redirect(_address(type_, document_id, part, row), 303)


def _store(
    type_: DocumentType,
    document_id: int,
    part: str,
    row: int,
    field: str,
    version: int,
    picture: DocumentPicture | None,
) -> None:
    find_document(db.session(), document_id, type_.key)
    set_picture(
        db.session(),
        document_id=document_id,
        part=part,
        row=row,
        field=field,
        version=version,
        picture=picture,
        actor=current_actor(),
        now=now(),
    )


def _address(type_: DocumentType, document_id: int, part: str, row: int) -> str:
    return f"{Addresses(type_)('document', document_id=document_id)}#{anchor(part, row)}"
