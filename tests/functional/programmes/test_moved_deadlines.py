"""A move gives a school time, never less than everybody has; it is told truly, and can be withdrawn."""

import html
import re
from datetime import datetime
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from lms.platform import migrate
from lms.platform.application import platform
from lms.platform.audit import AuditEntry
from lms.platform.db import db
from lms.platform.transaction import write
from lms.programmes import api
from lms.programmes.models import DeadlineChange
from lms.testing.clock import FixedClock
from lms.testing.people import sign_in
from tests.functional.programmes.conftest import NOW

PLAN = "follow_up_plan"
DEFINED = datetime.fromisoformat("2020-10-30T16:00:00+07:00")
EARLIER = "2020-10-28T16:00"
LATER, LATEST = "2020-11-02T16:00", "2020-11-05T12:00"
OWN = datetime.fromisoformat(f"{LATER}:00+07:00")


def text_of(answer: Any) -> str:
    return html.unescape(re.sub(r"\s+", " ", answer.get_data(as_text=True)))


@pytest.fixture
def admin(app: Flask, world: Any) -> FlaskClient:
    return sign_in(app, world.admin)


def move(admin: FlaskClient, world: Any, due_on: str, *, target: str = PLAN, school: int | None = 0) -> Any:
    npsn = "semua" if school is None else world.npsn[school]
    sent = {"target": target, "school": npsn, "due_on": due_on, "reason": f"Sampai {due_on}"}
    answer = admin.post(f"/program/{world.programme_id}/tahap/2/batas", data=sent)
    db.session.remove()
    assert answer.status_code == 303
    return answer


def define(world: Any, document: str, due: str, *, now: datetime = NOW) -> datetime:
    """The definition gives everybody until ``due``."""
    changed = document.replace("due_at: 2020-10-30T16:00:00+07:00", f"due_at: {due}:00+07:00").replace(
        "ends_on: 2020-10-31", "ends_on: 2020-11-30"
    )
    with write() as session:
        api.apply_definition(
            session,
            programme_id=world.programme_id,
            definition=api.load_yaml(changed),
            version=1,
            note="",
            actor_id=world.admin,
            now=now,
        )
    db.session.remove()
    return datetime.fromisoformat(f"{due}:00+07:00")


def due(world: Any, default: datetime, *, target: str = PLAN, school: int = 0) -> datetime:
    db.session.remove()
    stage = api.stages_of(db.session(), world.programme_id)[1].id
    return api.deadlines(db.session(), programme_id=world.programme_id).due_at(
        stage_id=stage, school_id=world.schools[school], target=target, default=default
    )


def page(admin: FlaskClient, world: Any) -> str:
    return text_of(admin.get(f"/program/{world.programme_id}/tahap/2"))


def withdraw(admin: FlaskClient, world: Any, answer: Any = None) -> Any:
    """Press the first button of the history."""
    shown = answer or admin.get(f"/program/{world.programme_id}/tahap/2").get_data(as_text=True)
    found = re.search(r'name="move" value="(\d+)"', shown)
    assert found
    sent = admin.post(f"/program/{world.programme_id}/tahap/2/batas/tarik", data={"move": found[1]})
    db.session.remove()
    return sent


def test_more_time_for_one_is_not_less_when_all_get_more(
    admin: FlaskClient, world: Any, document: str
) -> None:
    move(admin, world, LATER)
    assert due(world, DEFINED) == OWN
    assert "Berlaku" in page(admin, world).partition("Riwayat perubahan batas")[2]
    everybody = define(world, document, LATEST)
    assert due(world, everybody) == everybody
    assert due(world, everybody, school=1) == everybody
    told = page(admin, world).partition("Riwayat perubahan batas")[2]
    assert "Terlampaui" in told
    assert "Pengaturan program sekarang memberi waktu lebih lama" in told
    # what stood before is what stood before, also after the definition has changed
    assert "Jumat, 30 Oktober 2020, 16.00 WIB" in told


def test_earlier_on_purpose_stays_earlier(admin: FlaskClient, world: Any, document: str) -> None:
    move(admin, world, EARLIER)
    everybody = define(world, document, LATEST)
    assert due(world, everybody) == datetime.fromisoformat(f"{EARLIER}:00+07:00")
    assert "Terlampaui" not in page(admin, world)


def test_a_shorter_gift_is_still_a_gift(admin: FlaskClient, world: Any, document: str) -> None:
    """More time, then a little less of it, but more than the others: never meant to be less than theirs."""
    move(admin, world, LATEST)
    move(admin, world, LATER)
    assert due(world, DEFINED) == OWN
    assert "Diganti" in page(admin, world)
    everybody = define(world, document, LATEST)
    assert due(world, everybody) == everybody


def test_the_stages_move_gives_time_to_what_was_moved_before(admin: FlaskClient, world: Any) -> None:
    move(admin, world, LATER)
    move(admin, world, LATEST, target="on_service")
    assert due(world, DEFINED) == datetime.fromisoformat(f"{LATEST}:00+07:00")


def test_a_move_that_was_overtaken_can_be_made_again_on_purpose(
    admin: FlaskClient, world: Any, document: str
) -> None:
    move(admin, world, LATER)
    everybody = define(world, document, LATEST)
    move(admin, world, LATER)
    assert due(world, everybody) == OWN
    assert "berlaku untuk 0 sekolah" in text_of(admin.get(move(admin, world, LATER).headers["Location"]))


def test_a_move_is_withdrawn_and_what_was_before_is_in_force_again(
    app: Flask, admin: FlaskClient, world: Any
) -> None:
    move(admin, world, LATER, school=None)
    move(admin, world, LATEST)
    assert due(world, DEFINED) == datetime.fromisoformat(f"{LATEST}:00+07:00")
    before = admin.get(f"/program/{world.programme_id}/tahap/2").get_data(as_text=True)
    assert withdraw(admin, world).status_code == 303
    assert "ditarik untuk 1 sekolah" in page(admin, world)
    assert due(world, DEFINED) == OWN
    assert withdraw(admin, world, before).status_code == 303  # once is enough
    assert due(world, DEFINED) == OWN
    assert "ditarik untuk 0 sekolah" in page(admin, world)
    assert withdraw(admin, world).status_code == 303  # the one for all, in one press
    assert [due(world, DEFINED, school=school) for school in (0, 1)] == [DEFINED, DEFINED]
    told = page(admin, world)
    assert told.count("Ditarik") >= 2
    assert "Tarik kembali" not in told
    found = db.session.scalars(
        select(AuditEntry).where(AuditEntry.action == "programmes.withdraw_deadline").order_by(AuditEntry.id)
    ).all()
    assert [entry.subject_id for entry in found] == [world.schools[0], *world.schools]
    assert {entry.actor_id for entry in found} == {world.admin}
    wrong = f"/program/{world.programme_id}/tahap/1/batas/tarik"
    assert admin.post(wrong, data={"move": "1"}).status_code == 422
    for person in (world.head, world.facilitator, world.far_admin, world.teachers[0][0]):
        browser = sign_in(app, person)
        address = f"/program/{world.programme_id}/tahap/2/batas/tarik"
        assert browser.post(address, data={"move": "1"}).status_code == 403


def test_old_moves_learn_what_the_others_had_from_the_definition_of_their_time(
    app: Flask, admin: FlaskClient, world: Any, document: str, clock: FixedClock
) -> None:
    move(admin, world, EARLIER)
    move(admin, world, LATER, target="on_service", school=None)
    clock.forward(minutes=1)
    define(world, document, LATEST, now=clock())
    clock.forward(minutes=1)
    move(admin, world, LATER)
    query = select(DeadlineChange.id, DeadlineChange.before_at, DeadlineChange.otherwise_at)
    kept = db.session.execute(query.order_by(DeadlineChange.id)).all()
    assert len(kept) == 4
    db.session.remove()
    core, *others = platform(app).components
    for part in reversed(others):  # their tables point at younger ones of the core
        migrate.downgrade(db.engine, part, "base")
    migrate.downgrade(db.engine, core, "core_0011")
    migrate.upgrade(db.engine, platform(app).components)
    assert db.session.execute(query.order_by(DeadlineChange.id)).all() == kept
