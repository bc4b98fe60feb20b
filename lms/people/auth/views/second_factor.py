"""Setting up, showing and switching off the second factor."""

from datetime import UTC, datetime
from typing import Any

import segno
from flask import flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from lms.contract.errors import ImbasError
from lms.people.auth.accounts import get_account
from lms.people.auth.authentication import claim_code
from lms.people.auth.rules import safe_next
from lms.people.auth.second_factor import (
    TotpSetup,
    confirm,
    new_totp_setup,
    provisioning_uri,
    recovery_codes_left,
    switch_off,
    use_code,
)
from lms.people.auth.views import device
from lms.people.blueprint import bp
from lms.platform.clock import now
from lms.platform.db import db
from lms.platform.transaction import write
from lms.web.form import sentences
from lms.web.i18n import gettext as _
from lms.web.routing import SIGNED_IN, command, current_actor, page

_SETUP = "totp_setup"


@bp.get("/akun/saya/kode-masuk")
@page(SIGNED_IN)
def second_factor() -> ResponseReturnValue:
    """How it stands, or how to set it up."""
    return _show({}, safe_next(request.args.get("next")))


@bp.post("/akun/saya/kode-masuk")
@command(SIGNED_IN, fields=("code", "next"))
def confirm_second_factor() -> ResponseReturnValue:
    """Turn it on with a first code of the app."""
    target = safe_next(request.form.get("next"), url_for("people.second_factor"))
    try:
        confirm(
            db.session(),
            actor=current_actor(),
            setup=_setup(),
            code=request.form.get("code", "")[:20],
            key=device.settings().key(),
            now=now(),
            real_now=datetime.now(UTC),
        )
    except ImbasError as error:
        return _show(sentences(error), target), error.status
    session.pop(_SETUP, None)
    flash(_("Verifikasi dua langkah sudah aktif. Simpan kode cadangan di tempat aman."))
    return redirect(target, 303)


def _count_code() -> ImbasError | None:
    try:
        with write() as open_session:
            claim_code(
                open_session, person_id=current_actor().person_id, key=device.settings().key(), now=now()
            )
    except ImbasError as error:
        return error
    return None


@bp.post("/akun/saya/kode-masuk/matikan")
@command(SIGNED_IN, fields=("code",), prepare=_count_code)
def switch_off_second_factor(error: ImbasError | None) -> ResponseReturnValue:
    """Switch it off with a code, for a new phone."""
    actor, open_session = current_actor(), db.session()
    try:
        if error is not None:
            raise error
        use_code(
            open_session,
            person_id=actor.person_id,
            code=request.form.get("code", "")[:40],
            keys=device.settings().keys(),
            now=now(),
            real_now=datetime.now(UTC),
        )
    except ImbasError as fault:
        return _show(sentences(fault), "/"), fault.status
    switch_off(open_session, person_id=actor.person_id, actor=actor, now=now())
    flash(_("Verifikasi dua langkah sudah dimatikan."))
    return redirect(url_for("people.second_factor"), 303)


def _setup() -> TotpSetup:
    """The setting up that is under way. It lives in the cookie: nothing is stored before it is confirmed."""
    kept: dict[str, Any] | None = session.get(_SETUP)
    if kept is None:
        fresh = new_totp_setup()
        session[_SETUP] = {"secret": fresh.secret, "recovery": list(fresh.recovery)}
        return fresh
    return TotpSetup(kept["secret"], tuple(kept["recovery"]))


def _show(errors: dict[str, str], target: str) -> str:
    actor = current_actor()
    account = get_account(db.session(), actor.person_id)
    context: dict[str, Any] = {"account": account, "errors": errors, "target": target}
    if account.totp_confirmed_at is None:
        setup = _setup()
        uri = provisioning_uri(setup.secret, account.username)
        context["qr"] = segno.make(uri).svg_data_uri(scale=4, border=4, light="#fff", dark="#000")
        context["setup"] = setup
    else:
        context["left"] = recovery_codes_left(db.session(), account)
    return render_template("people/second_factor.html", **context)
