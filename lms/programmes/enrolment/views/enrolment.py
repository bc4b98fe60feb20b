"""Sekolah program: which schools take part, and enrolling their people."""

import re

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lms.contract.parsing import parse_choice
from lms.platform.clock import now
from lms.platform.db import db
from lms.programmes.blueprint import bp
from lms.programmes.definition.queries import get_programme, place_of_programme
from lms.programmes.enrolment.enrolling import add_schools, enrol_waiting, waiting_people
from lms.programmes.enrolment.queries import sizes
from lms.programmes.models import SchoolKind
from lms.web.i18n import gettext as _
from lms.web.i18n import ngettext
from lms.web.routing import command, current_actor, page

EDIT = "programmes.edit"
ADDRESS = "/program/<int:programme_id>/sekolah"


@bp.get(ADDRESS)
@page(EDIT, place=place_of_programme)
def taking_part(programme_id: int) -> ResponseReturnValue:
    """The form for schools, and how many people wait to be enrolled."""
    return _form(programme_id, {}, "")


@bp.post(ADDRESS)
@command(EDIT, place=place_of_programme, fields=("npsn", "kind"))
def save_schools(programme_id: int) -> ResponseReturnValue:
    """Add schools by NPSN, as many as were written."""
    typed = request.form.to_dict()
    npsn = list(dict.fromkeys(re.findall(r"\w+", typed.get("npsn", ""))))
    if not npsn:
        return _form(programme_id, typed, _("Tulis NPSN, satu di setiap baris.")), 422
    kind = parse_choice(SchoolKind, typed.get("kind", ""))
    if kind is None:
        return _form(programme_id, typed, _("Pilih sekolah model atau sekolah imbas.")), 422
    found = add_schools(
        db.session(),
        programme_id=programme_id,
        npsn=npsn,
        kind=kind,
        actor_id=current_actor().person_id,
        now=now(),
    )
    if found.unknown:
        sentence = _("NPSN ini tidak terdaftar di kantor ini: %(npsn)s.", npsn=", ".join(found.unknown[:20]))
        return _form(programme_id, typed, sentence), 422
    flash(ngettext("%(num)s sekolah ikut program.", "%(num)s sekolah ikut program.", found.schools))
    return redirect(url_for("programmes.taking_part", programme_id=programme_id), 303)


@bp.post(f"{ADDRESS}/peserta")
@command(EDIT, place=place_of_programme)
def enrol_people(programme_id: int) -> ResponseReturnValue:
    """Enrol everybody who has a role of the programme in one of its schools."""
    count = enrol_waiting(
        db.session(), programme_id=programme_id, actor_id=current_actor().person_id, now=now()
    )
    flash(ngettext("%(num)s peserta didaftarkan.", "%(num)s peserta didaftarkan.", count))
    return redirect(url_for("programmes.programme", programme_id=programme_id) + "#sekolah", 303)


def _form(programme_id: int, typed: dict[str, str], error: str) -> str:
    session = db.session()
    schools, people_in_all = sizes(session, [programme_id])[programme_id]
    return render_template(
        "programmes/taking_part.html",
        programme=get_programme(session, programme_id),
        typed=typed,
        error=error,
        schools=schools,
        enrolled=people_in_all,
        waiting=len(waiting_people(session, programme_id=programme_id, now=now())),
    )
