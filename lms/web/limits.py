"""Limits on plain forms: the form parser limits only those that carry files (``multipart``)."""

from flask import Flask, request
from werkzeug.exceptions import RequestEntityTooLarge

MAX_PLAIN_FORM = 1024 * 1024
"""A programme's whole text, encoded, has at most about 300 kB."""


def init_limits(app: Flask) -> None:
    """Refuse plain forms of too many bytes or fields before they are taken apart."""

    @app.before_request
    def _limit() -> None:
        if request.mimetype == "application/x-www-form-urlencoded":
            request.max_content_length = min(MAX_PLAIN_FORM, app.config["MAX_CONTENT_LENGTH"])
            if request.get_data().count(b"&") >= app.config["MAX_FORM_PARTS"]:
                raise RequestEntityTooLarge
