"""Pages under /m/spmi_documents for the document checklist: the schools, a school's list, one item."""

from collections.abc import Iterable, Mapping
from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from imbas_spmi_documents import checklist_answers as stored
from imbas_spmi_documents.checklist import Availability, choices, outstanding, sections, total
from imbas_spmi_documents.i18n import _
from imbas_spmi_documents.models import ChecklistAnswer
from imbas_spmi_documents.presenters import EDIT
from imbas_spmi_documents.views import SCHOOL, at_school, bp
from lms.api import (
    Criterion,
    Form,
    Workplace,
    command,
    current_actor,
    db,
    may,
    names,
    now,
    page,
    parse_choice,
    place_of_placement,
    place_of_workplace,
    saved,
    school_choice,
)

__all__ = ["bp"]

LONGEST_NOTE = 300
ITEM = f"{SCHOOL}/daftar-periksa/<item_code>"


@bp.get("/<int:placement_id>/daftar-periksa")
@page("modules.read", place=place_of_placement)
def checklists(placement_id: int) -> ResponseReturnValue:
    """One's own school's checklist at once, or the schools to choose from."""
    choice = school_choice(placement_id, "spmi_documents.view")
    if choice.only:
        return redirect(_list_url(choice.only), 303)
    totals = stored.totals(db.session(), [(at.programme_id, at.school_id) for at in choice.schools])
    return render_template(
        "spmi_documents/checklist_schools.html", choice=choice, totals=totals, placement_id=placement_id
    )


@bp.get(f"{SCHOOL}/daftar-periksa")
@page("spmi_documents.view", place=place_of_workplace)
def checklist(programme_id: int, school_id: int) -> ResponseReturnValue:
    """All items of a school by section, with totals and what is outstanding."""
    session, at = db.session(), at_school(programme_id, school_id)
    answers = stored.find_answers(session, at=at)
    given = {code: answer.availability for code, answer in answers.items()}
    items = stored.items()
    return render_template(
        "spmi_documents/checklist.html",
        at=at,
        answers=answers,
        items=items,
        sections=[
            (title, entries, total(entries, given), _first_open(entries, answers))
            for title, entries in sections(items).items()
        ],
        total=total(items, given),
        outstanding=outstanding(items, given),
        newest=max(answers.values(), key=lambda answer: answer.updated_at, default=None),
        writers=_writers(session, answers.values()),
        may_edit=may(EDIT, at.place) and not at.closed,
        **_words(),
    )


@bp.get(ITEM)
@page(EDIT, place=place_of_workplace)
def checklist_item(programme_id: int, school_id: int, item_code: str) -> ResponseReturnValue:
    """The form of one item."""
    at, item = at_school(programme_id, school_id), stored.find_item(item_code)
    answer = stored.find_answer(db.session(), at=at, code=item_code)
    values = {"version": "0"}
    if answer is not None:
        values = {
            "version": str(answer.version),
            "availability": answer.availability.value,
            "note": answer.note,
        }
    return _item_page(at, item, Form(values))


@bp.post(ITEM)
@command(EDIT, place=place_of_workplace, fields=("version", "availability", "note"))
def save_checklist_item(programme_id: int, school_id: int, item_code: str) -> ResponseReturnValue:
    """Store what the school says of one item, and go back to it in the list."""
    at, form = at_school(programme_id, school_id), Form.posted(request.form)
    item = stored.find_item(item_code)

    def save() -> str:
        note = form.text("note", LONGEST_NOTE)
        form.stop_at_errors()
        stored.save_answer(
            db.session(),
            at=at,
            code=item_code,
            version=form.version,
            availability=parse_choice(Availability, form.values.get("availability", "")),
            note=note,
            actor=current_actor(),
            now=now(),
        )
        return _list_url(at, anchor=f"butir-{item_code}")

    return saved(
        form, save, lambda: _item_page(at, item, form), _("Butir %(code)s tersimpan.", code=item_code)
    )


def _item_page(at: Workplace, item: Criterion, form: Form) -> str:
    session, answer = db.session(), None
    if form.conflict:
        answer = stored.find_answer(session, at=at, code=item.code)
        form.values["version"] = str(answer.version if answer else 0)
    return render_template(
        "spmi_documents/checklist_item.html",
        at=at,
        item=item,
        form=form,
        stored=answer,
        writers=_writers(session, [answer] if answer else []),
        **_words(),
    )


def _writers(session: Session, answers: Iterable[ChecklistAnswer]) -> dict[int, str]:
    """Names of those who wrote last, by their number."""
    ids = {answer.updated_by for answer in answers if answer.updated_by}
    return names(session, ids) if ids else {}


def _first_open(entries: tuple[Criterion, ...], answers: Mapping[str, ChecklistAnswer]) -> str:
    """The code of the first item of a section without an answer: its form is open."""
    return next((entry.code for entry in entries if entry.code not in answers), "")


def _list_url(at: Workplace, anchor: str | None = None) -> str:
    return url_for(
        "spmi_documents.checklist", programme_id=at.programme_id, school_id=at.school_id, _anchor=anchor
    )


def _words() -> dict[str, Any]:
    """How answers are called, each with the tone of its status word."""
    return {
        "availabilities": {
            Availability.COMPLETE: (_("Ada lengkap"), "done"),
            Availability.PARTIAL: (_("Sebagian"), "wait"),
            Availability.MISSING: (_("Belum ada"), "bad"),
            Availability.NOT_APPLICABLE: (_("Tidak berlaku"), ""),
            None: (_("Belum diisi"), ""),
        },
        "choices": choices,
        "longest_note": LONGEST_NOTE,
    }
