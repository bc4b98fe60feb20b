"""A form sent after the sign-in had ended: nothing typed is lost, and it stays its writer's."""

import html
import re
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update

from lms.people.auth.models import Account, UserSession
from lms.people.directory.models import Person
from lms.platform.db import db
from lms.platform.transaction import write
from lms.programmes import api
from lms.testing.people import PASSWORD, sign_in
from tests.functional.programmes.conftest import NOW, World

NOTE = 'Baris "satu" & <b>dua</b>\r\n\r\n  menjorok'


def username(person_id: int) -> str:
    found = db.session.get_one(Account, person_id).username
    db.session.remove()
    return found


def send_too_late(app: Flask, world: World) -> tuple[FlaskClient, str]:
    """The admin's form meets an ended sign-in; the browser, and what the page carries."""
    browser = sign_in(app, world.admin)
    with browser.session_transaction() as cookie:
        cookie["who"] = world.admin  # as signing in leaves it
    with write() as session:
        session.execute(update(UserSession).values(expires_at=NOW))
    db.session.remove()
    typed = {"version": "1", "f-title": "Judul baru", "note": NOTE}
    answer = browser.post(f"/program/{world.programme_id}/naskah/sunting", data=typed)
    assert answer.status_code == 401
    assert title(world) != "Judul baru"
    return browser, hidden(answer)["kept"]


def hidden(answer: Any) -> dict[str, str]:
    found = re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', answer.get_data(as_text=True))
    return {name: html.unescape(value) for name, value in found}


def title(world: World) -> str:
    found = api.get_programme(db.session(), world.programme_id).title
    db.session.remove()
    return found


def test_sign_in_on_the_spot_and_send(app: Flask, world: World) -> None:
    browser, kept = send_too_late(app, world)
    credentials = {"username": username(world.admin), "next": "/", "kept": kept}
    wrong = browser.post("/masuk", data={**credentials, "password": "salah sekali"})
    assert hidden(wrong)["kept"] == kept
    again = browser.post("/masuk", data={**credentials, "password": PASSWORD})
    assert "Kirim sekarang" in again.get_data(as_text=True)
    fields = hidden(again)
    assert fields["note"].splitlines() == NOTE.splitlines()
    assert title(world) != "Judul baru"  # only the person's press sends it
    address = re.search(r'<form action="(/program[^"]+)"', again.get_data(as_text=True))
    assert address is not None
    assert browser.post(address[1], data=fields).status_code == 303
    assert title(world) == "Judul baru"


def test_the_next_person_on_this_phone_does_not_get_it(app: Flask, world: World) -> None:
    browser, kept = send_too_late(app, world)
    credentials = {"username": username(world.head), "password": PASSWORD, "next": "/", "kept": kept}
    answer = browser.post("/masuk", data=credentials)
    assert answer.status_code == 303
    assert "Judul baru" not in answer.get_data(as_text=True)


def test_a_form_from_elsewhere_and_one_with_a_password_are_not_kept(app: Flask, world: World) -> None:
    browser, _kept = send_too_late(app, world)
    address = f"/program/{world.programme_id}/naskah/sunting"
    headers = {"Sec-Fetch-Site": "cross-site"}
    assert browser.post(address, data={"note": NOTE}, headers=headers).status_code == 303
    assert browser.post(address, data={"note": NOTE, "f-password": "x"}).status_code in {303, 400}
    forged = {"username": username(world.admin), "password": PASSWORD, "next": "/", "kept": "forged"}
    assert browser.post("/masuk", data=forged).status_code == 303


def test_a_page_of_another_person_sends_nothing_and_says_who_is_here(app: Flask, world: World) -> None:
    """On a shared phone: the admin's page is still open when a facilitator has signed in."""
    admin, other = sign_in(app, world.admin), sign_in(app, world.facilitator)
    app.config["WTF_CSRF_ENABLED"] = True
    address = f"/program/{world.programme_id}/naskah/sunting"
    token = re.search(r'name="csrf_token" value="([^"]+)"', admin.get(address).get_data(as_text=True))
    assert token is not None
    typed = {"csrf_token": token[1], "version": "1", "note": NOTE, "f-title": "Judul baru sekali"}
    answer = other.post(address, data=typed)
    assert answer.status_code == 400
    text = html.unescape(answer.get_data(as_text=True))
    with app.test_request_context():
        name = db.session.get_one(Person, world.facilitator).full_name
    assert f"Yang sedang masuk di perangkat ini: {name}" in text
    assert "Tidak ada yang disimpan, juga tidak atas nama orang lain" in text
    assert "menjorok" in text
    assert "Judul baru sekali" in text
    assert 'action="/keluar"' in text
    db.session.remove()
    assert api.get_programme(db.session(), world.programme_id).version == 1
    # a page that another site sends is not shown: nobody puts words into these pages
    forged = other.post(address, data=typed, headers={"Sec-Fetch-Site": "cross-site"})
    assert forged.status_code == 400
    assert "menjorok" not in forged.text
    secret = other.post("/akun/saya/sandi", data={"password": "kata sandi saya ini"})
    assert secret.status_code == 400
    assert "kata sandi saya ini" not in secret.text
