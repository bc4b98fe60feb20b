"""A command is authorised, takes only its fields, and is done once."""

import threading
from contextlib import suppress
from dataclasses import dataclass

import pytest
from flask import Blueprint, Flask, flash, request
from flask.testing import FlaskClient
from flask.typing import ResponseReturnValue
from sqlalchemy import func, select

from lms.contract.actors import Actor
from lms.contract.errors import Invalid
from lms.contract.text import Localized
from lms.people.directory.models import Agency
from lms.platform import audit
from lms.platform.audit import AuditEntry
from lms.platform.clock import now
from lms.platform.db import db
from lms.platform.transaction import write
from lms.testing.people import make_agency
from lms.testing.race import Race
from lms.web import routing
from lms.web.routing import SIGNED_IN, Rule, check_routes, command

ACTOR = Actor(7, "Ibu Guru 1", "id", (), 1)


@dataclass
class SomeBody:
    actor: Actor | None = ACTOR


@pytest.fixture
def shop(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Flask:
    bp = Blueprint("shop", __name__)

    @bp.post("/try/<int:number>")
    @command(SIGNED_IN, fields=("note", "crit-*"), files=("file",))
    def attempt(number: int) -> ResponseReturnValue:
        audit.record(db.session(), actor_id=7, action="test.try", subject=("n", number), now=now())
        if request.form.get("note") == "bad":
            return "no", 422
        if request.form.get("note") == "raise":
            raise Invalid(Localized(id="Catatan salah.", en="Wrong note."))
        return f"done {number}"

    @bp.post("/agency")
    @command(SIGNED_IN, fields=("code",))
    def agency() -> ResponseReturnValue:
        code = f"twin-{request.form['code']}"
        if db.session.scalar(select(Agency.id).where(Agency.code == code)):
            return "there is one"
        make_agency(db.session(), code=code)
        return "made"

    meeting = threading.Barrier(2)

    @bp.post("/knot/<int:number>")
    @command(SIGNED_IN)
    def knot(number: int) -> ResponseReturnValue:
        flash("tied")
        db.session.execute(select(func.pg_advisory_xact_lock(number)))
        with suppress(threading.BrokenBarrierError):  # the one that is done again meets nobody
            meeting.wait(0.5)
        db.session.execute(select(func.pg_advisory_xact_lock(3 - number)))
        audit.record(db.session(), actor_id=7, action="test.tie", subject=("n", number), now=now())
        return f"tied {number}"

    app.register_blueprint(bp)
    app.config["WTF_CSRF_ENABLED"] = False
    monkeypatch.setattr(routing, "current_user", SomeBody())
    return app


def effects() -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(AuditEntry)) or 0


@pytest.mark.only_on("postgresql")  # SQLite has one writer
def test_of_two_that_wait_for_each_other_none_is_lost(shop: Flask, caplog: pytest.LogCaptureFixture) -> None:
    clients = {number: shop.test_client() for number in (1, 2)}
    answers: dict[int, str] = {}

    def tie(number: int) -> None:
        answers[number] = clients[number].post(f"/knot/{number}", data={"_key": f"k{number}"}).text

    threads = [threading.Thread(target=tie, args=(number,)) for number in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == {1: "tied 1", 2: "tied 2"}
    assert effects() == 2
    assert [record.getMessage() for record in caplog.records].count(
        "done again after a deadlock: shop.knot"
    ) == 1
    for client in clients.values():
        with client.session_transaction() as cookie:
            assert [text for _kind, text in cookie["_flashes"]] == ["tied"]


def test_a_replay_gives_the_same_answer_and_no_second_effect(shop: Flask) -> None:
    client = shop.test_client()
    first = client.post("/try/1", data={"note": "x", "_key": "k1"})
    again = client.post("/try/1", data={"note": "x", "_key": "k1"})
    assert (first.text, again.text) == ("done 1", "done 1")
    assert again.headers["Idempotent-Replay"] == "true"
    assert effects() == 1


def test_another_body_under_the_same_key_is_a_conflict(shop: Flask) -> None:
    client = shop.test_client()
    client.post("/try/1", data={"note": "x", "_key": "k1"})
    other = client.post("/try/1", data={"note": "y", "_key": "k1"}, headers={"Accept": "application/json"})
    assert other.status_code == 409
    assert "tetap aman" in other.get_json()["message"]
    assert effects() == 1


def test_fifty_parallel_replays_are_one_effect(shop: Flask) -> None:
    answers: list[str] = []

    def press() -> None:
        answers.append(shop.test_client().post("/try/1", data={"_key": "k1"}).text)

    threads = [threading.Thread(target=press) for _ in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(answers) == {"done 1"}
    assert effects() == 1


@pytest.mark.parametrize("note", ["bad", "raise"])
def test_a_refused_form_changes_nothing_and_may_be_sent_again(shop: Flask, note: str) -> None:
    client = shop.test_client()
    headers = {"Accept": "application/json"}
    assert client.post("/try/1", data={"note": note, "_key": "k1"}, headers=headers).status_code == 422
    assert effects() == 0
    assert client.post("/try/1", data={"note": "good", "_key": "k1"}).status_code == 200


def test_unknown_fields_are_refused(shop: Flask) -> None:
    client = shop.test_client()
    headers = {"Accept": "application/json"}
    assert client.post("/try/1", data={"grade": "100"}, headers=headers).status_code == 400
    assert client.post("/try/1", data={"crit-a": "4"}, headers=headers).status_code == 200


def test_csrf_is_demanded(shop: Flask) -> None:
    shop.config["WTF_CSRF_ENABLED"] = True
    answer = shop.test_client().post("/try/1", data={}, headers={"Accept": "application/json"})
    assert answer.status_code == 400
    assert effects() == 0


def test_nobody_is_told_to_sign_in(shop: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(routing, "current_user", SomeBody(None))
    answer = shop.test_client().post("/try/1", data={}, headers={"Accept": "application/json"})
    assert answer.status_code == 401


def test_the_application_refuses_a_route_without_a_rule(app: Flask) -> None:
    app.add_url_rule("/bare", "bare", lambda: "bare")
    with pytest.raises(RuntimeError, match="bare"):
        check_routes(app)


def test_every_route_has_a_rule(app: Flask) -> None:
    for endpoint, view in app.view_functions.items():
        assert isinstance(getattr(view, "__rule__", None), Rule), endpoint


def test_of_two_that_insert_the_same_the_second_one_sees_the_first(race: Race, shop: Flask) -> None:
    with write() as session:
        agency_id = make_agency(session).id

    def make(browser: FlaskClient) -> str:
        return browser.post("/agency", data={"code": f"{agency_id}"}).text

    first, second = shop.test_client(), shop.test_client()
    outcomes = race(lambda: make(first), lambda: make(second))
    assert {outcome.value for outcome in outcomes} == {"made", "there is one"}
