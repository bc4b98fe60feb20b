"""The agenda: what comes, as a page, as a file, and at a private address that a calendar program fetches."""

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lms.contract.actors import Actor
from lms.people import api as people
from lms.platform.application import platform
from lms.platform.clock import now
from lms.platform.db import db
from lms.reports import calendar_feed
from lms.reports.calendar_file import calendar_file
from lms.reports.views.blueprint import bp
from lms.reports.views.calendar_entries import calendar_entries
from lms.web.i18n import gettext as _
from lms.web.i18n import use_language_of, zone
from lms.web.routing import SIGNED_IN, command, current_actor, page, public

SHOWN = 40
"""Lines of the page; the file has all."""


@bp.get("/agenda")
@page(SIGNED_IN)
def agenda() -> ResponseReturnValue:
    """What comes next, and how to have it on a phone."""
    session, actor, moment = db.session(), current_actor(), now()
    entries = calendar_entries(session, actor, zone=zone(), now=moment)
    token = calendar_feed.address_of(session, actor.person_id)
    return render_template(
        "reports/agenda.html",
        entries=[entry for entry in entries if (entry.ends_at or entry.starts_at) > moment][:SHOWN],
        address=_address(url_for("reports.calendar_at", token=token)) if token else "",
    )


@bp.get("/agenda.ics")
@page(SIGNED_IN)
def calendar() -> ResponseReturnValue:
    """The calendar as a file."""
    response = _file(current_actor(), zone())
    response.headers["Content-Disposition"] = "attachment; filename=agenda-imbas.ics"
    return response


@bp.post("/agenda")
@command(SIGNED_IN, fields=("go",))
def save_address() -> ResponseReturnValue:
    """Make a private address, or end it."""
    person_id = current_actor().person_id
    if request.form.get("go") == "revoke":
        calendar_feed.revoke(db.session(), person_id=person_id, now=now())
        flash(_("Alamat kalender sudah dicabut. Kalender di HP tidak diperbarui lagi."), "ok")
    else:
        calendar_feed.renew(db.session(), person_id=person_id, now=now())
        flash(_("Alamat kalender siap. Alamat sebelumnya tidak berlaku lagi."), "ok")
    return redirect(url_for("reports.agenda"), 303)


@bp.get("/agenda/<token>.ics")
@public
def calendar_at(token: str) -> ResponseReturnValue:
    """The calendar of whoever gave this address to a program."""
    session = db.session()
    actor = calendar_feed.actor_of(session, token, now())
    person = people.get_person(session, actor.person_id)
    use_language_of(person.locale, person.timezone)
    response = _file(actor, person.timezone)
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _file(actor: Actor, zone_key: str) -> Response:
    entries = calendar_entries(db.session(), actor, zone=zone_key, now=now())
    body = calendar_file(entries, name=_("Agenda Imbas"), address=_address(""), now=now())
    response = Response(body, mimetype="text/calendar")
    response.headers["Cache-Control"] = "private, no-cache"
    return response


def _address(path: str) -> str:
    return platform().settings.public_url + path
