"""The admin helps a participant after a cut: finds the person, sees the quizzes, gives time or an attempt."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from lms.assessment import accommodations, api
from lms.assessment.accommodations import participant, participants_at_work, participants_like, quiz_standings
from lms.contract.actors import Place
from lms.contract.errors import Conflict, ImbasError, Invalid, NotFound
from lms.contract.parsing import long_whole, whole
from lms.people import api as people
from lms.platform.clock import now
from lms.platform.db import db
from lms.programmes import api as programmes
from lms.web.form import field_text
from lms.web.i18n import gettext as _
from lms.web.i18n import locale
from lms.web.routing import command, current_actor, page

bp = Blueprint("helping", __name__, template_folder="../templates", url_prefix="/kuis")
ADDRESS = "/bantuan/<int:programme_id>"
OF_ONE = f"{ADDRESS}/<int:enrolment_id>"


@bp.get(ADDRESS)
@page("assessment.reset", place=programmes.place_of_programme)
def search(programme_id: int) -> ResponseReturnValue:
    """Find a participant by name or school; at first, whoever is in the middle of a quiz."""
    wanted = request.args.get("cari", "")[:80].strip()
    found = (
        participants_like(db.session(), programme_id=programme_id, search=wanted)
        if wanted
        else participants_at_work(db.session(), programme_id=programme_id)
    )
    return render_template(
        "assessment/help_search.html",
        programme=programmes.get_programme(db.session(), programme_id),
        search=wanted,
        found=found,
    )


def place_of_one(session: Session, programme_id: int, enrolment_id: int) -> Place:
    """Where the participant's programme stands; raises NotFound for one of another programme."""
    participant(session, programme_id=programme_id, enrolment_id=enrolment_id)
    return programmes.place_of_programme(session, programme_id)


@bp.get(OF_ONE)
@page("assessment.reset", place=place_of_one)
def quizzes(programme_id: int, enrolment_id: int) -> ResponseReturnValue:
    """The participant's quizzes, and what may be given."""
    return _page(programme_id, enrolment_id)


@bp.post(f"{OF_ONE}/waktu")
@command(
    "assessment.reset",
    fields=("attempt", "minutes", "reason"),
    place=place_of_one,
)
def give_time(programme_id: int, enrolment_id: int) -> ResponseReturnValue:
    """More minutes for the running attempt."""
    session = db.session()
    enrolment = participant(session, programme_id=programme_id, enrolment_id=enrolment_id)
    try:
        api.extend_attempt(
            session,
            attempt_id=request.form.get("attempt", 0, type=long_whole),
            enrolment=enrolment,
            minutes=request.form.get("minutes", 0, type=whole),
            reason=field_text("reason", 500),
            actor_id=current_actor().person_id,
            now=now(),
        )
    except (Invalid, Conflict) as refusal:
        return _page(programme_id, enrolment_id, refusal), refusal.status
    flash(_("Waktu ditambah. Peserta melihat batas yang baru saat membuka soal berikutnya."), "ok")
    return redirect(url_for("helping.quizzes", programme_id=programme_id, enrolment_id=enrolment_id), 303)


@bp.post(f"{OF_ONE}/kesempatan")
@command(
    "assessment.reset",
    fields=("quiz", "reason"),
    place=place_of_one,
)
def give_attempt(programme_id: int, enrolment_id: int) -> ResponseReturnValue:
    """One attempt more at a quiz whose attempts are used up."""
    session = db.session()
    enrolment = participant(session, programme_id=programme_id, enrolment_id=enrolment_id)
    try:
        accommodations.give_attempt(
            session,
            quiz_id=request.form.get("quiz", 0, type=whole),
            enrolment=enrolment,
            reason=field_text("reason", 500),
            actor_id=current_actor().person_id,
            now=now(),
        )
    except (Invalid, Conflict, NotFound) as refusal:
        return _page(programme_id, enrolment_id, refusal), refusal.status
    flash(_("Satu kesempatan ditambah. Nilai terbaik tetap yang dihitung."), "ok")
    return redirect(url_for("helping.quizzes", programme_id=programme_id, enrolment_id=enrolment_id), 303)


def _page(programme_id: int, enrolment_id: int, refusal: ImbasError | None = None) -> str:
    session = db.session()
    enrolment = participant(session, programme_id=programme_id, enrolment_id=enrolment_id)
    return render_template(
        "assessment/help.html",
        programme=programmes.get_programme(session, programme_id),
        enrolment=enrolment,
        name=people.names(session, [enrolment.person_id]).get(enrolment.person_id, ""),
        school=people.get_school(session, enrolment.school_id),
        standings=quiz_standings(session, enrolment),
        error=refusal.text.in_(locale()) if refusal else "",
        typed=request.form,
    )
