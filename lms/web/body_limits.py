"""Limits on bodies: how much of a plain form is taken, and that what a proxy gathered is read to its end."""

from flask import Flask, Response, request
from werkzeug.exceptions import RequestEntityTooLarge

from lms.platform.application import platform
from lms.platform.disk import leave_for_files

MAX_PLAIN_FORM = 1024 * 1024
"""A programme's whole text, encoded, has at most about 300 kB. The parser limits only forms with files."""
_UNGATHERED = "application/offset+octet-stream"
"""Files on their way: a proxy hands them on as slowly as the phone sends them (``evidence/views/tus.py``)."""
_PIECE = 256 * 1024


def init_limits(app: Flask) -> None:
    """Refuse plain forms of too many bytes or fields, and files for which there is no room, before they are read."""

    @app.before_request
    def _limit() -> None:
        if request.mimetype == "multipart/form-data":  # before a byte of it is written anywhere
            leave_for_files(platform(app).settings, request.content_length or 0)
        if request.mimetype == "application/x-www-form-urlencoded":
            request.max_content_length = min(MAX_PLAIN_FORM, app.config["MAX_CONTENT_LENGTH"])
            if request.get_data().count(b"&") >= app.config["MAX_FORM_PARTS"]:
                raise RequestEntityTooLarge

    @app.after_request
    def _read_to_the_end(response: Response) -> Response:
        # A proxy that cannot hand over the rest of a body says 502 in place of our refusal.
        # Without a proxy the rest comes as slowly as the sender likes: nobody waits for it.
        rest = request.content_length or 0
        behind_proxy = platform(app).settings.trusted_proxies > 0
        if behind_proxy and request.mimetype != _UNGATHERED and rest <= app.config["MAX_CONTENT_LENGTH"]:
            while rest > 0 and (piece := request.environ["wsgi.input"].read(min(rest, _PIECE))):
                rest -= len(piece)
        return response
