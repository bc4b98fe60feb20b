"""All pages of a document type, each with the permission that it asks for. A plugin adds them to its blueprint."""

from collections.abc import Callable
from functools import partial

from flask import Blueprint

from lms.contract.documents import DocumentType, FieldKind
from lms.contract.modules import Unit
from lms.documents.queries import place_of_document
from lms.documents.views import board, document, paper, part, picture, review, steps, versions
from lms.modules.api import place_of_placement, place_of_workplace
from lms.web.routing import PlaceOf, View, command, page

SCHOOL = "/<int:programme_id>/<int:school_id>"


def add_document_pages(bp: Blueprint, type_: DocumentType) -> None:
    """Add to ``bp`` every page of a document type: board, forms, review, versions, print, and what leads from one to the next.

    The endpoints are ``home`` (given ``placement_id``), ``board`` and ``create`` (given ``programme_id`` and ``school_id``),
    and, given ``document_id``, ``document``, ``part``, ``save_part``, ``keep_part``, ``open_part``, ``remove_row``,
    ``submit``, ``withdraw``, ``delete`` and ``copy`` (of a teacher's), ``review``, ``save_review``, ``versions``, ``compare``, ``printable``,
    ``pdf``, ``docx`` and ``hand_in``; where a part has a field for a picture, ``picture``, ``save_picture`` and ``remove_picture``.
    """
    may = type_.permissions
    one = f"/{type_.path}/<int:document_id>"
    form = f"{one}/bagian/<part>"
    place = partial(place_of_document, type_.key)

    def reads(where: str, name: str, view: View, action: str, at: PlaceOf = place) -> None:
        bp.add_url_rule(where, name, page(action, place=at)(partial(view, type_)))

    def changes(
        where: str,
        name: str,
        view: View,
        action: str,
        fields: tuple[str, ...] = (),
        at: PlaceOf = place,
        prepare: Callable[..., object] | None = None,
        files: tuple[str, ...] = (),
    ) -> None:
        wrapped = command(action, place=at, fields=fields, files=files, prepare=prepare)(partial(view, type_))
        bp.add_url_rule(where, name, wrapped, methods=["POST"])

    reads("/<int:placement_id>", "home", board.home, "modules.read", place_of_placement)
    reads(SCHOOL, "board", board.board, may.board, place_of_workplace)
    changes(SCHOOL, "create", board.create, may.create, ("kind", "title"), place_of_workplace)
    reads(one, "document", document.document, may.view)
    reads(f"{form}/<int:row>", "part", part.part, may.write)
    changes(f"{form}/<int:row>", "save_part", part.save, may.write, part.fields_of(type_))
    changes(f"{form}/<int:row>/sementara", "keep_part", part.keep, may.write, part.typed_fields_of(type_))
    changes(f"{form}/<int:row>/tulis", "open_part", part.open_, may.write, ("take_over",))
    changes(f"{form}/<int:row>/hapus", "remove_row", part.remove, may.write, ("version",))
    if any(
        entry.kind is FieldKind.PICTURE
        for kind in type_.kinds
        for part_ in kind.parts
        for entry in part_.fields
    ):
        shown = f"{form}/<int:row>/gambar/<field>"
        reads(shown, "picture", picture.picture, may.view)
        changes(
            shown,
            "save_picture",
            picture.save,
            may.write,
            ("version", "alt"),
            prepare=picture.kept,
            files=("picture",),
        )
        changes(f"{shown}/hapus", "remove_picture", picture.remove, may.write, ("version",))
    changes(f"{one}/ajukan", "submit", steps.submit, may.submit)
    changes(f"{one}/tarik", "withdraw", steps.withdraw, may.submit)
    if type_.unit is Unit.TEACHER:  # of a school's own there is one, and it stays
        changes(f"{one}/hapus", "delete", steps.delete, may.write)
        changes(f"{one}/salin", "copy", steps.copy, may.view, ("kind",))
    changes(f"{one}/bukti", "hand_in", steps.hand_in, may.submit, prepare=partial(paper.prepared, type_))
    reads(f"{one}/telaah", "review", review.review, may.review)
    changes(f"{one}/telaah", "save_review", review.save, may.review, review.FIELDS)
    reads(f"{one}/versi", "versions", versions.versions, may.view)
    reads(f"{one}/versi/<int:no>/<int:other_no>", "compare", versions.compare, may.view)
    reads(f"{one}/cetak", "printable", paper.printable, may.view)
    reads(f"{one}/pdf", "pdf", paper.pdf, may.view)
    reads(f"{one}/docx", "docx", paper.docx, may.view)
