"""Akun sekolah: the people of a school and their data."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lms.contract.actors import SCHOOL_ROLES, Place, Role
from lms.contract.errors import Forbidden, Invalid
from lms.contract.paging import pages
from lms.contract.text import message
from lms.people.access.authorisation_scope import place_in_school, places_in_school
from lms.people.access.authorise import reach, require_fields, writable_here
from lms.people.access.forms import PERSON_FIELDS, person_fields, role_field
from lms.people.access.grants import grant_role
from lms.people.access.role_labels import role_title
from lms.people.access.views.route_scopes import place_of_account, place_of_school
from lms.people.auth.accounts import OneTime, change_username, new_one_time, open_account
from lms.people.auth.usernames import suggest_username
from lms.people.auth.views import device
from lms.people.blueprint import bp
from lms.people.directory.persons import create_person, edit_person, people_of_school, person_with_roles
from lms.people.directory.schools import find_schools, get_school, schools_by_id
from lms.people.permissions import ROLES_OF_A_SCHOOL_OFFICE
from lms.platform.clock import now
from lms.platform.db import db
from lms.web.form import sentences
from lms.web.i18n import gettext as _
from lms.web.i18n import shown
from lms.web.paging import page_number, page_url
from lms.web.routing import SIGNED_IN, command, current_actor, may, page


@bp.get("/akun")
@page(SIGNED_IN)
def accounts() -> ResponseReturnValue:
    """The schools whose accounts I run; straight to the school when it is one."""
    session, actor = db.session(), current_actor()
    found = reach(actor, "people.view_accounts")
    if found.agency_ids:
        search, number = request.args.get("cari", "")[:80], page_number()
        schools, total = find_schools(session, agency_ids=found.agency_ids, search=search, page=number)
        return render_template(
            "people/schools.html",
            schools=schools,
            total=total,
            search=search,
            number=number,
            pages=pages(total),
            page_url=page_url("people.accounts", cari=search or None),
        )
    if not found.school_ids:
        raise Forbidden(message("Halaman ini untuk kepala sekolah, operator, dan admin. Kembali ke beranda."))
    if len(found.school_ids) == 1:
        return redirect(url_for("people.roster", school_id=min(found.school_ids)), 303)
    schools = sorted(schools_by_id(session, found.school_ids).values(), key=lambda school: school.name)
    return render_template("people/schools.html", schools=schools, total=len(schools), number=1, pages=1)


@bp.get("/akun/<int:school_id>")
@page("people.view_accounts", place=place_of_school)
def roster(school_id: int) -> ResponseReturnValue:
    """The people of a school."""
    return roster_page(school_id)


def roster_page(school_id: int, error: str = "") -> str:
    """The people of a school, with what went wrong over the list."""
    session = db.session()
    search = request.args.get("cari", "")[:80]
    found = people_of_school(session, school_id=school_id, search=search, page=page_number(), now=now())
    school = get_school(session, school_id)
    return render_template(
        "people/roster.html",
        school=school,
        place=Place(agency_id=school.agency_id, school_id=school_id),
        places=places_in_school(session, school_id, now=now()),
        found=found,
        search=search,
        error=error,
        page_url=page_url("people.roster", cari=search or None, school_id=school_id),
        assignments={
            person.id: [
                shown(role_title(grant.role)) for grant in person.grants if grant.school_id == school_id
            ]
            for person in found.rows
        },
    )


@bp.get("/akun/<int:school_id>/tambah")
@page("people.add_person", place=place_of_school)
def new_person(school_id: int) -> ResponseReturnValue:
    """The form for a new person."""
    return _person_form(school_id, None, {}, {})


@bp.post("/akun/<int:school_id>/tambah")
@command(
    "people.add_person",
    place=place_of_school,
    fields=(*PERSON_FIELDS, "username", "role"),
    prepare=lambda school_id: new_one_time(device.settings().key()),
)
def add_person(one_time: OneTime, school_id: int) -> ResponseReturnValue:
    """Add a person with a role and a one-time code."""
    session, actor, moment = db.session(), current_actor(), now()
    school = get_school(session, school_id)
    try:
        role = _school_role(request.form.get("role", ""), Place(school.agency_id, school_id))
        person = create_person(
            session, fields=person_fields(request.form), timezone=school.timezone, actor=actor, now=moment
        )
        grant_role(
            session,
            person_id=person.id,
            role=role,
            agency_id=school.agency_id,
            school_id=school_id,
            actor=actor,
            now=moment,
        )
        username = request.form.get("username") or suggest_username(session, person.full_name)
        open_account(session, person_id=person.id, username=username, one_time=one_time, now=moment)
    except Invalid as error:
        return _person_form(school_id, None, request.form.to_dict(), sentences(error)), error.status
    flash(_("%(name)s sudah ditambahkan. Cetak kartu masuknya.", name=person.display_name))
    return redirect(url_for("people.sign_in_cards", school_id=school_id, orang=person.id), 303)


@bp.get("/akun/<int:school_id>/<int:person_id>")
@page("people.edit_person", place=place_of_account)
def person(school_id: int, person_id: int) -> ResponseReturnValue:
    """A person's data and account."""
    return _person_form(school_id, person_id, {}, {})


@bp.post("/akun/<int:school_id>/<int:person_id>")
@command("people.edit_person", place=place_of_account, fields=(*PERSON_FIELDS, "username"))
def save_person(school_id: int, person_id: int) -> ResponseReturnValue:
    """Correct a person's data; the username is the admin's to change."""
    session, actor, moment = db.session(), current_actor(), now()
    posted = set(request.form) - {"csrf_token", "_key"}
    require_fields(actor, "people.edit_person", place_of_account(session, school_id, person_id), posted)
    try:
        warnings = edit_person(
            session, person_id=person_id, fields=person_fields(request.form), actor=actor, now=moment
        )
        if "username" in posted:
            change_username(
                session, person_id=person_id, username=request.form["username"], actor=actor, now=moment
            )
    except Invalid as error:
        return _person_form(school_id, person_id, request.form.to_dict(), sentences(error)), error.status
    flash(_("Data sudah tersimpan."))
    for text in warnings.values():
        flash(text.in_(actor.locale), "warning")
    return redirect(url_for("people.person", school_id=school_id, person_id=person_id), 303)


def _school_role(value: str, place: Place) -> Role:
    """The role for a new person: an ordinary one, or any of a school's when the admin gives it."""
    role = role_field(value)
    if role not in _roles_to_give(place):
        raise Forbidden(message("Peran ini hanya dapat diberikan admin. Tidak ada yang diubah."))
    return role


def _roles_to_give(place: Place) -> frozenset[Role]:
    return SCHOOL_ROLES if may("people.grant_role", place) else ROLES_OF_A_SCHOOL_OFFICE


def _person_form(school_id: int, person_id: int | None, typed: dict[str, str], errors: dict[str, str]) -> str:
    session, actor = db.session(), current_actor()
    school = get_school(session, school_id)
    found = person_with_roles(session, person_id) if person_id is not None else None
    action = "people.add_person" if found is None else "people.edit_person"
    place = (
        Place(school.agency_id, school_id)
        if person_id is None
        else place_in_school(session, school_id, person_id, now=now())
    )
    stored = {name: getattr(found, name) or "" for name in PERSON_FIELDS} if found else {}
    if found and found.account:
        stored["username"] = found.account.username
    return render_template(
        "people/person.html",
        school=school,
        person=found,
        place=place,
        values=typed or stored,
        errors=errors,
        writable=writable_here(actor, action, place),
        roles=sorted((role.value, shown(role_title(role))) for role in _roles_to_give(place)),
        assignments=[(grant, shown(role_title(grant.role))) for grant in found.grants] if found else [],
    )
