"""Program baru: from a YAML document, or an earlier programme for the next year."""

from datetime import date

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lms.contract.errors import Conflict, Invalid, NotFound
from lms.contract.parsing import parse_date, whole
from lms.contract.text import Text, message
from lms.platform.clock import now
from lms.platform.db import db
from lms.programmes.blueprint import bp
from lms.programmes.definition.errors import DefinitionFault
from lms.programmes.definition.queries import definition_of, get_programme, programmes_of_agencies
from lms.programmes.definition.yaml_document import located
from lms.programmes.editing import definition_service
from lms.programmes.editing.views.uploads import Sent, read_sent
from lms.programmes.models import Programme
from lms.programmes.schedule.views.route_scopes import own_agency
from lms.web.form import sentences
from lms.web.i18n import gettext as _
from lms.web.i18n import shown
from lms.web.routing import command, current_actor, page

EDIT = "programmes.edit"


@bp.get("/program/baru")
@page(EDIT, place=own_agency)
def new_programme() -> ResponseReturnValue:
    """Two ways to a new programme."""
    return _form()


@bp.post("/program/baru")
@command(EDIT, place=own_agency, fields=("text",), files=("file",), prepare=read_sent)
def create_programme(sent: Sent) -> ResponseReturnValue:
    """A new programme from its document."""
    session = db.session()
    if sent.definition is None:
        return _form(text=sent.text, faults=sent.faults), 422
    agency_id = own_agency(session).agency_id
    assert agency_id is not None
    try:
        with session.begin_nested():  # a refused one leaves nothing behind for the page below
            row = definition_service.create_programme(
                session,
                agency_id=agency_id,
                definition=sent.definition,
                actor_id=current_actor().person_id,
                now=now(),
            )
    except DefinitionFault as fault:
        return _form(text=sent.text, faults=located(fault, sent.text).faults), 422
    except Conflict as conflict:
        return _form(
            text=sent.text, faults=tuple(conflict.fields.values()) or (conflict.text,)
        ), conflict.status
    flash(_("Program sudah dibuat."))
    return redirect(url_for("programmes.programme", programme_id=row.id), 303)


@bp.post("/program/salin")
@command(EDIT, place=own_agency, fields=("source", "code", "title", "school_year", "starts_on"))
def copy_programme() -> ResponseReturnValue:
    """The same programme under a new code, with every date moved."""
    session, typed = db.session(), request.form
    try:
        source = _source(typed.get("source", 0, type=whole))
        first = definition_of(source).stages[0].starts_on
        with session.begin_nested():
            row = definition_service.copy_programme(
                session,
                programme_id=source.id,
                code=typed.get("code", "").strip(),
                title=typed.get("title", ""),
                school_year=typed.get("school_year", "").strip(),
                days=(_day(typed.get("starts_on", "")) - first).days,
                actor_id=current_actor().person_id,
                now=now(),
            )
    except DefinitionFault as fault:
        errors = {
            str(path[0]) if path else "code": shown(text)
            for path, text in zip(fault.paths, fault.faults, strict=True)
        }
        return _form(typed=typed.to_dict(), errors=errors), 422
    except Conflict as conflict:
        return _form(typed=typed.to_dict(), errors={"code": sentences(conflict)[""]}), conflict.status
    except Invalid as error:
        return _form(typed=typed.to_dict(), errors=sentences(error)), error.status
    flash(_("Program disalin sebagai draf. Periksa tanggalnya, tambahkan sekolah, lalu mulai programnya."))
    return redirect(url_for("programmes.edit", programme_id=row.id), 303)


def _source(programme_id: int) -> Programme:
    """The programme to copy; only one of the own agency."""
    try:
        found = get_programme(db.session(), programme_id)
    except NotFound:
        found = None
    if found is None or found.agency_id != own_agency(db.session()).agency_id:
        text = message("Pilih program yang disalin.")
        raise Invalid.at("source", text)
    return found


def _day(text: str) -> date:
    found = parse_date(text)
    if found is None:
        sentence = message("Tulis tanggal mulai tahap 1.")
        raise Invalid.at("starts_on", sentence)
    return found


def _form(
    *,
    text: str = "",
    faults: tuple[Text, ...] = (),
    typed: dict[str, str] | None = None,
    errors: dict[str, str] | None = None,
) -> str:
    session = db.session()
    agency_id = own_agency(session).agency_id
    assert agency_id is not None
    return render_template(
        "programmes/new.html",
        programmes=programmes_of_agencies(session, [agency_id]),
        text=text,
        faults=faults,
        typed=typed or {},
        errors=errors or {},
    )
