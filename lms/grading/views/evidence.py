"""The desk for evidence. Names of teachers are hidden; the next piece comes by itself."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lms.contract.errors import Conflict, Invalid
from lms.contract.parsing import parse_choice, whole
from lms.contract.rubrics import Rubric
from lms.contract.text import Text, message
from lms.evidence import api as evidence
from lms.grading import api
from lms.grading.claims import take
from lms.grading.queue import WorkItem
from lms.grading.views.desk_navigation import (
    forget_last_decided,
    forget_taken_back,
    give_back,
    keep_taken_back,
    last_decided,
    read_by_another,
    taken,
    taken_back,
    to_next,
)
from lms.people import api as people
from lms.platform.clock import now
from lms.platform.db import db
from lms.web.filters import number
from lms.web.i18n import gettext as _
from lms.web.i18n import locale
from lms.web.routing import command, current_actor, page
from lms.web.status_labels import status_word

bp = Blueprint("grading", __name__, template_folder="../templates", url_prefix="/nilai")

_UNDECIDED = message("Belum disimpan. Pilih salah satu keputusan. Isian lain masih ada.")
PHRASES = (
    "Sudah baik. Mohon lengkapi tanggal dan tanda tangan.",
    "Mohon tambahkan data awal sebagai pembanding.",
    "Kegiatan sudah tampak. Tuliskan juga hasilnya bagi siswa.",
    "Berkas belum terbaca jelas. Mohon pindai atau foto ulang.",
)


@bp.get("/<int64:submission_id>")
@page("evidence.grade", place=evidence.place_of_submission)
def desk(submission_id: int) -> ResponseReturnValue:
    """Evidence at the left, the rubric at the right."""
    row = evidence.get_submission(db.session(), submission_id)
    until = read_by_another(api.Kind.EVIDENCE, submission_id)
    if until or row.status not in evidence.WITH_GRADER:
        return taken(api.Kind.EVIDENCE, until)
    return _desk(submission_id, None)


@bp.post("/<int64:submission_id>")
@command(
    "evidence.grade",
    place=evidence.place_of_submission,
    fields=("version", "crit-*", "decision", "reason", "comment"),
)
def grade(submission_id: int) -> ResponseReturnValue:
    """Store the decision, show the next."""
    session = db.session()
    rubric = evidence.rubric_of(session, evidence.get_submission(session, submission_id))
    values, missing = evidence.parse(rubric, request.form.to_dict(flat=False))
    try:
        if missing:
            raise Invalid(_incomplete(missing))
        decision = parse_choice(evidence.Decision, request.form.get("decision", "needs_revision"))
        if decision is None:
            raise Invalid(_UNDECIDED)
        give_back(api.Kind.EVIDENCE, submission_id)
        found = evidence.grade(
            session,
            submission_id=submission_id,
            version_no=request.form.get("version", 0, type=whole),
            values=values,
            decision=decision,
            reason_code=request.form.get("reason", ""),
            comment=request.form.get("comment", ""),
            actor_id=current_actor().person_id,
            now=now(),
        )
    except (Invalid, Conflict) as refusal:
        return _desk(submission_id, refusal), refusal.status
    forget_taken_back()
    said = f"{status_word(decision.value, locale())[0]}, {number(found.percent, 2)}"
    flash(_("Tersimpan") + f": {said} · {found.band.label.in_(locale())}", "ok")
    return to_next(WorkItem(api.Kind.EVIDENCE, submission_id))


@bp.post("/<int64:submission_id>/urungkan")
@command("evidence.grade", place=evidence.place_of_submission)
def undo(submission_id: int) -> ResponseReturnValue:
    """Take the last decision back."""
    session, actor_id, moment = db.session(), current_actor().person_id, now()
    # the lease before the piece, as everywhere: who locked them the other way round could wait for ever
    take(session, kind=api.Kind.EVIDENCE, piece_id=submission_id, grader_id=actor_id, now=moment)
    review = evidence.undo_grade(session, submission_id=submission_id, actor_id=actor_id, now=moment)
    forget_last_decided()
    keep_taken_back(review, submission_id)
    flash(_("Keputusan diurungkan. Bukti kembali ke meja ini dengan isian tadi."), "ok")
    return redirect(url_for("grading.desk", submission_id=submission_id), 303)


def _desk(submission_id: int, refusal: Invalid | Conflict | None) -> str:
    session = db.session()
    row = evidence.get_submission(session, submission_id)
    versions = evidence.versions_of(session, submission_id)
    ids = [version.id for version in versions]
    reviews = evidence.reviews_of(session, ids)
    rubric = evidence.rubric_of(session, row)
    again = _graded_before(rubric, next((reviews[key] for key in ids if key in reviews), None))
    undone = {} if refusal else taken_back(submission_id, rubric)
    before = undone.get("values", again)
    typed, _missing = evidence.parse(rubric, request.form.to_dict(flat=False)) if refusal else (before, ())
    return render_template(
        "grading/evidence.html",
        row=row,
        due=evidence.due_of_submission(session, row),
        versions=versions,
        files=evidence.files_by_version(session, ids),
        reviews=reviews,
        rubric=rubric,
        values=typed,
        again=bool(again) and not refusal and not undone,
        reason=request.form.get("reason", undone.get("reason", "")),
        comment=request.form.get("comment", undone.get("comment", "")),
        reasons=evidence.REASONS,
        phrases=PHRASES,
        school=people.get_school(session, row.school_id),
        last=last_decided(),
        error=refusal.text.in_(locale()) if refusal else "",
        gone=isinstance(refusal, Conflict),
        queue=api.queue(session, actor=current_actor()),
    )


def _graded_before(rubric: Rubric, review: evidence.Review | None) -> Mapping[str, Any]:
    """What was ticked for an earlier version, to begin with; nothing where another version of the rubric asked."""
    if review is None or (review.rubric_key, review.rubric_version) != (rubric.key, rubric.version):
        return {}
    return review.values


def _incomplete(missing: tuple[str, ...]) -> Text:
    return message(
        "Belum disimpan. Kriteria %(names)s belum dinilai. Isian lain masih ada.", names=", ".join(missing)
    )
