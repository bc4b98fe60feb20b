"""Pages and commands that also work from a phone without a network (decision 0030).

Both decorators stand under the one that gives the route its rule::

    @bp.get("/<int:visit_id>")
    @page("visits.see", place=place_of_visit)
    @offline_page
    def visit(visit_id: int) -> ResponseReturnValue: ...

    @bp.post("/<int:visit_id>")
    @command("visits.write", place=place_of_visit, fields=("date", "note"))
    @offline_command
    def write_down(visit_id: int) -> ResponseReturnValue: ...
"""

from functools import wraps
from typing import Any
from urllib.parse import quote

from flask import Response, jsonify, make_response
from flask.typing import ResponseReturnValue

from lms.platform.clock import now
from lms.web.filters import long_datetime
from lms.web.i18n import locale, zone
from lms.web.request import wants_json
from lms.web.routing import View, current_actor

MARK = "__offline__"
HEADER = "X-Imbas-Offline"
"""On a page that may be kept: whose it is, and of when, as people read it."""


def offline_page(view: View) -> View:
    """Mark a page as one that its reader may take along: the phone keeps it for 14 days and opens it without a network.

    What it shows lies on the phone that long, so it shows what the work there needs and nothing that is not released yet. Only
    an answer of 200 is kept, and only for the person for whom it was made.
    """
    _check_order(view)

    @wraps(view)
    def marked(*prepared: Any, **arguments: Any) -> ResponseReturnValue:
        response = make_response(view(*prepared, **arguments))
        if response.status_code == 200:
            response.headers[HEADER] = f"{current_actor().person_id} {quote(_moment())}"
        return response

    setattr(marked, MARK, True)
    return marked


def offline_command(view: View) -> View:
    """Let a command take forms that waited on a phone: where a page would be redirected, the phone gets a receipt.

    The receipt is stored under the form's key in the command's transaction, so that a form which is sent again gets the same one.
    A form is refused by raising an ``ImbasError``, in the view or inside ``saved``: its sentences are shown on the phone, where
    the text stays. Without a script the command works as any other.
    """
    _check_order(view)

    @wraps(view)
    def receipted(*prepared: Any, **arguments: Any) -> ResponseReturnValue:
        response = make_response(view(*prepared, **arguments))
        return _receipt() if wants_json() and 300 <= response.status_code < 400 else response

    return receipted


def is_offline_page(view: object) -> bool:
    """Whether a phone may keep what this view shows."""
    return bool(getattr(view, MARK, False))


def _receipt() -> Response:
    return jsonify(arrived=_moment())


def _moment() -> str:
    return long_datetime(now(), zone(), locale())


def _check_order(view: View) -> None:
    if hasattr(view, "__rule__"):
        raise TypeError(f"{view.__name__}: write @offline_page under @page, @offline_command under @command")
