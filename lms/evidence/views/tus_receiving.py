"""The bytes of one request of tus: taken in before the transaction, whoever the file is for."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from flask import Response, after_this_request, current_app, request
from flask.typing import ResponseReturnValue

from lms.contract.text import message
from lms.evidence.file_validation import StoredFile
from lms.evidence.partial_uploads import Busy, Damaged, Moved, parts
from lms.evidence.uploading import damaged
from lms.evidence.views.tus_headers import (
    ALGORITHMS,
    BODY,
    EXTENSIONS,
    VERSION,
    answer,
    checksum,
    error,
    moved,
    number,
    speaks_tus,
    unreadable,
)
from lms.platform.clock import now
from lms.platform.db import db
from lms.platform.disk import NoRoom
from lms.platform.io_errors import is_full


@dataclass(frozen=True, slots=True)
class Upload:
    """What a request needs to know of an upload when no transaction is open."""

    id: str
    name: str
    size: int
    sha256: str
    sent_metadata: str
    whole: Callable[[], StoredFile]
    """Checks and stores what has arrived, once it is all there."""
    expires_at: datetime | None = None
    done: bool = False


@dataclass(frozen=True, slots=True)
class Arrived:
    """What a request has brought: ``offset`` bytes are here; ``stored`` once the file is whole and was parsed."""

    upload: Upload
    offset: int
    stored: StoredFile | None


def spoken(response: Response) -> Response:
    """For ``after_request`` of a blueprint that speaks tus."""
    response.headers["Tus-Resumable"] = VERSION
    response.headers["Cache-Control"] = "no-store"
    return response


def abilities() -> ResponseReturnValue:
    """What this server speaks; the same for everybody."""
    return answer(
        204,
        Tus_Version=VERSION,
        Tus_Extension=EXTENSIONS,
        Tus_Checksum_Algorithm=",".join(ALGORITHMS),
        Tus_Max_Size=current_app.config["MAX_CONTENT_LENGTH"],
    )


def begun(upload: Upload) -> Arrived:
    """The beginning of an upload; its body may be the first bytes."""
    if request.mimetype != BODY:
        return Arrived(upload, 0, None)

    @after_this_request
    def _tidy(response: Response) -> Response:
        """Bytes of a beginning that was refused, or of a copy of the first one, belong to nobody."""
        if not response.headers.get("Location", "").endswith(upload.id):
            parts().forget(upload.id)
        return response

    return received(upload, 0)


def continued(load: Callable[[], Upload]) -> Arrived | None:
    """None: the header asks for termination, for senders that know GET and POST only."""
    speaks_tus()
    method = request.headers.get("X-HTTP-Method-Override", request.method).upper()
    if method == "DELETE":
        return None
    if method != "PATCH":
        raise unreadable(405)
    if request.mimetype != BODY:
        raise unreadable(415)
    offset, upload = number("Upload-Offset"), load()
    db.session.rollback()  # bytes may take minutes: the connection is for others
    if upload.done:
        if offset != upload.size:
            raise moved()
        return Arrived(upload, upload.size, None)
    return received(upload, offset)


def received(upload: Upload, offset: int) -> Arrived:
    """Take in the body from byte ``offset`` on; with the last byte the file is checked and stored."""
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
            message(
                "Tempat di server sedang penuh. Yang sudah sampai aman. Berkas di HP tetap ada. Coba lagi nanti."
            ),
        ) from None
    except Busy:
        raise error(
            423,
            message("Berkas ini sedang dikirim dari tempat lain. Yang sudah sampai aman. Tunggu sebentar."),
        ) from None
    if here < upload.size:
        return Arrived(upload, here, None)
    return Arrived(upload, here, upload.whole())


def refuse_ended(expires_at: datetime) -> None:
    """Raise an error of status 410 when the time of an upload is over."""
    if expires_at > now():
        return
    raise error(
        410,
        message("Waktu kiriman ini sudah habis. Berkas lain tetap aman. Pilih berkasnya lagi."),
    )
