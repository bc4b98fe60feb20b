"""Tambah sekolah: the admin brings the agency's schools in, as many rows as a sheet has."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lms.contract.errors import Invalid
from lms.people.access.views.route_scopes import own_agency
from lms.people.blueprint import bp
from lms.people.directory import school_import
from lms.people.directory.school_import import read_rows
from lms.platform.clock import now
from lms.platform.db import db
from lms.web.form import sentences
from lms.web.i18n import ngettext
from lms.web.routing import command, current_actor, page


@bp.get("/akun/sekolah/tambah")
@page("people.edit_school", place=own_agency)
def new_schools() -> ResponseReturnValue:
    """The form for one school or a whole list."""
    return render_template("people/schools_form.html", typed="", faults=())


@bp.post("/akun/sekolah/tambah")
@command("people.edit_school", place=own_agency, fields=("rows",))
def add_schools() -> ResponseReturnValue:
    """Add every school of the list, or none of them."""
    session, typed = db.session(), request.form.get("rows", "")
    try:
        count = school_import.add_schools(
            session,
            agency_id=own_agency(session).agency_id or 0,
            rows=read_rows(typed),
            actor=current_actor(),
            now=now(),
        )
    except Invalid as invalid:
        faults = tuple(sentences(invalid).values())[:20]
        return render_template("people/schools_form.html", typed=typed, faults=faults), invalid.status
    flash(ngettext("%(num)s sekolah ditambahkan.", "%(num)s sekolah ditambahkan.", count))
    return redirect(url_for("people.accounts"), 303)
