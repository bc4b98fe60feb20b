"""Papers to download: PDF from a Typst template of any package, and how a paper is sent."""

import io
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask import Response, send_file

from lms.contract.errors import Conflict
from lms.contract.text import message
from lms.platform.typesetting import NotSet, set_pdf

_KINDS = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}


def pdf_of(package: str, template: str, data: Mapping[str, Any], *, made_at: datetime | None = None) -> bytes:
    """The PDF (PDF/A-2u) that ``typst/<template>`` in the folder of ``package`` makes of ``data``.

    ``data`` are values of JSON; the template reads them by ``json(bytes(sys.inputs.data))``. The same data and ``made_at`` give the
    same bytes. It takes 20 ms and more, so not inside a write transaction: a page, or the ``prepare`` of a command. Raises Conflict with
    what Typst says.
    """
    try:
        return set_pdf(package, template, {"data": json.dumps(data)}, made_at=made_at)
    except NotSet as error:
        raise Conflict(
            message(
                "Berkas PDF tidak dapat disusun. Tulisan tetap aman. Sebabnya: %(reason)s",
                reason=str(error)[:300],
            )
        ) from error


def send_paper(body: bytes, name: str) -> Response:
    """A paper as a download. ``name`` ends in ``.pdf`` or ``.docx``; signs that names of files do not allow become spaces."""
    stem, _dot, ending = name.rpartition(".")
    allowed = "".join(sign if sign.isalnum() or sign in " -_().," else " " for sign in stem)
    return send_file(
        io.BytesIO(body),
        mimetype=_KINDS[ending],
        as_attachment=True,
        download_name=f"{' '.join(allowed.split())[:100].strip()}.{ending}",
    )
