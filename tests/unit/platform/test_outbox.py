"""Facts reach their handlers exactly once in effect, whatever fails on the way."""

import threading
from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from lms.contract.events import EventHandler, Fact
from lms.platform import audit, outbox
from lms.platform.application import platform
from lms.platform.audit import AuditEntry
from lms.platform.db import db
from lms.platform.outbox import MAX_TRIES, Outbox, OutboxDelivery, OutboxFact
from lms.platform.transaction import is_writing, write
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
    platform(app).outbox = Outbox(handlers, wake=lambda: None)
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


@pytest.mark.only_on("postgresql")  # SQLite has one writer: another worker waits for it
def test_what_another_worker_has_in_hand_is_passed_by(listening: Flask, clock: FixedClock) -> None:
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

    platform(listening).outbox = Outbox(
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
    platform(listening).outbox = Outbox((EventHandler("test.fail", EVENT, note),), wake=lambda: None)
    with write() as session:
        for parked in outbox.parked(session):
            outbox.retry(session, fact_id=parked.fact_id, handler="test.fail", now=clock())
    outbox.drain(clock)
    with write() as session:
        assert outbox.prune(session, later, 1) == 1, "in pieces"
        assert outbox.prune(session, later, 500) == 1
    assert db.session.scalars(select(OutboxFact.type)).all() == ["test.unheard.v1"], "the young one"
    assert db.session.scalars(select(OutboxDelivery.fact_id)).all() == []


def test_slow_work_is_prepared_before_the_transaction(app: Flask, clock: FixedClock) -> None:
    made: list[bool] = []

    def make(session: Session, fact: Fact, now: datetime) -> int:
        made.append(is_writing())
        return int(fact.payload["number"]) + 40

    def write_down(session: Session, fact: Fact, now: datetime, number: int) -> None:
        audit.record(session, actor_id=None, action="test.note", subject=("fact", number), now=now)

    platform(app).outbox = Outbox((EventHandler("test.slow", EVENT, write_down, make),), wake=lambda: None)
    emit(range(2), clock)
    assert outbox.drain(clock) == 2
    assert made == [False, False]
    assert set(db.session.scalars(select(AuditEntry.subject_id))) == {40, 41}
    assert outbox.drain(clock) == 0
    assert len(made) == 2


def test_what_cannot_be_prepared_is_tried_again_and_parked(app: Flask, clock: FixedClock) -> None:
    def make(session: Session, fact: Fact, now: datetime) -> None:
        raise ZeroDivisionError

    platform(app).outbox = Outbox((EventHandler("test.slow", EVENT, note, make),), wake=lambda: None)
    emit(range(1), clock)
    for _ in range(MAX_TRIES):
        outbox.drain(clock)
        clock.forward(hours=1)
    (parked,) = outbox.parked(db.session())
    assert parked.error.startswith("ZeroDivisionError")


def test_what_another_worker_delivered_meanwhile_is_not_handled_twice(app: Flask, clock: FixedClock) -> None:
    def make(session: Session, fact: Fact, now: datetime) -> str:
        with write() as other:
            other.execute(update(OutboxDelivery).values(state=outbox.DeliveryState.DONE))
        return "made for nothing"

    def handle(session: Session, fact: Fact, now: datetime, _made: str) -> None:
        note(session, fact, now)

    platform(app).outbox = Outbox((EventHandler("test.slow", EVENT, handle, make),), wake=lambda: None)
    emit(range(1), clock)
    assert outbox.drain(clock) == 0
    assert noted() == 0
