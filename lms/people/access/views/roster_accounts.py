"""Akun sekolah: one-time codes, sign-in cards, closing and opening accounts."""

import segno
from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lms.contract.parsing import whole
from lms.contract.text import Text, message
from lms.people.access.authorisation_scope import person_not_found, places_in_school
from lms.people.access.authorise import require
from lms.people.access.views.roster import roster_page
from lms.people.access.views.route_scopes import place_of_account, place_of_school
from lms.people.auth import accounts
from lms.people.auth.accounts import OneTime, new_one_time
from lms.people.auth.views import device
from lms.people.blueprint import bp
from lms.people.directory.schools import get_school
from lms.platform.clock import now
from lms.platform.db import db
from lms.web.i18n import gettext as _
from lms.web.i18n import locale, ngettext
from lms.web.routing import command, current_actor, may, page

MOST_CARDS = 60
"""Each new code costs 35 ms of hashing."""


@bp.post("/akun/<int:school_id>/<int:person_id>/sandi")
@command(
    "people.reset_password",
    place=place_of_account,
    prepare=lambda school_id, person_id: new_one_time(device.settings().key()),
)
def reset_password(one_time: OneTime, school_id: int, person_id: int) -> ResponseReturnValue:
    """Give a one-time code instead of the password."""
    accounts.reset_password(
        db.session(), person_id=person_id, one_time=one_time, actor=current_actor(), now=now()
    )
    flash(_("Kode baru sudah dibuat. Kata sandi lama tidak berlaku lagi."))
    return redirect(url_for("people.sign_in_cards", school_id=school_id, orang=person_id), 303)


@bp.post("/akun/<int:school_id>/<int:person_id>/tutup")
@command("people.close_account", place=place_of_account)
def close_account(school_id: int, person_id: int) -> ResponseReturnValue:
    """Close an account; the work stays."""
    accounts.close_account(db.session(), person_id=person_id, actor=current_actor(), now=now())
    flash(_("Akun sudah ditutup. Semua pekerjaannya tetap tersimpan."))
    return redirect(url_for("people.person", school_id=school_id, person_id=person_id), 303)


@bp.post("/akun/<int:school_id>/<int:person_id>/buka")
@command("people.close_account", place=place_of_account)
def reopen_account(school_id: int, person_id: int) -> ResponseReturnValue:
    """Open a closed account again."""
    accounts.reopen_account(db.session(), person_id=person_id, actor=current_actor(), now=now())
    flash(_("Akun sudah dibuka lagi."))
    return redirect(url_for("people.person", school_id=school_id, person_id=person_id), 303)


@bp.get("/akun/<int:school_id>/kartu")
@page("people.reset_password", place=place_of_school)
def sign_in_cards(school_id: int) -> ResponseReturnValue:
    """Cards with codes that are still to be used, several on a sheet."""
    session, moment = db.session(), now()
    places = places_in_school(session, school_id, now=moment)
    one = request.args.get("orang", "")
    mine = [
        person_id
        for person_id, place in places.items()
        if (not one or one == str(person_id)) and may("people.reset_password", place)
    ]
    cards = accounts.cards(session, mine, key=device.settings().key(), now=moment)
    pictures = {
        card.person_id: segno.make(device.card_link(card), error="m").svg_data_uri(
            scale=3, border=2, light="#fff", dark="#000"
        )
        for card in cards
    }
    return render_template(
        "people/cards.html",
        school=get_school(session, school_id),
        cards=cards,
        pictures=pictures,
        address=device.settings().public_url.partition("://")[2],
    )


def _codes(school_id: int) -> dict[int, OneTime] | Text:  # noqa: ARG001
    """One code for each chosen person, hashed before the transaction; or why there are none."""
    chosen = sorted(set(request.form.getlist("person", type=whole)))
    if not 0 < len(chosen) <= MOST_CARDS:
        return message(
            "Pilih 1 sampai %(most_cards)s orang dulu. Belum ada kode yang diganti.", most_cards=MOST_CARDS
        )
    key = device.settings().key()
    return {person_id: new_one_time(key) for person_id in chosen}


@bp.post("/akun/<int:school_id>/kartu")
@command("people.reset_password", place=place_of_school, fields=("person",), prepare=_codes)
def make_cards(codes: dict[int, OneTime] | Text, school_id: int) -> ResponseReturnValue:
    """New one-time codes for several people at once."""
    if isinstance(codes, Text):
        return roster_page(school_id, codes.in_(locale())), 422
    session, actor, moment = db.session(), current_actor(), now()
    places = places_in_school(session, school_id, now=moment)
    for person_id, one_time in codes.items():
        if person_id not in places:
            raise person_not_found()
        require(actor, "people.reset_password", places[person_id])
        accounts.reset_password(session, person_id=person_id, one_time=one_time, actor=actor, now=moment)
    flash(ngettext("%(num)d kode baru dibuat.", "%(num)d kode baru dibuat.", len(codes)))
    return redirect(url_for("people.sign_in_cards", school_id=school_id), 303)
