"""A command in one write transaction, done once for each key of its form.

The answer is kept under the key in the same transaction, so that a form which is sent again gets
the first answer. A response of 400 or more rolls everything back.
"""

import hashlib
import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from weakref import WeakValueDictionary

from flask import Response, make_response, request, session
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import IntegrityError, OperationalError

from lms.contract.errors import ImbasError
from lms.platform import idempotency
from lms.platform.application import platform
from lms.platform.clock import now
from lms.platform.db import db
from lms.platform.disk import leave_for_rows
from lms.platform.transaction import is_deadlock, write
from lms.web import cookies

log = logging.getLogger(__name__)
TRIES = 3
"""Of a transaction that another one got in the way of."""

FURNITURE = frozenset({"csrf_token", "_key"})
"""Fields of every form that say nothing about its content."""


def run(person_id: int | None, work: Callable[[], ResponseReturnValue]) -> Response:
    """The answer of ``work``, or of the first request of this person with the same key.

    Raises Conflict when the key came with another body.
    """
    key = _request_key()
    if person_id is None or not key:
        return _in_transaction(work)
    digest = _digest()
    try:
        answer = _run_once(person_id, key, digest, work)
    except ImbasError:  # another request with this key may have changed what this one looked at
        if twin := _of_a_twin(person_id, key, digest):
            return twin
        raise
    return answer if answer.status_code < 400 else _of_a_twin(person_id, key, digest) or answer


_turns: WeakValueDictionary[tuple[int, str], threading.Lock] = WeakValueDictionary()
_guard = threading.Lock()


@contextmanager
def in_turn(person_id: int | None) -> Iterator[None]:
    """Requests with the same key one after the other, in this process: the first does the work, the others see its answer.

    Who waits holds no connection: the first one may need the last of the pool to come to an end.
    """
    key = _request_key()
    if person_id is None or not key:
        yield
        return
    with _guard:
        turn = _turns.setdefault((person_id, key), threading.Lock())
    db.session.rollback()
    with turn:
        yield


def answered(person_id: int | None) -> Response | None:
    """What a request with this key was answered before; None when there was none.

    Raises Conflict when the key came with another body.
    """
    key = _request_key()
    return _of_a_twin(person_id, key, _digest()) if person_id is not None and key else None


def _of_a_twin(person_id: int, key: str, digest: str) -> Response | None:
    """What another request with this key was answered while this one worked."""
    rows = db.session()
    known = idempotency.find(rows, person_id=person_id, key=key, digest=digest)
    rows.rollback()
    return _replayed(known) if known else None


class _RolledBack(Exception):
    def __init__(self, response: Response) -> None:
        self.response = response


def _in_transaction(work: Callable[[], ResponseReturnValue]) -> Response:
    """Done from its beginning when another transaction was in the way, and so with that one's rows in sight.

    Of transactions that wait for each other PostgreSQL ends one; of two that insert the same key the second
    one is refused. What read "there is none yet" now finds it, and says so in its own words.
    """
    leave_for_rows(platform().settings)
    said = dict(session)
    for left in reversed(range(TRIES)):
        try:
            return _attempt(work)
        except (IntegrityError, OperationalError) as error:
            deadlock = is_deadlock(error)
            if not left or not (deadlock or isinstance(error, IntegrityError)):
                raise
            why = "a deadlock" if deadlock else "another one stored the same"
            log.warning("done again after %s: %s", why, request.endpoint)
            session.clear()  # what the ended attempt had to say
            session.update(said)
    raise AssertionError("the last try returns or raises")


def _attempt(work: Callable[[], ResponseReturnValue]) -> Response:
    try:
        with write():
            response = make_response(work())
            if response.status_code >= 400:
                raise _RolledBack(response)
            return response
    except _RolledBack as rolled_back:
        return rolled_back.response


def _run_once(person_id: int, key: str, digest: str, work: Callable[[], ResponseReturnValue]) -> Response:
    def keyed() -> ResponseReturnValue:
        rows = db.session()
        known = idempotency.find(rows, person_id=person_id, key=key, digest=digest)
        if known is not None:
            return _replayed(known)
        response = make_response(work())
        body = response.get_data(as_text=True) if _is_text(response) else ""
        # what is too long to keep is done again: it is a page to read, and half of it would be none
        if response.status_code < 400 and len(body) <= idempotency.MAX_BODY:
            answer = idempotency.StoredAnswer(
                response.status_code,
                response.headers.get("Location", ""),
                response.mimetype or "text/html",
                body,
            )
            idempotency.remember(rows, person_id=person_id, key=key, digest=digest, answer=answer, now=now())
            _acknowledge(response, key)
        return response

    return _in_transaction(keyed)


def _acknowledge(response: Response, key: str) -> None:
    """Tell the page that the form with this key has arrived, so that its draft may go (``arrived_form.js``)."""
    cookies.write(response, "imbas_done", key, seconds=3600, script=True)


def _is_text(response: Response) -> bool:
    return not response.is_streamed and response.mimetype in {"text/html", "application/json"}


def _replayed(known: idempotency.StoredAnswer) -> Response:
    response = make_response(known.body, known.status)
    response.mimetype = known.media_type
    if known.location:
        response.headers["Location"] = known.location
    response.headers["Idempotent-Replay"] = "true"
    _acknowledge(response, _request_key())
    return response


def _request_key() -> str:
    return request.headers.get("X-Idempotency-Key") or request.form.get("_key", "")


def _digest() -> str:
    digest = hashlib.sha256(request.path.encode())
    for name, values in sorted(request.form.lists()):
        if name not in FURNITURE:
            digest.update(repr((name, values)).encode())
    for name, files in sorted(request.files.lists()):
        for file in files:
            digest.update(repr((name, file.filename)).encode())
            file.stream.seek(0)  # ``prepare`` may have read it
            digest.update(hashlib.file_digest(file.stream, "sha256").digest())  # type: ignore[arg-type]
            file.stream.seek(0)
    return digest.hexdigest()
