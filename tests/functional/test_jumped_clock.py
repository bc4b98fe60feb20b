"""A clock that was a day ahead and came back: nothing waits for that day to pass, and it is told."""

import io
import os
import time
from datetime import datetime, timedelta

import pyotp
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.contract.events import EventHandler, Fact, Task
from lms.evidence.partial_uploads import Busy, Parts
from lms.grading.claims import read_by_another, take
from lms.grading.models import Kind
from lms.people.auth import throttle
from lms.people.auth.models import Account, UserSession
from lms.people.auth.rules import ACCOUNT, accepted_step
from lms.people.auth.sessions import open_session
from lms.people.auth.throttle import Counter
from lms.platform import outbox, worker
from lms.platform.application import platform
from lms.platform.db import db
from lms.platform.outbox import Outbox
from lms.platform.transaction import write
from lms.reports.system import system_of
from lms.testing.clock import FixedClock
from lms.testing.people import make_person

DAY = timedelta(days=1)
JUMPS = [timedelta(hours=2), DAY, timedelta(days=3650)]


@pytest.fixture(params=JUMPS, ids=str)
def jump(request: pytest.FixtureRequest, clock: FixedClock) -> timedelta:
    by: timedelta = request.param
    return by


def test_scheduled_tasks_go_on(app: Flask, clock: FixedClock, jump: timedelta) -> None:
    ran: list[datetime] = []
    platform(app).tasks = (Task("test.daily", lambda _s, now: ran.append(now), 86400, "Once a day."),)
    today = clock()
    clock.set(today + jump)
    worker.run_due_tasks(clock)
    clock.set(today)
    worker.run_due_tasks(clock)
    assert ran == [today + jump, today]
    worker.run_due_tasks(clock)
    clock.forward(hours=23)
    worker.run_due_tasks(clock)
    assert len(ran) == 2, "and from then on once a day again"


def test_facts_reach_their_handlers(app: Flask, clock: FixedClock, jump: timedelta) -> None:
    taken: list[int] = []

    def handle(_session: Session, fact: Fact, _now: datetime) -> None:
        taken.append(int(fact.payload["number"]))

    platform(app).outbox = Outbox((EventHandler("test.take", "test.done.v1", handle),), lambda: None)
    with write() as session:
        outbox.emit(session, Fact("test.done.v1", clock() + jump, {"number": 1}))
    outbox.drain(clock)
    assert taken == [1]


def test_a_failed_delivery_still_waits_its_seconds(app: Flask, clock: FixedClock) -> None:
    def fail(_session: Session, _fact: Fact, _now: datetime) -> None:
        raise ZeroDivisionError

    platform(app).outbox = Outbox((EventHandler("test.fail", "test.done.v1", fail),), lambda: None)
    with write() as session:
        outbox.emit(session, Fact("test.done.v1", clock(), {}))
    outbox.drain(clock)
    outbox.drain(clock)
    assert db.session.scalars(select(outbox.OutboxDelivery.tries)).all() == [1]


def test_nobody_waits_for_a_day_after_a_wrong_password(
    app: Flask, clock: FixedClock, jump: timedelta
) -> None:
    counter = Counter("account", "a" * 40, ACCOUNT)
    with write() as session:
        for _ in range(9):
            throttle.claim(session, (counter,), clock() + jump)
        assert throttle.claim(session, (counter,), clock() + jump) is not None, (
            "held while the clock was ahead"
        )
        assert throttle.claim(session, (counter,), clock()) is None
        for _ in range(4):
            throttle.claim(session, (counter,), clock())
        assert throttle.claim(session, (counter,), clock()) is not None, "and counted as ever from then on"


def test_a_second_factor_goes_on(clock: FixedClock, jump: timedelta) -> None:
    secret = "JBSWY3DPEHPK3PXP" * 2
    code = pyotp.TOTP(secret).at(clock())
    used = int((clock() + jump).timestamp()) // 30
    step = accepted_step(secret, code, clock(), used)
    assert step == int(clock().timestamp()) // 30
    assert accepted_step(secret, code, clock(), step) is None, "but once"


def test_a_lease_is_free_again(app: Flask, clock: FixedClock, jump: timedelta) -> None:
    with write() as session:
        one = make_person(session).id
        other = make_person(session).id
        assert take(session, kind=Kind.EVIDENCE, piece_id=7, grader_id=one, now=clock() + jump)
        assert read_by_another(session, kind=Kind.EVIDENCE, piece_id=7, grader_id=other, now=clock()) is None
        assert take(session, kind=Kind.EVIDENCE, piece_id=7, grader_id=other, now=clock())
        assert not take(session, kind=Kind.EVIDENCE, piece_id=7, grader_id=one, now=clock())


def test_a_file_on_its_way_goes_on(tmp_path_factory: pytest.TempPathFactory, jump: timedelta) -> None:

    parts = Parts(tmp_path_factory.mktemp("uploads"))
    lock = parts.folder / "ab.lock"
    lock.write_text("who hung up")
    with pytest.raises(Busy):
        parts.receive("ab", io.BytesIO(b"x"), at=0, size=1)
    ahead = time.time() + min(jump, timedelta(days=365)).total_seconds()
    os.utime(lock, (ahead, ahead))
    assert parts.receive("ab", io.BytesIO(b"x"), at=0, size=1) == 1


def test_a_session_in_use_stays(app: Flask, client: FlaskClient, clock: FixedClock, jump: timedelta) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    today = clock()
    with write() as session:
        who = make_person(session).id
        account = session.scalars(select(Account).where(Account.person_id == who)).one()
        account.must_change_password = False
        token = open_session(
            session, person_id=who, device="", address_hash="", now=today + jump, lasting=timedelta(days=14)
        )
    with client.session_transaction() as cookie:
        cookie["_user_id"] = token
    answer = client.post("/akun/saya", data={"phone": "", "locale": "id", "timezone": "Asia/Jakarta"})
    assert answer.status_code < 400
    seen = db.session.scalars(select(UserSession.last_seen_at)).one()
    assert seen == today, "its use is noted, so that it does not end"


def test_it_is_told(app: Flask, client: FlaskClient, clock: FixedClock, jump: timedelta) -> None:
    with write() as session:
        for name in (worker.HEARTBEAT, worker.BACKUP):
            worker.note_run(session, name=name, moment=clock() + jump)
    assert not system_of(db.session(), clock()).worker_runs
    checks = client.get("/readyz").get_json()["checks"]
    assert "degraded" in checks["clock"]
    assert "degraded" in checks["worker"]
    figures = client.get("/metrics").text
    assert "imbas_worker_seen_seconds +Inf" in figures
    assert "imbas_backup_seconds +Inf" in figures
