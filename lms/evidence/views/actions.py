"""What is done to a submission as a whole: approved and handed in, answered with feedback, unlocked."""

from collections.abc import Callable

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from lms.contract.errors import Invalid
from lms.evidence import api, feedback, grading
from lms.evidence.views.blueprint import bp
from lms.evidence.views.submission import submission_page
from lms.platform.clock import now
from lms.platform.db import db
from lms.web.i18n import gettext as _
from lms.web.i18n import locale
from lms.web.routing import command, current_actor


@bp.post("/<int64:submission_id>/ajukan")
@command("evidence.hand_in_school", place=api.place_of_submission)
def approve(submission_id: int) -> ResponseReturnValue:
    """The headmaster approves and hands in."""
    return _done(
        submission_id,
        lambda: api.hand_in(db.session(), submission_id=submission_id, actor=current_actor(), now=now()),
        _("Disahkan dan diajukan. Hasil penilai akan muncul di halaman ini."),
    )


@bp.post("/<int64:submission_id>/umpan-balik")
@command("evidence.give_feedback", place=api.place_of_submission, fields=("feedback",))
def give_feedback(submission_id: int) -> ResponseReturnValue:
    """Whoever coaches the school writes to it; the grade stays the grader's."""
    return _done(
        submission_id,
        lambda: feedback.give_feedback(
            db.session(),
            submission_id=submission_id,
            text=request.form.get("feedback", ""),
            actor_id=current_actor().person_id,
            now=now(),
        ),
        _("Umpan balik terkirim. Sekolah membacanya di halaman ini."),
    )


@bp.post("/<int64:submission_id>/buka-kunci")
@command("evidence.unlock", place=api.place_of_submission, fields=("reason",))
def unlock(submission_id: int) -> ResponseReturnValue:
    """The admin lets a decided submission be revised."""
    return _done(
        submission_id,
        lambda: grading.unlock(
            db.session(),
            submission_id=submission_id,
            reason=request.form.get("reason", ""),
            actor_id=current_actor().person_id,
            now=now(),
        ),
        _("Bukti dibuka lagi untuk revisi. Alasan tercatat."),
    )


def _done(submission_id: int, act: Callable[[], object], message: str) -> ResponseReturnValue:
    """Do it and say so on the submission's page; what was refused stands there, too."""
    try:
        act()
    except Invalid as invalid:
        return submission_page(submission_id, invalid.text.in_(locale())), 422
    flash(message, "ok")
    return redirect(url_for("evidence.submission", submission_id=submission_id), 303)
