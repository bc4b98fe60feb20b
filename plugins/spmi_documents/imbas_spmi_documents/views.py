"""Pages under /m/spmi_documents: the board of a school, its forms, and the list to print."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from imbas_spmi_documents import api, forms, queries
from imbas_spmi_documents.i18n import _
from imbas_spmi_documents.presenters import EDIT, board_page, line_page, problem_page, report_page
from imbas_spmi_documents.rules import PARTS
from lms.api import (
    Form,
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
    whole,
    workplace,
)

bp = Blueprint("spmi_documents", __name__, template_folder="templates")
SCHOOL = "/<int:programme_id>/<int:school_id>"


@bp.get("/<int:placement_id>")
@page("modules.read", place=place_of_placement)
def home(placement_id: int) -> ResponseReturnValue:
    """The workspace of the module: one's own school at once, or the schools to choose from."""
    choice = school_choice(placement_id, "spmi_documents.view")
    if choice.only:
        return redirect(board_url(choice.only), 303)
    boards = queries.boards(db.session(), [(at.programme_id, at.school_id) for at in choice.schools])
    return render_template(
        "spmi_documents/schools.html", choice=choice, boards=boards, placement_id=placement_id
    )


@bp.get(SCHOOL)
@page("spmi_documents.view", place=place_of_workplace)
def board(programme_id: int, school_id: int) -> ResponseReturnValue:
    """What a school has: report, mapping, plan, and what is missing."""
    return board_page(programme_id, school_id)


@bp.get(f"{SCHOOL}/cetak")
@page("spmi_documents.view", place=place_of_workplace)
def printable(programme_id: int, school_id: int) -> ResponseReturnValue:
    """Mapping and plan as tables for paper."""
    return board_page(programme_id, school_id, paper=True)


@bp.get(f"{SCHOOL}/rapor")
@page(EDIT, place=place_of_workplace)
def report(programme_id: int, school_id: int) -> ResponseReturnValue:
    """The form of the quality report."""
    at = at_school(programme_id, school_id)
    stored = queries.board(db.session(), programme_id=programme_id, school_id=school_id).report
    return report_page(at, forms.report_form(stored, int(at.school_year[:4]) - 1))


@bp.post(f"{SCHOOL}/rapor")
@command(
    EDIT,
    place=place_of_workplace,
    fields=("version", "year", "score-*", "status-*", "condition-*"),
)
def save_report(programme_id: int, school_id: int) -> ResponseReturnValue:
    """Store the quality report."""
    at, form = at_school(programme_id, school_id), Form.posted(request.form)

    def save() -> str:
        year, entries = forms.read_report(form)
        form.stop_at_errors()
        api.save_report(
            db.session(),
            at=at,
            version=form.version,
            year=year,
            entries=entries,
            actor=current_actor(),
            now=now(),
        )
        return board_url(at)

    return saved(form, save, lambda: report_page(at, form), _("Rapor mutu tersimpan."))


@bp.get(f"{SCHOOL}/masalah/baru")
@page(EDIT, place=place_of_workplace)
def new_problem(programme_id: int, school_id: int) -> ResponseReturnValue:
    """The form of a new mapped problem; ``kode`` chooses its indicator."""
    form = forms.problem_form(None)
    form.values["code"] = request.args.get("kode", "")[:10]
    return problem_page(at_school(programme_id, school_id), form, None)


@bp.get(f"{SCHOOL}/masalah/<int:problem_id>")
@page(EDIT, place=place_of_workplace)
def problem(programme_id: int, school_id: int, problem_id: int) -> ResponseReturnValue:
    """The form of a mapped problem."""
    at = at_school(programme_id, school_id)
    found = api.find_problem(db.session(), at=at, problem_id=problem_id)
    return problem_page(at, forms.problem_form(found), problem_id)


_PROBLEM_FIELDS = ("version", "code", *PARTS)


@bp.post(f"{SCHOOL}/masalah/baru")
@command(EDIT, place=place_of_workplace, fields=_PROBLEM_FIELDS)
def create_problem(programme_id: int, school_id: int) -> ResponseReturnValue:
    """Store a new mapped problem."""
    return _save_problem(at_school(programme_id, school_id), None)


@bp.post(f"{SCHOOL}/masalah/<int:problem_id>")
@command(EDIT, place=place_of_workplace, fields=_PROBLEM_FIELDS)
def save_problem(programme_id: int, school_id: int, problem_id: int) -> ResponseReturnValue:
    """Store a mapped problem."""
    return _save_problem(at_school(programme_id, school_id), problem_id)


@bp.post(f"{SCHOOL}/masalah/<int:problem_id>/hapus")
@command(EDIT, place=place_of_workplace, fields=("version",))
def delete_problem(programme_id: int, school_id: int, problem_id: int) -> ResponseReturnValue:
    """Remove a mapped problem without plan lines."""
    at = at_school(programme_id, school_id)
    version = Form.posted(request.form).version
    api.delete_problem(db.session(), at=at, problem_id=problem_id, version=version, now=now())
    flash(_("Masalah dihapus."))
    return redirect(board_url(at), 303)


@bp.get(f"{SCHOOL}/masalah/<int:problem_id>/rencana")
@page(EDIT, place=place_of_workplace)
def new_line(programme_id: int, school_id: int, problem_id: int) -> ResponseReturnValue:
    """The form of a new plan line that answers a problem."""
    at = at_school(programme_id, school_id)
    api.find_problem(db.session(), at=at, problem_id=problem_id)
    return line_page(at, forms.line_form(None), problem_id, None)


@bp.get(f"{SCHOOL}/rencana/<int:line_id>")
@page(EDIT, place=place_of_workplace)
def line(programme_id: int, school_id: int, line_id: int) -> ResponseReturnValue:
    """The form of a plan line."""
    at = at_school(programme_id, school_id)
    found = api.find_line(db.session(), at=at, line_id=line_id)
    return line_page(at, forms.line_form(found), found.problem_id, line_id)


_LINE_FIELDS = ("version", "programme", "activity", "target", "cost", "source", "month", "responsible")


@bp.post(f"{SCHOOL}/masalah/<int:problem_id>/rencana")
@command(EDIT, place=place_of_workplace, fields=_LINE_FIELDS)
def create_line(programme_id: int, school_id: int, problem_id: int) -> ResponseReturnValue:
    """Store a new plan line."""
    return _save_line(at_school(programme_id, school_id), problem_id, None)


@bp.post(f"{SCHOOL}/rencana/<int:line_id>")
@command(EDIT, place=place_of_workplace, fields=(*_LINE_FIELDS, "problem_id"))
def save_line(programme_id: int, school_id: int, line_id: int) -> ResponseReturnValue:
    """Store a plan line; ``problem_id`` says which problem it answers now."""
    at = at_school(programme_id, school_id)
    return _save_line(at, request.form.get("problem_id", 0, type=whole), line_id)


@bp.post(f"{SCHOOL}/rencana/<int:line_id>/hapus")
@command(EDIT, place=place_of_workplace, fields=("version",))
def delete_line(programme_id: int, school_id: int, line_id: int) -> ResponseReturnValue:
    """Remove a plan line."""
    at = at_school(programme_id, school_id)
    version = Form.posted(request.form).version
    api.delete_line(db.session(), at=at, line_id=line_id, version=version, now=now())
    flash(_("Baris rencana dihapus."))
    return redirect(board_url(at), 303)


def _save_problem(at: Workplace, problem_id: int | None) -> ResponseReturnValue:
    form = Form.posted(request.form)

    def save() -> str:
        if problem_id is not None:
            api.find_problem(db.session(), at=at, problem_id=problem_id)
        code, texts = forms.read_problem(form)
        form.stop_at_errors()
        api.save_problem(
            db.session(),
            at=at,
            problem_id=problem_id,
            version=form.version,
            code=code,
            texts=texts,
            actor=current_actor(),
            now=now(),
        )
        return board_url(at)

    return saved(
        form,
        save,
        lambda: problem_page(at, form, problem_id),
        _("Masalah tersimpan."),
        gone=lambda: problem_page(at, form, None),
    )


def _save_line(at: Workplace, problem_id: int, line_id: int | None) -> ResponseReturnValue:
    form = Form.posted(request.form)

    def save() -> str:
        if line_id is not None:
            api.find_line(db.session(), at=at, line_id=line_id)
        fields = forms.read_line(form)
        form.stop_at_errors()
        api.save_line(
            db.session(),
            at=at,
            problem_id=problem_id,
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
        lambda: line_page(at, form, problem_id, line_id),
        _("Baris rencana tersimpan."),
        gone=lambda: line_page(at, form, problem_id, None),
    )


def at_school(programme_id: int, school_id: int) -> Workplace:
    """The school in the programme; raises NotFound."""
    return workplace(db.session(), programme_id=programme_id, school_id=school_id)


def board_url(at: Workplace) -> str:
    """The address of a school's board."""
    return url_for("spmi_documents.board", programme_id=at.programme_id, school_id=at.school_id)
