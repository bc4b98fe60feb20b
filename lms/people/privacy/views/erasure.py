"""Erasing the data of somebody whose account is closed."""

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue

from lms.people.access.views.route_scopes import place_of_account
from lms.people.blueprint import bp
from lms.people.privacy import personal_data
from lms.platform.clock import now
from lms.platform.db import db
from lms.web.i18n import gettext as _
from lms.web.routing import command, current_actor


@bp.post("/akun/<int:school_id>/<int:person_id>/hapus-data")
@command("people.forget_person", place=place_of_account)
def forget_person(school_id: int, person_id: int) -> ResponseReturnValue:
    """Erase the data of a person whose account is closed."""
    personal_data.forget_person(db.session(), person_id=person_id, actor=current_actor(), now=now())
    flash(_("Data pribadinya sudah dihapus. Pekerjaannya tetap ada tanpa nama."))
    return redirect(url_for("people.roster", school_id=school_id), 303)
