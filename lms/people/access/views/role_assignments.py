"""Peran: people of the agency and their roles. Only the admin comes here."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lms.contract.actors import Role
from lms.contract.errors import Conflict, Invalid, NotFound
from lms.people.access.forms import PERSON_FIELDS, person_fields, role_field
from lms.people.access.grants import grant_role, revoke_role
from lms.people.access.role_labels import role_title
from lms.people.access.views.route_scopes import own_agency, place_of_staff
from lms.people.auth import accounts
from lms.people.auth.accounts import OneTime, get_account, new_one_time, open_account, reset_password
from lms.people.auth.second_factor import switch_off
from lms.people.auth.usernames import suggest_username
from lms.people.auth.views import device
from lms.people.blueprint import bp
from lms.people.directory.agencies import get_agency
from lms.people.directory.models import CALENDAR
from lms.people.directory.persons import create_person, people_of_agency, person_with_roles
from lms.people.directory.schools import school_by_npsn
from lms.platform.clock import now
from lms.platform.db import db
from lms.web.form import sentences
from lms.web.i18n import gettext as _
from lms.web.i18n import shown
from lms.web.paging import page_number, page_url
from lms.web.routing import command, current_actor, page

_ROLE_FIELDS = ("role", "npsn")


@bp.get("/akun/kantor")
@page("people.view_schools", place=own_agency)
def staff() -> ResponseReturnValue:
    """People with roles beyond one school: admins, graders, facilitators, supervisors."""
    session = db.session()
    agency = own_agency(session).agency_id
    search = request.args.get("cari", "")[:80]
    found = people_of_agency(session, agency_id=agency or 0, search=search, page=page_number())
    roles = {person.id: {grant.role for grant in person.grants} for person in found.rows}
    assignments = {
        person_id: sorted(shown(role_title(role)) for role in some) for person_id, some in roles.items()
    }
    return render_template(
        "people/staff.html",
        found=found,
        search=search,
        assignments=assignments,
        page_url=page_url("people.staff", cari=search or None),
    )


@bp.get("/akun/kantor/tambah")
@page("people.grant_role", place=own_agency)
def new_staff() -> ResponseReturnValue:
    """The form for a new person of the agency."""
    return _staff_form({}, {})


@bp.post("/akun/kantor/tambah")
@command(
    "people.grant_role",
    place=own_agency,
    fields=(*PERSON_FIELDS, "username", *_ROLE_FIELDS),
    prepare=lambda: new_one_time(device.settings().key()),
)
def add_staff(one_time: OneTime) -> ResponseReturnValue:
    """Add a person of the agency with a role and a one-time code."""
    session, actor, moment = db.session(), current_actor(), now()
    agency = get_agency(session, own_agency(session).agency_id or 0)
    try:
        person = create_person(
            session, fields=person_fields(request.form), timezone=agency.timezone, actor=actor, now=moment
        )
        grant_role(
            session,
            person_id=person.id,
            role=role_field(request.form.get("role", "")),
            agency_id=agency.id,
            school_id=_chosen_school(agency.id),
            actor=actor,
            now=moment,
        )
        username = request.form.get("username") or suggest_username(session, person.full_name)
        open_account(session, person_id=person.id, username=username, one_time=one_time, now=moment)
    except Invalid as error:
        return _staff_form(request.form.to_dict(), sentences(error)), error.status
    flash(_("%(name)s sudah ditambahkan.", name=person.display_name))
    return redirect(url_for("people.role_assignments", person_id=person.id), 303)


@bp.get("/akun/peran/<int:person_id>")
@page("people.grant_role", place=place_of_staff)
def role_assignments(person_id: int) -> ResponseReturnValue:
    """A person's roles, and the one-time code of somebody who belongs to no school."""
    return _staff_page(person_id, {}, {})


@bp.post("/akun/peran/<int:person_id>")
@command("people.grant_role", place=place_of_staff, fields=_ROLE_FIELDS)
def grant_hat(person_id: int) -> ResponseReturnValue:
    """Give one more role."""
    session, actor, moment = db.session(), current_actor(), now()
    agency_id = place_of_staff(session, person_id).agency_id or 0
    try:
        grant_role(
            session,
            person_id=person_id,
            role=role_field(request.form.get("role", "")),
            agency_id=agency_id,
            school_id=_chosen_school(agency_id),
            actor=actor,
            now=moment,
        )
    except (Invalid, NotFound, Conflict) as error:
        return _staff_page(person_id, request.form.to_dict(), sentences(error)), error.status
    flash(_("Peran sudah ditambahkan."))
    return redirect(url_for("people.role_assignments", person_id=person_id), 303)


@bp.post("/akun/peran/<int:person_id>/<int:grant_id>/akhiri")
@command("people.grant_role", place=place_of_staff)
def end_hat(person_id: int, grant_id: int) -> ResponseReturnValue:
    """End a role from today on."""
    revoke_role(db.session(), grant_id=grant_id, person_id=person_id, actor=current_actor(), now=now())
    flash(_("Peran sudah diakhiri."))
    return redirect(url_for("people.role_assignments", person_id=person_id), 303)


@bp.post("/akun/peran/<int:person_id>/sandi")
@command(
    "people.reset_password",
    place=place_of_staff,
    prepare=lambda person_id: new_one_time(device.settings().key()),
)
def reset_staff_password(one_time: OneTime, person_id: int) -> ResponseReturnValue:
    """Give a one-time code to somebody whose account no school runs; a lost phone is forgotten too."""
    session, actor, moment = db.session(), current_actor(), now()
    reset_password(session, person_id=person_id, one_time=one_time, actor=actor, now=moment)
    if get_account(session, person_id).totp_confirmed_at is not None:
        switch_off(session, person_id=person_id, actor=actor, now=moment)
    flash(_("Kode baru sudah dibuat. Kata sandi lama tidak berlaku lagi."))
    return redirect(url_for("people.role_assignments", person_id=person_id), 303)


def _staff_page(person_id: int, typed: dict[str, str], errors: dict[str, str]) -> str:
    session, moment = db.session(), now()
    person = person_with_roles(session, person_id)
    cards = accounts.cards(session, [person_id], key=device.settings().key(), now=moment)
    return render_template(
        "people/role_assignments.html",
        person=person,
        values=typed,
        errors=errors,
        card=cards[0] if cards else None,
        assignments=[(grant, shown(role_title(grant.role))) for grant in person.grants],
        today=moment.astimezone(CALENDAR).date(),
        roles=_roles(),
    )


def _staff_form(values: dict[str, str], errors: dict[str, str]) -> str:
    return render_template("people/staff_form.html", values=values, errors=errors, roles=_roles())


def _chosen_school(agency_id: int) -> int | None:
    """The school of the typed NPSN: a province has a thousand schools, too many for a list."""
    npsn = request.form.get("npsn", "").strip()
    return school_by_npsn(db.session(), npsn, agency_id=agency_id).id if npsn else None


def _roles() -> list[tuple[str, str]]:
    return [(role.value, shown(role_title(role))) for role in Role]
