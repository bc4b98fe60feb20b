"""The garden's page."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from imbas_garden import api
from lms.api import command, db, now, page

bp = Blueprint("garden", __name__, template_folder="templates")


@bp.get("/<int:school_id>")
@page("garden.view", place=api.place_of_school)
def garden(school_id: int) -> ResponseReturnValue:
    """What grows here."""
    count = api.beds(db.session(), {school_id}).get(school_id, 0)
    return render_template("garden/garden.html", count=count, school_id=school_id)


@bp.post("/<int:school_id>")
@command("garden.plant", place=api.place_of_school, fields=("plant",))
def plant(school_id: int) -> ResponseReturnValue:
    """Plant something."""
    api.plant(db.session(), school_id=school_id, plant=request.form["plant"], now=now())
    return redirect(url_for("garden.garden", school_id=school_id), 303)
