"""The whole definition as YAML, checked and previewed before it comes into force."""

import hashlib
from dataclasses import dataclass

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import undefer

from lms.contract.errors import Conflict, NotFound
from lms.contract.parsing import whole
from lms.contract.text import Text, message
from lms.people import api as people
from lms.platform.clock import now
from lms.platform.db import db
from lms.platform.plugins import registry
from lms.programmes.blueprint import bp
from lms.programmes.definition.diff import changes
from lms.programmes.definition.document import Definition, parse
from lms.programmes.definition.errors import DefinitionFault
from lms.programmes.definition.queries import definition_of, get_programme, place_of_programme, versions_of
from lms.programmes.definition.yaml_document import dump_yaml, located
from lms.programmes.editing.definition_service import apply_definition
from lms.programmes.editing.trial_run import Outcome, rehearse
from lms.programmes.editing.views.presenters import change_lines, value_names
from lms.programmes.editing.views.uploads import Sent, read_sent
from lms.programmes.editing.views.whatif import what_if
from lms.programmes.models import Programme, ProgrammeVersion
from lms.web.i18n import gettext as _
from lms.web.i18n import locale
from lms.web.routing import command, current_actor, page

EDIT = "programmes.edit"


@bp.get("/program/<int:programme_id>/naskah")
@page(EDIT, place=place_of_programme)
def script(programme_id: int) -> ResponseReturnValue:
    """The document, ready to be changed; ``?dari=3`` starts from the text of version 3."""
    row = get_programme(db.session(), programme_id)
    earlier = request.args.get("dari", 0, type=whole)
    definition = _version(programme_id, earlier)[0] if earlier else definition_of(row)
    return _page(row, dump_yaml(definition))


@bp.get("/program/<int:programme_id>/naskah.yaml")
@page(EDIT, place=place_of_programme)
def download(programme_id: int) -> ResponseReturnValue:
    """The document as a file."""
    row = get_programme(db.session(), programme_id)
    return _file(definition_of(row), f"{row.code}.yaml")


@dataclass(frozen=True, slots=True)
class Tried:
    """A document, and what it would do; ``error`` is why it could not come into force."""

    sent: Sent
    outcome: Outcome | None = None
    error: DefinitionFault | Conflict | None = None


def try_out(programme_id: int) -> Tried:
    """Read the document and try it out, before the transaction: everybody's completion is evaluated."""
    sent = read_sent()
    if sent.definition is None:
        return Tried(sent)
    version = request.form.get("version", 0, type=whole)
    try:
        outcome = rehearse(programme_id=programme_id, definition=sent.definition, version=version, now=now())
    except (DefinitionFault, Conflict) as error:
        return Tried(sent, error=error)
    return Tried(sent, outcome)


@bp.post("/program/<int:programme_id>/naskah")
@command(
    EDIT,
    place=place_of_programme,
    fields=("text", "version", "note", "seen", "go"),
    files=("file",),
    prepare=try_out,
)
def save_script(tried: Tried, programme_id: int) -> ResponseReturnValue:
    """Show what would change; bring it into force only when exactly that was seen."""
    session, row, sent = db.session(), get_programme(db.session(), programme_id), tried.sent
    if sent.definition is None:
        return _page(row, sent.text, faults=sent.faults), 422
    confirmed = request.form.get("go") == "apply" and request.form.get("seen") == _digest(sent.text)
    try:
        if tried.outcome is None:
            assert tried.error is not None
            raise tried.error
        if not confirmed:
            return _page(row, sent.text, preview=sent, outcome=tried.outcome)
        if not changes(definition_of(row), sent.definition):
            flash(_("Pengaturan ini sama dengan yang berlaku. Tidak ada yang berubah."))
            return redirect(url_for("programmes.script", programme_id=programme_id), 303)
        with session.begin_nested():  # a refused one leaves nothing behind for the page below
            apply_definition(
                session,
                programme_id=programme_id,
                definition=sent.definition,
                version=request.form.get("version", 0, type=whole),
                actor_id=current_actor().person_id,
                now=now(),
                note=request.form.get("note", "").strip(),
                counts=tried.outcome.counts,
            )
    except DefinitionFault as fault:
        return _page(row, sent.text, faults=located(fault, sent.text).faults), 422
    except Conflict as conflict:
        return _page(row, sent.text, preview=sent, conflict=conflict.text), conflict.status
    flash(_("Pengaturan baru berlaku."))
    return redirect(url_for("programmes.version", programme_id=programme_id, version=row.version), 303)


@bp.get("/program/<int:programme_id>/naskah/versi/<int:version>")
@page(EDIT, place=lambda session, programme_id, version: place_of_programme(session, programme_id))
def version(programme_id: int, version: int) -> ResponseReturnValue:
    """What a version changed, who did it, when and why."""
    row = get_programme(db.session(), programme_id)
    after, entry = _version(programme_id, version)
    before = _version(programme_id, version - 1)[0] if version > 1 else None
    mover = people.persons_by_id(db.session(), [entry.changed_by] if entry.changed_by else [])
    return render_template(
        "programmes/version.html",
        programme=row,
        entry=entry,
        person=mover.get(entry.changed_by or 0),
        lines=change_lines(changes(before, after, value_names(), registry().sections), after.timezone)
        if before
        else None,
    )


@bp.get("/program/<int:programme_id>/naskah/versi/<int:version>.yaml")
@page(EDIT, place=lambda session, programme_id, version: place_of_programme(session, programme_id))
def download_version(programme_id: int, version: int) -> ResponseReturnValue:
    """An earlier document as a file."""
    row = get_programme(db.session(), programme_id)
    return _file(_version(programme_id, version)[0], f"{row.code}-v{version}.yaml")


def _version(programme_id: int, number: int) -> tuple[Definition, ProgrammeVersion]:
    document = undefer(ProgrammeVersion.definition)
    entry = db.session().get(ProgrammeVersion, (programme_id, number), options=[document])
    if entry is None:
        raise NotFound(
            message("Versi ini tidak ada. Pengaturan yang berlaku tetap aman. Pilih versi dari daftar.")
        )
    return parse(entry.definition), entry


def _file(definition: Definition, name: str) -> Response:
    return Response(
        dump_yaml(definition),
        mimetype="application/yaml",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _page(
    row: Programme,
    text: str,
    *,
    faults: tuple[Text, ...] = (),
    preview: Sent | None = None,
    outcome: Outcome | None = None,
    conflict: Text | None = None,
) -> str:
    versions = versions_of(db.session(), row.id)
    lines = None
    if preview is not None and preview.definition is not None:
        lines = change_lines(
            changes(definition_of(row), preview.definition, value_names(), registry().sections), row.timezone
        )
    return render_template(
        "programmes/script.html",
        programme=row,
        text=text,
        faults=faults,
        lines=lines,
        versions=versions,
        conflict=conflict.in_(locale()) if conflict else "",
        seen=_digest(text),
        note=request.form.get("note", ""),
        whatif=what_if(db.session(), row.id, outcome) if outcome else None,
        persons=people.persons_by_id(
            db.session(), {entry.changed_by for entry in versions if entry.changed_by}
        ),
    )
