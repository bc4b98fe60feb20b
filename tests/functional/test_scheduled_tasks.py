"""An admin has a scheduled task run at once: pressed twice it runs once, and the page says how it ended."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from lms.api import Role
from lms.contract.events import Task
from lms.platform.application import platform
from lms.platform.audit import AuditEntry
from lms.platform.db import db
from lms.platform.transaction import write
from lms.platform.worker import TaskRun, note_run, run_due_tasks
from lms.testing.clock import FixedClock
from lms.testing.people import sign_in
from lms.testing.world import START, World, make_world

RAN: list[datetime] = []


def _water(_session: Session, now: datetime) -> None:
    RAN.append(now)


def _dig(_session: Session, now: datetime) -> None:
    RAN.append(now)
    raise ZeroDivisionError("sekop patah")


@pytest.fixture
def world(app: Flask, clock: FixedClock) -> Iterator[World]:
    """A world with two tasks of a module that run once a day, and have run."""
    clock.set(START)
    RAN.clear()
    before = platform(app).tasks
    platform(app).tasks = (
        Task("garden.water", _water, 86400, "Waters every bed."),
        Task("garden.dig", _dig, 86400, "Digs.", own_transactions=True),
    )
    yield make_world("garden", title="Kebun")
    platform(app).tasks = before


@pytest.fixture
def admin(app: Flask, world: World) -> FlaskClient:
    run_due_tasks(platform(app).clock)
    assert len(RAN) == 2
    db.session.remove()
    return sign_in(app, world.people[Role.ADMIN])


def page_of(world: World) -> str:
    return f"/ruang-kendali/{world.programme_id}/tugas-terjadwal"


def press(browser: FlaskClient, world: World, name: str) -> int:
    return browser.post(page_of(world), data={"name": name}).status_code


def work(app: Flask) -> int:
    """How many runs one look of the worker makes."""
    db.session.remove()
    before = len(RAN)
    run_due_tasks(platform(app).clock)
    db.session.remove()
    return len(RAN) - before


def test_pressed_twice_it_runs_once(app: Flask, admin: FlaskClient, world: World, clock: FixedClock) -> None:
    clock.set(START + timedelta(minutes=5))
    assert work(app) == 0, "not due before tomorrow"
    assert (press(admin, world, "garden.water"), press(admin, world, "garden.water")) == (303, 303)
    assert "Menunggu layanan latar" in admin.get(page_of(world)).text
    assert [work(app), work(app)] == [1, 0]
    page = admin.get(page_of(world)).text
    assert "Menunggu layanan latar" not in page
    assert "Terakhir jalan Selasa, 8 September 2020, 08.05 WIB" in page
    assert db.session.query(AuditEntry).filter_by(action="reports.run_task").count() == 1
    assert press(admin, world, "garden.water") == 303
    assert work(app) == 1, "asked again, it runs again"


def test_what_fails_is_shown_and_can_be_asked_for_again(app: Flask, admin: FlaskClient, world: World) -> None:
    for _number in range(2):
        assert press(admin, world, "garden.dig") == 303
        assert work(app) == 1
        page = admin.get(page_of(world)).text
        assert "Gagal" in page
        assert "ZeroDivisionError: sekop patah" in page


def test_while_a_worker_is_at_it_no_other_begins(
    app: Flask, admin: FlaskClient, world: World, clock: FixedClock
) -> None:
    assert press(admin, world, "garden.water") == 303
    with write() as session:
        session.get_one(TaskRun, "garden.water").claimed_until = clock() + timedelta(minutes=30)
    db.session.remove()
    assert "Sedang berjalan" in admin.get(page_of(world)).text
    assert work(app) == 0
    clock.set(START + timedelta(hours=1))
    assert work(app) == 1, "that worker was killed"


def test_a_claim_left_behind_holds_up_no_regular_run(
    app: Flask, admin: FlaskClient, world: World, clock: FixedClock
) -> None:
    """A worker was killed in a run that somebody had asked for; the task is short and comes every hour."""
    assert press(admin, world, "garden.water") == 303
    with write() as session:
        session.get_one(TaskRun, "garden.water").claimed_until = clock() + timedelta(minutes=59)
        session.get_one(TaskRun, "garden.water").ran_at = clock() - timedelta(days=2)
    assert work(app) == 1


def test_a_regular_run_leaves_the_claim_of_another_worker(
    app: Flask, admin: FlaskClient, world: World, clock: FixedClock
) -> None:
    other = clock() + timedelta(minutes=30)
    assert press(admin, world, "garden.water") == 303
    with write() as session:
        session.get_one(TaskRun, "garden.water").claimed_until = other
        note_run(session, name="garden.water", moment=clock())
    assert db.session.get_one(TaskRun, "garden.water").claimed_until == other


def test_who_asks_while_it_runs_waits_for_the_next_run(
    app: Flask, admin: FlaskClient, world: World, clock: FixedClock
) -> None:
    def slow(_session: Session, now: datetime) -> None:
        RAN.append(now)
        if len(RAN) == 3:  # the first that was asked for
            clock.set(START + timedelta(minutes=1))
            with write() as session:
                session.get_one(TaskRun, "garden.water").asked_at = clock()

    platform(app).tasks = (Task("garden.water", slow, 86400, "Waters.", own_transactions=True),)
    assert press(admin, world, "garden.water") == 303
    assert [work(app), work(app), work(app)] == [1, 1, 0]


def test_only_admins_and_only_what_is_there(app: Flask, admin: FlaskClient, world: World) -> None:
    assert press(admin, world, "river.flow") == 404
    assert press(admin, world, "lms.heartbeat") == 404
    for person in (world.people[Role.AGENCY_HEAD], world.people[Role.TEACHER], world.far_admin):
        other = sign_in(app, person)
        assert other.get(page_of(world)).status_code == 403
        assert press(other, world, "garden.water") == 403
    assert work(app) == 0
