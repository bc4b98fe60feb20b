"""Files of plugins' forms by tus 1.0.0, as those of evidence: they travel before the form is sent.

A form's page has signed what its field takes; an upload is for the person who began it.
"""

from functools import partial

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from werkzeug.http import http_date

from lms.contract.actors import Place
from lms.evidence import form_files
from lms.evidence.form_files import Wanted
from lms.evidence.models import FormFile
from lms.evidence.partial_uploads import parts
from lms.evidence.submissions import nowhere
from lms.evidence.uploading import new_upload_id
from lms.evidence.views import tus_receiving
from lms.evidence.views.file_field import opened
from lms.evidence.views.tus_headers import answer, metadata, number, speaks_tus
from lms.evidence.views.tus_receiving import Arrived, Upload, begun, continued, refuse_ended, spoken
from lms.platform.clock import now
from lms.platform.db import db
from lms.web.routing import SIGNED_IN, command, current_actor, page, public

bp = Blueprint("form_files", __name__, url_prefix="/berkas-formulir")
bp.after_request(spoken)


@bp.route("/<token>", methods=["OPTIONS"], provide_automatic_options=False)
@public
def abilities(**_address: object) -> ResponseReturnValue:
    """What this server speaks; the same for everybody."""
    return tus_receiving.abilities()


@bp.post("/<token>", provide_automatic_options=False)
@command(SIGNED_IN, prepare=lambda token: _begun(opened(token), token))
def create(arrived: Arrived, token: str) -> ResponseReturnValue:
    """Begin an upload; the body may be its first bytes. The same content again continues."""
    session, upload = db.session(), arrived.upload
    expires_at = upload.expires_at
    if expires_at is None:
        row = form_files.begin_upload(
            session,
            opened(token),
            upload_id=upload.id,
            person_id=current_actor().person_id,
            name=upload.name,
            size=upload.size,
            sha256=upload.sha256,
            sent_metadata=upload.sent_metadata,
            now=now(),
        )
        expires_at = row.expires_at
    if arrived.stored:
        form_files.finish_upload(session, upload_id=upload.id, stored=arrived.stored, now=now())
    return answer(
        201,
        Location=url_for("form_files.proceed", token=token, upload_id=upload.id),
        Upload_Offset=arrived.offset,
        Upload_Expires=http_date(expires_at),
    )


@bp.route("/<token>/<upload_id>", methods=["HEAD"], provide_automatic_options=False)
@page(SIGNED_IN, place=lambda session, token, upload_id: place_of_own(session, token, upload_id))
def progress(token: str, upload_id: str) -> ResponseReturnValue:
    """How much has arrived, as the disk says."""
    speaks_tus()
    upload = _upload(token, upload_id)
    return answer(
        200,
        Upload_Offset=upload.size if upload.done else parts().size(upload_id),
        Upload_Length=upload.size,
        Upload_Metadata=upload.sent_metadata,
        Upload_Expires=http_date(upload.expires_at),
    )


@bp.route("/<token>/<upload_id>", methods=["PATCH", "POST"], provide_automatic_options=False)
@command(
    SIGNED_IN,
    place=lambda session, token, upload_id: place_of_own(session, token, upload_id),
    prepare=lambda token, upload_id: continued(lambda: _upload(token, upload_id)),
)
def proceed(arrived: Arrived | None, token: str, upload_id: str) -> ResponseReturnValue:
    """Go on from where the file ends; with the last byte it is checked, and waits for its form."""
    del token
    session = db.session()
    if arrived is None:
        form_files.drop_files(session, [upload_id])
        return answer(204)
    if arrived.stored:
        form_files.finish_upload(session, upload_id=upload_id, stored=arrived.stored, now=now())
    return answer(204, Upload_Offset=arrived.offset, Upload_Expires=http_date(arrived.upload.expires_at))


@bp.delete("/<token>/<upload_id>", provide_automatic_options=False)
@command(
    SIGNED_IN,
    place=lambda session, token, upload_id: place_of_own(session, token, upload_id),
    prepare=lambda token, upload_id: speaks_tus(),
)
def cancel(_speaks: None, token: str, upload_id: str) -> ResponseReturnValue:
    """Forget a file that no form has taken yet."""
    del token
    form_files.drop_files(db.session(), [upload_id])
    return answer(204)


def place_of_own(session: Session, token: str, upload_id: str) -> Place:
    """The place of an upload of the person who asks; NotFound for anybody else's, and for what a form has taken."""
    _own(session, token, upload_id)
    return Place(person_id=current_actor().person_id)


def _own(session: Session, token: str, upload_id: str) -> FormFile:
    row = form_files.get_form_file(session, upload_id)
    if (
        row.person_id != current_actor().person_id
        or row.field != opened(token).field
        or row.expires_at is None
    ):
        raise nowhere()
    return row


def _begun(wanted: Wanted, token: str) -> Arrived:
    speaks_tus()
    session, moment, person_id = db.session(), now(), current_actor().person_id
    size, (name, sha256), sent = number("Upload-Length"), metadata(), request.headers["Upload-Metadata"]
    waiting = form_files.waiting_files(session, wanted, person_id, moment)
    known = next((row for row in waiting if sha256 and (row.sha256, row.size) == (sha256, size)), None)
    if known is not None:
        upload = _upload(token, known.id)
        session.rollback()
        return Arrived(upload, size if upload.done else parts().size(upload.id), None)
    form_files.check_beginning(session, wanted, person_id=person_id, name=name, size=size, now=moment)
    session.rollback()
    upload_id = new_upload_id()
    whole = partial(form_files.check_whole, upload_id, wanted, name, sha256)
    return begun(Upload(upload_id, name, size, sha256, sent, whole))


def _upload(token: str, upload_id: str) -> Upload:
    row = _own(db.session(), token, upload_id)
    expires_at = row.expires_at
    assert expires_at is not None
    refuse_ended(expires_at)
    whole = partial(form_files.check_whole, row.id, opened(token), row.name, row.sha256)
    return Upload(
        row.id, row.name, row.size, row.sha256, row.sent_metadata, whole, expires_at, done=row.whole
    )
