"""Pages under /m/lesson_planning for the reviewer of a plan."""

from flask import request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from imbas_lesson_planning import api, forms
from imbas_lesson_planning.catalogue import kinds
from imbas_lesson_planning.presenters import REVIEW, review_page
from imbas_lesson_planning.views import PLAN, bp, plan_url
from lms.api import Form, command, current_actor, db, now, page, parse_rubric, saved

__all__ = ["bp"]


@bp.get(f"{PLAN}/telaah")
@page(REVIEW, place=api.place_of_plan)
def review(plan_id: int) -> ResponseReturnValue:
    """The form of a review beside the plan."""
    found = api.reviewable(db.session(), plan_id=plan_id, actor=current_actor())
    return review_page(found, Form({"version": str(found.version)}))


@bp.post(f"{PLAN}/telaah")
@command(REVIEW, place=api.place_of_plan, fields=("version", "crit-*", "note-*", "comment", "decision"))
def save_review(plan_id: int) -> ResponseReturnValue:
    """Store a review."""
    found = api.find_plan(db.session(), plan_id)
    form = Form.posted(request.form)

    def save() -> str:
        rubric = api.rubric_of(kinds()[found.kind])
        scores, _missing = parse_rubric(rubric, form.chosen)
        notes, comment, decision = forms.read_review(form, tuple(line.code for line in rubric.criteria))
        form.stop_at_errors()
        api.review(
            db.session(),
            plan_id=plan_id,
            version=form.version,
            scores=scores,
            comments=notes,
            comment=comment,
            decision=decision,
            actor=current_actor(),
            now=now(),
        )
        return plan_url(plan_id)

    return saved(
        form, save, lambda: review_page(found, form), _("Telaah tersimpan. Penulis dapat membacanya.")
    )
