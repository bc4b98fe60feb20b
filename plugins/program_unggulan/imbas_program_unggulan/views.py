"""Pages under /m/program_unggulan: a school's plan, its forms, and paper."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from imbas_program_unggulan import api, forms, queries
from imbas_program_unggulan.presenters import EDIT, HAND_IN, VIEW, board_page, line_page, plan_page
from imbas_program_unggulan.rules import LINE_PARTS, PLAN_TEXTS
from lms.api import (
    Workplace,
    command,
    current_actor,
    db,
    now,
    page,
    place_of_placement,
    place_of_workplace,
    saved,
    school_choice,
    workplace,
)

bp = Blueprint("program_unggulan", __name__, template_folder="templates")
SCHOOL = "/<int:programme_id>/<int:school_id>"
LINE = f"{SCHOOL}/sasaran/<int:line_id>"


@bp.get("/<int:placement_id>")
@page("modules.read", place=place_of_placement)
def home(placement_id: int) -> ResponseReturnValue:
    """The workspace of the module: one's own school at once, or the schools to choose from."""
    choice = school_choice(placement_id, VIEW)
    if choice.only:
        return redirect(board_url(choice.only), 303)
    plans = queries.lines_of(db.session(), [(at.programme_id, at.school_id) for at in choice.schools])
    return render_template(
        "program_unggulan/schools.html", choice=choice, plans=plans, placement_id=placement_id
    )


@bp.get(SCHOOL)
@page(VIEW, place=place_of_workplace)
def board(programme_id: int, school_id: int) -> ResponseReturnValue:
    """A school's plan: what is written, what is missing, how far its goals are."""
    return board_page(at_school(programme_id, school_id))


@bp.get(f"{SCHOOL}/cetak")
@page(VIEW, place=place_of_workplace)
def printable(programme_id: int, school_id: int) -> ResponseReturnValue:
    """The plan for paper."""
    return board_page(at_school(programme_id, school_id), paper=True)


@bp.get(f"{SCHOOL}/rencana")
@page(EDIT, place=place_of_workplace)
def plan(programme_id: int, school_id: int) -> ResponseReturnValue:
    """The form of the programme as a whole."""
    at = at_school(programme_id, school_id)
    return plan_page(at, forms.plan_form(api.find_plan(db.session(), at)))


@bp.post(f"{SCHOOL}/rencana")
@command(EDIT, place=place_of_workplace, fields=("version", "code", *PLAN_TEXTS))
def save_plan(programme_id: int, school_id: int) -> ResponseReturnValue:
    """Store the programme as a whole."""
    at, form = at_school(programme_id, school_id), forms.PlanForm.posted(request.form)

    def save() -> str:
        fields = forms.read_plan(form)
        form.stop_at_errors()
        api.save_plan(
            db.session(), at=at, version=form.version, fields=fields, actor=current_actor(), now=now()
        )
        return board_url(at)

    return saved(form, save, lambda: plan_page(at, form), _("Rencana tersimpan."))


@bp.get(f"{SCHOOL}/sasaran/baru")
@page(EDIT, place=place_of_workplace)
def new_line(programme_id: int, school_id: int) -> ResponseReturnValue:
    """The form of a new goal."""
    at = at_school(programme_id, school_id)
    api.get_plan(db.session(), at)
    return line_page(at, forms.line_form(None), None)


@bp.get(LINE)
@page(EDIT, place=place_of_workplace)
def line(programme_id: int, school_id: int, line_id: int) -> ResponseReturnValue:
    """The form of a goal."""
    at = at_school(programme_id, school_id)
    return line_page(at, forms.line_form(api.find_line(db.session(), at=at, line_id=line_id)), line_id)


@bp.post(f"{SCHOOL}/sasaran/baru")
@command(EDIT, place=place_of_workplace, fields=("version", *LINE_PARTS))
def create_line(programme_id: int, school_id: int) -> ResponseReturnValue:
    """Store a new goal."""
    return _save_line(at_school(programme_id, school_id), None)


@bp.post(LINE)
@command(EDIT, place=place_of_workplace, fields=("version", *LINE_PARTS))
def save_line(programme_id: int, school_id: int, line_id: int) -> ResponseReturnValue:
    """Store a goal."""
    return _save_line(at_school(programme_id, school_id), line_id)


@bp.post(f"{LINE}/hapus")
@command(EDIT, place=place_of_workplace, fields=("version",))
def delete_line(programme_id: int, school_id: int, line_id: int) -> ResponseReturnValue:
    """Remove a goal without measurements."""
    at = at_school(programme_id, school_id)
    version = forms.PlanForm.posted(request.form).version
    api.delete_line(db.session(), at=at, line_id=line_id, version=version, actor=current_actor(), now=now())
    flash(_("Sasaran dihapus."))
    return redirect(board_url(at), 303)


@bp.post(f"{SCHOOL}/ajukan")
@command(HAND_IN, place=place_of_workplace)
def submit(programme_id: int, school_id: int) -> ResponseReturnValue:
    """Hand the plan in for review."""
    at = at_school(programme_id, school_id)
    api.submit(db.session(), at=at, actor=current_actor(), now=now())
    flash(_("Rencana diajukan. Fasilitator atau penilai akan menelaahnya."))
    return redirect(board_url(at), 303)


@bp.post(f"{SCHOOL}/tarik")
@command(HAND_IN, place=place_of_workplace)
def withdraw(programme_id: int, school_id: int) -> ResponseReturnValue:
    """Take the plan back before its review."""
    at = at_school(programme_id, school_id)
    api.withdraw(db.session(), at=at, actor=current_actor(), now=now())
    flash(_("Rencana ditarik kembali. Bapak/Ibu dapat mengubahnya."))
    return redirect(board_url(at), 303)


def _save_line(at: Workplace, line_id: int | None) -> ResponseReturnValue:
    form = forms.PlanForm.posted(request.form)

    def save() -> str:
        if line_id is not None:
            api.find_line(db.session(), at=at, line_id=line_id)
        fields = forms.read_line(form)
        form.stop_at_errors()
        api.save_line(
            db.session(),
            at=at,
            line_id=line_id,
            version=form.version,
            fields=fields,
            actor=current_actor(),
            now=now(),
        )
        return board_url(at)

    return saved(
        form,
        save,
        lambda: line_page(at, form, line_id),
        _("Sasaran tersimpan."),
        gone=lambda: line_page(at, form, None),
    )


def at_school(programme_id: int, school_id: int) -> Workplace:
    """The school in the programme; raises NotFound."""
    return workplace(db.session(), programme_id=programme_id, school_id=school_id)


def board_url(at: Workplace) -> str:
    """The address of a school's plan."""
    return url_for("program_unggulan.board", programme_id=at.programme_id, school_id=at.school_id)
