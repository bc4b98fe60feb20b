"""Uploads by tus 1.0.0: a cut network costs only what had not arrived.

Core, creation, creation-with-upload, expiration, checksum and termination. Each route has the rule
of uploading, and beyond its beginning an upload is for the person who began it. Bytes are taken in
before the transaction (``prepare``), which then lasts as short as any other.

Source: https://tus.io/protocols/resumable-upload
"""

from functools import partial
from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.http import http_date

from lms.contract.actors import Place
from lms.evidence import api
from lms.evidence.partial_uploads import parts
from lms.evidence.submissions import nowhere
from lms.evidence.uploading import (
    cancel_upload,
    check_beginning,
    check_whole,
    finish_upload,
    get_upload,
    place_of_upload,
    same_upload,
)
from lms.evidence.views import tus_receiving
from lms.evidence.views.tus_headers import answer, metadata, number, speaks_tus
from lms.evidence.views.tus_receiving import Arrived, Upload, begun, continued, refuse_ended, spoken
from lms.platform.clock import now
from lms.platform.db import db
from lms.web.i18n import gettext as _
from lms.web.routing import command, current_actor, page, public

bp = Blueprint("tus", __name__, url_prefix="/bukti")
bp.after_request(spoken)


@bp.route("/<int64:submission_id>/kiriman", methods=["OPTIONS"], provide_automatic_options=False)
@public
def abilities(**_address: object) -> ResponseReturnValue:
    """What this server speaks; the same for everybody."""
    return tus_receiving.abilities()


@bp.post("/<int64:submission_id>/kiriman", provide_automatic_options=False)
@command(
    "evidence.upload", place=api.place_of_submission, prepare=lambda submission_id: _begun(submission_id)
)
def create(arrived: Arrived, submission_id: int) -> ResponseReturnValue:
    """Begin an upload; the body may be its first bytes. The same content again continues."""
    session, upload = db.session(), arrived.upload
    expires_at = upload.expires_at
    if expires_at is None:
        row = api.begin_upload(
            session,
            upload_id=upload.id,
            submission_id=submission_id,
            person_id=current_actor().person_id,
            name=upload.name,
            size=upload.size,
            sha256=upload.sha256,
            sent_metadata=upload.sent_metadata,
            now=now(),
        )
        expires_at = row.expires_at
    if arrived.stored:
        finish_upload(session, upload_id=upload.id, stored=arrived.stored, now=now())
    return answer(
        201,
        Location=url_for("tus.proceed", upload_id=upload.id),
        Upload_Offset=arrived.offset,
        Upload_Expires=http_date(expires_at),
    )


def place_of_own_upload(session: Any, upload_id: str) -> Place:
    """Where an upload of the person who asks stands; others are told that there is none."""
    if get_upload(session, upload_id).person_id != current_actor().person_id:
        raise nowhere()
    return place_of_upload(session, upload_id)


@bp.route("/kiriman/<string:upload_id>", methods=["HEAD"], provide_automatic_options=False)
@page("evidence.upload", place=place_of_own_upload)
def progress(upload_id: str) -> ResponseReturnValue:
    """How much has arrived, as the disk says."""
    speaks_tus()
    upload = _upload(upload_id)
    return answer(
        200,
        Upload_Offset=upload.size if upload.done else parts().size(upload_id),
        Upload_Length=upload.size,
        Upload_Metadata=upload.sent_metadata,
        Upload_Expires=http_date(upload.expires_at),
    )


@bp.route("/kiriman/<string:upload_id>", methods=["PATCH", "POST"], provide_automatic_options=False)
@command(
    "evidence.upload",
    place=place_of_own_upload,
    prepare=lambda upload_id: continued(lambda: _upload(upload_id)),
)
def proceed(arrived: Arrived | None, upload_id: str) -> ResponseReturnValue:
    """Go on from where the file ends; with the last byte it becomes evidence."""
    session = db.session()
    if arrived is None:
        cancel_upload(session, upload_id=upload_id)
        return answer(204)
    if arrived.stored:
        finish_upload(session, upload_id=upload_id, stored=arrived.stored, now=now())
    return answer(204, Upload_Offset=arrived.offset, Upload_Expires=http_date(arrived.upload.expires_at))


@bp.delete("/kiriman/<string:upload_id>", provide_automatic_options=False)
@command("evidence.upload", place=place_of_own_upload, prepare=lambda upload_id: speaks_tus())
def cancel(_speaks: None, upload_id: str) -> ResponseReturnValue:
    """Forget the upload; what has become evidence stays."""
    cancel_upload(db.session(), upload_id=upload_id)
    return answer(204)


@bp.post("/kiriman/<string:upload_id>/batal")
@command("evidence.upload", place=place_of_upload)
def cancel_by_form(upload_id: str) -> ResponseReturnValue:
    """The button on the page: whoever answers for the submission may decide to go without the file."""
    submission_id = cancel_upload(db.session(), upload_id=upload_id)
    flash(_("Kiriman dibatalkan. Berkas lain tetap aman."), "ok")
    return redirect(url_for("evidence.submission", submission_id=submission_id), 303)


def _begun(submission_id: int) -> Arrived:
    speaks_tus()
    session, moment = db.session(), now()
    size, (name, sha256), sent = number("Upload-Length"), metadata(), request.headers["Upload-Metadata"]
    known = same_upload(
        session,
        submission_id=submission_id,
        person_id=current_actor().person_id,
        size=size,
        sha256=sha256,
        now=moment,
    )
    if known:
        upload = _upload(known.id)
        session.rollback()
        return Arrived(upload, parts().size(upload.id), None)
    check_beginning(session, submission_id=submission_id, name=name, size=size, now=moment)
    session.rollback()
    upload_id = api.new_upload_id()
    whole = partial(check_whole, session, upload_id, submission_id, name, sha256)
    return begun(Upload(upload_id, name, size, sha256, sent, whole))


def _upload(upload_id: str) -> Upload:
    session = db.session()
    row = get_upload(session, upload_id)
    refuse_ended(row.expires_at)
    return Upload(
        row.id,
        row.name,
        row.size,
        row.sha256,
        row.sent_metadata,
        partial(check_whole, session, row.id, row.submission_id, row.name, row.sha256),
        row.expires_at,
        row.done_at is not None,
    )
