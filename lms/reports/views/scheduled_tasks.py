"""Tugas terjadwal: what the worker does by itself, how it last ended, and "run this now"."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lms.platform.clock import now
from lms.platform.db import db
from lms.platform.task_requests import ask_for_run, task_states
from lms.programmes import api as programmes
from lms.reports.system import system_of
from lms.reports.views.blueprint import bp
from lms.web.i18n import gettext as _
from lms.web.routing import command, current_actor, page

ADDRESS = "/ruang-kendali/<int:programme_id>/tugas-terjadwal"


@bp.get(ADDRESS)
@page("reports.retry", place=programmes.place_of_programme)
def scheduled_tasks(programme_id: int) -> ResponseReturnValue:
    """Every task of core and modules."""
    session, moment = db.session(), now()
    return render_template(
        "reports/scheduled_tasks.html",
        programme_id=programme_id,
        states=task_states(session, moment),
        worker_runs=system_of(session, moment).worker_runs,
    )


@bp.post(ADDRESS)
@command("reports.retry", place=programmes.place_of_programme, fields=("name",), when_closed=True)
def run_task(programme_id: int) -> ResponseReturnValue:
    """Have the worker run one of them; pressed twice it runs once."""
    asked = ask_for_run(
        db.session(), name=request.form.get("name", ""), actor_id=current_actor().person_id, now=now()
    )
    flash(_("Layanan latar menjalankannya dalam beberapa detik.") if asked else _("Tugas ini sudah diminta."))
    return redirect(url_for("reports.scheduled_tasks", programme_id=programme_id), 303)
