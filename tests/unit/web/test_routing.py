"""A command is authorised, takes only its fields, and is done once."""

import threading
from dataclasses import dataclass

import pytest
from flask import Blueprint, Flask, request
from flask.typing import ResponseReturnValue
from sqlalchemy import func, select

from lms.contract.actors import Actor
from lms.contract.errors import Invalid
from lms.contract.text import Text
from lms.platform import audit
from lms.platform.audit import AuditEntry
from lms.platform.clock import now
from lms.platform.db import db
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
            raise Invalid(Text("Catatan salah.", "Wrong note."))
        return f"done {number}"

    app.register_blueprint(bp)
    app.config["WTF_CSRF_ENABLED"] = False
    monkeypatch.setattr(routing, "current_user", SomeBody())
    return app


def effects() -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(AuditEntry)) or 0


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
