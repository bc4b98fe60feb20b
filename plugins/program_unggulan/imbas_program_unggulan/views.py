"""Pages under /m/program_unggulan for what follows a plan: the measurements of its goals."""

from datetime import date, timedelta
from decimal import Decimal
from functools import partial

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from imbas_program_unggulan import measuring
from imbas_program_unggulan.documents import PLAN, bp
from imbas_program_unggulan.i18n import _, message
from lms.api import (
    Form,
    NotFound,
    command,
    contents_of,
    current_actor,
    db,
    find_document,
    now,
    page,
    parse_date,
    parse_decimal,
    place_of_document,
    saved,
)

__all__ = ["bp"]

GOAL = "/rencana/<int:document_id>/sasaran/<int:row>/ukur"
EDIT = "program_unggulan.edit"
NOTE = 500
FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2100, 12, 31)
MOST = Decimal(999_999_999)
EASTERNMOST = timedelta(hours=9)
"""A new day begins in WIT first; no school of the country is refused its own today."""
place_of_plan = partial(place_of_document, PLAN.key)


@bp.get(GOAL)
@page(EDIT, place=place_of_plan)
def measures(document_id: int, row: int) -> ResponseReturnValue:
    """The measurements of a goal, and the form of a new one."""
    return _measure_page(document_id, row, Form({}))


@bp.post(GOAL)
@command(EDIT, place=place_of_plan, fields=("measured_on", "value", "note"))
def add_measure(document_id: int, row: int) -> ResponseReturnValue:
    """Record a measurement."""
    form, moment = Form.posted(request.form), now()

    def save() -> str:
        day, value, note = read_measure(form)
        measuring.add_measure(
            db.session(),
            document_id=document_id,
            goal=_goal(document_id, row),
            measured_on=day,
            value=value,
            note=note,
            actor=current_actor(),
            today=(moment + EASTERNMOST).date(),
            now=moment,
        )
        return url_for("program_unggulan.document", document_id=document_id)

    return saved(form, save, lambda: _measure_page(document_id, row, form), _("Hasil pengukuran tersimpan."))


@bp.post(f"{GOAL}/<int:measure_id>/hapus")
@command(EDIT, place=place_of_plan)
def delete_measure(document_id: int, row: int, measure_id: int) -> ResponseReturnValue:
    """Remove a measurement that was a slip."""
    measuring.delete_measure(db.session(), document_id=document_id, measure_id=measure_id, now=now())
    flash(_("Hasil pengukuran dihapus."))
    return redirect(url_for("program_unggulan.measures", document_id=document_id, row=row), 303)


def read_measure(form: Form) -> tuple[date, Decimal, str]:
    """Day, value and note of a measurement; day and value must be written. Raises Invalid."""
    note = form.text("note", NOTE)
    day = parse_date(form.text("measured_on", 10), low=FIRST_DAY, high=LAST_DAY)
    value = parse_decimal(form.text("value", 40).removesuffix("%").strip(), low=-MOST, high=MOST)
    if day is None:
        form.errors["measured_on"] = message("Isi tanggal mengukur.")
    if value is None or value != round(value, 4):
        form.errors["value"] = message("Isi hasilnya, misalnya 60.")
    form.stop_at_errors()
    assert day is not None
    assert value is not None
    return day, value, note


def _goal(document_id: int, row: int) -> measuring.Goal:
    plan = find_document(db.session(), document_id)
    content = contents_of(db.session(), PLAN, [plan])[document_id]
    goal = measuring.goals_of(db.session(), document_id, content).get(row)
    if goal is None:
        raise NotFound(
            message("Sasaran ini sudah tidak ada."),
        )
    return goal


def _measure_page(document_id: int, row: int, form: Form) -> str:
    plan = find_document(db.session(), document_id)
    goal = _goal(document_id, row)
    return render_template(
        "program_unggulan/measure.html", plan=plan, goal=goal, chart=measuring.chart_of(goal), form=form
    )
