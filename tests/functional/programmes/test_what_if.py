"""Before a changed definition comes into force the admin sees whose completion it gives or takes."""

import html
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event, select, update
from sqlalchemy.orm import Session

from lms.completion import api as completion
from lms.completion.evaluation import evaluate_everybody
from lms.contract.actors import Role
from lms.people.directory.models import Person
from lms.platform.application import platform
from lms.platform.audit import AuditEntry
from lms.platform.db import db
from lms.platform.outbox import drain
from lms.platform.transaction import write
from lms.platform.trial_copy import scratch
from lms.programmes import api
from lms.programmes.editing.definition_service import apply_definition, put_in_place
from lms.programmes.editing.trial_run import rehearse
from lms.testing.clock import FixedClock
from lms.testing.people import get_school, make_person, sign_in
from tests.functional.programmes.conftest import NOW


def text_of(answer: Any) -> str:
    return html.unescape(re.sub(r"\s+", " ", answer.get_data(as_text=True)))


def hidden(answer: Any, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', answer.get_data(as_text=True))
    assert found, name
    return found[1]


def rows_of(page: str) -> dict[str, list[int]]:
    """The counts of the page by place."""
    return {
        place: [int(value) for value in re.findall(r"<td[^>]*>(\d+)</td>", cells)]
        for place, cells in re.findall(r'<tr><th scope="row">([^<]*)</th>(.*?)</tr>', page)
    }


@pytest.fixture
def taught(app: Flask, world: Any, clock: FixedClock) -> FlaskClient:
    """Of stage 2 everybody but one teacher of the second school was in the first of two sessions: 3 of 7 JP."""
    admin = sign_in(app, world.admin)
    present = [*world.enrolments[0], *world.enrolments[1][:2]]
    for taught_session in world.sessions[:2]:
        marks = {f"s-{person}": "present" for person in present}
        marks |= {f"was-{person}": "" for person in present}
        assert admin.post(f"/sesi/{taught_session}", data=marks).status_code == 303
    drain(clock)
    return admin


def held(world: Any) -> dict[tuple[int, int], bool]:
    """In service of stage 2, by school and enrolment."""
    db.session.remove()
    stage = api.stages_of(db.session(), world.programme_id)[1]
    rows = db.session.scalars(
        select(completion.CompletionState).where(
            completion.CompletionState.stage_id == stage.id, completion.CompletionState.phase == "in_service"
        )
    )
    return {(row.school_id, row.enrolment_id): row.met for row in rows}


def last_audit() -> AuditEntry:
    db.session.remove()
    query = select(AuditEntry).where(AuditEntry.action == "programmes.edit").order_by(AuditEntry.id.desc())
    return db.session.scalars(query).first()


def test_form_and_yaml_say_who_gains_and_who_loses_and_keep_nothing_until_it_is_confirmed(
    taught: FlaskClient, world: Any, clock: FixedClock, document: str
) -> None:
    form, script = (f"/program/{world.programme_id}/naskah{end}" for end in ("/sunting", ""))
    assert not any(held(world).values())

    # lower the gate by the form: five people and the first school gain
    typed = {"version": "1", "f-lulus-attendance_percent": "40"}
    seen = taught.post(form, data=typed)
    page = text_of(seen)
    assert seen.status_code == 200
    assert "5 peserta dan 1 sekolah akan mendapat ketuntasan" in page
    assert "Tidak ada yang kehilangan ketuntasan" in page
    assert rows_of(page)["Tahap 2 In Service"] == [0, 5, 0, 1]
    assert api.get_programme(db.session(), world.programme_id).version == 1
    assert not any(held(world).values())  # looked at, kept nothing
    done = taught.post(form, data={**typed, "seen": hidden(seen, "seen")})
    assert done.status_code == 303
    assert {
        "stage": 2,
        "phase": "in_service",
        "people_lost": 0,
        "people_gained": 5,
        "schools_lost": 0,
        "schools_gained": 1,
    } in last_audit().after["completion"]
    drain(clock)
    before = held(world)
    assert sum(before.values()) == 6

    # raise it again by YAML: the same people lose it, and are named
    sent = {"text": document, "version": "2"}
    preview = taught.post(script, data=sent)
    page = text_of(preview)
    assert "5 peserta dan 1 sekolah akan kehilangan ketuntasan" in page
    assert rows_of(page)["Tahap 2 In Service"] == [5, 0, 1, 0]
    assert f'<a href="/guru-kami/{world.programme_id}/{world.schools[0]}">SD Negeri Satu</a>' in page
    assert held(world) == before
    applied = taught.post(script, data={**sent, "go": "apply", "seen": hidden(preview, "seen")})
    assert applied.status_code == 303
    assert last_audit().after["completion"][0]["people_lost"] == 5
    drain(clock)
    assert not any(held(world).values())  # the engine came to what was foretold


def test_what_was_changed_after_the_look_is_shown_again(taught: FlaskClient, world: Any) -> None:
    form = f"/program/{world.programme_id}/naskah/sunting"
    seen = hidden(taught.post(form, data={"version": "1", "f-lulus-attendance_percent": "40"}), "seen")
    other = taught.post(form, data={"version": "1", "f-lulus-attendance_percent": "41", "seen": seen})
    assert "Belum berlaku" in text_of(other)
    assert api.get_programme(db.session(), world.programme_id).version == 1


def test_a_change_that_touches_nobody_needs_one_press(taught: FlaskClient, world: Any, document: str) -> None:
    form, script = (f"/program/{world.programme_id}/naskah{end}" for end in ("/sunting", ""))
    assert taught.post(form, data={"version": "1", "f-sertifikat-city": "Banyuasin"}).status_code == 303
    assert "completion" not in last_audit().after
    moved = document.replace("IN-2B, title: RPP", "IN-2B, title: RPP dan HOTS")
    preview = text_of(taught.post(script, data={"text": moved, "version": "2"}))
    assert "Tidak ada ketuntasan yang berubah" in preview


def test_one_press_evaluates_everybody_once(
    taught: FlaskClient, world: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Other writers wait meanwhile."""
    looks: list[Any] = []

    def looked(*arguments: Any, **named: Any) -> Any:
        looks.append(named)
        return evaluate_everybody(*arguments, **named)

    monkeypatch.setattr("lms.completion.impact.evaluate_everybody", looked)
    form = f"/program/{world.programme_id}/naskah/sunting"
    assert taught.post(form, data={"version": "1", "f-lulus-attendance_percent": "79"}).status_code == 303
    assert api.get_programme(db.session(), world.programme_id).version == 2
    assert len(looks) == 1


@contextmanager
def counted() -> Iterator[list[str]]:
    statements: list[str] = []

    def note(*arguments: Any) -> None:
        statements.append(arguments[2])

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


def test_queries_do_not_grow_with_people(
    taught: FlaskClient, world: Any, clock: FixedClock, document: str
) -> None:
    lower = api.load_yaml(document + "passing: {attendance_percent: 40}\n")

    def cost() -> tuple[int, int]:
        with counted() as statements:
            found = rehearse(programme_id=world.programme_id, definition=lower, version=1, now=NOW)
        db.session.remove()
        return len(statements), len(found.effects)

    few = cost()
    with write() as session:
        school = get_school(session, world.schools[0])
        added = [make_person(session, Role.TEACHER, school=school).id for _ in range(20)]
        api.enrol(
            session,
            programme_id=world.programme_id,
            now=NOW,
            people_roles=[(person, school.id, Role.TEACHER) for person in added],
        )
    db.session.remove()
    drain(clock)
    many = cost()
    assert many[0] == few[0]
    assert few[1] >= 6


def standing(session: Session) -> dict[tuple[int, int, int, str], bool]:
    rows = session.scalars(select(completion.CompletionState))
    return {(row.school_id, row.enrolment_id, row.stage_id, row.phase): row.met for row in rows}


@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    derandomize=True,
)
@given(gate=st.integers(1, 100), share=st.integers(1, 100), minimum=st.integers(1, 100))
def test_the_rehearsal_is_what_applying_does(
    taught: FlaskClient, world: Any, document: str, clock: FixedClock, gate: int, share: int, minimum: int
) -> None:
    """The oracle applies the definition for good and lets the worker evaluate everybody."""
    db.session.remove()
    version = api.get_programme(db.session(), world.programme_id).version
    rules = (
        f"passing: {{attendance_percent: {gate}, school_share_percent: {share}, final_minimum: {minimum}}}\n"
    )
    changed = api.load_yaml(document + rules)
    before = standing(db.session())
    foretold = rehearse(programme_id=world.programme_id, definition=changed, version=version, now=NOW)
    db.session.remove()
    assert standing(db.session()) == before
    with write() as session:
        apply_definition(
            session,
            programme_id=world.programme_id,
            definition=changed,
            version=version,
            actor_id=world.admin,
            now=NOW,
            note="",
            counts=foretold.counts,
        )
    drain(clock)
    db.session.remove()
    after = standing(db.session())
    turned = {key: met for key, met in after.items() if before.get(key, met) != met}
    found = {
        (effect.school_id, effect.enrolment_id, effect.stage_id, effect.phase): effect.gained
        for effect in foretold.effects
    }
    assert found == turned


def test_nobody_waits_for_a_rehearsal(taught: FlaskClient, world: Any, document: str, app: Flask) -> None:
    """Somebody else writes in the middle of it; what is written then is neither lost nor part of it."""
    lower = api.load_yaml(document + "passing: {attendance_percent: 40}\n")
    person_id = world.admin

    def elsewhere() -> None:
        with app.app_context():
            with write() as session:
                session.execute(update(Person).where(Person.id == person_id).values(phone="0812-0000-0000"))
            db.session.remove()

    with scratch() as session:
        programme = api.get_programme(session, world.programme_id)
        put_in_place(session, programme, lower, version=1, actor_id=None, now=NOW, note="")
        other = threading.Thread(target=elsewhere)
        other.start()
        other.join(timeout=10)
        assert not other.is_alive(), "the other writer waits for the rehearsal"
    db.session.remove()
    assert db.session.get_one(Person, person_id).phone == "0812-0000-0000"
    assert api.get_programme(db.session(), world.programme_id).version == 1


def test_a_scratch_keeps_nothing_and_is_not_for_writers(taught: FlaskClient, world: Any, app: Flask) -> None:
    with scratch() as session:
        session.execute(update(Person).values(phone="0"))
        assert set(session.scalars(select(Person.phone))) == {"0"}
    db.session.remove()
    assert "0" not in set(db.session.scalars(select(Person.phone)))
    assert not list(platform(app).settings.data.rglob("scratch-*"))
    with write(), pytest.raises(RuntimeError, match="outside write"), scratch():
        pass
