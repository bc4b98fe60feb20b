"""Files of evidence: as a download, as a small picture, taken out of a draft."""

from flask import Response, flash, redirect, url_for
from flask.typing import ResponseReturnValue

from lms.evidence import api
from lms.evidence.submissions import place_of_file
from lms.evidence.views.blueprint import bp
from lms.platform.clock import now
from lms.platform.db import db
from lms.web.i18n import gettext as _
from lms.web.routing import command, page
from lms.web.stored_files import serve_file


@bp.get("/berkas/<int64:file_id>")
@page("evidence.view", place=place_of_file)
def file(file_id: int) -> ResponseReturnValue:
    """A file as a download; our own re-encoded photos may open in the page."""
    return _sent(file_id, preview=False)


@bp.get("/berkas/<int64:file_id>/kecil")
@page("evidence.view", place=place_of_file)
def preview(file_id: int) -> ResponseReturnValue:
    """The small picture of a photo."""
    return _sent(file_id, preview=True)


def _sent(file_id: int, *, preview: bool) -> Response:
    row = db.session.get_one(api.EvidenceFile, file_id)
    inline = row.kind == "photo"  # written anew by us, so it is a picture and nothing else
    key = row.preview_key if preview and row.preview_key else row.storage_key
    return serve_file(key, media_type=row.media_type, name=row.name, inline=inline)


@bp.post("/berkas/<int64:file_id>/hapus")
@command("evidence.upload", place=place_of_file)
def remove(file_id: int) -> ResponseReturnValue:
    """Take a file out of a version that was not handed in."""
    target = api.remove_file(db.session(), file_id=file_id, now=now())
    flash(_("Berkas dihapus dari draf ini."), "ok")
    return redirect(url_for("evidence.submission", submission_id=target), 303)
