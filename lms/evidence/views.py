"""Pages of evidence: the school's board, one submission, the headmaster's approval, files."""

from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms.contract.actors import Place, Role
from lms.contract.errors import ImbasError, Invalid
from lms.contract.files import FILE_KINDS
from lms.contract.modules import Deliverable, Unit
from lms.evidence import api
from lms.evidence.files import CheckedFile, check_file
from lms.evidence.parts import parts
from lms.evidence.tus import bp as tus_bp
from lms.people import api as people
from lms.platform.clock import now
from lms.platform.db import db
from lms.platform.plugins import plugins
from lms.platform.storage import storage
from lms.programmes import api as programmes
from lms.web.i18n import locale
from lms.web.routing import command, current_actor, may, page

bp = Blueprint("evidence", __name__, template_folder="templates", url_prefix="/bukti")
BLUEPRINTS = (bp, tus_bp)


@bp.get("/papan/<int:programme_id>/<int:school_id>")
@page("evidence.board", place=api.place_of_board)
def board(programme_id: int, school_id: int) -> ResponseReturnValue:
    """What the school owes, stage by stage: what is missing, who acts, until when."""
    session = db.session()
    moment = now()
    place = api.place_of_board(session, programme_id, school_id)
    stages = programmes.stages_of(session, programme_id)
    dues = [due for due in api.dues_of(session, [stage.id for stage in stages]) if due.unit is Unit.SCHOOL]
    current = programmes.current_stage(stages, moment)
    if not programmes.model_schools(session, programme_id, [school_id]):
        dues = [due for due in dues if not due.models_only]
    found = api.submissions_of(
        session, due_ids=[due.id for due in dues], school_ids=[school_id], enrolment_ids=[0]
    )
    moved = programmes.deadlines(session, programme_id=programme_id, school_ids=[school_id])
    due_at = {
        due.id: moved.due_at(
            stage_id=due.stage_id, school_id=school_id, target=due.deliverable_key, default=due.due_at
        )
        for due in dues
    }
    panels = plugins().ask(
        "lms_panels", session=session, actor=current_actor(), slot="school_board",
        place=place,
    )  # fmt: skip
    return render_template(
        "evidence/board.html", school=people.get_school(session, school_id), dues=dues,
        ordered=sorted(stages, key=lambda stage: current is not None and stage.id != current.id),
        programme_id=programme_id, by_due={row.due_id: row for row in found}, due_at=due_at, moment=moment,
        feedback=api.last_feedback(session, [row.id for row in found]),
        current=current, place=place, panels=[panel for _name, some in panels for panel in some],
    )  # fmt: skip


@bp.post("/buka/<int:due_id>/<int:school_id>")
@command("evidence.upload", place=api.place_of_due)
def open_for_school(due_id: int, school_id: int) -> ResponseReturnValue:
    """Open (or begin) the school's submission."""
    row = api.open_submission(db.session(), due_id=due_id, school_id=school_id, enrolment_id=0, now=now())
    return redirect(url_for("evidence.submission", submission_id=row.id), 303)


def place_of_own_due(session: Any, due_id: int) -> Place:
    """A teacher's own product stands where the teacher is enrolled."""
    enrolment = programmes.enrolment_of(session, current_actor().person_id)
    return api.place_of_own_due(session, due_id, enrolment) if enrolment else Place()


@bp.post("/buka-sendiri/<int:due_id>")
@command("evidence.upload", place=place_of_own_due)
def open_own(due_id: int) -> ResponseReturnValue:
    """Open (or begin) one's own submission."""
    enrolment = programmes.enrolment_of(db.session(), current_actor().person_id)
    assert enrolment is not None
    row = api.open_submission(
        db.session(), due_id=due_id, school_id=enrolment.school_id, enrolment_id=enrolment.id, now=now()
    )
    return redirect(url_for("evidence.submission", submission_id=row.id), 303)


@bp.get("/<int:submission_id>")
@page("evidence.view", place=api.place_of_submission)
def submission(submission_id: int) -> ResponseReturnValue:
    """One submission: what to do, what is there, what the grader found."""
    return _submission_page(submission_id, "", None)


@bp.post("/<int:submission_id>")
@command(
    "evidence.upload",
    place=api.place_of_submission,
    fields=("note", "go"),
    files=("file",),
    prepare=lambda submission_id: _checked_files(submission_id),
)
def save(checked: "tuple[list[CheckedFile], list[ImbasError]]", submission_id: int) -> ResponseReturnValue:
    """Keep the note and every sound file; a refused file costs nothing else."""
    session, actor = db.session(), current_actor()
    sound, refused = checked
    if refused and not sound:
        errors = " ".join(error.text.in_(locale()) for error in refused)
        return _submission_page(submission_id, errors, request.form.get("note", "")), 422
    api.set_note(session, submission_id=submission_id, note=request.form.get("note", ""), now=now())
    for file in sound:
        try:
            api.add_file(
                session, submission_id=submission_id, checked=file, actor_id=actor.person_id, now=now()
            )
        except Invalid as invalid:
            refused.append(invalid)
    for error in refused:
        flash(error.text.in_(locale()), "error")
    if sound or not refused:
        flash(_("Tersimpan di server."), "ok")
    if request.form.get("go") == "hand_in" and not refused:
        try:
            api.hand_in(session, submission_id=submission_id, actor=actor, now=now())
            flash(_("Sudah diajukan. Hasil penilai akan muncul di halaman ini."), "ok")
        except Invalid as invalid:
            flash(invalid.text.in_(locale()), "error")
    return redirect(url_for("evidence.submission", submission_id=submission_id), 303)


@bp.post("/berkas/<int:file_id>/hapus")
@command("evidence.upload", place=api.place_of_file)
def remove(file_id: int) -> ResponseReturnValue:
    """Take a file out of a version that was not handed in."""
    target = api.remove_file(db.session(), file_id=file_id)
    flash(_("Berkas dihapus dari draf ini."), "ok")
    return redirect(url_for("evidence.submission", submission_id=target), 303)


@bp.post("/<int:submission_id>/ajukan")
@command("evidence.hand_in_school", place=api.place_of_submission)
def approve(submission_id: int) -> ResponseReturnValue:
    """The headmaster approves and hands in."""
    try:
        api.hand_in(db.session(), submission_id=submission_id, actor=current_actor(), now=now())
    except Invalid as invalid:
        return _submission_page(submission_id, invalid.text.in_(locale()), None), 422
    flash(_("Disahkan dan diajukan. Hasil penilai akan muncul di halaman ini."), "ok")
    return redirect(url_for("evidence.submission", submission_id=submission_id), 303)


@bp.post("/<int:submission_id>/umpan-balik")
@command("evidence.give_feedback", place=api.place_of_submission, fields=("feedback",))
def give_feedback(submission_id: int) -> ResponseReturnValue:
    """Whoever coaches the school writes to it; the grade stays the grader's."""
    try:
        api.give_feedback(
            db.session(), submission_id=submission_id, text=request.form.get("feedback", ""),
            actor_id=current_actor().person_id, now=now(),
        )  # fmt: skip
    except Invalid as invalid:
        return _submission_page(submission_id, invalid.text.in_(locale()), None), 422
    flash(_("Umpan balik terkirim. Sekolah membacanya di halaman ini."), "ok")
    return redirect(url_for("evidence.submission", submission_id=submission_id), 303)


@bp.post("/<int:submission_id>/buka-kunci")
@command("evidence.unlock", place=api.place_of_submission, fields=("reason",))
def unlock(submission_id: int) -> ResponseReturnValue:
    """The admin lets a decided submission be revised."""
    try:
        api.unlock(
            db.session(), submission_id=submission_id, reason=request.form.get("reason", ""),
            actor_id=current_actor().person_id, now=now(),
        )  # fmt: skip
    except Invalid as invalid:
        return _submission_page(submission_id, invalid.text.in_(locale()), None), 422
    flash(_("Bukti dibuka lagi untuk revisi. Alasan tercatat."), "ok")
    return redirect(url_for("evidence.submission", submission_id=submission_id), 303)


@bp.get("/berkas/<int:file_id>")
@page("evidence.view", place=api.place_of_file)
def file(file_id: int) -> ResponseReturnValue:
    """A file as a download; our own re-encoded photos may open in the page."""
    return _sent(file_id, preview=False)


@bp.get("/berkas/<int:file_id>/kecil")
@page("evidence.view", place=api.place_of_file)
def preview(file_id: int) -> ResponseReturnValue:
    """The small picture of a photo."""
    return _sent(file_id, preview=True)


def _sent(file_id: int, *, preview: bool) -> Response:
    row = db.session.get_one(api.EvidenceFile, file_id)
    inline = row.kind == "photo"  # written anew by us, so it is a picture and nothing else
    key = row.preview_key if preview and row.preview_key else row.storage_key
    tag = key.rpartition("/")[2]
    if tag in request.if_none_match:
        response = Response(status=304)
    else:
        response = send_file(
            storage().open(key), mimetype=row.media_type, as_attachment=not inline, download_name=row.name,
            max_age=0, etag=False,
        )  # fmt: skip
    response.set_etag(tag)
    # whatever a browser makes of it, it runs nothing and reaches nobody
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox; frame-ancestors 'none'"
    # a shared phone keeps it, but shows it again only after asking who is there now
    response.headers["Cache-Control"] = "private, no-cache"
    return response


def _checked_files(submission_id: int) -> tuple[list[CheckedFile], list[ImbasError]]:
    row = db.session.get_one(api.Submission, submission_id)
    deliverable = _deliverable(row)
    sound: list[CheckedFile] = []
    refused: list[ImbasError] = []
    for upload in request.files.getlist("file"):
        if not upload.filename:
            continue
        try:
            found = check_file(
                upload.filename, upload.stream,  # type: ignore[arg-type]
                kinds=deliverable.media_types, max_bytes=deliverable.max_bytes,
            )  # fmt: skip
            sound.append(found)
        except ImbasError as error:
            refused.append(error)
    return sound, refused


def _deliverable(row: api.Submission) -> Deliverable:
    return api.deliverable_of(db.session(), row)


def _submission_page(submission_id: int, error: str, note: str | None) -> str:
    session, actor = db.session(), current_actor()
    row = session.get_one(api.Submission, submission_id)
    due = api.due_of_submission(session, row)
    versions = api.versions_of(session, submission_id)
    ids = [version.id for version in versions]
    files: dict[int, list[api.EvidenceFile]] = {}
    for entry in api.files_of(session, ids):
        files.setdefault(entry.version_id, []).append(entry)
    place = api.place_of_submission(session, submission_id)
    editable = row.status in {
        api.SubmissionStatus.NOT_STARTED, api.SubmissionStatus.DRAFT, api.SubmissionStatus.NEEDS_REVISION
    } and may("evidence.upload", place)  # fmt: skip
    unfinished = api.unfinished_uploads(session, submission_id, now()) if editable else []
    return render_template(
        "evidence/submission.html", row=row, due=due, deliverable=_deliverable(row), versions=versions, files=files,
        reviews=api.reviews_of(session, ids), rubric=api.rubric_of(session, row), error=error, editable=editable,
        school=people.get_school(session, row.school_id), due_at=api.due_at(session, row), place=place,
        on_the_way=[(upload, parts().size(upload.id)) for upload in unfinished], typed_note=note, is_headmaster=any(
            g.role is Role.HEADMASTER and g.school_id == row.school_id for g in actor.grants
        ),
        own=place.person_id == actor.person_id, accept=_accept(_deliverable(row)),
        workspace=api.workspace_href(session, due), feedback=api.feedback_of(session, submission_id),
        longest=api.LONGEST,
    )  # fmt: skip


def _accept(deliverable: Deliverable) -> str:
    return ",".join(
        f".{ending}" for name in sorted(deliverable.media_types) for ending in FILE_KINDS[name].extensions
    )
