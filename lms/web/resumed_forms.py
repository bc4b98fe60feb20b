"""A form that was sent after the sign-in had ended waits behind the sign-in page (requirement K6).

It travels as a signed field, needs no script, and goes on only for the person who wrote it: on a
shared phone the next one must not send it as their own. It is sent by that person's press.
"""

from dataclasses import dataclass

from flask import current_app, request, session
from itsdangerous import BadData, URLSafeTimedSerializer
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import HTTPException

from lms.contract.characters import storable

FIELD = "kept"
LASTING = 3600
LONGEST = 300_000
_NEVER = frozenset({"csrf_token", "_key", FIELD})
_SECRET = ("password", "code", "kartu")


@dataclass(frozen=True, slots=True)
class Kept:
    """Where the form goes, and what it says; ``files`` were chosen but cannot wait."""

    path: str
    fields: tuple[tuple[str, str], ...]
    files: bool
    token: str


def keep(person_id: int) -> Kept | None:
    """The form of this request; None when there is none, it holds secrets, or it came from elsewhere."""
    form = _form()
    if not form or not _is_to_be_shown(form):
        return None
    fields = [(name, value) for name, value in form.items(multi=True) if name not in _NEVER]
    files = any(file.filename for file in request.files.values())
    token = str(_signer().dumps([person_id, request.path, fields, files]))
    return Kept(request.path, tuple(fields), files, token) if len(token) < LONGEST else None


def typed_words() -> list[str]:
    """The sentences of this request's form, to be shown once more so that they can be copied."""
    form = _form()
    if not _is_to_be_shown(form):
        return []
    typed = [storable(value, LONGEST) for name, value in form.items(multi=True) if name not in _NEVER]
    return [text for text in typed if " " in text.strip()]


def _form() -> MultiDict[str, str]:
    """The form of this request; empty when it was refused unread, such as one that is too large."""
    try:
        return request.form
    except HTTPException:
        return MultiDict()


def _is_to_be_shown(form: MultiDict[str, str]) -> bool:
    """Whether the form comes from a page of ours and holds no secret."""
    elsewhere = request.headers.get("Sec-Fetch-Site", "same-origin") != "same-origin"
    return not elsewhere and not any(word in name for name in form for word in _SECRET)


def kept_before(person_id: int | None = None) -> Kept | None:
    """The form that the sign-in page carries; with ``person_id`` only when that person wrote it."""
    token = request.form.get(FIELD, "")
    try:
        owner, path, fields, files = _signer().loads(token, max_age=LASTING)
    except BadData:
        return None
    if person_id is not None and owner != person_id:
        return None
    return Kept(path, tuple((name, value) for name, value in fields), files, token)


def who_was_here() -> int | None:
    """The person whose sign-in ended in this browser, as the cookie remembers."""
    found = session.get("who")
    return int(found) if found else None


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt="imbas-kept")
