"""The agenda of each role: what comes, as a page, as a file, and at a private address without a sign-in."""

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
import vobject
from flask import Flask
from flask.testing import FlaskClient

from lms.contract.actors import Role
from lms.people import api as people
from lms.people.directory.models import Person
from lms.platform.clock import now
from lms.platform.db import db
from lms.platform.transaction import write
from lms.programmes import api as programmes
from lms.reports.views.calendar_entries import SEEN_BACK
from lms.testing.people import actor_of, sign_in
from lms.web.routing import new_key
from tests.inhabitants import Province

pytestmark = pytest.mark.modules


def address(browser: FlaskClient, go: str = "renew") -> str:
    browser.post("/agenda", data={"go": go, "_key": new_key()})
    found = re.search(r'value="http://[^/]+(/agenda/[^"]+\.ics)"', browser.get("/agenda").text)
    return found.group(1) if found else ""


def events(browser: FlaskClient, path: str) -> dict[str, Any]:
    answer = browser.get(path)
    assert (answer.status_code, answer.mimetype) == (200, "text/calendar")
    calendar = vobject.readOne(answer.text)
    return {event.uid.value: event for event in calendar.contents.get("vevent", [])}


def test_every_role_has_an_agenda_with_the_sessions_to_come(site: Flask, province: Province) -> None:
    stages = [stage.id for stage in programmes.stages_of(db.session(), province.own.programme_id)]
    sessions = programmes.sessions_of(db.session(), stages)
    for role, person_id in province.own.people.items():
        browser = sign_in(site, person_id)
        assert browser.get("/agenda").status_code == 200, role
        found = events(browser, "/agenda.ics")
        wanted = {f"session.{row.id}@localhost" for row in sessions if row.ends_at > now() - SEEN_BACK}
        assert wanted
        assert wanted <= found.keys(), role
        assert any(key.startswith("stage.") for key in found) == (
            not programmes.enrolments_of(db.session(), person_id, now=now())
        ), role


def test_a_participant_finds_what_is_still_open_and_when(site: Flask, province: Province) -> None:
    person_id = province.own.participants[0]
    found = events(sign_in(site, person_id), "/agenda.ics")
    tasks = {key: event for key, event in found.items() if key.startswith("task.")}
    assert tasks
    home = sign_in(site, person_id).get("/").text
    assert any(event.summary.value in home for event in tasks.values())
    for event in tasks.values():
        assert event.dtstart.value.tzinfo is not None
        assert event.url.value.startswith("http")


def test_a_private_address_needs_no_sign_in_and_ends_when_it_is_renewed_or_revoked(
    site: Flask, province: Province
) -> None:
    mine = sign_in(site, province.own.participants[0])
    anybody = site.test_client()
    assert "Alamat pribadi</label>" not in mine.get("/agenda").text
    first = address(mine)
    assert events(anybody, first).keys() == events(mine, "/agenda.ics").keys()
    second = address(mine)
    assert second != first
    assert anybody.get(first).status_code == 404
    assert events(anybody, second)
    assert address(mine, "revoke") == ""
    assert anybody.get(second).status_code == 404
    third = address(mine)
    assert third not in {first, second}
    assert anybody.get(first).status_code == anybody.get(second).status_code == 404


def test_an_address_is_one_persons_own_and_cannot_be_guessed(site: Flask, province: Province) -> None:
    one, two = province.own.participants[0], province.own.people[Role.FACILITATOR]
    addresses = [address(sign_in(site, person_id)) for person_id in (one, two)]
    anybody = site.test_client()
    keys = [set(events(anybody, path)) for path in addresses]
    assert keys[0] != keys[1]
    for path in (addresses[0][:-6] + "x.ics", "/agenda/WzEsMV0.abc.ics", "/agenda/x.ics"):
        assert anybody.get(path).status_code == 404


def test_the_address_of_a_closed_account_ends(site: Flask, province: Province) -> None:
    person_id = province.own.participants[0]
    path = address(sign_in(site, person_id))
    with write() as session:
        people.close_account(
            session,
            person_id=person_id,
            actor=actor_of(session, province.own.people[Role.ADMIN]),
            now=now(),
        )
    assert site.test_client().get(path).status_code == 404


def test_the_calendar_speaks_the_persons_language_and_stands_in_the_programmes_zone(
    site: Flask, province: Province
) -> None:
    person_id = province.own.people[Role.FACILITATOR]
    with write() as session:
        session.get_one(Person, person_id).locale = "en"
    path = address(sign_in(site, person_id))
    found = events(site.test_client(), path)
    stage = next(event for key, event in found.items() if key.startswith("stage."))
    assert "On Service" in stage.summary.value
    assert stage.summary.value.startswith("Stage")
    assert stage.dtstart.value.utcoffset() == timedelta(hours=7)


def test_what_the_copy_of_ones_data_says(site: Flask, province: Province) -> None:
    person_id = province.own.participants[0]
    path = address(sign_in(site, person_id))
    known = people.export_person(db.session(), person_id=person_id, now=now())["calendar"]
    assert datetime.fromisoformat(known["calendar_address_made_at"]).tzinfo is not None
    assert path.rsplit("/", 1)[1].removesuffix(".ics") not in str(known)
