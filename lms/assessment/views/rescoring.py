"""The admin sees what a new rule of scoring would change, and uses it."""

from flask import Blueprint, jsonify, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from lms.assessment import rescoring
from lms.assessment.models import Quiz
from lms.contract.paging import PAGE, pages
from lms.people import api as people
from lms.platform.clock import now
from lms.platform.db import db
from lms.programmes import api as programmes
from lms.web.paging import page_number, page_url
from lms.web.routing import command, current_actor, page

bp = Blueprint("rescoring", __name__, template_folder="../templates", url_prefix="/kuis")
ADDRESS = "/nilai-ulang/<int:programme_id>"


@bp.get(ADDRESS)
@page("assessment.rescore", place=programmes.place_of_programme)
def overview(programme_id: int) -> ResponseReturnValue:
    """What is outdated, how far a run is, and what it found."""
    session, number = db.session(), page_number()
    run = rescoring.newest_rescoring(session, programme_id)
    rows = rescoring.changes(session, run.id, page=number, size=PAGE) if run else []
    raised = rescoring.count_changes(session, run.id, kept=False) if run else 0
    kept = rescoring.count_changes(session, run.id, kept=True) if run else 0
    quizzes = {attempt.quiz_id: session.get_one(Quiz, attempt.quiz_id) for _change, attempt in rows}
    return render_template(
        "assessment/rescoring.html",
        programme=programmes.get_programme(session, programme_id),
        run=run,
        rows=rows,
        raised=raised,
        kept=kept,
        quizzes=quizzes,
        outdated=rescoring.outdated_quizzes(session, programme_id),
        names=people.names(session, [attempt.person_id for _change, attempt in rows]),
        number=number,
        pages=pages(raised + kept),
        page_url=page_url("rescoring.overview", programme_id=programme_id),
    )


@bp.post(f"{ADDRESS}/lihat")
@command("assessment.rescore", place=programmes.place_of_programme)
def look(programme_id: int) -> ResponseReturnValue:
    """Begin to look at what would change."""
    rescoring.look(db.session(), programme_id=programme_id, actor_id=current_actor().person_id, now=now())
    return redirect(url_for("rescoring.overview", programme_id=programme_id), 303)


@bp.post(f"{ADDRESS}/pakai")
@command("assessment.rescore", place=programmes.place_of_programme)
def apply(programme_id: int) -> ResponseReturnValue:
    """Use the higher results."""
    rescoring.apply(db.session(), programme_id=programme_id, actor_id=current_actor().person_id, now=now())
    return redirect(url_for("rescoring.overview", programme_id=programme_id), 303)


@bp.get(f"{ADDRESS}/status")
@page("assessment.rescore", place=programmes.place_of_programme)
def progress(programme_id: int) -> ResponseReturnValue:
    """How far the run is."""
    run = rescoring.newest_rescoring(db.session(), programme_id)
    if run is None:
        return jsonify(done=True, value=0, max=0, text="")
    applying = run.state is rescoring.RescoringState.APPLYING
    most = rescoring.count_changes(db.session(), run.id, kept=False) if applying else run.total
    value = run.applied if applying else run.looked_at
    done = run.state in {rescoring.RescoringState.READY, rescoring.RescoringState.DONE}
    return jsonify(done=done, value=value, max=most, text=f"{value} / {most}")
