"""The second factor of agency staff: each code once, and nobody replaces it from an open browser."""

from datetime import UTC, datetime

import pyotp
import pytest
from flask import Flask
from flask.testing import FlaskClient

from lms.contract.actors import Role
from lms.contract.errors import Conflict, Invalid
from lms.people import api
from lms.people.second_factor import Enrolment
from lms.platform.db import db
from lms.platform.transaction import write
from lms.testing.people import PASSWORD, make_agency, make_person

KEY = "test-key-that-is-long-enough-to-sign"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
RECOVERY = "abc123 def456"


@pytest.fixture
def admin(app: Flask) -> int:
    """An admin whose factor was set up a while ago."""
    app.config["WTF_CSRF_ENABLED"] = False
    moment = app.extensions["clock"]()
    with write() as session:
        person = make_person(session, Role.ADMIN, agency=make_agency(session), username="admin.satu")
        actor = api.actor_of(session, person.id, moment)
        enrolment = Enrolment(SECRET, (RECOVERY,))
        then = datetime(2020, 1, 1, tzinfo=UTC)
        code = pyotp.TOTP(SECRET).at(then)
        api.confirm(
            session, actor=actor, enrolment=enrolment, code=code, key=KEY, now=moment,
            real_now=then,
        )  # fmt: skip
        return person.id


def knock(app: Flask, code: str) -> FlaskClient:
    browser = app.test_client()
    answer = browser.post("/masuk", data={"username": "admin.satu", "password": PASSWORD})
    assert answer.headers["Location"] == "/masuk/kode"
    assert browser.get("/akun/saya").status_code == 303  # half-way is not in
    browser.post("/masuk/kode", data={"code": code})
    return browser


def is_in(browser: FlaskClient) -> bool:
    return browser.get("/akun/saya").status_code == 200


def test_a_code_counts_once(app: Flask, admin: int) -> None:
    code = pyotp.TOTP(SECRET).now()
    assert is_in(knock(app, code))
    assert not is_in(knock(app, code))
    assert not is_in(knock(app, "000000" if code != "000000" else "111111"))


def test_a_recovery_code_counts_once(app: Flask, admin: int) -> None:
    assert is_in(knock(app, RECOVERY))
    assert not is_in(knock(app, RECOVERY))


def test_codes_cannot_be_guessed(app: Flask, admin: int) -> None:
    browser = knock(app, "000001")
    statuses = [
        browser.post("/masuk/kode", data={"code": f"{number:06d}"}).status_code for number in range(2, 30)
    ]
    assert statuses.count(422) <= 5
    assert statuses[-1] == 429


def test_an_open_browser_does_not_replace_the_factor(app: Flask, admin: int) -> None:
    actor = api.actor_of(db.session(), admin, app.extensions["clock"]())
    other = Enrolment(pyotp.random_base32(), ("x",))
    code = pyotp.TOTP(other.secret).now()
    with pytest.raises((Conflict, Invalid)), write() as session:
        api.confirm(
            session, actor=actor, enrolment=other, code=code, key=KEY, now=app.extensions["clock"](),
            real_now=datetime.now(UTC),
        )  # fmt: skip
    assert api.get_account(db.session(), admin).totp_secret == SECRET
