"""The grader's queue and desk for essays. Names are hidden: "Peserta 41"."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms.assessment import api
from lms.contract.errors import Invalid
from lms.platform.clock import now
from lms.platform.db import db
from lms.web.routing import command, current_actor, page

bp = Blueprint("marking", __name__, template_folder="templates", url_prefix="/uraian")


@bp.get("/")
@page("assessment.queue")
def queue() -> ResponseReturnValue:
    """One number, the age of the oldest, and a button."""
    return render_template(
        "assessment/queue.html", queue=api.queue(db.session(), actor=current_actor(), now=now())
    )


@bp.post("/mulai")
@command("assessment.queue")
def take_next() -> ResponseReturnValue:
    """Take the oldest that nobody reads."""
    found = api.queue(db.session(), actor=current_actor(), now=now())
    if found.next_id is None:
        return redirect(url_for("marking.queue"), 303)
    api.lease(db.session(), attempt_id=found.next_id, marker_id=current_actor().person_id, now=now())
    return redirect(url_for("marking.desk", attempt_id=found.next_id), 303)


@bp.get("/<int:attempt_id>")
@page("assessment.mark", place=api.place_of_attempt)
def desk(attempt_id: int) -> ResponseReturnValue:
    """The answer at the left, the guide at the right."""
    return _desk(attempt_id, {}, None)


@bp.post("/<int:attempt_id>")
@command("assessment.mark", place=api.place_of_attempt, fields=("crit-*", "comment-*"))
def mark(attempt_id: int) -> ResponseReturnValue:
    """Store the points, show the next."""
    points: dict[int, dict[str, str]] = {}
    comments: dict[int, str] = {}
    for name, value in request.form.items():
        kind, _dash, rest = name.partition("-")
        item, _dash, code = rest.partition("-")
        if kind == "crit" and item.isdigit():
            points.setdefault(int(item), {})[code] = value
        elif kind == "comment" and item.isdigit():
            comments[int(item)] = value
    try:
        api.mark(
            db.session(), attempt_id=attempt_id, points=points, comments=comments,
            actor_id=current_actor().person_id, now=now(),
        )  # fmt: skip
    except Invalid as invalid:
        return _desk(attempt_id, dict(request.form), invalid), 422
    flash(_("Nilai uraian tersimpan di server."), "ok")
    found = api.queue(db.session(), actor=current_actor(), now=now())
    if found.next_id is None:
        return redirect(url_for("marking.queue"), 303)
    api.lease(db.session(), attempt_id=found.next_id, marker_id=current_actor().person_id, now=now())
    return redirect(url_for("marking.desk", attempt_id=found.next_id), 303)


def _desk(attempt_id: int, typed: dict[str, str], invalid: Invalid | None) -> str:
    marks = api.marks_of(db.session(), attempt_id)
    if not typed:
        for item_id, row in marks.items():
            typed |= {f"crit-{item_id}-{code}": str(points) for code, points in row.criteria.items()}
            typed[f"comment-{item_id}"] = row.comment
    return render_template(
        "assessment/desk.html", attempt_id=attempt_id, items=api.open_items(db.session(), attempt_id),
        answers=api.answers_of(db.session(), attempt_id), typed=typed, errors=invalid.fields if invalid else {},
        title=api.title_of(db.session(), attempt_id),
    )  # fmt: skip
