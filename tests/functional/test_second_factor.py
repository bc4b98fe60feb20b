"""The second factor of agency staff: each code once, sealed at rest, nobody replaces it from an open browser."""

import json
import re
from datetime import UTC, datetime, timedelta

import pyotp
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import MetaData, select, text, update

from lms.contract.actors import Role
from lms.contract.errors import Conflict, Invalid
from lms.people import api
from lms.people.auth.models import Account
from lms.people.auth.second_factor import TotpSetup
from lms.platform import migrate
from lms.platform.application import platform
from lms.platform.db import db
from lms.platform.transaction import write
from lms.testing.clock import FixedClock
from lms.testing.people import PASSWORD, make_agency, make_person

KEY = "test-key-that-is-long-enough-to-sign"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
RECOVERY = "abc123 def456"


@pytest.fixture
def admin(app: Flask) -> int:
    """An admin whose factor was set up a while ago."""
    app.config["WTF_CSRF_ENABLED"] = False
    moment = platform(app).clock()
    with write() as session:
        person = make_person(session, Role.ADMIN, agency=make_agency(session), username="admin.satu")
        actor = api.actor_of(session, person.id, moment)
        setup = TotpSetup(SECRET, (RECOVERY,))
        then = datetime(2020, 1, 1, tzinfo=UTC)
        code = pyotp.TOTP(SECRET).at(then)
        api.confirm(
            session,
            actor=actor,
            setup=setup,
            code=code,
            key=KEY,
            now=moment,
            real_now=then,
        )
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


@pytest.mark.parametrize("act", ["reset", "own", "close"])
def test_a_half_way_sign_in_ends_with_the_password(
    app: Flask, admin: int, act: str, clock: FixedClock
) -> None:
    """Somebody knows the password and waits at the second step; then the owner acts."""
    thief = app.test_client()
    thief.post("/masuk", data={"username": "admin.satu", "password": PASSWORD})
    assert thief.get("/masuk/kode").status_code == 200
    with write() as session:
        other = make_person(session, Role.ADMIN, agency=make_agency(session))
        actor = api.actor_of(session, other.id, clock())
        if act == "reset":
            api.reset_password(
                session, person_id=admin, one_time=api.new_one_time(KEY), actor=actor, now=clock()
            )
        elif act == "own":
            own = api.actor_of(session, admin, clock())
            fresh = api.hash_password("empat kata acak baru")
            api.set_password(session, person_id=admin, password_hash=fresh, actor=own, now=clock())
        else:
            api.close_account(session, person_id=admin, actor=actor, now=clock())
    assert thief.post("/masuk/kode", data={"code": pyotp.TOTP(SECRET).now()}).headers["Location"] == "/masuk"
    assert not is_in(thief)
    assert thief.get("/masuk/kode").headers["Location"] == "/masuk"


def test_codes_cannot_be_guessed(app: Flask, admin: int) -> None:
    browser = knock(app, "000001")
    statuses = [
        browser.post("/masuk/kode", data={"code": f"{number:06d}"}).status_code for number in range(2, 30)
    ]
    assert statuses.count(422) <= 5
    assert statuses[-1] == 429


def test_an_open_browser_does_not_replace_the_factor(app: Flask, admin: int) -> None:
    actor = api.actor_of(db.session(), admin, platform(app).clock())
    other = TotpSetup(pyotp.random_base32(), ("x",))
    code = pyotp.TOTP(other.secret).now()
    with pytest.raises((Conflict, Invalid)), write() as session:
        api.confirm(
            session,
            actor=actor,
            setup=other,
            code=code,
            key=KEY,
            now=platform(app).clock(),
            real_now=datetime.now(UTC),
        )
    assert is_in(knock(app, pyotp.TOTP(SECRET).now()))


def test_no_column_of_the_database_holds_a_secret_or_a_recovery_code(app: Flask, admin: int) -> None:
    with write() as session:
        make_person(session, Role.ADMIN, agency=make_agency(session), username="admin.dua")
    browser = app.test_client()
    browser.post("/masuk", data={"username": "admin.dua", "password": PASSWORD})
    page = browser.get("/akun/saya/kode-masuk").text
    (secret,) = re.findall(r'class="code">([A-Z2-7]{32})<', page)
    recovery = re.findall(r'<span class="num">([0-9a-f]{6} [0-9a-f]{6})</span>', page)
    answer = browser.post("/akun/saya/kode-masuk", data={"code": pyotp.TOTP(secret).now()})
    assert answer.status_code == 303
    stored = everything()
    assert "admin.dua" in stored
    assert len(recovery) == 8
    for plain in (SECRET, secret, RECOVERY, *recovery):
        assert plain not in stored
        assert plain.replace(" ", "") not in stored


def test_a_secret_from_before_is_sealed_when_its_code_was_right(app: Flask, admin: int) -> None:
    store(SECRET)
    assert not is_in(knock(app, "12"))
    assert stored_secret() == SECRET
    assert is_in(knock(app, pyotp.TOTP(SECRET).now()))
    assert SECRET not in everything()
    assert is_in(knock(app, later()))


def test_a_new_key_reads_what_the_former_sealed(app: Flask, admin: int) -> None:
    use_keys(app, "n" * 40, KEY)
    assert is_in(knock(app, RECOVERY))
    assert is_in(knock(app, pyotp.TOTP(SECRET).now()))
    use_keys(app, "n" * 40)  # the former key is gone: the code above sealed it anew
    assert is_in(knock(app, later()))


def test_one_command_seals_everything_anew(app: Flask, admin: int) -> None:
    store(SECRET)
    assert "1 secret" in office(app, "seal")
    assert SECRET not in everything()
    use_keys(app, "n" * 40, "another" * 6, KEY)
    assert "1 secret" in office(app, "seal")
    assert "0 secrets" in office(app, "seal")
    use_keys(app, "n" * 40)
    assert is_in(knock(app, pyotp.TOTP(SECRET).now()))


def test_with_a_lost_key_people_are_told_kindly_and_an_admin_helps(app: Flask, admin: int) -> None:
    use_keys(app, "n" * 40)
    sealed = stored_secret()
    browser = knock(app, "")
    answer = browser.post("/masuk/kode", data={"code": pyotp.TOTP(SECRET).now()})
    assert answer.status_code == 422
    assert "Ini bukan kesalahan Bapak/Ibu" in answer.text
    assert "could not be read" in office(app, "seal")
    assert stored_secret() == sealed  # the right key may still come back
    with write() as session:
        agency = api.actor_of(session, admin, platform(app).clock()).grants[0].agency_id
        make_person(session, Role.ADMIN, agency=session.get_one(api.Agency, agency), username="admin.dua")
    colleague = app.test_client()
    colleague.post("/masuk", data={"username": "admin.dua", "password": PASSWORD})
    assert colleague.post(f"/akun/peran/{admin}/sandi").status_code == 303
    (code,) = re.findall(r">\s*(\w{4} \w{4})\s*<", colleague.get(f"/akun/peran/{admin}").text)
    again = app.test_client()
    answer = again.post("/masuk", data={"username": "admin.satu", "password": code})
    assert not answer.headers["Location"].endswith("/masuk/kode")
    assert stored_secret() == ""


def use_keys(app: Flask, newest: str, *former: str) -> None:
    changed = {"secret_key": newest, "old_secret_keys": ", ".join(former)}
    platform(app).settings = platform(app).settings.model_copy(update=changed)


def office(app: Flask, command: str) -> str:
    return str(app.test_cli_runner().invoke(app.cli, ["office", command]).output)


def later() -> str:
    """The next code, which a phone half a minute ahead shows by now."""
    return pyotp.TOTP(SECRET).at(datetime.now(UTC) + timedelta(seconds=30))


def store(secret: str) -> None:
    with write() as session:
        session.execute(update(Account).where(Account.username == "admin.satu").values(totp_secret=secret))


def stored_secret() -> str:
    db.session.remove()
    return db.session.scalars(select(Account.totp_secret).where(Account.username == "admin.satu")).one()


def everything() -> str:
    """Every value of every row of every table."""
    db.session.remove()
    tables = MetaData()
    tables.reflect(db.engine)
    with db.engine.connect() as connection:
        return "\n".join(
            str(tuple(row)) for table in tables.sorted_tables for row in connection.execute(select(table))
        )


def test_codes_of_an_older_database_stay_valid_and_used_ones_stay_used(app: Flask, admin: int) -> None:
    core, *above = platform(app).components
    db.session.remove()
    for part in reversed(above):  # their tables point at younger ones of the core
        migrate.downgrade(db.engine, part, "base")
    migrate.downgrade(db.engine, core, "core_0013")
    with db.engine.connect() as connection:
        kept = connection.execute(
            text("SELECT recovery_hashes FROM account WHERE totp_secret != ''")
        ).scalar()
        others = connection.execute(
            text("SELECT count(*) FROM account WHERE recovery_hashes IS NULL")
        ).scalar()
    assert len(json.loads(kept) if isinstance(kept, str) else kept) == 1
    assert others == 0
    migrate.upgrade(db.engine, platform(app).components)
    assert is_in(knock(app, RECOVERY))
    db.session.remove()
    for part in reversed(above):
        migrate.downgrade(db.engine, part, "base")
    migrate.downgrade(db.engine, core, "core_0013")
    migrate.upgrade(db.engine, platform(app).components)
    assert not is_in(knock(app, RECOVERY))
