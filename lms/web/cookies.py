"""The cookies beside the session's: where they go, who reads them, and what they are called over TLS.

Over TLS a name says that the cookie cannot have come over plain HTTP, nor from a neighbouring host
where the whole site is meant. Source: RFC 6265bis, cookie name prefixes; OWASP ASVS 5.0, 3.3.1 and 3.3.3.
"""

from flask import Response, current_app, request


def session_name(*, secure: bool) -> str:
    """The name of the session's cookie."""
    return "__Host-imbas" if secure else "imbas"


def read(name: str) -> str:
    """What a cookie says; empty when there is none."""
    return request.cookies.get(_name(name), "")


def write(
    response: Response, name: str, value: str, *, seconds: int, path: str = "/", script: bool = False
) -> None:
    """Set a cookie for ``seconds``; a page's script reads it only with ``script``."""
    response.set_cookie(
        _name(name),
        value,
        max_age=seconds,
        path=path,
        httponly=not script,
        samesite="Lax",
        secure=current_app.config["SESSION_COOKIE_SECURE"],
    )


def _name(name: str) -> str:
    return f"__Secure-{name}" if current_app.config["SESSION_COOKIE_SECURE"] else name
