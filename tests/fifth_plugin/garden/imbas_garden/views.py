"""The garden's page."""

from flask import Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from imbas_garden import api, visits
from imbas_garden.blueprint import bp
from lms.api import (
    SentFiles,
    command,
    db,
    export,
    now,
    page,
    place_of_programme,
    place_of_workplace,
    serve_kept,
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
        picture=api.picture_field(programme_id, school_id),
        due=visits.due(db.session(), programme_id),
    )


@bp.post("/<int:programme_id>/<int:school_id>")
@command(
    "garden.plant",
    place=place_of_workplace,
    fields=("plant", "picture-drop"),
    files=("picture",),
    prepare=lambda programme_id, school_id: api.picture_field(programme_id, school_id).sent(),
)
def plant(sent: SentFiles, programme_id: int, school_id: int) -> ResponseReturnValue:
    """Plant something."""
    api.plant(
        db.session(),
        programme_id=programme_id,
        school_id=school_id,
        plant=request.form["plant"],
        sent=sent,
        now=now(),
    )
    return redirect(url_for("garden.garden", programme_id=programme_id, school_id=school_id), 303)


@bp.get("/<int:programme_id>/<int:school_id>/petak/<int:bed_id>.jpg")
@page("garden.view", place=api.place_of_bed)
def picture(programme_id: int, school_id: int, bed_id: int) -> ResponseReturnValue:
    """The small picture of a bed."""
    del programme_id, school_id
    return serve_kept(db.session(), api.picture_of(db.session(), bed_id), preview=True)


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
