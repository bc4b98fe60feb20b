"""Files of evidence: as a download, as a small picture, taken out of a draft."""

from flask import Response, flash, redirect, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms.evidence import api
from lms.evidence.views.blueprint import bp
from lms.platform.db import db
from lms.platform.storage import storage
from lms.web.routing import command, page


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


@bp.post("/berkas/<int:file_id>/hapus")
@command("evidence.upload", place=api.place_of_file)
def remove(file_id: int) -> ResponseReturnValue:
    """Take a file out of a version that was not handed in."""
    target = api.remove_file(db.session(), file_id=file_id)
    flash(_("Berkas dihapus dari draf ini."), "ok")
    return redirect(url_for("evidence.submission", submission_id=target), 303)
