"""Attendance lists on a phone without a network: which may be taken along, what a list sent later is answered."""

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import unquote

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from lms.contract.plugin import OfflinePage
from lms.platform import idempotency
from lms.platform.application import platform
from lms.platform.db import db
from lms.platform.transaction import write
from lms.programmes import api
from lms.testing.clock import FixedClock
from lms.testing.people import sign_in

FROM_A_SCRIPT = {"Accept": "application/json"}


def send(browser: FlaskClient, world: Any, key: str, *marks: str, **more: str) -> TestResponse:
    """What the service worker sends: the list of the second session, filled in on a phone."""
    fields = {f"s-{number}": mark for number, mark in zip(world.enrolments[0], marks, strict=False)}
    data = fields | {f"was-{number}": "" for number in world.enrolments[0]} | {"_key": key} | more
    return browser.post(f"/sesi/{world.sessions[1]}", data=data, headers=FROM_A_SCRIPT)


def written(world: Any) -> int:
    query = select(func.count()).where(api.AttendanceRecord.session_id == world.sessions[1])
    return db.session.scalar(query) or 0


def test_a_page_that_may_be_kept_says_whose_it_is_and_of_when(app: Flask, world: Any) -> None:
    browser = sign_in(app, world.facilitator)
    person, moment = browser.get(f"/sesi/{world.sessions[1]}").headers["X-Imbas-Offline"].split(" ")
    assert person == str(world.facilitator)
    assert unquote(moment) == "Selasa, 20 Oktober 2020, 09.00 WIB"
    assert browser.get(f"/sesi/{world.sessions[1]}").headers["Cache-Control"] == "no-store"


def test_nothing_else_may_be_kept(app: Flask, world: Any) -> None:
    browser = sign_in(app, world.facilitator)
    for path in (
        "/",
        "/sesi",
        "/saya",
        f"/sesi/{world.sessions[1]}/cetak",
        "/tanpa-sinyal/siapa",
        "/masuk",
        "/cek",
    ):
        assert "X-Imbas-Offline" not in browser.get(path, follow_redirects=True).headers, path
    refused = sign_in(app, world.far_admin).get(f"/sesi/{world.sessions[1]}")
    assert (refused.status_code, "X-Imbas-Offline" in refused.headers) == (403, False)
    wrong = send(browser, world, "hp.1", "present", reason="x" * 501)
    assert (wrong.status_code, "X-Imbas-Offline" in wrong.headers) == (422, False)


def test_a_list_that_is_sent_again_gets_its_first_receipt(app: Flask, world: Any, clock: FixedClock) -> None:
    browser = sign_in(app, world.facilitator)
    first = send(browser, world, "hp.1", "present", "absent")
    clock.forward(days=5)
    again = send(browser, world, "hp.1", "present", "absent")
    assert (first.status_code, again.status_code) == (200, 200)
    assert first.get_json() == again.get_json() == {"arrived": "Selasa, 20 Oktober 2020, 09.00 WIB"}
    assert written(world) == 2
    assert send(browser, world, "hp.1", "present", "present").status_code == 409


def test_without_a_script_it_is_the_form_it_was(app: Flask, world: Any) -> None:
    browser = sign_in(app, world.facilitator)
    data = {f"s-{world.enrolments[0][0]}": "present", f"was-{world.enrolments[0][0]}": "", "_key": "1"}
    answer = browser.post(f"/sesi/{world.sessions[1]}", data=data)
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/sesi/{world.sessions[1]}")


def test_a_refusal_is_told_in_words_and_changes_nothing(app: Flask, world: Any, clock: FixedClock) -> None:
    browser, colleague = sign_in(app, world.facilitator), sign_in(app, world.second_facilitator)
    wrong = send(browser, world, "hp.1", "here")
    assert wrong.status_code == 422
    assert "pilih salah satu dari daftar" in wrong.get_json()["fields"][f"s-{world.enrolments[0][0]}"]
    unknown = send(browser, world, "hp.2", "present", signature="x")
    assert unknown.status_code == 400
    assert "isian yang tidak dikenal" in unknown.get_json()["message"]
    assert written(world) == 0
    assert send(colleague, world, "hp.3", "absent").status_code == 200
    late = send(browser, world, "hp.4", "present")
    assert late.status_code == 409
    assert "Rekan Bapak/Ibu sudah mengisi" in late.get_json()["message"]
    clock.set(datetime(2020, 10, 5, 2, 0, tzinfo=UTC))
    early = send(sign_in(app, world.second_facilitator), world, "hp.5", "", "present")
    assert "belum dimulai" in json.dumps(early.get_json())


def test_a_stale_token_is_no_refusal(app: Flask, world: Any) -> None:
    browser = sign_in(app, world.facilitator)
    app.config["WTF_CSRF_ENABLED"] = True
    stale = send(browser, world, "hp.1", "present", csrf_token="of another sign-in")
    assert (stale.status_code, stale.get_json()["reason"]) == (400, "token")
    here = browser.get("/tanpa-sinyal/siapa", headers=FROM_A_SCRIPT).get_json()
    assert here["person"] == world.facilitator
    assert send(browser, world, "hp.1", "present", csrf_token=here["token"]).status_code == 200


def test_a_token_counts_for_one_sign_in_alone(app: Flask, world: Any) -> None:
    first, next_one = sign_in(app, world.facilitator), sign_in(app, world.second_facilitator)
    app.config["WTF_CSRF_ENABLED"] = True
    token = first.get("/tanpa-sinyal/siapa", headers=FROM_A_SCRIPT).get_json()["token"]
    next_one.get("/tanpa-sinyal/siapa")
    assert send(next_one, world, "hp.1", "present", csrf_token=token).get_json()["reason"] == "token"
    assert written(world) == 0


def test_who_is_not_signed_in_is_told_so(app: Flask, world: Any) -> None:
    stranger = app.test_client()
    app.config["WTF_CSRF_ENABLED"] = False
    assert stranger.get("/tanpa-sinyal/siapa", headers=FROM_A_SCRIPT).status_code == 401
    assert send(stranger, world, "hp.1", "present").status_code == 401


@pytest.mark.parametrize(
    ("moment", "titles"),
    [
        (datetime(2020, 10, 1, 2, 0, tzinfo=UTC), ["Tri Pusat", "RPP"]),
        (datetime(2020, 10, 9, 2, 0, tzinfo=UTC), ["Tri Pusat", "RPP"]),
        (datetime(2020, 9, 1, 2, 0, tzinfo=UTC), ["Orientasi"]),
        (datetime(2020, 10, 25, 2, 0, tzinfo=UTC), []),
    ],
)
def test_lists_of_sessions_that_are_near_are_offered(
    app: Flask, world: Any, clock: FixedClock, moment: datetime, titles: list[str]
) -> None:
    clock.set(moment)
    page = sign_in(app, world.facilitator).get("/tanpa-sinyal").text
    assert [
        title for title in ("Orientasi", "Tri Pusat", "RPP") if f"Daftar hadir: {title}" in page
    ] == titles
    assert "X-Imbas-Offline" in sign_in(app, world.facilitator).get("/tanpa-sinyal").headers


def test_a_page_that_no_phone_may_keep_is_not_offered_and_its_maker_told(
    app: Flask, world: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    class Stranger:
        """Plugins of which one names its pages wrongly."""

        def ask(self, _hook: str, **_asked: object) -> list[tuple[str, tuple[OfflinePage, ...]]]:
            hrefs = (f"/sesi/{world.sessions[1]}?hal=2", "/sesi", "/nowhere", "https://else.where/sesi/1", "")
            return [("garden", tuple(OfflinePage(f"Ke {href}", href) for href in hrefs))]

    browser = sign_in(app, world.facilitator)
    monkeypatch.setattr("lms.web.offline.plugins", Stranger)
    page = browser.get("/tanpa-sinyal").text
    assert re.findall(r"Ke ([^<]*)<", page) == [f"/sesi/{world.sessions[1]}?hal=2"]
    assert [
        record.args and record.args[1] for record in caplog.records if record.name == "lms.web.offline"
    ] == [
        "/sesi",
        "/nowhere",
        "https://else.where/sesi/1",
        "",
    ]


def test_who_writes_no_lists_is_offered_none(app: Flask, world: Any, clock: FixedClock) -> None:
    clock.set(datetime(2020, 10, 5, 2, 0, tzinfo=UTC))
    for person in (world.head, world.far_admin, world.teachers[0][0]):
        assert "Daftar hadir:" not in sign_in(app, person).get("/tanpa-sinyal").text


def test_the_list_of_a_session_that_is_near_can_be_filled_in_before_it_begins(
    app: Flask, world: Any, clock: FixedClock
) -> None:
    clock.set(datetime(2020, 10, 5, 2, 0, tzinfo=UTC))
    browser, address = sign_in(app, world.facilitator), f"/sesi/{world.sessions[1]}"
    assert "data-offline=" in browser.get(address).text
    clock.set(datetime(2020, 9, 10, 2, 0, tzinfo=UTC))
    assert "data-offline=" not in sign_in(app, world.facilitator).get(address).text


def test_the_number_of_queries_does_not_grow_with_sessions(
    app: Flask, world: Any, clock: FixedClock, selects: Callable[[FlaskClient, str], int]
) -> None:
    clock.set(datetime(2020, 10, 5, 2, 0, tzinfo=UTC))
    assert selects(sign_in(app, world.facilitator), "/tanpa-sinyal") <= 8


def test_receipts_of_phones_outlive_other_answers(app: Flask, world: Any, clock: FixedClock) -> None:
    browser = sign_in(app, world.facilitator)
    send(browser, world, "hp.1", "present")
    send(browser, world, "of-a-page", "", "present")
    rules = {rule.forget: rule for rule in platform(app).retention}
    clock.forward(days=100)
    with write() as session:
        for prune in (idempotency.prune, idempotency.prune_of_phones):
            assert prune(session, rules[prune].before(platform(app).clock()), 10) == (
                prune is idempotency.prune
            )
        assert list(session.scalars(select(idempotency.RequestKey.key))) == ["hp.1"]
