"""The everyday things of a programme as a form: dates, deadlines, weights, predicates, signer."""

import hashlib
import json

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms.contract.errors import Conflict
from lms.contract.text import Text
from lms.platform.clock import now
from lms.platform.db import db
from lms.platform.plugins import registry
from lms.programmes import api
from lms.programmes.changes import changes
from lms.programmes.definition import Definition, dump
from lms.programmes.editing import beside_fields, groups_of, read
from lms.programmes.faults import DefinitionFault
from lms.programmes.rehearsal import Outcome, apply_if_seen
from lms.programmes.views.blueprint import bp
from lms.programmes.views.whatif import what_if
from lms.web.i18n import locale
from lms.web.routing import command, current_actor, page

EDIT = "programmes.edit"
ADDRESS = "/program/<int:programme_id>/naskah/sunting"


@bp.get(ADDRESS)
@page(EDIT, place=api.place_of_programme)
def edit(programme_id: int) -> ResponseReturnValue:
    """The form with what is in force."""
    return _form(programme_id, {}, {})


@bp.post(ADDRESS)
@command(EDIT, place=api.place_of_programme, fields=("version", "note", "seen", "f-*"))
def save_edit(programme_id: int) -> ResponseReturnValue:
    """Bring what was typed into force as the next version.

    When it turns anybody's completion round, that is shown first, and in force after a second press.
    """
    session, typed = db.session(), request.form.to_dict()
    row = api.get_programme(session, programme_id)
    before = api.definition_of(row)
    definition, errors, faults = read(before, typed)
    if definition is None:
        return _refused(programme_id, typed, errors, faults)
    count = len(changes(before, definition))
    if not count:
        flash(_("Tidak ada yang berubah."))
        return redirect(url_for("programmes.edit", programme_id=programme_id), 303)
    version = request.form.get("version", 0, type=int)
    try:
        outcome = apply_if_seen(
            session, programme_id=programme_id, definition=definition, version=version,
            actor_id=current_actor().person_id, now=now(),
            note=typed.get("note", "").strip()[:300] or _("Diubah lewat formulir"),
            seen=typed.get("seen") == _digest(definition),
        )  # fmt: skip
    except DefinitionFault as fault:
        return _refused(programme_id, typed, *beside_fields(fault, before))
    except Conflict as conflict:
        return _form(programme_id, typed, {}, conflict=conflict.text), conflict.status
    if outcome:
        return _form(programme_id, typed, {}, outcome=outcome, seen=_digest(definition))
    flash(_("%(num)s perubahan berlaku.", num=count))
    return redirect(url_for("programmes.version", programme_id=programme_id, version=row.version), 303)


def _refused(
    programme_id: int, typed: dict[str, str], errors: dict[str, Text], faults: tuple[str, ...]
) -> ResponseReturnValue:
    found = {name: text.in_(locale()) for name, text in errors.items()}
    return _form(programme_id, typed, found, faults=faults), 422


def _digest(definition: Definition) -> str:
    return hashlib.sha256(json.dumps(dump(definition)).encode()).hexdigest()


def _form(
    programme_id: int,
    typed: dict[str, str],
    errors: dict[str, str],
    *,
    faults: tuple[str, ...] = (),
    conflict: Text | None = None,
    outcome: Outcome | None = None,
    seen: str = "",
) -> str:
    row = api.get_programme(db.session(), programme_id)
    definition = api.definition_of(row)
    known = registry().deliverables
    return render_template(
        "programmes/edit.html", programme=row, groups=groups_of(definition), typed=typed, errors=errors,
        faults=faults, conflict=conflict.in_(locale()) if conflict else "",
        whatif=what_if(db.session(), programme_id, outcome) if outcome else None, seen=seen,
        titles={key: known[key].title.in_(locale()) for key in known},
    )  # fmt: skip
