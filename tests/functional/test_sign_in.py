"""Signing in: entering, guessing, one-time codes, second factor, devices, and where one goes next."""

import re
import time
from datetime import UTC, datetime
from urllib.parse import urlsplit

import pyotp
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event

from lms.contract.actors import Role
from lms.people import api
from lms.people.auth import hashing
from lms.people.auth.rules import ACCOUNT, ADDRESS
from lms.platform.application import platform
from lms.platform.db import db
from lms.platform.transaction import write
from lms.testing.clock import FixedClock
from lms.testing.people import PASSWORD, make_agency, make_person, make_school, sign_in

KEY = "test-key-that-is-long-enough-to-sign"


@pytest.fixture
def teacher(app: Flask) -> int:
    """A teacher of a school, with the username siti.aminah."""
    with write() as session:
        school = make_school(session, make_agency(session))
        return make_person(
            session, Role.TEACHER, school=school, name="Siti Aminah", username="siti.aminah"
        ).id


def enter(client: FlaskClient, username: str = "siti.aminah", password: str = PASSWORD, **more: str):
    address = more.pop("address", "10.0.0.1")
    return client.post(
        "/masuk",
        data={"username": username, "password": password, **more},
        environ_overrides={"REMOTE_ADDR": address},
    )


def is_in(client: FlaskClient) -> bool:
    return client.get("/akun/saya").status_code == 200


def test_a_teacher_enters_with_username_and_password(client: FlaskClient, teacher: int) -> None:
    assert client.get("/akun/saya").headers["Location"] == "/masuk?next=/akun/saya"
    answer = enter(client, " Siti.Aminah ", next="/akun/saya")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/akun/saya")
    page = client.get("/akun/saya").get_data(as_text=True)
    assert "Siti Aminah" in page


@pytest.mark.parametrize(
    "typed", ["\ufeffsiti.aminah", "siti.aminah\u200b", "\u202aSiti.Aminah\u202c", "siti.\u00adaminah"]
)
def test_signs_that_nobody_sees_do_not_keep_a_teacher_out(
    client: FlaskClient, teacher: int, typed: str
) -> None:
    assert enter(client, typed).status_code == 303
    assert is_in(client)


def test_the_sign_in_page_carries_its_security_headers_and_little_weight(
    client: FlaskClient, app: Flask
) -> None:
    answer = client.get("/masuk")
    assert answer.status_code == 200
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    assert len(answer.data) < 8_000
    assert "style=" not in answer.get_data(as_text=True)


def test_a_forged_form_is_refused(app: Flask, teacher: int) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    browser = app.test_client()
    assert enter(browser).status_code == 400
    token = re.search(r'name="csrf_token" value="([^"]+)"', browser.get("/masuk").get_data(as_text=True))
    assert token is not None
    assert enter(browser, csrf_token=token[1]).status_code == 303


def test_unknown_and_known_users_get_the_same_answer(client: FlaskClient, teacher: int) -> None:
    wrong = enter(client, password="salah sekali")
    unknown = enter(client, username="tidak.ada.orang", password="salah sekali")
    assert wrong.status_code == unknown.status_code == 422

    def without_name(page: str) -> str:
        return re.sub(r'value="[^"]*"', "", page)

    assert without_name(wrong.get_data(as_text=True)) == without_name(unknown.get_data(as_text=True))
    assert 'value="siti.aminah"' in wrong.get_data(as_text=True)


@pytest.mark.slow
def test_unknown_users_take_the_same_time(client: FlaskClient, teacher: int, clock: FixedClock) -> None:
    times: dict[str, list[float]] = {"siti.aminah": [], "tidak.ada.orang": []}
    for _ in range(25):
        for username, found in times.items():
            clock.forward(days=2)
            start = time.thread_time()
            enter(client, username=username, password="salah sekali")
            found.append(time.thread_time() - start)
    known, unknown = (sorted(found)[len(found) // 4] for found in times.values())
    assert abs(known - unknown) < 0.005


def test_of_many_guesses_few_are_checked_and_the_owner_still_enters(
    app: Flask, client: FlaskClient, teacher: int, monkeypatch: pytest.MonkeyPatch, clock: FixedClock
) -> None:
    assert enter(client).status_code == 303  # the owner's own phone has been in before
    checked = 0

    def count(_password: str, _hash: str | None) -> tuple[bool, None]:
        nonlocal checked
        checked += 1
        return False, None

    with monkeypatch.context() as patch:
        patch.setattr("lms.people.auth.hashing.verify", count)
        for number in range(1000):
            guesser = app.test_client()
            answer = enter(guesser, password=f"tebakan {number}", address=f"10.1.0.{number % 100}")
            assert answer.status_code in {422, 429}
            clock.forward(seconds=1)
    assert checked <= 20
    blocked = enter(app.test_client(), address="10.1.0.7")
    assert blocked.status_code == 429
    assert "menit" in blocked.get_data(as_text=True)
    client.post("/keluar")
    assert enter(client, address="10.9.9.9").status_code == 303  # known device, new address
    stranger = app.test_client()
    assert enter(stranger, address="10.0.0.1").status_code == 303  # new device, known address


def test_guesses_at_many_accounts_from_one_address_are_slowed(app: Flask, clock: FixedClock) -> None:
    guesser = app.test_client()
    app.config["WTF_CSRF_ENABLED"] = False
    codes = [
        enter(guesser, username=f"orang{number}", password="sama saja").status_code
        for number in range(ADDRESS.free + 5)
    ]
    assert codes.count(422) == ADDRESS.free == 100
    assert codes[-1] == 429


def tries(browser: FlaskClient, username: str) -> int:
    """How many wrong passwords in a row are checked from the address where everybody has been."""
    codes = [enter(browser, username=username, password="salah sekali").status_code for _ in range(15)]
    assert codes == sorted(codes)
    return codes.count(422)


def test_how_often_one_may_try_does_not_tell_who_exists(
    app: Flask, client: FlaskClient, teacher: int
) -> None:
    assert enter(client).status_code == 303  # from this address, on another device
    stranger = app.test_client()
    assert tries(stranger, "siti.aminah") == tries(stranger, "tidak.ada.orang") == ACCOUNT.free


def test_guesses_at_a_whole_school_from_its_own_address_are_bounded(app: Flask, client: FlaskClient) -> None:
    with write() as session:
        school = make_school(session, make_agency(session))
        for number in range(30):
            make_person(session, Role.TEACHER, school=school, username=f"guru{number}")
    phones = {name: app.test_client() for name in map("guru{}".format, range(30))}
    for name, phone in phones.items():
        assert enter(phone, username=name).status_code == 303
    guesser = app.test_client()
    codes = [
        enter(guesser, username=name, password=f"tebakan {number}").status_code
        for number in range(6)
        for name in phones
    ]
    assert codes.count(422) == ADDRESS.free
    phones["guru0"].post("/keluar")
    assert enter(phones["guru0"], username="guru0").status_code == 303  # the owner, on a phone that is known
    elsewhere = app.test_client()
    assert (
        enter(elsewhere, username="guru1", address="10.7.7.7").status_code == 303
    )  # and through a network of their own


def test_a_password_that_was_changed_meanwhile_opens_nothing(
    app: Flask, client: FlaskClient, teacher: int, monkeypatch: pytest.MonkeyPatch, clock: FixedClock
) -> None:
    """Between the check of the password and the sign-in, somebody replaces it and ends every sign-in."""
    verify = hashing.verify

    def slowly(password: str, password_hash: str | None) -> tuple[bool, str | None]:
        right = verify(password, password_hash)
        with write() as session:
            api.reset_password(
                session, person_id=teacher, one_time=api.new_one_time(KEY), actor=None, now=clock()
            )
        return right

    monkeypatch.setattr("lms.people.auth.hashing.verify", slowly)
    answer = enter(client)
    assert answer.status_code == 422
    assert 'value="siti.aminah"' in answer.get_data(as_text=True)
    assert not is_in(client)


def test_a_known_device_has_limits_of_its_own(app: Flask, client: FlaskClient, teacher: int) -> None:
    enter(client)
    client.post("/keluar")
    codes = [enter(client, password="salah sekali").status_code for _ in range(12)]
    assert codes.count(422) == 10
    assert codes[-1] == 429


def test_a_one_time_code_must_be_replaced_first(app: Flask, client: FlaskClient, teacher: int) -> None:
    one_time = api.new_one_time(KEY)
    with write() as session:
        api.reset_password(
            session, person_id=teacher, one_time=one_time, actor=None, now=platform(app).clock()
        )
    card = api.cards(db.session(), [teacher], key=KEY, now=platform(app).clock())[0]
    shown = f" {card.code[:4].upper()}-{card.code[4:]} "
    assert enter(client, password=PASSWORD).status_code == 422
    assert enter(client, password=shown, next="/akun/saya/perangkat").status_code == 303
    answer = client.get("/akun/saya/perangkat")
    assert urlsplit(answer.headers["Location"]).path == "/akun/saya/sandi"
    assert client.post("/akun/saya", data={"locale": "id"}).status_code == 403
    for password, again, status in (
        ("pendek", "pendek", 422),
        ("siti.aminah1", "siti.aminah1", 422),
        ("password123", "password123", 422),
        ("empat kata acak", "lain", 422),
        ("empat kata acak", "empat kata acak", 303),
    ):
        answer = client.post(
            "/akun/saya/sandi", data={"password": password, "again": again, "next": "/akun/saya/perangkat"}
        )
        assert answer.status_code == status, password
    assert answer.headers["Location"] == "/akun/saya/perangkat"
    assert is_in(client)
    db.session.rollback()
    assert api.cards(db.session(), [teacher], key=KEY, now=platform(app).clock()) == []


def test_an_old_one_time_code_is_refused_in_plain_words(
    app: Flask, client: FlaskClient, teacher: int, clock: FixedClock
) -> None:
    with write() as session:
        api.reset_password(
            session, person_id=teacher, one_time=api.new_one_time(KEY), actor=None, now=clock()
        )
    code = api.cards(db.session(), [teacher], key=KEY, now=clock())[0].code
    clock.forward(days=31)
    answer = enter(client, password=code)
    assert answer.status_code == 422
    assert "30 hari" in answer.get_data(as_text=True)


def test_a_new_password_asks_for_the_old_one(client: FlaskClient, teacher: int) -> None:
    enter(client)
    new = {"password": "empat kata acak", "again": "empat kata acak"}
    assert client.post("/akun/saya/sandi", data={"current": "salah", **new}).status_code == 422
    assert client.post("/akun/saya/sandi", data={"current": PASSWORD, **new}).status_code == 303


def test_a_sign_in_can_be_ended_from_another_device(app: Flask, client: FlaskClient, teacher: int) -> None:
    other = app.test_client()
    enter(client)
    enter(other)
    page = client.get("/akun/saya/perangkat").get_data(as_text=True)
    path = re.search(r'action="(/akun/saya/perangkat/\d+/akhiri)"', page)
    assert path is not None
    assert client.post(path[1]).status_code == 303
    assert is_in(client)
    assert not is_in(other)


def test_another_persons_device_is_not_found(app: Flask, client: FlaskClient, teacher: int) -> None:
    with write() as session:
        stranger = make_person(session, Role.TEACHER, school=make_school(session, make_agency(session))).id
    browser = sign_in(app, stranger)
    theirs = api.list_sessions(db.session(), stranger, platform(app).clock())[0].id
    enter(client)
    assert client.post(f"/akun/saya/perangkat/{theirs}/akhiri").status_code == 404
    assert is_in(browser)


def test_a_closed_account_is_out_at_once(app: Flask, client: FlaskClient, teacher: int) -> None:
    enter(client)
    with write() as session:
        operator = make_person(session, Role.OPERATOR, school=make_school(session, make_agency(session)))
        actor = api.actor_of(session, operator.id, platform(app).clock())
        api.close_account(session, person_id=teacher, actor=actor, now=platform(app).clock())
    assert not is_in(client)
    assert enter(client).status_code == 422


def test_signing_out_ends_the_session_on_the_server(client: FlaskClient, teacher: int) -> None:
    enter(client)
    with client.session_transaction() as cookie:
        stolen = dict(cookie)
    assert client.post("/keluar").status_code == 303
    with client.session_transaction() as cookie:
        cookie.update(stolen)
    assert not is_in(client)


def test_a_session_slides_with_work_but_not_with_reading(
    client: FlaskClient, teacher: int, clock: FixedClock
) -> None:
    enter(client)
    save = {"locale": "id", "timezone": "Asia/Jakarta", "phone": ""}
    clock.forward(days=10)
    assert client.post("/akun/saya", data=save).status_code == 303
    clock.forward(days=10)
    writes: list[str] = []

    def watch(_connection, _cursor, statement, *_rest) -> None:
        if not statement.lstrip().upper().startswith(("SELECT", "BEGIN", "PRAGMA", "ROLLBACK")):
            writes.append(statement)

    event.listen(db.engine, "before_cursor_execute", watch)
    assert is_in(client)
    event.remove(db.engine, "before_cursor_execute", watch)
    assert writes == []
    clock.forward(days=5)
    assert not is_in(client)


def test_a_school_that_signs_in_at_once_does_not_hold_itself_up(
    app: Flask, client: FlaskClient, teacher: int, clock: FixedClock
) -> None:
    """One address, one moment: who looked at the clock first may have to wait for the lock, and for argon2."""
    with write() as session:
        school = make_school(session, make_agency(session))
        for name in ("ani", "budi", "citra"):
            make_person(session, Role.TEACHER, school=school, username=name)
    for name in ("siti.aminah", "ani", "budi", "citra"):
        clock.forward(milliseconds=-80)
        assert enter(app.test_client(), username=name).status_code == 303, name
    assert enter(app.test_client(), username="ani", password="salah sama sekali").status_code == 422
    clock.forward(milliseconds=-80)
    assert enter(app.test_client(), username="ani").status_code == 303


def test_however_busy_a_sign_in_ends_after_ninety_days(
    client: FlaskClient, teacher: int, clock: FixedClock
) -> None:
    """Source: OWASP ASVS 5.0, 7.3.2."""
    enter(client)
    save = {"locale": "id", "timezone": "Asia/Jakarta", "phone": ""}
    for _day in range(8):
        clock.forward(days=11)
        assert client.post("/akun/saya", data=save).status_code == 303
    clock.forward(days=1)
    assert is_in(client)
    clock.forward(days=2)
    assert not is_in(client)


def test_the_cookie_is_fresh_after_signing_in(client: FlaskClient, teacher: int) -> None:
    with client.session_transaction() as cookie:
        cookie["csrf_token"] = "planted by somebody"
    enter(client)
    with client.session_transaction() as cookie:
        assert cookie.get("csrf_token") != "planted by somebody"
        cookie["csrf_token"] = "of an open page"
        cookie.pop("_user_id")
    enter(client)  # the same person again, mid-work: the open page can still be sent
    with client.session_transaction() as cookie:
        assert cookie["csrf_token"] == "of an open page"


def test_a_shared_phone_changes_hands(app: Flask, client: FlaskClient, teacher: int) -> None:
    with write() as session:
        other = make_person(
            session, Role.TEACHER, school=make_school(session, make_agency(session)), username="budi"
        ).id
    enter(client)
    enter(client, username="budi")
    moment = platform(app).clock()
    assert api.list_sessions(db.session(), teacher, moment) == []
    assert len(api.list_sessions(db.session(), other, moment)) == 1


class TestSecondFactor:
    """Agency staff: password and a code of the app."""

    @pytest.fixture
    def admin(self, app: Flask) -> int:
        with write() as session:
            return make_person(session, Role.ADMIN, agency=make_agency(session), username="admin.lpmp").id

    def enrol(self, client: FlaskClient) -> tuple[str, list[str]]:
        """The code that was used, and the recovery codes."""
        page = client.get("/akun/saya/kode-masuk").get_data(as_text=True)
        assert "data:image/svg+xml" in page
        secret = re.search(r'class="code">([A-Z2-7]+)<', page)
        assert secret is not None
        recovery = re.findall(r'<span class="num">([0-9a-f]{6} [0-9a-f]{6})</span>', page)
        code = pyotp.TOTP(secret[1]).at(datetime.now(UTC))
        assert client.post("/akun/saya/kode-masuk", data={"code": "000 000"}).status_code == 422
        assert client.post("/akun/saya/kode-masuk", data={"code": code}).status_code == 303
        return code, recovery

    def test_it_is_demanded_where_the_setting_says_so(
        self, app: Flask, client: FlaskClient, admin: int
    ) -> None:
        platform(app).settings = platform(app).settings.model_copy(update={"require_totp": True})
        enter(client, "admin.lpmp")
        assert urlsplit(client.get("/akun").headers["Location"]).path == "/akun/saya/kode-masuk"
        self.enrol(client)
        assert client.get("/akun").status_code == 200

    def test_a_code_counts_once_and_a_recovery_code_too(
        self, app: Flask, client: FlaskClient, admin: int
    ) -> None:
        enter(client, "admin.lpmp")
        used, recovery = self.enrol(client)
        assert len(recovery) == 8
        browser = app.test_client()
        assert enter(browser, "admin.lpmp").headers["Location"] == "/masuk/kode"
        assert not is_in(browser)
        assert browser.post("/masuk/kode", data={"code": used}).status_code == 422
        assert browser.post("/masuk/kode", data={"code": recovery[0].upper()}).status_code == 303
        assert is_in(browser)
        again = app.test_client()
        enter(again, "admin.lpmp")
        assert again.post("/masuk/kode", data={"code": recovery[0]}).status_code == 422

    def test_codes_are_throttled(self, app: Flask, client: FlaskClient, admin: int) -> None:
        enter(client, "admin.lpmp")
        self.enrol(client)
        browser = app.test_client()
        enter(browser, "admin.lpmp")
        codes = [browser.post("/masuk/kode", data={"code": "123456"}).status_code for _ in range(8)]
        assert codes.count(422) == 5
        assert codes[-1] == 429

    def test_the_second_step_expires(
        self, app: Flask, client: FlaskClient, admin: int, clock: FixedClock
    ) -> None:
        enter(client, "admin.lpmp")
        _code, recovery = self.enrol(client)
        browser = app.test_client()
        enter(browser, "admin.lpmp")
        clock.forward(minutes=11)
        answer = browser.post("/masuk/kode", data={"code": recovery[0]})
        assert answer.headers["Location"] == "/masuk"
        assert not is_in(browser)
