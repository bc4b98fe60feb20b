"""Who is signed in at each request, and what they must do first: a new password, the second factor."""

from datetime import timedelta

from flask import Flask, Response, current_app, g, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import LoginManager, UserMixin, current_user
from sqlalchemy.exc import DBAPIError

from lms.contract.errors import Forbidden
from lms.contract.text import message
from lms.contract.times import is_recent
from lms.people import api
from lms.people.auth import hashing
from lms.people.auth.second_factor import needs_second_factor
from lms.people.auth.sessions import TOUCH_EVERY, SignedIn, touch
from lms.people.auth.views.device import lasting
from lms.platform.application import platform
from lms.platform.clock import now
from lms.platform.db import db
from lms.platform.io_errors import is_full
from lms.platform.transaction import write
from lms.settings import Settings
from lms.web.request import wants_json
from lms.web.routing import PUBLIC, Rule

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_ALWAYS_OPEN = frozenset({"people.sign_out", "people.change_password", "people.save_password"})
_OPEN_FOR_ENROLMENT = _ALWAYS_OPEN | {"people.second_factor", "people.confirm_second_factor"}


class SignedInUser(UserMixin):  # type: ignore[misc]
    """Flask-Login's user: the token of the sign-in, and who stands behind it."""

    def __init__(self, token: str, signed_in: SignedIn) -> None:
        self.token = token
        self.signed_in = signed_in
        self.actor = signed_in.actor

    def get_id(self) -> str:
        """The token: it is what the cookie keeps."""
        return self.token


def init_app(app: Flask) -> None:
    """Install authorisation, the user loader, and the two hooks around each request."""
    manager = LoginManager()
    manager.session_protection = None  # addresses change on a phone; the token is random and revocable
    manager.init_app(app)
    manager.user_loader(_load)
    app.before_request(_first_things_first)
    app.after_request(_stay_signed_in)
    hashing.warm_up()


def _load(token: str) -> SignedInUser | None:
    signed_in = api.load_signed_in(db.session().connection(), token, now())
    if signed_in is None:
        return None
    g.zone, g.unread = signed_in.timezone, signed_in.unread
    return SignedInUser(token, signed_in)


def _first_things_first() -> ResponseReturnValue | None:
    """A one-time code must be replaced, and a second factor set up, before anything else."""
    view = current_app.view_functions.get(request.endpoint or "")
    rule = getattr(view, "__rule__", None)
    if not isinstance(rule, Rule) or rule.action == PUBLIC:
        return None
    signed_in: SignedIn | None = getattr(current_user, "signed_in", None)
    if signed_in is None:
        return None
    if signed_in.must_change_password and request.endpoint not in _ALWAYS_OPEN:
        return _go("people.change_password")
    settings: Settings = platform().settings
    if (
        settings.require_totp
        and not signed_in.has_second_factor
        and needs_second_factor(signed_in.actor)
        and request.endpoint not in _OPEN_FOR_ENROLMENT
    ):
        return _go("people.second_factor")
    return None


def _go(endpoint: str) -> ResponseReturnValue:
    if request.method not in SAFE_METHODS or wants_json():
        raise Forbidden(
            message("Akun ini perlu disiapkan dulu. Belum ada yang diubah. Buka beranda untuk melanjutkan.")
        )
    return redirect(url_for(endpoint, next=request.full_path.rstrip("?")), 303)


def _stay_signed_in(response: Response) -> Response:
    """Work keeps a sign-in alive; it is noted at most every few minutes, never by a mere GET."""
    if request.method in SAFE_METHODS or response.status_code >= 400:
        return response
    signed_in: SignedIn | None = getattr(current_user, "signed_in", None)
    moment = now()
    if signed_in is None or is_recent(signed_in.last_seen_at, moment, TOUCH_EVERY):
        return response
    until = min(moment + lasting(), signed_in.since + _at_most())
    try:
        with write() as open_session:
            touch(open_session, session_id=signed_in.actor.session_id, now=moment, until=until)
    except DBAPIError as error:
        if not is_full(error):
            raise
        return response  # the sign-in ends some minutes earlier; what the request did is done
    session.modified = True  # the cookie's own end moves along
    return response


def _at_most() -> timedelta:
    """After this much a sign-in ends, however busy it was."""
    settings: Settings = platform().settings
    return timedelta(days=settings.session_most_days)
