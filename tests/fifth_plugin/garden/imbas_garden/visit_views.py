"""Pages of visits: my round, one visit with its proofs."""

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from imbas_garden import visits
from imbas_garden.blueprint import bp
from lms.api import (
    SIGNED_IN,
    Form,
    SentFiles,
    command,
    current_actor,
    db,
    now,
    offline_command,
    offline_page,
    page,
    page_number,
    place_of_workplace,
    saved,
    serve_kept,
    workplace,
)

AT = "/<int:programme_id>/<int:school_id>/kunjungan"


@bp.get("/kunjungan")
@page(SIGNED_IN)
def visited() -> ResponseReturnValue:
    """Which gardens are mine to visit."""
    found = visits.round_of(
        db.session(),
        actor=current_actor(),
        search=request.args.get("cari", ""),
        page=page_number(),
        now=now(),
    )
    return render_template("garden/visits.html", round=found)


def visit_page(programme_id: int, school_id: int, form: Form) -> str:
    """The form, and the visits before."""
    return render_template(
        "garden/visit.html",
        at=workplace(db.session(), programme_id=programme_id, school_id=school_id),
        form=form,
        proof=visits.proof_field(programme_id, school_id),
        visits=visits.visits_of(db.session(), programme_id=programme_id, school_id=school_id),
    )


@bp.get(AT)
@page(visits.VISIT, place=place_of_workplace)
@offline_page
def visit(programme_id: int, school_id: int) -> ResponseReturnValue:
    """Write down a visit, also at a school without a network."""
    return visit_page(programme_id, school_id, Form({}))


@bp.post(AT)
@command(
    visits.VISIT,
    place=place_of_workplace,
    fields=("note", "proof-drop"),
    files=("proof",),
    prepare=lambda programme_id, school_id: visits.proof_field(programme_id, school_id).sent(),
)
@offline_command
def record(sent: SentFiles, programme_id: int, school_id: int) -> ResponseReturnValue:
    """Keep a visit with its proofs."""
    form = Form.posted(request.form)

    def save() -> str:
        at = workplace(db.session(), programme_id=programme_id, school_id=school_id)
        visits.record(db.session(), at=at, actor=current_actor(), form=form, sent=sent, now=now())
        return url_for("garden.visit", programme_id=programme_id, school_id=school_id)

    return saved(form, save, lambda: visit_page(programme_id, school_id, form), "Tersimpan.")


@bp.get("/kunjungan/<int:visit_id>/<file_id>")
@page("garden.view", place=visits.place_of_proof)
def proof(visit_id: int, file_id: str) -> ResponseReturnValue:
    """A proof, for whoever may see the garden."""
    del visit_id
    return serve_kept(db.session(), file_id, preview="kecil" in request.args)
