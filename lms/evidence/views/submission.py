"""One submission: what to do, what is there, the note and its files, what the grader found."""

from functools import partial

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lms.contract.actors import Role
from lms.contract.errors import Conflict, ImbasError, Invalid, ServerBusy
from lms.contract.files import FILE_KINDS
from lms.contract.modules import Deliverable
from lms.contract.text import message, verbatim
from lms.evidence import api, submitting
from lms.evidence.feedback import feedback_of
from lms.evidence.file_validation import StoredFile, check_file, forget_file, store_file
from lms.evidence.partial_uploads import parts
from lms.evidence.rubric_outcomes import CriterionOutcome, still_lacking
from lms.evidence.submissions import due_at, unfinished_uploads
from lms.evidence.views.blueprint import bp
from lms.evidence.views.links import workspace_link
from lms.people import api as people
from lms.platform.clock import now
from lms.platform.db import db
from lms.platform.plugins import registry
from lms.platform.transaction import after_commit
from lms.programmes import api as programmes
from lms.web.form import Form
from lms.web.i18n import gettext as _
from lms.web.i18n import locale
from lms.web.routing import command, current_actor, may, page


@bp.get("/<int64:submission_id>")
@page("evidence.view", place=api.place_of_submission)
def submission(submission_id: int) -> ResponseReturnValue:
    """One submission: what to do, what is there, what the grader found."""
    return submission_page(submission_id)


@bp.post("/<int64:submission_id>")
@command(
    "evidence.upload",
    place=api.place_of_submission,
    fields=("note", "note_seen", "go"),
    files=("file",),
    prepare=lambda submission_id: _stored_files(submission_id),
)
def save(files: "tuple[list[StoredFile], list[ImbasError]]", submission_id: int) -> ResponseReturnValue:
    """Keep the note and every sound file; a refused file costs nothing else."""
    session, actor = db.session(), current_actor()
    sound, refused = files
    form = Form.posted(request.form)
    try:
        submitting.editable(session, submission_id)
    except Conflict:  # no field is left to draw again: the page of errors shows what was typed
        _forget(sound)
        raise
    if refused and not sound:
        errors = " ".join(error.text.in_(locale()) for error in refused)
        status = 503 if any(isinstance(error, ServerBusy) for error in refused) else 422
        return submission_page(submission_id, errors, form), status
    try:
        if "note" in form.values:
            api.set_note(
                session,
                submission_id=submission_id,
                note=form.values["note"],
                now=now(),
                seen=form.values.get("note_seen", api.note_mark("")),
            )
    except (Invalid, Conflict) as error:
        _forget(sound)
        form.refuse(error)
        return submission_page(submission_id, "", form), error.status
    refused += _add_files(submission_id, sound)
    for fault in refused:
        flash(fault.text.in_(locale()), "error")
    if sound or not refused:
        flash(_("Tersimpan di server."), "ok")
    if request.form.get("go") == "hand_in" and not refused:
        try:
            api.hand_in(session, submission_id=submission_id, actor=actor, now=now())
            flash(_("Sudah diajukan. Hasil penilai akan muncul di halaman ini."), "ok")
        except (Invalid, Conflict) as error:
            flash(error.text.in_(locale()), "error")
    return redirect(url_for("evidence.submission", submission_id=submission_id), 303)


def submission_page(submission_id: int, error: str = "", form: Form | None = None) -> str:
    """The page of a submission, with what went wrong over it; ``form`` is what was typed below the files."""
    session, actor = db.session(), current_actor()
    row = session.get_one(api.Submission, submission_id)
    due = api.due_of_submission(session, row)
    stage = programmes.get_stage(session, due.stage_id)
    programme = programmes.get_programme(session, stage.programme_id)
    closed = programme.status is programmes.ProgrammeStatus.CLOSED
    versions = api.versions_of(session, submission_id)
    ids = [version.id for version in versions]
    deliverable = api.deliverable_of(session, row)
    place = api.place_of_submission(session, submission_id)
    editable = (
        row.status
        in {api.SubmissionStatus.NOT_STARTED, api.SubmissionStatus.DRAFT, api.SubmissionStatus.NEEDS_REVISION}
        and may("evidence.upload", place)
        and not closed
    )
    reviews = api.reviews_of(session, ids)
    last_review = next((reviews[version] for version in ids if version in reviews), None)
    unfinished = unfinished_uploads(session, submission_id, now()) if editable else []
    return render_template(
        "evidence/submission.html",
        row=row,
        due=due,
        deliverable=deliverable,
        versions=versions,
        files=api.files_by_version(session, ids),
        reviews=reviews,
        last_review=last_review,
        lacking=_lacking(last_review),
        rubric=api.rubric_of(session, row),
        error=error,
        editable=editable,
        school=people.get_school(session, row.school_id),
        due_at=due_at(session, row),
        place=place,
        on_the_way=[(upload, parts().size(upload.id)) for upload in unfinished],
        form=form,
        note_mark=api.note_mark,
        is_headmaster=any(g.role is Role.HEADMASTER and g.school_id == row.school_id for g in actor.grants),
        own=place.person_id == actor.person_id,
        accept=_accept(deliverable),
        kinds=_kinds(deliverable),
        workspace=workspace_link(session, due),
        feedback=feedback_of(session, submission_id),
        closed=closed,
    )


def _lacking(review: api.Review | None) -> tuple[CriterionOutcome, ...]:
    """What the review found lacking, by the version of the rubric that it was written with."""
    if review is None:
        return ()
    known = registry().rubrics_by_version.get((review.rubric_key, review.rubric_version))
    return still_lacking(known, review.values) if known else ()


def _forget(files: list[StoredFile]) -> None:
    for file in files:
        forget_file(file)


def _add_files(submission_id: int, files: list[StoredFile]) -> list[ImbasError]:
    """Write down what was stored; why some were not, which then leave the store again."""
    session, person_id, refused = db.session(), current_actor().person_id, list[ImbasError]()
    for file in files:
        try:
            api.add_file(session, submission_id=submission_id, stored=file, actor_id=person_id, now=now())
        except Invalid as invalid:
            after_commit(session, f"refused {file.storage_key}", partial(forget_file, file))
            refused.append(invalid)
    return refused


_KINDS = {
    "photo": message("foto"),
    "mp4": message("video (mp4, mov, 3gp)"),
    "docx": verbatim("Word (docx)"),
    "xlsx": verbatim("Excel (xlsx)"),
    "pptx": verbatim("PowerPoint (pptx)"),
}
"""How people call the kinds of files; the others by their ending."""


def _kinds(deliverable: Deliverable) -> str:
    """What may be chosen, in words."""
    named = (_KINDS.get(name, verbatim(name.upper())) for name in sorted(deliverable.media_types))
    return ", ".join(text.in_(locale()) for text in named)


def _accept(deliverable: Deliverable) -> str:
    return ",".join(
        f".{ending}" for name in sorted(deliverable.media_types) for ending in FILE_KINDS[name].extensions
    )


def _stored_files(submission_id: int) -> tuple[list[StoredFile], list[ImbasError]]:
    """Each file of the form parsed and stored, before the transaction; and why others were not."""
    session = db.session()
    deliverable = api.deliverable_of(session, session.get_one(api.Submission, submission_id))
    session.rollback()
    sound: list[StoredFile] = []
    refused: list[ImbasError] = []
    for upload in request.files.getlist("file"):
        if not upload.filename:
            continue
        try:
            found = check_file(
                upload.filename,
                upload.stream,  # type: ignore[arg-type]
                kinds=deliverable.media_types,
                max_bytes=deliverable.max_bytes,
            )
            sound.append(store_file(found))
        except ImbasError as error:
            refused.append(error)
    return sound, refused
