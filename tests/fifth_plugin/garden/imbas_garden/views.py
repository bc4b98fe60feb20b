"""The garden's page."""

from flask import Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from imbas_garden import api, visits
from imbas_garden.blueprint import bp
from lms.api import (
    command,
    db,
    export,
    now,
    page,
    place_of_programme,
    place_of_workplace,
)


@bp.get("/<int:programme_id>/<int:school_id>")
@page("garden.view", place=place_of_workplace)
def garden(programme_id: int, school_id: int) -> ResponseReturnValue:
    """What grows here."""
    return render_template(
        "garden/garden.html",
        beds=api.beds_of(db.session(), school_id),
        school_id=school_id,
        programme_id=programme_id,
        wishes=api.wishes(db.session(), programme_id),
        due=visits.due(db.session(), programme_id),
    )


@bp.post("/<int:programme_id>/<int:school_id>")
@command("garden.plant", place=place_of_workplace, fields=("plant",))
def plant(programme_id: int, school_id: int) -> ResponseReturnValue:
    """Plant something."""
    api.plant(
        db.session(), programme_id=programme_id, school_id=school_id, plant=request.form["plant"], now=now()
    )
    return redirect(url_for("garden.garden", programme_id=programme_id, school_id=school_id), 303)


@bp.get("/<int:programme_id>/<int:school_id>/petak.txt")
@export("garden.view", place=place_of_workplace)
def listed(programme_id: int, school_id: int) -> ResponseReturnValue:
    """What grows here, to take away."""
    return Response(
        "\n".join(bed.plant for bed in api.beds_of(db.session(), school_id)), mimetype="text/plain"
    )


@bp.get("/<int:programme_id>/keinginan")
@page("garden.wish", place=place_of_programme)
def wished(programme_id: int) -> ResponseReturnValue:
    """What the programme wishes for."""
    return Response("\n".join(api.wishes(db.session(), programme_id)), mimetype="text/plain")


@bp.post("/<int:programme_id>/keinginan")
@command("garden.wish", place=place_of_programme, fields=("plant",))
def wish(programme_id: int) -> ResponseReturnValue:
    """Wish for a plant."""
    api.wish(db.session(), programme_id=programme_id, plant=request.form["plant"])
    return redirect("/", 303)
