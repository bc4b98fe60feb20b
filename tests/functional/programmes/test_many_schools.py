"""What concerns every school of a large programme: answered at once, done by the worker some schools at a time."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from imbas_demo.crowd import bulk
from sqlalchemy import event, func, select

from lms.completion import handlers
from lms.completion.models import CompletionState
from lms.people.directory.models import School
from lms.platform import outbox
from lms.platform.audit import AuditEntry
from lms.platform.db import db
from lms.platform.outbox import OutboxFact, drain
from lms.platform.transaction import write
from lms.programmes import api
from lms.programmes.events import DEADLINE_MOVED
from lms.programmes.models import DeadlineChange, DeadlineDecision, ProgrammeSchool
from lms.programmes.schedule import deadline_decisions
from lms.programmes.schedule.deadline_decisions import CHUNK
from lms.testing.clock import FixedClock
from lms.testing.people import sign_in
from tests.functional.programmes.test_moved_deadlines import (
    DEFINED,
    LATER,
    LATEST,
    OWN,
    PLAN,
    due,
    move,
    page,
    withdraw,
)

SCHOOLS = 250


@pytest.fixture
def admin(app: Flask, world: Any) -> FlaskClient:
    """Of a programme with 250 schools."""
    with write() as session:
        agency_id = session.get_one(School, world.schools[0]).agency_id
        first = max(world.schools) + 1
        ids = range(first, first + SCHOOLS - 2)
        plain = {
            "agency_id": agency_id,
            "aliases": [],
            "level": "SD",
            "region_code": "",
            "timezone": "Asia/Jakarta",
        }
        bulk(
            session,
            School,
            [{"id": n, "npsn": f"9{n:07d}", "name": f"SD {n}", "short_name": f"SD {n}"} | plain for n in ids],
        )
        place = {"programme_id": world.programme_id, "kind": api.SchoolKind.IMBAS}
        bulk(session, ProgrammeSchool, [{"school_id": n} | place for n in ids])
    db.session.remove()
    drain(lambda: DEFINED)
    return sign_in(app, world.admin)


def count(model: type, *where: Any) -> int:
    db.session.remove()
    return db.session.scalar(select(func.count()).select_from(model).where(*where)) or 0


def due_of_all() -> set[datetime]:
    db.session.remove()
    return set(db.session.scalars(select(DeadlineChange.due_at).where(DeadlineChange.withdrawn_at.is_(None))))


@contextmanager
def statements() -> Iterator[list[str]]:
    found: list[str] = []

    def note(*arguments: Any) -> None:
        found.append(arguments[2])

    event.listen(db.engine, "before_cursor_execute", note)
    yield found
    event.remove(db.engine, "before_cursor_execute", note)


def step(clock: FixedClock) -> None:
    """What the worker does with the events that wait now, and not with those that they leave."""
    waiting = outbox._due(clock())
    db.session.remove()
    for fact_id, handler in waiting:
        outbox._deliver(fact_id, handler, clock())
    db.session.remove()


def test_a_deadline_of_everybody_is_answered_at_once_and_moved_by_the_worker(
    admin: FlaskClient, world: Any, clock: FixedClock
) -> None:
    with statements() as asked:
        answer = move(admin, world, LATER, school=None)
    assert len(asked) < 40, "the press costs the same for 250 schools and for two"
    assert count(DeadlineChange) == 0
    shown = page(admin, world)
    assert f"sedang diterapkan ke {SCHOOLS} sekolah" in shown
    assert "Sedang diterapkan" in shown
    assert f"0 / {SCHOOLS}" in shown
    with statements() as worked:
        step(clock)
    assert len(worked) < 30, "a hundred schools are moved in a handful of statements"
    assert count(DeadlineChange) == CHUNK
    progress = admin.get(answer.headers["Location"].partition("#")[0] + "/batas/status").get_json()
    assert progress == {"done": False, "value": CHUNK, "max": SCHOOLS, "text": f"{CHUNK} / {SCHOOLS}"}
    drain(clock)
    assert due_of_all() == {OWN}
    assert (
        count(DeadlineChange) == count(AuditEntry, AuditEntry.action == "programmes.move_deadline") == SCHOOLS
    )
    told = [
        fact.payload
        for fact in db.session.scalars(select(OutboxFact).where(OutboxFact.type == DEADLINE_MOVED))
    ]
    assert [len(payload["school_ids"]) for payload in told] == [CHUNK, CHUNK, SCHOOLS - 2 * CHUNK]
    shown = page(admin, world)
    assert "Sedang diterapkan" not in shown
    assert f"{SCHOOLS} sekolah" in shown


def test_a_worker_that_dies_in_between_goes_on_where_it_was(
    admin: FlaskClient, world: Any, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    move(admin, world, LATER, school=None)
    step(clock)

    def die(*_arguments: Any, **_named: Any) -> None:
        raise MemoryError("killed")

    with monkeypatch.context() as patched:
        patched.setattr(deadline_decisions, "record_each", die)
        step(clock)
    assert count(DeadlineChange) == CHUNK, "nothing of the transaction that failed stays"
    clock.forward(minutes=1)
    drain(clock)
    assert count(DeadlineChange) == SCHOOLS
    assert len(set(db.session.scalars(select(DeadlineChange.school_id)))) == SCHOOLS
    assert db.session.scalars(select(DeadlineDecision.done)).all() == [SCHOOLS]


def test_what_is_decided_for_one_school_meanwhile_is_not_written_over(
    admin: FlaskClient, world: Any, clock: FixedClock
) -> None:
    move(admin, world, LATER, school=None)
    move(admin, world, LATEST)
    drain(clock)
    assert due(world, DEFINED) == datetime.fromisoformat(f"{LATEST}:00+07:00")
    assert due(world, DEFINED, school=1) == OWN
    assert count(DeadlineChange) == SCHOOLS + 1
    assert count(AuditEntry, AuditEntry.action == "programmes.move_deadline") == SCHOOLS + 1


def test_one_school_falls_back_to_what_was_decided_for_everybody_before(
    admin: FlaskClient, world: Any, clock: FixedClock
) -> None:
    move(admin, world, LATER, school=None)
    move(admin, world, LATEST)
    withdraw(admin, world)
    assert due(world, DEFINED) == OWN, "before the worker has come"
    drain(clock)
    assert due(world, DEFINED) == due(world, DEFINED, school=1) == OWN
    assert count(DeadlineChange) == SCHOOLS + 1


def test_less_time_for_one_school_is_less_than_everybody_is_about_to_get(
    admin: FlaskClient, world: Any, clock: FixedClock
) -> None:
    """Of another target: the stage's move is on its way, and one product of one school is due before it."""
    move(admin, world, LATEST, school=None, target="on_service")
    move(admin, world, LATER)
    drain(clock)
    assert due(world, DEFINED) == OWN
    assert due(world, DEFINED, school=1) == datetime.fromisoformat(f"{LATEST}:00+07:00")


def test_what_one_school_had_already_is_not_lost_to_everybody(
    admin: FlaskClient, world: Any, clock: FixedClock
) -> None:
    """One school has the date already that everybody gets; taking back the one leaves it the other."""
    move(admin, world, LATER)
    first = db.session.scalars(select(DeadlineDecision.id)).one()
    move(admin, world, LATER, school=None)
    drain(clock)
    told = [
        fact.payload
        for fact in db.session.scalars(select(OutboxFact).where(OutboxFact.type == DEADLINE_MOVED))
    ]
    assert sum(len(payload["school_ids"]) for payload in told) == SCHOOLS, "it is told once"
    stage = api.stages_of(db.session(), world.programme_id)[1].id
    with write() as session:
        deadline_decisions.withdraw(session, stage_id=stage, decision_id=first, actor_id=None, now=clock())
    assert due(world, DEFINED) == due(world, DEFINED, school=1) == OWN


def test_an_older_decision_of_everybody_is_brought_to_its_end_first(
    admin: FlaskClient, world: Any, clock: FixedClock
) -> None:
    """Also when its own event waits for another try."""
    move(admin, world, LATEST, school=None, target="on_service")
    move(admin, world, LATER, school=None)
    older, newer = db.session.scalars(select(DeadlineDecision.id).order_by(DeadlineDecision.id))
    for _ in range(3):
        with write() as session:
            deadline_decisions.work_on(session, decision_id=newer, now=clock())
    assert count(DeadlineChange, DeadlineChange.decision_id == older) == SCHOOLS
    assert count(DeadlineChange, DeadlineChange.decision_id == newer) == 0
    drain(clock)
    assert due(world, DEFINED, school=1) == OWN


def test_a_decision_that_is_taken_back_while_it_is_brought_reaches_nobody_else(
    admin: FlaskClient, world: Any, clock: FixedClock
) -> None:
    move(admin, world, LATER, school=None)
    step(clock)
    step(clock)
    assert withdraw(admin, world).status_code == 303
    shown = page(admin, world)
    assert f"sedang ditarik dari {2 * CHUNK} sekolah" in shown
    assert "Tarik kembali" not in shown, "it is being taken back"
    drain(clock)
    assert due_of_all() == set()
    assert count(DeadlineChange) == 2 * CHUNK
    assert count(AuditEntry, AuditEntry.action == "programmes.withdraw_deadline") == 2 * CHUNK
    assert "Ditarik" in page(admin, world)


def test_a_second_decision_of_everybody_follows_the_first(
    admin: FlaskClient, world: Any, clock: FixedClock
) -> None:
    move(admin, world, LATER, school=None)
    step(clock)
    move(admin, world, LATEST, school=None)
    drain(clock)
    everywhere = {
        api.deadlines(db.session(), programme_id=world.programme_id, school_ids=[school]).due_at(
            stage_id=api.stages_of(db.session(), world.programme_id)[1].id,
            school_id=school,
            target=PLAN,
            default=DEFINED,
        )
        for school in db.session.scalars(select(ProgrammeSchool.school_id))
    }
    assert everywhere == {datetime.fromisoformat(f"{LATEST}:00+07:00")}


def test_a_number_of_schools_that_fills_whole_transactions_ends_too(
    admin: FlaskClient, world: Any, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deadline_decisions, "CHUNK", SCHOOLS // 5)
    move(admin, world, LATER, school=None)
    drain(clock)
    assert count(DeadlineDecision, DeadlineDecision.finished_at.is_not(None)) == 1
    assert count(DeadlineChange) == SCHOOLS


def test_everybody_is_evaluated_some_schools_at_a_time(
    admin: FlaskClient, world: Any, document: str, clock: FixedClock
) -> None:
    with write() as session:
        session.query(CompletionState).delete()
        api.apply_definition(
            session,
            programme_id=world.programme_id,
            definition=api.load_yaml(re.sub("title: RPP", "title: Rencana", document)),
            version=1,
            note="",
            actor_id=world.admin,
            now=clock(),
        )
    db.session.remove()
    reached = select(func.count(CompletionState.school_id.distinct()))
    step(clock)
    assert db.session.scalar(reached) == handlers.SCHOOLS
    step(clock)
    db.session.remove()
    assert db.session.scalar(reached) == 2 * handlers.SCHOOLS
    drain(clock)
    db.session.remove()
    assert db.session.scalar(reached) == SCHOOLS
