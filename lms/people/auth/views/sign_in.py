"""Signing in: username and password, a second-factor code for agency staff, and the way out."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from flask import flash, make_response, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from lms.contract.errors import ImbasError, TooMany
from lms.people.auth.authentication import (
    WRONG,
    Entered,
    SignInAttempt,
    check,
    claim,
    claim_code,
    code_counter,
    enter,
    half_way,
    still_half_way,
)
from lms.people.auth.rules import safe_next
from lms.people.auth.second_factor import use_code
from lms.people.auth.sessions import device_name, revoke
from lms.people.auth.views import device
from lms.people.auth.views.device import lasting
from lms.people.blueprint import bp
from lms.platform.clock import now
from lms.platform.db import db
from lms.platform.logs import security_log
from lms.platform.transaction import write
from lms.web.form import sentences
from lms.web.i18n import gettext as _
from lms.web.resumed_forms import FIELD, kept_before
from lms.web.routing import PUBLIC, SIGNED_IN, actor_or_none, command, current_actor, public

HALF_WAY = timedelta(minutes=10)
"""How long the second-factor code may take after the password."""


@bp.get("/masuk")
@public
def sign_in() -> ResponseReturnValue:
    """The sign-in page; somebody who is in already goes on."""
    target = safe_next(request.args.get("next"))
    if actor_or_none() is not None:
        return redirect(target, 303)
    card = request.args.get("kartu", "")
    found = device.ticket(db.session(), card)
    return _form(username=found.username if found else "", target=target, card=card if found else "")


def _knock() -> Entered | ImbasError:
    """Count the try, then check the password, both before the transaction of the sign-in."""
    here, found = device.this_device(), device.ticket(db.session(), request.form.get("kartu", ""))
    password = request.form.get("password", "")
    people = device.known_people(here, found)
    knock = SignInAttempt(
        username=request.form.get("username", ""),
        password=password,
        address=request.remote_addr or "",
        device_key=here.key if not found or found.person_id in here.people else f"card:{found.mark}",
        known_people=people,
    )
    moment = now()
    claimed = None
    try:
        with write() as open_session:
            claimed = claim(open_session, knock, key=device.settings().key(), now=moment)
        return check(claimed, password, now=moment)
    except ImbasError as error:
        _log_refusal("sign_in_refused", error, claimed.person_id if claimed else None)
        return error


@bp.post("/masuk")
@command(PUBLIC, fields=("username", "password", "next", "kartu", FIELD), prepare=_knock)
def let_in(outcome: Entered | ImbasError) -> ResponseReturnValue:
    """Open the sign-in, ask for a code, or show the form again with the username still in it."""
    target = safe_next(request.form.get("next"))
    if isinstance(outcome, ImbasError):
        return _form(
            username=request.form.get("username", "")[:80],
            target=target,
            card=request.form.get("kartu", ""),
            error=outcome,
        )
    if outcome.wants_code:
        mark = half_way(outcome, device.settings().key())
        session["half"] = [outcome.person_id, now().isoformat(), target, mark]
        if kept_before(outcome.person_id) is not None:
            return render_template("people/enter_code.html", errors={}, kept=request.form[FIELD])
        return redirect(url_for("people.enter_code"), 303)
    return _enter(outcome, target)


@bp.get("/masuk/kode")
@public
def enter_code() -> ResponseReturnValue:
    """Ask for the second-factor code."""
    if _half_way() is None:
        return redirect(url_for("people.sign_in"), 303)
    return render_template("people/enter_code.html", errors={})


def _count_code() -> ImbasError | None:
    half = _half_way()
    try:
        with write() as open_session:
            if half is not None:
                claim_code(open_session, person_id=half.person_id, key=device.settings().key(), now=now())
    except ImbasError as error:
        _log_refusal("code_refused", error, half.person_id if half else None)
        return error
    return None


@bp.post("/masuk/kode")
@command(PUBLIC, fields=("code", FIELD), prepare=_count_code)
def check_code(error: ImbasError | None) -> ResponseReturnValue:
    """Check the code and open the sign-in."""
    half = _half_way()
    if half is None:
        return redirect(url_for("people.sign_in"), 303)
    person_id = half.person_id
    try:
        if error is not None:
            raise error
        use_code(
            db.session(),
            person_id=person_id,
            code=request.form.get("code", "")[:40],
            keys=device.settings().keys(),
            now=now(),
            real_now=datetime.now(UTC),
        )
    except ImbasError as fault:
        if error is None:  # else it was said when the try was counted
            _log_refusal("code_refused", fault, person_id)
        kept = request.form.get(FIELD, "")
        page = render_template("people/enter_code.html", errors=sentences(fault), kept=kept)
        return page, fault.status
    counter = code_counter(person_id, device.settings().key())
    return _enter(Entered(person_id, False, half.password_hash, None, (counter,)), half.target)


@bp.post("/keluar")
@command(SIGNED_IN)
def sign_out() -> ResponseReturnValue:
    """End this sign-in. Drafts of other people on this phone stay theirs."""
    actor = current_actor()
    revoke(db.session(), session_id=actor.session_id, person_id=actor.person_id, now=now())
    session.clear()
    security_log("signed_out", person=actor.person_id)
    flash(_("Bapak/Ibu sudah keluar. Pekerjaan yang sudah dikirim tetap tersimpan."))
    return redirect(url_for("people.sign_in"), 303)


def _enter(outcome: Entered, target: str) -> ResponseReturnValue:
    open_session, moment = db.session(), now()
    try:
        token = enter(
            open_session,
            entered=outcome,
            device=device_name(request.user_agent.string),
            address=request.remote_addr or "",
            key=device.settings().key(),
            lasting=lasting(),
            now=moment,
        )
    except ImbasError as error:  # the password was changed in between
        _log_refusal("sign_in_refused", error, outcome.person_id)
        return _form(username=request.form.get("username", "")[:80], target=target, error=error)
    before = getattr(current_user, "actor", None)
    if before is not None:  # a shared phone changes hands: the last sign-in must not stay behind
        revoke(open_session, session_id=before.session_id, person_id=before.person_id, now=moment)
    security_log(
        "signed_in", person=outcome.person_id, with_code=int(request.endpoint == "people.check_code")
    )
    _fresh_cookie(outcome.person_id, token)
    kept = kept_before(outcome.person_id)
    page = render_template("web/send_again.html", kept=kept, target=target) if kept else redirect(target, 303)
    response = make_response(page)
    device.remember(response, device.this_device(), outcome.person_id)
    return response


def _fresh_cookie(person_id: int, token: str) -> None:
    """Start the cookie anew, so that nothing planted before counts.

    Only when the same person comes back does the form token stay: then a page that was open when
    the sign-in ended can still be sent.
    """
    form_token = session.get("csrf_token") if session.get("who") == person_id else None
    session.clear()
    session.permanent = True
    session["_user_id"] = token
    session["who"] = person_id
    if form_token:
        session["csrf_token"] = form_token


def _log_refusal(event: str, error: ImbasError, person_id: int | None) -> None:
    """``why``: a try that came too early was not checked."""
    security_log(event, person=person_id, why="too_early" if isinstance(error, TooMany) else "wrong")


@dataclass(frozen=True, slots=True)
class _HalfWay:
    """Who has given the right password and owes a code, and where to go on to."""

    person_id: int
    target: str
    password_hash: str


def _half_way() -> _HalfWay | None:
    """None after ten minutes, and once the password is another one."""
    half = session.get("half", [])
    if len(half) == 4 and now() - datetime.fromisoformat(half[1]) <= HALF_WAY:
        person_id, target, mark = int(half[0]), safe_next(half[2]), str(half[3])
        known = still_half_way(db.session(), person_id=person_id, mark=mark, key=device.settings().key())
        if known is not None:
            return _HalfWay(person_id, target, known)
    session.pop("half", None)
    return None


def _form(
    *, username: str, target: str, card: str = "", error: ImbasError | None = None
) -> ResponseReturnValue:
    page = render_template(
        "people/sign_in.html",
        username=username,
        target=target,
        card=card,
        kept=request.form.get(FIELD, ""),
        errors=sentences(error),
        wrong=error is not None and error.text == WRONG,
    )
    response = make_response(page, error.status if error else 200)
    if error is not None and error.status == 429:
        response.headers["Retry-After"] = "60"
    return response
