"""What is old goes by itself, what is young or still needed stays, and the table for people says the same."""

import os
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.certificates.models import CertificateBatch, CertificateBatchLine
from lms.grading.claims import take
from lms.grading.models import Kind, Lease
from lms.people.auth.models import Account, SignInFailure, UserSession
from lms.people.auth.sessions import open_session
from lms.platform import idempotency, outbox, retention, worker
from lms.platform.application import platform
from lms.platform.db import db
from lms.platform.idempotency import RequestKey, StoredAnswer
from lms.platform.outbox import OutboxFact
from lms.platform.plugin_failures import PluginFailure
from lms.platform.transaction import write
from lms.testing.clock import FixedClock
from lms.testing.people import make_agency, make_person, make_school
from lms.testing.world import row

NOW = datetime(2020, 10, 20, tzinfo=UTC)
OPERATE = (Path(__file__).parents[2] / "docs" / "operate.md").read_text(encoding="utf-8")


def test_the_table_for_people_is_the_code(app: Flask) -> None:
    section = OPERATE.partition("## What is forgotten")[2].partition("\n## ")[0]
    shown = re.findall(r"^\| (.+) \| (.+) \| (.+) \|$", section, flags=re.MULTILINE)[1:]
    rules = [
        (rule.what, str(rule.days) if isinstance(rule.days, int) else f"`LMS_{rule.days.upper()}`", rule.why)
        for rule in platform(app).retention
    ]
    assert shown == rules
    for rule in platform(app).retention:
        assert rule.before(NOW) <= NOW, "the setting exists"


def test_it_is_a_task_of_every_day(app: Flask) -> None:
    (task,) = [task for task in platform(app).tasks if task.name == "lms.retention"]
    assert task.every_seconds == 86400
    assert task.own_transactions


@dataclass(frozen=True, slots=True)
class Kept:
    """How a row that ended at a moment is planted, how many there are, and after how many days it goes."""

    plant: Callable[[Session, datetime], object]
    count: Callable[[Session], int]
    days: int


def _count(model: type, *conditions: object) -> Callable[[Session], int]:
    return lambda session: session.scalar(select(func.count()).select_from(model).where(*conditions)) or 0  # type: ignore[arg-type]


def _answer(session: Session, at: datetime) -> None:
    answer = StoredAnswer(200, "", "text/html", "Siti Aminah")
    idempotency.remember(session, person_id=1, key=at.isoformat(), digest="x", answer=answer, now=at)


def _try(session: Session, at: datetime) -> None:
    session.add(SignInFailure(kind="account", key_hash=at.isoformat(), count=1, last_at=at, free_at=at))


def _failure(session: Session, at: datetime) -> None:
    session.add(PluginFailure(plugin="garden", place=at.isoformat(), error="x", count=1, last_at=at))


def _sign_in(session: Session, at: datetime) -> None:
    who = make_person(session).id
    open_session(
        session,
        person_id=who,
        device="",
        address_hash="",
        now=at - timedelta(days=14),
        lasting=timedelta(days=14),
    )


def _code(session: Session, at: datetime) -> None:
    who = make_person(session).id
    account = session.scalars(select(Account).where(Account.person_id == who)).one()
    account.one_time_seed, account.one_time_until = "seed", at


def _lease(session: Session, at: datetime) -> None:
    who = make_person(session).id
    take(session, kind=Kind.ESSAYS, piece_id=who, grader_id=who, now=at - timedelta(minutes=15))


def _run(session: Session, at: datetime) -> None:
    worker.note_run(session, name=f"gone.{at:%Y%m%d}", moment=at)


def _fact(session: Session, at: datetime) -> None:
    outbox.emit(session, outbox.Fact("test.unheard.v1", at, {}))


KINDS = {
    "answers": Kept(_answer, _count(RequestKey), 7),
    "facts": Kept(_fact, _count(OutboxFact), 30),
    "failures": Kept(_failure, _count(PluginFailure), 90),
    "runs": Kept(_run, _count(worker.TaskRun, worker.TaskRun.name.like("gone.%")), 400),
    "sign-ins": Kept(_sign_in, _count(UserSession), 90),
    "tries": Kept(_try, _count(SignInFailure), 2),
    "codes": Kept(_code, _count(Account, Account.one_time_seed != ""), 30),
    "leases": Kept(_lease, _count(Lease), 1),
}


@pytest.mark.parametrize("kind", KINDS)
def test_old_rows_go_and_young_ones_stay(app: Flask, clock: FixedClock, kind: str) -> None:
    kept = KINDS[kind]
    with write() as session:
        for days in (0.5, kept.days - 0.1, kept.days + 0.1, kept.days + 365):
            kept.plant(session, clock() - timedelta(days=days))
    worker.run_due_tasks(clock)
    assert worker.failed_tasks(db.session()) == []
    assert kept.count(db.session()) == 2
    clock.forward(days=400)
    worker.run_due_tasks(clock)  # a clock that jumped so far is not believed at once
    assert kept.count(db.session()) == 2
    clock.forward(days=1.1)
    worker.run_due_tasks(clock)
    assert kept.count(db.session()) == 0


def test_the_scheduler_still_knows_the_tasks_that_run(app: Flask, clock: FixedClock) -> None:
    with write() as session:
        for name in (worker.BACKUP, worker.HEARTBEAT):
            worker.note_run(session, name=name, moment=clock() - timedelta(days=900))
    worker.run_due_tasks(clock)
    assert {worker.BACKUP, worker.HEARTBEAT} <= {run.name for run in worker.runs(db.session())}


def test_a_setting_decides(app: Flask, clock: FixedClock) -> None:
    platform(app).settings = platform(app).settings.model_copy(update={"keep_answers_days": 60})
    with write() as session:
        _answer(session, clock() - timedelta(days=59))
        _answer(session, clock() - timedelta(days=61))
    worker.run_due_tasks(clock)
    assert KINDS["answers"].count(db.session()) == 1


def test_it_goes_in_pieces_and_goes_on_after_a_kill(
    app: Flask, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "CHUNK", 10)
    with write() as session:
        for number in range(45):
            _answer(session, clock() - timedelta(days=30, seconds=number))
        _answer(session, clock())
    pieces: list[int] = []

    def killed(session: Session, before: datetime, limit: int) -> int:
        if len(pieces) == 2:
            raise KeyboardInterrupt
        pieces.append(idempotency.prune(session, before, limit))
        return pieces[-1]

    rules = platform(app).retention
    platform(app).retention = (retention.Retention("answers", 7, "", killed),)
    with pytest.raises(KeyboardInterrupt):
        retention.keep_to_it(db.session(), clock())
    assert pieces == [10, 10]
    assert KINDS["answers"].count(db.session()) == 26, "what was done stays done"
    platform(app).retention = rules
    retention.keep_to_it(db.session(), clock())
    assert KINDS["answers"].count(db.session()) == 1


def test_a_rule_that_fails_keeps_no_other_from_its_work(app: Flask, clock: FixedClock) -> None:
    def fail(_session: Session, _before: datetime, _limit: int) -> int:
        raise ZeroDivisionError

    platform(app).retention = (retention.Retention("nothing", 1, "", fail), *platform(app).retention)
    with write() as session:
        _answer(session, clock() - timedelta(days=30))
    worker.run_due_tasks(clock)
    assert KINDS["answers"].count(db.session()) == 0
    (failed,) = worker.failed_tasks(db.session())
    assert failed.error == "RuntimeError: could not forget: nothing"


def test_one_worker_at_a_time_and_the_next_one_after_a_kill(app: Flask, clock: FixedClock) -> None:
    task = retention.TASK
    assert worker._claim(task, clock())
    assert not worker._claim(task, clock())
    clock.forward(minutes=61)
    assert worker._claim(task, clock())
    worker.run_due_tasks(clock)
    assert retention.TASK.name not in {run.name for run in worker.runs(db.session()) if run.done_at}
    clock.forward(minutes=61)
    worker.run_due_tasks(clock)
    assert retention.TASK.name in {run.name for run in worker.runs(db.session()) if run.done_at}
    with write() as session:
        run = session.get_one(worker.TaskRun, task.name)
        run.claimed_until = clock() + timedelta(days=1)
    assert worker._claim(task, clock()), "claimed while the clock was ahead"


def test_a_finished_order_of_certificates_goes_and_a_running_one_stays(app: Flask, clock: FixedClock) -> None:
    with write() as session:
        who, agency = make_person(session).id, make_agency(session)
        school = make_school(session, agency).id
        programme = row(
            session,
            "programme",
            agency_id=agency.id,
            code="X",
            title="X",
            school_year="2020/2021",
            timezone="Asia/Jakarta",
            status="running",
            version=1,
            definition={},
            created_at=clock(),
        )
        for finished in (clock() - timedelta(days=401), clock() - timedelta(days=399), None):
            batch_id = row(
                session,
                "certificate_batch",
                programme_id=programme,
                ordered_by=who,
                total=1,
                done=1,
                ordered_at=clock() - timedelta(days=500),
                stopped=False,
                finished_at=finished,
            )
            row(
                session,
                "certificate_batch_line",
                batch_id=batch_id,
                position=0,
                school_id=school,
                problem={"id": "x", "en": "x"},
            )
    worker.run_due_tasks(clock)
    left = db.session.scalars(select(CertificateBatch.id)).all()
    assert len(left) == 2
    assert db.session.scalars(select(CertificateBatchLine.batch_id)).all() == left


@pytest.mark.only_on("sqlite")  # PostgreSQL tries changes out in a transaction
def test_copies_of_a_killed_trial_run_go(app: Flask, clock: FixedClock) -> None:
    beside = Path(str(db.engine.url.database)).parent
    for name, age in (("scratch-old", 7200), ("scratch-ahead", -7200), ("scratch-young", 60)):
        (beside / name).mkdir()
        os.utime(beside / name, (time.time() - age,) * 2)
    worker.run_due_tasks(clock)
    left = [name for name in ("scratch-old", "scratch-ahead", "scratch-young") if (beside / name).exists()]
    assert left == ["scratch-young"]
    (beside / "scratch-young").rmdir()
