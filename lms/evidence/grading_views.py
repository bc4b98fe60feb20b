"""The grader's queue and desk. Names of teachers are hidden; the next one comes by itself."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms.contract.errors import Invalid
from lms.contract.text import Text
from lms.evidence import api
from lms.evidence.rubric_scoring import parse
from lms.evidence.rules import REASONS
from lms.people import api as people
from lms.platform.clock import now
from lms.platform.db import db
from lms.web.i18n import locale
from lms.web.routing import command, current_actor, page

bp = Blueprint("grading", __name__, template_folder="templates", url_prefix="/nilai")

PHRASES = (
    "Sudah baik. Mohon lengkapi tanggal dan tanda tangan.",
    "Mohon tambahkan data awal sebagai pembanding.",
    "Kegiatan sudah tampak. Tuliskan juga hasilnya bagi siswa.",
    "Berkas belum terbaca jelas. Mohon pindai atau foto ulang.",
)


@bp.get("/")
@page("evidence.queue")
def queue() -> ResponseReturnValue:
    """One number, the age of the oldest, and a button."""
    return render_template(
        "evidence/queue.html",
        queue=api.queue(db.session(), actor=current_actor(), now=now()),
        undo=_decided(),
    )


@bp.post("/mulai")
@command("evidence.queue")
def take_next() -> ResponseReturnValue:
    """Take the oldest that nobody reads."""
    return _next()


@bp.get("/<int:submission_id>")
@page("evidence.grade", place=api.place_of_submission)
def desk(submission_id: int) -> ResponseReturnValue:
    """Evidence at the left, the rubric at the right."""
    return _desk(submission_id, None)


@bp.post("/<int:submission_id>")
@command(
    "evidence.grade",
    place=api.place_of_submission,
    fields=("version", "crit-*", "decision", "reason", "comment"),
)
def grade(submission_id: int) -> ResponseReturnValue:
    """Store the decision, show the next."""
    session = db.session()
    row = session.get_one(api.Submission, submission_id)
    rubric = api.rubric_of(session, row)
    values, missing = parse(rubric, request.form.to_dict(flat=False))
    try:
        if missing:
            raise Invalid(_incomplete(missing))
        found = api.grade(
            session, submission_id=submission_id, version_no=request.form.get("version", 0, type=int), values=values,
            decision=api.Decision(request.form.get("decision", "needs_revision")),
            reason_code=request.form.get("reason", ""), comment=request.form.get("comment", ""),
            actor_id=current_actor().person_id, now=now(),
        )  # fmt: skip
    except Invalid as invalid:
        return _desk(submission_id, invalid), 422
    flash(
        _("Tersimpan") + f": {str(found.percent).replace('.', ',')} · {found.band.label.in_(locale())}", "ok"
    )
    return _next(undo=submission_id)


@bp.post("/<int:submission_id>/urungkan")
@command("evidence.grade", place=api.place_of_submission)
def undo(submission_id: int) -> ResponseReturnValue:
    """Take the last decision back."""
    api.undo_grade(db.session(), submission_id=submission_id, actor_id=current_actor().person_id, now=now())
    flash(_("Keputusan diurungkan. Bukti kembali ke meja ini."), "ok")
    return redirect(url_for("grading.desk", submission_id=submission_id), 303)


def _next(undo: int | None = None) -> ResponseReturnValue:
    found = api.queue(db.session(), actor=current_actor(), now=now())
    if found.next_id is None:
        return redirect(url_for("grading.queue", undo=undo), 303)
    api.lease(db.session(), submission_id=found.next_id, grader_id=current_actor().person_id, now=now())
    return redirect(url_for("grading.desk", submission_id=found.next_id, undo=undo), 303)


def _desk(submission_id: int, invalid: Invalid | None) -> str:
    session = db.session()
    row = session.get_one(api.Submission, submission_id)
    versions = api.versions_of(session, submission_id)
    ids = [version.id for version in versions]
    files: dict[int, list[api.EvidenceFile]] = {}
    for entry in api.files_of(session, ids):
        files.setdefault(entry.version_id, []).append(entry)
    reviews = api.reviews_of(session, ids)
    rubric = api.rubric_of(session, row)
    earlier = next((reviews[version.id] for version in versions if version.id in reviews), None)
    typed, _missing = (
        parse(rubric, request.form.to_dict(flat=False)) if request.method == "POST" else ({}, ())
    )
    return render_template(
        "evidence/desk.html", row=row, due=api.due_of_submission(session, row), versions=versions, files=files,
        reviews=reviews, rubric=rubric, typed=typed, earlier=earlier, reasons=REASONS, phrases=PHRASES,
        school=people.get_school(session, row.school_id), error=invalid.text.in_(locale()) if invalid else "",
        queue=api.queue(session, actor=current_actor(), now=now()), undo=_decided(),
    )  # fmt: skip


def _decided() -> int:
    """The submission decided just before, whose decision may still be taken back; 0 for none."""
    return request.args.get("undo", 0, type=int)


def _incomplete(missing: tuple[str, ...]) -> Text:
    return Text(
        f"Belum disimpan. Kriteria {', '.join(missing)} belum dinilai. Isian lain masih ada.",
        f"Not saved. Criteria {', '.join(missing)} are open. Your other entries are kept.",
    )
