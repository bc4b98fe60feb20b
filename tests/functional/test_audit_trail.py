"""The trail: what is recorded, that its person can read it, and that nobody can bend it unseen."""

import re
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select, text

from lms.cli import audit_check
from lms.cli.checks import _audit
from lms.contract.actors import Role
from lms.people.privacy.views.labels import action_words
from lms.platform import audit
from lms.platform.application import platform
from lms.platform.clock import now
from lms.platform.db import db
from lms.platform.transaction import write
from lms.platform.worker import run_due_tasks
from lms.testing.clock import FixedClock
from lms.testing.people import make_agency, make_person, make_school, sign_in
from lms.testing.race import Race
from tests.inhabitants import Province

ROOT = Path(__file__).parents[2]
_ACTION = re.compile(r'action="([a-z_]+\.[a-z_]+)"')
_NOBODYS = {
    "people.create_school",
    "people.import_people",
    "programmes.add_schools",
    "programmes.edit",
    "programmes.enrol",
    "programmes.move_deadline",
    "programmes.set_status",
    "programmes.withdraw_deadline",
    "certificates.order",
    "simulation.populate",
    "exports.download",
    "people.set_unit_code",
}
"""Concern no single person, so nobody reads them under "Data saya"."""


def _record(number: int, concerns: int | None = None) -> None:
    with write() as session:
        audit.record(
            session,
            actor_id=None,
            action="evidence.grade",
            subject=("submission", number),
            concerns=concerns,
            now=now(),
            after={"percent": "80.00"},
            reason="Sudah lengkap.",
        )


def _seal() -> int:
    with write() as session:
        return audit.seal(session)


@pytest.mark.modules
def test_every_recorded_action_is_said_in_words_of_its_own(app: Flask) -> None:
    sources = [*(ROOT / "lms").rglob("*.py"), *(ROOT / "plugins").glob("*/imbas_*/**/*.py")]
    found = {action for path in sources for action in _ACTION.findall(path.read_text(encoding="utf-8"))}
    found |= {"certificates.replace", "certificates.revoke", "people.grant_role", "people.revoke_role"}
    assert {"evidence.grade", "assessment.mark", "programmes.change_attendance"} <= found
    with app.test_request_context():
        for action in sorted(found - _NOBODYS):
            owner = action.partition(".")[0]
            plugin = platform(app).plugins.registry.plugins.get(owner)
            assert "modul" not in action_words(action), action
            assert plugin is None or action_words(action) == plugin.audit_actions[action].in_("id")
            assert owner not in action_words(action), action


def test_the_person_concerned_reads_what_happened(app: Flask) -> None:
    with write() as session:
        person = make_person(session, Role.TEACHER, school=make_school(session, make_agency(session)))
    _record(1, concerns=person.id)
    page = sign_in(app, person.id).get("/akun/saya").get_data(as_text=True)
    assert "Bukti dinilai" in page
    assert "Sudah lengkap." in page


BENDS: tuple[tuple[str, str], ...] = (
    ("a changed reason", "UPDATE audit_entry SET reason = 'lain' WHERE id = 3"),
    ("a changed figure", 'UPDATE audit_entry SET after = \'{"percent": "99.00"}\' WHERE id = 3'),
    ("a changed actor", "UPDATE audit_entry SET actor_id = 1 WHERE id = 3"),
    ("an entry taken out", "DELETE FROM audit_entry WHERE id = 3"),
    ("the first taken out", "DELETE FROM audit_entry WHERE id = 1"),
    ("the end cut off", "DELETE FROM audit_entry WHERE id > 4"),
    ("all taken out", "DELETE FROM audit_entry"),
    (
        "one said to be new",
        "UPDATE audit_entry SET position = NULL, previous = NULL, digest = NULL WHERE id = 3",
    ),
    (
        "the end said to be new",
        "UPDATE audit_entry SET position = NULL, previous = NULL, digest = NULL WHERE id > 3",
    ),
    (
        "two that change places",
        "UPDATE audit_entry SET position = CASE id WHEN 3 THEN 14 ELSE 13 END WHERE id IN (3, 4)",
    ),
    (
        "one put in between",
        (
            "INSERT INTO audit_entry (at, actor_id, action, subject_kind, subject_id, concerns, before, after,"
            " reason, position, previous, digest) SELECT at, actor_id, action, subject_kind, subject_id, concerns,"
            " before, after, 'palsu', position + 1, digest, 'x' FROM audit_entry WHERE id = 6"
        ),
    ),
)


@pytest.mark.parametrize(("what", "statement"), BENDS, ids=[what for what, _statement in BENDS])
def test_the_doctor_finds_a_bent_trail(app: Flask, tmp_path: Path, what: str, statement: str) -> None:
    for number in range(1, 7):
        _record(number)
    assert _seal() == 6
    assert audit_check.fault(db.session(), tmp_path) == ""
    with write() as session:
        session.execute(text(statement))
    db.session.expire_all()
    assert audit_check.fault(db.session(), tmp_path) != "", what


def test_a_trail_written_anew_from_its_beginning_shows(app: Flask, tmp_path: Path) -> None:
    for number in range(1, 4):
        _record(number)
    _seal()
    assert audit_check.fault(db.session(), tmp_path) == ""
    with write() as session:
        session.execute(text("DELETE FROM audit_entry"))
    for number in range(7, 12):
        _record(number)
    _seal()
    assert audit.first_broken(db.session()) is None  # each link fits
    assert audit_check.fault(db.session(), tmp_path) != ""


def test_audited_writes_of_two_do_not_wait_for_each_other(app: Flask, race: Race) -> None:
    """Both stand before their commit at once; on PostgreSQL a lock that one had would be refused to the other."""

    def record(number: int) -> Callable[[], None]:
        def run() -> None:
            with write() as session:
                if session.get_bind().dialect.name == "postgresql":
                    session.execute(text("SET LOCAL lock_timeout = '20ms'"))
                audit.record(session, actor_id=None, action="test.try", subject=("school", number), now=now())

        return run

    assert [outcome.error for outcome in race(record(1), record(2))] == [None, None]
    assert _seal() == 2
    assert audit.first_broken(db.session()) is None


def test_two_workers_seal_at_once(app: Flask, race: Race) -> None:
    for number in range(1, 7):
        _record(number)
    outcomes = race(_seal, _seal)
    assert sorted(outcome.value for outcome in outcomes) == [0, 6]
    positions = db.session.scalars(select(audit.AuditEntry.position).order_by(audit.AuditEntry.id)).all()
    assert positions == [1, 2, 3, 4, 5, 6]
    assert audit.first_broken(db.session()) is None


@pytest.mark.only_on("postgresql")  # SQLite has one writer: what begins first ends first
def test_an_entry_that_is_committed_late_takes_a_later_place(app: Flask, tmp_path: Path) -> None:
    entry = "INSERT INTO audit_entry (at, action, subject_kind, subject_id, before, after, reason)"
    with db.engine.connect() as slow:
        slow.execute(text(f"{entry} VALUES (now(), 'test.slow', 'n', 1, '{{}}', '{{}}', '')"))
        _record(2)
        assert _seal() == 1
        assert audit_check.fault(db.session(), tmp_path) == ""
        slow.commit()
    db.session.rollback()
    assert _seal() == 1
    rows = db.session.execute(
        select(audit.AuditEntry.action, audit.AuditEntry.position).order_by(audit.AuditEntry.id)
    )
    assert [tuple(row) for row in rows] == [("test.slow", 2), ("evidence.grade", 1)]
    assert audit_check.fault(db.session(), tmp_path) == ""


def test_the_worker_seals_in_batches_and_within_a_minute(app: Flask, clock: FixedClock) -> None:
    for number in range(7):
        _record(number)
    with write() as session:
        assert (audit.seal(session, most=5), audit.unsealed(session)[0]) == (5, 2)
    run_due_tasks(clock)
    assert audit.unsealed(db.session()) == (0, None)
    assert audit.SEAL_TASK.every_seconds <= 60
    assert audit.first_broken(db.session()) is None


def test_the_doctor_says_when_nobody_seals(app: Flask, clock: FixedClock) -> None:
    _record(1)
    assert list(_audit()) == []
    clock.forward(seconds=61)
    (finding,) = _audit()
    assert "1 entry of the audit trail" in finding.what
    _seal()
    assert list(_audit()) == []


def test_parallel_writers_keep_one_chain(app: Flask) -> None:
    failures: list[BaseException] = []

    def worker(number: int) -> None:
        try:
            with app.app_context():
                for step in range(5):
                    _record(number * 10 + step)
                db.session.remove()
        except BaseException as error:
            failures.append(error)

    in_parallel(worker, 12)
    assert not failures
    session = db.session()
    session.rollback()
    assert len(session.scalars(select(audit.AuditEntry.id)).all()) == 60
    assert _seal() == 60
    assert audit.first_broken(session) is None


def in_parallel(work: Callable[[int], None], count: int) -> None:
    threads = [threading.Thread(target=work, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def newest() -> int:
    return db.session.scalar(select(func.max(audit.AuditEntry.id))) or 0


def test_downloads_of_peoples_data_stand_in_the_trail(site: Flask, province: Province) -> None:
    browser = sign_in(site, province.own.people[Role.ADMIN])
    programme_id = province.own.programme_id
    for path in (f"/ruang-kendali/{programme_id}/rekap.xlsx", f"/sertifikat/program/{programme_id}/zip"):
        before = newest()
        db.session.rollback()
        with browser.get(path) as answer:
            assert answer.status_code == 200
            assert len(answer.get_data()) > 1000
        entry = db.session.get(audit.AuditEntry, newest())
        assert entry is not None
        assert entry.id > before
        assert (entry.action, entry.subject_id) == ("exports.download", programme_id)
        assert entry.actor_id == province.own.people[Role.ADMIN]
