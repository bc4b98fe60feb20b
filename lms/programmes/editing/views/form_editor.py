"""The everyday things of a programme as a form: dates, deadlines, weights, predicates, signer."""

import hashlib
import json
from dataclasses import dataclass, replace

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lms.contract.errors import Conflict
from lms.contract.parsing import whole
from lms.contract.text import Text
from lms.platform.clock import now
from lms.platform.db import db
from lms.platform.plugins import registry
from lms.programmes.blueprint import bp
from lms.programmes.definition.diff import changes
from lms.programmes.definition.document import Definition, dump
from lms.programmes.definition.errors import DefinitionFault
from lms.programmes.definition.queries import definition_of, get_programme, place_of_programme
from lms.programmes.editing.definition_service import apply_definition
from lms.programmes.editing.form import beside_fields, groups_of, read
from lms.programmes.editing.trial_run import Outcome, rehearse
from lms.programmes.editing.views.whatif import what_if
from lms.web.i18n import gettext as _
from lms.web.i18n import locale, ngettext
from lms.web.routing import command, current_actor, page

EDIT = "programmes.edit"
ADDRESS = "/program/<int:programme_id>/naskah/sunting"


@bp.get(ADDRESS)
@page(EDIT, place=place_of_programme)
def edit(programme_id: int) -> ResponseReturnValue:
    """The form with what is in force."""
    return _form(programme_id, {}, {})


@dataclass(frozen=True, slots=True)
class Considered:
    """What was typed, what it means, and what it would do; ``error`` is why it could not come into force."""

    typed: dict[str, str]
    definition: Definition | None
    errors: dict[str, Text]
    faults: tuple[Text, ...]
    changed: int = 0
    outcome: Outcome | None = None
    error: DefinitionFault | Conflict | None = None


def consider(programme_id: int) -> Considered:
    """Read the form and try it out, before the transaction: everybody's completion is evaluated."""
    typed = request.form.to_dict()
    before = definition_of(get_programme(db.session(), programme_id))
    definition, errors, faults = read(before, typed, registry().sections.values())
    found = Considered(typed, definition, errors, faults)
    if definition is None or not (changed := len(changes(before, definition))):
        return found
    version = request.form.get("version", 0, type=whole)
    try:
        outcome = rehearse(programme_id=programme_id, definition=definition, version=version, now=now())
    except (DefinitionFault, Conflict) as error:
        return replace(found, changed=changed, error=error)
    return replace(found, changed=changed, outcome=outcome)


@bp.post(ADDRESS)
@command(EDIT, place=place_of_programme, fields=("version", "note", "seen", "f-*"), prepare=consider)
def save_edit(sent: Considered, programme_id: int) -> ResponseReturnValue:
    """Bring what was typed into force as the next version.

    When it turns anybody's completion round, that is shown first, and in force after a second press.
    """
    session, typed, definition = db.session(), sent.typed, sent.definition
    row = get_programme(session, programme_id)
    if definition is None:
        return _refused(programme_id, typed, sent.errors, sent.faults)
    if not sent.changed:
        flash(_("Tidak ada yang berubah."))
        return redirect(url_for("programmes.edit", programme_id=programme_id), 303)
    try:
        if sent.outcome is None:
            assert sent.error is not None
            raise sent.error
        if sent.outcome.effects and typed.get("seen") != _digest(definition):
            return _form(programme_id, typed, {}, outcome=sent.outcome, seen=_digest(definition))
        with session.begin_nested():  # a refused one leaves nothing behind for the page below
            apply_definition(
                session,
                programme_id=programme_id,
                definition=definition,
                version=request.form.get("version", 0, type=whole),
                actor_id=current_actor().person_id,
                now=now(),
                note=typed.get("note", "").strip() or _("Diubah lewat formulir"),
                counts=sent.outcome.counts,
            )
    except DefinitionFault as fault:
        return _refused(
            programme_id, typed, *beside_fields(fault, definition_of(row), registry().sections.values())
        )
    except Conflict as conflict:
        return _form(programme_id, typed, {}, conflict=conflict.text), conflict.status
    flash(ngettext("%(num)s perubahan berlaku.", "%(num)s perubahan berlaku.", sent.changed))
    return redirect(url_for("programmes.version", programme_id=programme_id, version=row.version), 303)


def _refused(
    programme_id: int, typed: dict[str, str], errors: dict[str, Text], faults: tuple[Text, ...]
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
    faults: tuple[Text, ...] = (),
    conflict: Text | None = None,
    outcome: Outcome | None = None,
    seen: str = "",
) -> str:
    row = get_programme(db.session(), programme_id)
    definition = definition_of(row)
    known = registry().deliverables
    return render_template(
        "programmes/edit.html",
        programme=row,
        groups=groups_of(definition, registry().sections.values()),
        typed=typed,
        errors=errors,
        faults=faults,
        conflict=conflict.in_(locale()) if conflict else "",
        whatif=what_if(db.session(), programme_id, outcome) if outcome else None,
        seen=seen,
        titles={key: known[key].title.in_(locale()) for key in known},
    )
