"""Pages under /m/program_unggulan for what follows the plan: its review and its measurements."""

from datetime import timedelta

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from imbas_program_unggulan import api, forms, reviewing
from imbas_program_unggulan.presenters import EDIT, REVIEW, measure_page, review_page
from imbas_program_unggulan.views import LINE, SCHOOL, at_school, board_url, bp
from lms.api import command, current_actor, db, now, page, parse_rubric, place_of_workplace, saved

__all__ = ["bp"]

EASTERNMOST = timedelta(hours=9)
"""A new day begins in WIT first; no school of the country is refused its own today."""


@bp.get(f"{LINE}/ukur")
@page(EDIT, place=place_of_workplace)
def measures(programme_id: int, school_id: int, line_id: int) -> ResponseReturnValue:
    """The measurements of a goal, and the form of a new one."""
    return measure_page(at_school(programme_id, school_id), line_id, forms.PlanForm({}))


@bp.post(f"{LINE}/ukur")
@command(EDIT, place=place_of_workplace, fields=("measured_on", "value", "note"))
def add_measure(programme_id: int, school_id: int, line_id: int) -> ResponseReturnValue:
    """Record a measurement."""
    at, form = at_school(programme_id, school_id), forms.PlanForm.posted(request.form)
    moment = now()

    def save() -> str:
        day, value, note = forms.read_measure(form)
        api.add_measure(
            db.session(),
            at=at,
            line_id=line_id,
            measured_on=day,
            value=value,
            note=note,
            actor=current_actor(),
            today=(moment + EASTERNMOST).date(),
            now=moment,
        )
        return board_url(at)

    return saved(form, save, lambda: measure_page(at, line_id, form), _("Hasil pengukuran tersimpan."))


@bp.post(f"{LINE}/ukur/<int:measure_id>/hapus")
@command(EDIT, place=place_of_workplace)
def delete_measure(programme_id: int, school_id: int, line_id: int, measure_id: int) -> ResponseReturnValue:
    """Remove a measurement that was a slip."""
    at = at_school(programme_id, school_id)
    api.delete_measure(db.session(), at=at, line_id=line_id, measure_id=measure_id, now=now())
    flash(_("Hasil pengukuran dihapus."))
    target = url_for(
        "program_unggulan.measures", programme_id=programme_id, school_id=school_id, line_id=line_id
    )
    return redirect(target, 303)


@bp.get(f"{SCHOOL}/telaah")
@page(REVIEW, place=place_of_workplace)
def review(programme_id: int, school_id: int) -> ResponseReturnValue:
    """The form of a review beside the plan."""
    at = at_school(programme_id, school_id)
    plan = reviewing.reviewable(db.session(), at=at, actor=current_actor())
    return review_page(at, plan, forms.PlanForm({"version": str(plan.version)}))


@bp.post(f"{SCHOOL}/telaah")
@command(REVIEW, place=place_of_workplace, fields=("version", "crit-*", "note-*", "comment", "decision"))
def save_review(programme_id: int, school_id: int) -> ResponseReturnValue:
    """Store a review."""
    at, form = at_school(programme_id, school_id), forms.PlanForm.posted(request.form)
    plan = api.get_plan(db.session(), at)

    def save() -> str:
        rubric = reviewing.rubric()
        scores, _missing = parse_rubric(rubric, form.chosen)
        notes, comment, decision = forms.read_review(form, tuple(line.code for line in rubric.criteria))
        reviewing.review(
            db.session(),
            at=at,
            version=form.version,
            scores=scores,
            comments=notes,
            comment=comment,
            decision=decision,
            actor=current_actor(),
            now=now(),
        )
        return board_url(at)

    return saved(
        form, save, lambda: review_page(at, plan, form), _("Telaah tersimpan. Sekolah dapat membacanya.")
    )
