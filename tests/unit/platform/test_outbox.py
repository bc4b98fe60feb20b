"""Facts reach their handlers exactly once in effect, whatever fails on the way."""

import threading
from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.contract.events import EventHandler, Fact
from lms.platform import audit, outbox
from lms.platform.audit import AuditEntry
from lms.platform.db import db
from lms.platform.outbox import MAX_TRIES, Outbox, OutboxDelivery, OutboxFact
from lms.platform.transaction import write
from lms.testing.clock import FixedClock

EVENT = "test.happened.v1"
PASSED_ON = "test.passed_on.v1"


def note(session: Session, fact: Fact, now: datetime) -> None:
    number = int(fact.payload["number"])
    audit.record(session, actor_id=None, action="test.note", subject=("fact", number), now=now)


def fail(session: Session, fact: Fact, now: datetime) -> None:
    note(session, fact, now)
    raise ZeroDivisionError


@pytest.fixture
def listening(app: Flask) -> Flask:
    handlers = (EventHandler("test.note", EVENT, note), EventHandler("test.fail", EVENT, fail))
    app.extensions["outbox"] = Outbox(handlers, wake=lambda: None)
    return app


def emit(numbers: range, clock: FixedClock) -> None:
    with write() as session:
        for number in numbers:
            outbox.emit(session, Fact(EVENT, clock(), {"number": number}))


def noted() -> int:
    return db.session.scalar(select(func.count()).select_from(AuditEntry)) or 0


def test_a_failing_handler_does_not_stop_the_others(listening: Flask, clock: FixedClock) -> None:
    emit(range(3), clock)
    assert outbox.drain(clock) == 3
    assert noted() == 3  # what the failing one wrote was rolled back


def test_a_failing_handler_is_parked_after_its_tries_and_can_be_retried(
    listening: Flask, clock: FixedClock
) -> None:
    emit(range(1), clock)
    for _ in range(MAX_TRIES):
        outbox.drain(clock)
        clock.forward(hours=1)
    (parked,) = outbox.parked(db.session())
    assert (parked.handler, parked.tries) == ("test.fail", MAX_TRIES)
    assert parked.error.startswith("ZeroDivisionError")
    assert outbox.backlog(db.session()).pending == 0
    with write() as session:
        outbox.retry(session, fact_id=parked.fact_id, handler="test.fail", now=clock())
    assert outbox.backlog(db.session()).pending == 1


def test_a_rolled_back_change_leaves_no_fact(listening: Flask, clock: FixedClock) -> None:
    def broken() -> None:
        with write() as session:
            outbox.emit(session, Fact(EVENT, clock(), {"number": 1}))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        broken()
    assert outbox.drain(clock) == 0


def test_many_workers_at_once_deliver_each_fact_once(listening: Flask, clock: FixedClock) -> None:
    emit(range(40), clock)

    def work() -> None:
        with listening.app_context():
            outbox.drain(clock)

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    subjects = list(db.session.scalars(select(AuditEntry.subject_id)))
    assert sorted(subjects) == list(range(40))


def test_what_another_worker_has_in_hand_is_passed_by(listening: Flask, clock: FixedClock) -> None:
    if db.engine.dialect.name != "postgresql":
        pytest.skip("SQLite has one writer: another worker waits for it")
    emit(range(3), clock)
    with db.engine.connect() as other:
        held = select(OutboxDelivery.fact_id).where(OutboxDelivery.handler == "test.note").limit(1)
        other.execute(held.with_for_update()).one()
        assert outbox.drain(clock) == 2
    assert outbox.drain(clock) == 1
    assert noted() == 3


def test_what_handlers_leave_behind_is_delivered_without_waking_anybody(
    listening: Flask, clock: FixedClock
) -> None:
    woken: list[int] = []

    def pass_on(session: Session, fact: Fact, now: datetime) -> None:
        outbox.emit(session, Fact(PASSED_ON, now, fact.payload))

    listening.extensions["outbox"] = Outbox(
        (EventHandler("test.pass", EVENT, pass_on), EventHandler("test.note", PASSED_ON, note)),
        wake=lambda: woken.append(1),
    )
    emit(range(3), clock)
    assert outbox.drain(clock) == 6
    assert noted() == 3
    assert woken == [1], "the page that left the first facts"


def test_old_delivered_facts_are_forgotten_and_waiting_ones_are_not(
    listening: Flask, clock: FixedClock
) -> None:
    emit(range(2), clock)
    with write() as session:
        outbox.emit(session, Fact("test.unheard.v1", clock(), {}))
    outbox.drain(clock)
    later = clock() + timedelta(days=1)
    with write() as session:
        assert outbox.prune(session, later, 500) == 1, "only what nobody waits for: test.fail still does"
    for _ in range(MAX_TRIES):
        clock.forward(hours=1)
        outbox.drain(clock)
    with write() as session:
        assert outbox.prune(session, later, 500) == 0, "what failed for good waits for an admin"
        outbox.emit(session, Fact("test.unheard.v1", later, {}))
    listening.extensions["outbox"] = Outbox((EventHandler("test.fail", EVENT, note),), wake=lambda: None)
    with write() as session:
        for parked in outbox.parked(session):
            outbox.retry(session, fact_id=parked.fact_id, handler="test.fail", now=clock())
    outbox.drain(clock)
    with write() as session:
        assert outbox.prune(session, later, 1) == 1, "in pieces"
        assert outbox.prune(session, later, 500) == 1
    assert db.session.scalars(select(OutboxFact.type)).all() == ["test.unheard.v1"], "the young one"
    assert db.session.scalars(select(OutboxDelivery.fact_id)).all() == []
