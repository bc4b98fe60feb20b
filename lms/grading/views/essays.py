"""The desk for essays. Names are hidden: "Peserta 41"."""

from flask import Blueprint, flash, render_template, request
from flask.typing import ResponseReturnValue

from lms.assessment import api as assessment
from lms.contract.errors import Conflict, Invalid
from lms.contract.parsing import parse_int
from lms.grading import api
from lms.grading.queue import WorkItem
from lms.grading.views.desk_navigation import give_back, last_decided, read_by_another, taken, to_next
from lms.platform.clock import now
from lms.platform.db import db
from lms.web.i18n import gettext as _
from lms.web.i18n import locale
from lms.web.routing import command, current_actor, page

bp = Blueprint("marking", __name__, template_folder="../templates", url_prefix="/uraian")


@bp.get("/<int64:attempt_id>")
@page("assessment.mark", place=assessment.place_of_attempt)
def desk(attempt_id: int) -> ResponseReturnValue:
    """The answer at the left, the guide at the right."""
    until = read_by_another(api.Kind.ESSAYS, attempt_id)
    marks = assessment.marks_of(db.session(), attempt_id)
    if until or any(row.marker_id != current_actor().person_id for row in marks.values()):
        return taken(api.Kind.ESSAYS, until)
    typed: dict[str, str] = {}
    for item_id, row in marks.items():
        typed |= {f"crit-{item_id}-{code}": str(points) for code, points in row.criteria.items()}
        typed[f"comment-{item_id}"] = row.comment
    return _desk(attempt_id, typed, assessment.lock_of(db.session(), attempt_id=attempt_id, now=now()))


@bp.post("/<int64:attempt_id>")
@command("assessment.mark", place=assessment.place_of_attempt, fields=("crit-*", "comment-*"))
def mark(attempt_id: int) -> ResponseReturnValue:
    """Store the points, show the next."""
    points: dict[int, dict[str, str]] = {}
    comments: dict[int, str] = {}
    for name, value in request.form.items():
        kind, _dash, rest = name.partition("-")
        digits, _dash, code = rest.partition("-")
        item = parse_int(digits)
        if kind == "crit" and item is not None:
            points.setdefault(item, {})[code] = value
        elif kind == "comment" and item is not None:
            comments[item] = value
    try:
        give_back(api.Kind.ESSAYS, attempt_id)
        assessment.mark(
            db.session(),
            attempt_id=attempt_id,
            points=points,
            comments=comments,
            actor_id=current_actor().person_id,
            now=now(),
        )
    except (Invalid, Conflict) as refusal:
        return _desk(attempt_id, dict(request.form), refusal), refusal.status
    flash(_("Nilai uraian tersimpan di server."), "ok")
    return to_next(WorkItem(api.Kind.ESSAYS, attempt_id))


def _desk(attempt_id: int, typed: dict[str, str], refusal: Invalid | Conflict | None) -> str:
    session = db.session()
    return render_template(
        "grading/essays.html",
        attempt_id=attempt_id,
        items=assessment.open_items(session, attempt_id),
        answers=assessment.answers_of(session, attempt_id),
        typed=typed,
        title=assessment.title_of(session, attempt_id),
        errors=refusal.fields if isinstance(refusal, Invalid) else {},
        last=last_decided(),
        error=refusal.text.in_(locale()) if isinstance(refusal, Conflict) else "",
        queue=api.queue(session, actor=current_actor()),
    )
