"""The queue: one number, the age of the oldest, one button; and the way to the next piece."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from lms.grading import api
from lms.grading.views.desk_navigation import last_decided, to_next
from lms.platform.db import db
from lms.web.routing import command, current_actor, page

bp = Blueprint("queue", __name__, template_folder="../templates", url_prefix="/nilai")


@bp.get("/")
@page("grading.queue")
def waiting() -> ResponseReturnValue:
    """What waits, and the way back to what was decided just before."""
    return render_template(
        "grading/queue.html", queue=api.queue(db.session(), actor=current_actor()), last=last_decided()
    )


@bp.post("/mulai")
@command("grading.queue")
def take_next() -> ResponseReturnValue:
    """Take the oldest that nobody reads."""
    return to_next()
