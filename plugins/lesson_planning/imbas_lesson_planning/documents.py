"""The lesson plan as a reviewable document, and its pages."""

from flask import Blueprint

from imbas_lesson_planning.catalogue import kinds, lacking
from lms.api import DocumentPermissions, DocumentType, Text, Unit, add_document_pages

CHANGED = "lesson_planning.plan_changed.v1"
PLAN = DocumentType(
    key="lesson_planning.plan",
    title=Text("Rencana pembelajaran", "Lesson plans"),
    noun=Text("rencana", "plan"),
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
    signer=Text("Guru", "Teacher"),
    lacking=lacking,
    first_step=Text(
        "Mulailah dari satu pelajaran yang akan diajarkan minggu depan.",
        "Begin with one lesson that will be taught next week.",
    ),
)

bp = Blueprint("lesson_planning", __name__)
add_document_pages(bp, PLAN)
