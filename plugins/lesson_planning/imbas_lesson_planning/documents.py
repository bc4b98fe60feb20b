"""The lesson plan as a reviewable document, and its pages."""

from flask import Blueprint

from imbas_lesson_planning.catalogue import kinds, lacking
from imbas_lesson_planning.i18n import message
from lms.api import DocumentPermissions, DocumentType, Unit, add_document_pages

CHANGED = "lesson_planning.plan_changed.v1"
PLAN = DocumentType(
    key="lesson_planning.plan",
    title=message("Rencana pembelajaran"),
    noun=message("rencana"),
    path="rencana",
    unit=Unit.TEACHER,
    kinds=kinds(),
    permissions=DocumentPermissions(
        board="lesson_planning.board",
        view="lesson_planning.view",
        create="lesson_planning.create",
        write="lesson_planning.write",
        submit="lesson_planning.write",
        review="lesson_planning.review",
    ),
    changed=CHANGED,
    signer=message("Guru"),
    lacking=lacking,
    first_step=message("Mulailah dari satu pelajaran yang akan diajarkan minggu depan."),
)

bp = Blueprint("lesson_planning", __name__)
add_document_pages(bp, PLAN)
