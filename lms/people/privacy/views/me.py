"""My own data: what is stored about me, my settings, my password, my copy, what was done to me."""

import json

from flask import Response, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lms.contract.catalogues import language_name, languages
from lms.contract.errors import ImbasError
from lms.people.access.role_labels import role_title
from lms.people.auth.accounts import check_new_password, get_account, set_password
from lms.people.auth.authentication import SignInAttempt, check, claim
from lms.people.auth.hashing import hash_password
from lms.people.auth.rules import safe_next
from lms.people.auth.second_factor import needs_second_factor
from lms.people.auth.views import device
from lms.people.blueprint import bp
from lms.people.directory import persons
from lms.people.directory.identifiers import spaced_nip
from lms.people.directory.persons import person_with_roles
from lms.people.directory.profile import ZONES, edit_profile
from lms.people.privacy.personal_data import export_person, record_export
from lms.people.privacy.views.labels import action_words
from lms.platform import audit
from lms.platform.clock import now
from lms.platform.db import db
from lms.platform.transaction import write
from lms.web.form import sentences
from lms.web.i18n import gettext as _
from lms.web.i18n import remember, shown
from lms.web.routing import SIGNED_IN, command, current_actor, page


@bp.get("/akun/saya")
@page(SIGNED_IN)
def me() -> ResponseReturnValue:
    """Data saya."""
    return _me({}, {})


@bp.post("/akun/saya")
@command(SIGNED_IN, fields=("locale", "timezone", "phone"))
def save_me() -> ResponseReturnValue:
    """Change language, zone and phone."""
    form = {name: request.form.get(name, "") for name in ("locale", "timezone", "phone")}
    try:
        edit_profile(db.session(), **form, actor=current_actor(), now=now())
    except ImbasError as error:
        return _me(form, sentences(error)), error.status
    flash(_("Pengaturan sudah tersimpan."))
    response = make_response(redirect(url_for("people.me"), 303))
    remember(response, form["locale"])
    return response


@bp.post("/akun/saya/unduh")
@command(SIGNED_IN)
def download_me() -> ResponseReturnValue:
    """All that is known about me, as one JSON file; that I took it is noted."""
    actor, session, moment = current_actor(), db.session(), now()
    data = export_person(session, person_id=actor.person_id, now=moment)
    record_export(session, actor=actor, now=moment)
    return Response(
        json.dumps(data, ensure_ascii=False, indent=1, default=str),
        mimetype="application/json",
        headers={"Content-Disposition": 'attachment; filename="data-saya.json"'},
    )


@bp.get("/akun/saya/sandi")
@page(SIGNED_IN)
def change_password() -> ResponseReturnValue:
    """The form for a new password."""
    return _password_form({}, safe_next(request.args.get("next")))


def _new_password() -> str | ImbasError:
    """The hash of the new password, after the old one was checked, all before the transaction."""
    actor, session, moment = current_actor(), db.session(), now()
    account = get_account(session, actor.person_id)
    username, forced = account.username, account.must_change_password
    password = request.form.get("password", "")
    try:
        if not forced:
            knock = SignInAttempt(username, "", "", f"own:{actor.session_id}", frozenset({actor.person_id}))
            with write() as open_session:
                claimed = claim(open_session, knock, key=device.settings().key(), now=moment)
            check(claimed, request.form.get("current", ""), now=moment)
        check_new_password(password, request.form.get("again", ""), username)
    except ImbasError as error:
        return error
    return hash_password(password)


@bp.post("/akun/saya/sandi")
@command(SIGNED_IN, fields=("current", "password", "again", "next"), prepare=_new_password)
def save_password(outcome: str | ImbasError) -> ResponseReturnValue:
    """Store the new password and sign out every other device."""
    target = safe_next(request.form.get("next"), url_for("people.me"))
    if isinstance(outcome, ImbasError):
        return _password_form(sentences(outcome), target), outcome.status
    actor = current_actor()
    set_password(db.session(), person_id=actor.person_id, password_hash=outcome, actor=actor, now=now())
    flash(_("Kata sandi baru sudah tersimpan. Perangkat lain sudah keluar."))
    return redirect(target, 303)


def _password_form(errors: dict[str, str], target: str) -> str:
    account = get_account(db.session(), current_actor().person_id)
    return render_template("people/change_password.html", account=account, errors=errors, target=target)


def _me(typed: dict[str, str], errors: dict[str, str]) -> str:
    session, actor = db.session(), current_actor()
    person = person_with_roles(session, actor.person_id)
    entries = audit.concerning(session, person.id, limit=20)
    names = persons.names(session, {entry.actor_id for entry in entries if entry.actor_id})
    return render_template(
        "people/me.html",
        person=person,
        typed=typed or {"locale": person.locale, "timezone": person.timezone, "phone": person.phone},
        errors=errors,
        assignments=[(shown(role_title(grant.role)), grant.school) for grant in person.grants],
        nip=spaced_nip(person.nip),
        zones=list(ZONES.items()),
        locales=[(code, language_name(code)) for code in languages()],
        wants_second_factor=needs_second_factor(actor),
        history=[
            (entry.at, action_words(entry.action), names.get(entry.actor_id or 0, ""), entry.reason)
            for entry in entries
        ],
    )
