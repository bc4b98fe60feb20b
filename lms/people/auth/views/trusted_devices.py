"""The devices on which I am signed in, and ending one of them from afar."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from lms.people.auth.sessions import list_sessions, revoke, revoke_all
from lms.people.blueprint import bp
from lms.platform.clock import now
from lms.platform.db import db
from lms.web.i18n import gettext as _
from lms.web.routing import SIGNED_IN, command, current_actor, page


@bp.get("/akun/saya/perangkat")
@page(SIGNED_IN)
def devices() -> ResponseReturnValue:
    """Every open sign-in of mine."""
    actor = current_actor()
    found = list_sessions(db.session(), actor.person_id, now())
    return render_template("people/devices.html", sessions=found, current=actor.session_id)


@bp.post("/akun/saya/perangkat/<int:session_id>/akhiri")
@command(SIGNED_IN)
def end_session(session_id: int) -> ResponseReturnValue:
    """End one sign-in of mine; another person's id is not found."""
    actor = current_actor()
    revoke(db.session(), session_id=session_id, person_id=actor.person_id, now=now())
    flash(_("Perangkat itu sudah keluar."))
    return redirect(url_for("people.devices"), 303)


@bp.post("/akun/saya/perangkat/akhiri-lain")
@command(SIGNED_IN)
def end_other_sessions() -> ResponseReturnValue:
    """End every sign-in of mine but this one."""
    actor = current_actor()
    revoke_all(db.session(), person_id=actor.person_id, now=now(), but=actor.session_id)
    flash(_("Semua perangkat lain sudah keluar."))
    return redirect(url_for("people.devices"), 303)
