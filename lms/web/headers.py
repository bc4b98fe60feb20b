"""Security headers, request ids and compression on every response."""

import gzip
import secrets
import time

from flask import Flask, Response, g, request

from lms.platform.logs import request_id, request_log
from lms.web.logged_path import logged_path

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
    "font-src 'self'; connect-src 'self'; manifest-src 'self'; worker-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_NO_DOCUMENT = "default-src 'none'; base-uri 'none'; frame-ancestors 'none'"
"""For what is no page: shorter, since on a slow link the headers of a saved answer outweigh it ten times."""
_OF_PAGES = (
    ("Content-Security-Policy", CONTENT_SECURITY_POLICY),
    ("Permissions-Policy", "geolocation=(), microphone=(), payment=(), usb=()"),
)
_HEADERS = (
    ("Content-Security-Policy", _NO_DOCUMENT),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "same-origin"),
    ("X-Frame-Options", "DENY"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
)
_COMPRESSIBLE = frozenset(
    {"text/html", "application/json", "image/svg+xml", "text/css", "text/plain", "text/javascript"}
)
_WORTH_IT = 700


def init_headers(app: Flask, *, secure: bool) -> None:
    """Install the hooks; ``secure`` adds Strict-Transport-Security."""

    @app.before_request
    def _begin() -> None:
        g.started = time.perf_counter()
        request_id.set(secrets.token_hex(6))

    @app.after_request
    def _finish(response: Response) -> Response:
        given = {name for name, _value in response.headers}
        for name, value in (*(_OF_PAGES if response.mimetype == "text/html" else ()), *_HEADERS):
            if name not in given:
                given.add(name)
                response.headers.add(name, value)
        if secure:
            response.headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
        if response.headers.get("Cache-Control", "no-cache") == "no-cache":  # what send_file says
            # shared phones: nobody reads the last person's pages with the Back button
            response.headers["Cache-Control"] = "no-store"
        response.headers["X-Request-Id"] = request_id.get()
        _compress(response)
        request_log(request.method, logged_path(), response.status_code, time.perf_counter() - g.started)
        return response


def _compress(response: Response) -> None:
    if (
        response.is_streamed
        or response.direct_passthrough
        or response.mimetype not in _COMPRESSIBLE
        or response.status_code in {204, 304}
        or "Content-Encoding" in response.headers
        or not request.accept_encodings["gzip"]
    ):
        return
    body = response.get_data()
    if len(body) < _WORTH_IT:
        return
    response.set_data(gzip.compress(body, compresslevel=5, mtime=0))
    response.headers["Content-Encoding"] = "gzip"
    response.headers.add("Vary", "Accept-Encoding")
