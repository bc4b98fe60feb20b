"""Uploads by tus 1.0.0: a cut network costs only what had not arrived.

Core, creation, creation-with-upload, expiration, checksum and termination. Each route has the rule
of uploading, and beyond its beginning an upload is for the person who began it. Bytes are taken in
before the transaction (``prepare``), which then lasts as short as any other.

Source: https://tus.io/protocols/resumable-upload
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Blueprint, Response, after_this_request, current_app, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.http import http_date

from lms.contract.actors import Place
from lms.evidence import api
from lms.evidence.file_validation import StoredFile
from lms.evidence.partial_uploads import Busy, Damaged, Moved, parts
from lms.evidence.submissions import nowhere
from lms.evidence.uploading import (
    cancel_upload,
    check_beginning,
    check_whole,
    damaged,
    finish_upload,
    get_upload,
    place_of_upload,
    same_upload,
)
from lms.evidence.views.tus_headers import (
    ALGORITHMS,
    BODY,
    EXTENSIONS,
    VERSION,
    answer,
    checksum,
    error,
    metadata,
    moved,
    number,
    speaks_tus,
    unreadable,
)
from lms.platform.clock import now
from lms.platform.db import db
from lms.platform.disk import NoRoom
from lms.platform.faults import is_full
from lms.web.routing import command, current_actor, page, public

bp = Blueprint("tus", __name__, url_prefix="/bukti")


@dataclass(frozen=True, slots=True)
class Upload:
    """What a request needs to know of an upload when no transaction is open."""

    id: str
    submission_id: int
    name: str
    size: int
    sha256: str
    sent_metadata: str
    expires_at: datetime | None = None
    done: bool = False


@dataclass(frozen=True, slots=True)
class Arrived:
    """What a request has brought: ``offset`` bytes are here; ``stored`` once the file is whole and was parsed."""

    upload: Upload
    offset: int
    stored: StoredFile | None


@bp.after_request
def _version(response: Response) -> Response:
    response.headers["Tus-Resumable"] = VERSION
    response.headers["Cache-Control"] = "no-store"
    return response


@bp.route("/<int:submission_id>/kiriman", methods=["OPTIONS"], provide_automatic_options=False)
@public
def abilities(**_address: object) -> ResponseReturnValue:
    """What this server speaks; the same for everybody."""
    return answer(
        204,
        Tus_Version=VERSION,
        Tus_Extension=EXTENSIONS,
        Tus_Checksum_Algorithm=",".join(ALGORITHMS),
        Tus_Max_Size=current_app.config["MAX_CONTENT_LENGTH"],
    )


@bp.post("/<int:submission_id>/kiriman", provide_automatic_options=False)
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
@command("evidence.upload", place=place_of_own_upload, prepare=lambda upload_id: _continued(upload_id))
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
    upload = Upload(api.new_upload_id(), submission_id, name, size, sha256, sent)
    if request.mimetype != BODY:
        return Arrived(upload, 0, None)

    @after_this_request
    def _tidy(response: Response) -> Response:
        """Bytes of a beginning that was refused, or of a copy of the first one, belong to nobody."""
        if not response.headers.get("Location", "").endswith(upload.id):
            parts().forget(upload.id)
        return response

    return _received(upload, 0)


def _continued(upload_id: str) -> Arrived | None:
    """None: the header asks for termination, for senders that know GET and POST only."""
    speaks_tus()
    method = request.headers.get("X-HTTP-Method-Override", request.method).upper()
    if method == "DELETE":
        return None
    if method != "PATCH":
        raise unreadable(405)
    if request.mimetype != BODY:
        raise unreadable(415)
    offset, upload = number("Upload-Offset"), _upload(upload_id)
    db.session.rollback()  # bytes may take minutes: the connection is for others
    if upload.done:
        if offset != upload.size:
            raise moved()
        return Arrived(upload, upload.size, None)
    return _received(upload, offset)


def _received(upload: Upload, offset: int) -> Arrived:
    if (request.content_length or 0) > upload.size - offset >= 0:
        raise unreadable(413)
    try:
        here = parts().receive(upload.id, request.stream, at=offset, size=upload.size, checksum=checksum())
    except Moved:
        raise moved() from None
    except Damaged:
        raise damaged() from None
    except (NoRoom, OSError) as problem:
        if not (isinstance(problem, NoRoom) or is_full(problem)):
            raise
        raise error(
            507,
            "Tempat di server sedang penuh. Yang sudah sampai aman. Berkas di HP tetap ada. Coba lagi nanti.",
            "The server has no room just now. What has arrived is safe. The file stays on the phone. Try again later.",
        ) from None
    except Busy:
        raise error(
            423,
            "Berkas ini sedang dikirim dari tempat lain. Yang sudah sampai aman. Tunggu sebentar.",
            "This file is being sent from elsewhere. What has arrived is safe. Wait a moment.",
        ) from None
    if here < upload.size:
        return Arrived(upload, here, None)
    stored = check_whole(db.session(), upload.id, upload.submission_id, upload.name, upload.sha256)
    return Arrived(upload, here, stored)


def _upload(upload_id: str) -> Upload:
    row = get_upload(db.session(), upload_id)
    if row.expires_at <= now():
        raise error(
            410,
            "Waktu kiriman ini sudah habis. Berkas lain tetap aman. Pilih berkasnya lagi.",
            "The time of this upload is over. Other files are safe. Choose the file again.",
        )
    return Upload(
        row.id,
        row.submission_id,
        row.name,
        row.size,
        row.sha256,
        row.sent_metadata,
        row.expires_at,
        row.done_at is not None,
    )
