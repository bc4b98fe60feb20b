"""Keadaan program: start a draft, close a programme, open it again."""

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from lms.contract.errors import Invalid
from lms.contract.parsing import parse_choice
from lms.contract.text import message
from lms.platform.clock import now
from lms.platform.db import db
from lms.programmes.blueprint import bp
from lms.programmes.definition.queries import place_of_programme
from lms.programmes.editing import lifecycle
from lms.programmes.models import ProgrammeStatus
from lms.web.i18n import gettext as _
from lms.web.routing import command, current_actor


@bp.post("/program/<int:programme_id>/keadaan")
@command("programmes.edit", place=place_of_programme, fields=("status",))
def set_status(programme_id: int) -> ResponseReturnValue:
    """Start, close or open it; said twice it is once."""
    status = parse_choice(ProgrammeStatus, request.form.get("status", ""))
    if status is None:
        raise Invalid.at("status", message("Pilih keadaan program dari halamannya."))
    lifecycle.set_status(
        db.session(), programme_id=programme_id, status=status, actor_id=current_actor().person_id, now=now()
    )
    flash(_("Program ditutup.") if status is ProgrammeStatus.CLOSED else _("Program berjalan."), "ok")
    return redirect(url_for("programmes.programme", programme_id=programme_id), 303)
