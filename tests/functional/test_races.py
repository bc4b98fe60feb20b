"""Two do the same thing at the same moment: one effect, and nobody loses anything unseen."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pyotp
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError

from lms.certificates import api as certificates
from lms.certificates import batches, issuing
from lms.certificates.models import Certificate, CertificateBatch
from lms.contract.actors import Role
from lms.contract.errors import Conflict
from lms.people import api as people
from lms.people.auth.models import Account
from lms.people.auth.second_factor import TotpSetup
from lms.people.directory.models import RoleGrant, School
from lms.platform import outbox
from lms.platform.application import platform
from lms.platform.audit import AuditEntry
from lms.platform.db import db
from lms.platform.outbox import DeliveryState, OutboxDelivery, drain
from lms.platform.transaction import write
from lms.programmes import api as programmes
from lms.programmes.models import AttendanceRecord, DeadlineChange, DeadlineDecision, Programme, Stage
from lms.programmes.schedule.deadline_decisions import withdraw
from lms.testing.clock import FixedClock
from lms.testing.people import PASSWORD, make_agency, make_person, make_school, sign_in
from lms.testing.race import Outcome, Race
from tests.functional.programmes.conftest import DOCUMENT, NOW
from tests.functional.test_certificates import OVER, Office, issued, offices, press, work

__all__ = ["offices"]
KEY = "test-key-that-is-long-enough-to-sign"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def count(model: type, *where: Any) -> int:
    db.session.remove()
    found = db.session.scalar(select(func.count()).select_from(model).where(*where)) or 0
    db.session.remove()
    return found


def written(work: Callable[[Any], Any]) -> Callable[[], Any]:
    """The use case in a transaction of its own."""

    def run() -> Any:
        with write() as session:
            return work(session)

    return run


def statuses(outcomes: tuple[Outcome, Outcome]) -> list[int]:
    assert [outcome.error for outcome in outcomes] == [None, None]
    return sorted(outcome.value.status_code for outcome in outcomes)


def admin_of(app: Flask, agency: people.Agency) -> tuple[int, FlaskClient, FlaskClient]:
    """An admin of the agency, with two browsers."""
    with write() as session:
        found = make_person(session, Role.ADMIN, agency=agency).id
    return found, sign_in(app, found), sign_in(app, found)


# signing in -----------------------------------------------------------------------------------------------


def test_a_recovery_code_lets_in_once(race: Race, app: Flask) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    moment, then = platform(app).clock(), datetime(2020, 1, 1, tzinfo=UTC)
    with write() as session:
        person = make_person(session, Role.ADMIN, agency=make_agency(session), username="admin.satu").id
        people.confirm(
            session,
            actor=people.actor_of(session, person, moment),
            key=KEY,
            now=moment,
            real_now=then,
            setup=TotpSetup(SECRET, ("abc123 def456",)),
            code=pyotp.TOTP(SECRET).at(then),
        )
    browsers = [app.test_client() for _ in range(2)]
    for browser in browsers:
        browser.post("/masuk", data={"username": "admin.satu", "password": PASSWORD})
    race(
        *(
            lambda browser=browser: browser.post("/masuk/kode", data={"code": "abc123 def456"})
            for browser in browsers
        )
    )  # type: ignore[misc]
    inside = [browser.get("/akun/saya").status_code for browser in browsers]
    assert sorted(inside) == [200, 303]
    assert count(AuditEntry, AuditEntry.action == "people.recovery_code_used") == 1


def test_a_second_factor_is_set_up_once(race: Race, app: Flask) -> None:
    moment = platform(app).clock()
    with write() as session:
        person = make_person(session, Role.ADMIN, agency=make_agency(session)).id
    actor = people.actor_of(db.session(), person, moment)
    db.session.remove()

    def confirm(session: Any) -> None:
        setup = people.new_totp_setup()
        people.confirm(
            session,
            actor=actor,
            setup=setup,
            code=pyotp.TOTP(setup.secret).at(moment),
            key=KEY,
            now=moment,
            real_now=moment,
        )

    outcomes = race(written(confirm), written(confirm))
    assert [type(outcome.error) for outcome in outcomes if outcome.error] == [Conflict]
    account = people.get_account(db.session(), person)
    assert people.recovery_codes_left(db.session(), account) == 8


# people and schools ---------------------------------------------------------------------------------------


def test_two_people_who_ask_for_one_username(race: Race, app: Flask) -> None:
    with write() as session:
        school = make_school(session, make_agency(session))
        operator = make_person(session, Role.OPERATOR, school=school).id
    browsers = sign_in(app, operator), sign_in(app, operator)
    path = f"/akun/{school.id}/tambah"
    form = {"full_name": "Siti Aminah", "username": "siti.aminah", "role": "teacher"}
    outcomes = race(
        lambda: browsers[0].post(path, data=form),
        lambda: browsers[1].post(path, data={**form, "full_name": "Siti Aminah Putri"}),
    )
    assert statuses(outcomes) == [303, 422]
    refused = next(outcome.value.text for outcome in outcomes if outcome.value.status_code == 422)
    assert "sudah dipakai" in refused
    assert count(Account, Account.username == "siti.aminah") == 1


def test_one_school_added_by_two_admins(race: Race, app: Flask) -> None:
    with write() as session:
        agency = make_agency(session)
    _admin, *browsers = admin_of(app, agency)
    rows = {"rows": "69900001;SD Negeri Baru;16.07.03;SD"}
    outcomes = race(
        *(lambda browser=browser: browser.post("/akun/sekolah/tambah", data=rows) for browser in browsers)
    )  # type: ignore[misc]
    assert statuses(outcomes) == [303, 422]
    assert count(School, School.npsn == "69900001") == 1


def test_one_hat_given_by_two_admins(race: Race, app: Flask) -> None:
    with write() as session:
        agency = make_agency(session)
        school = make_school(session, agency)
        person = make_person(session, Role.TEACHER, school=school).id

    def grant(session: Any) -> Any:
        return people.grant_role(
            session,
            person_id=person,
            role=Role.QUALITY_TEAM,
            agency_id=agency.id,
            school_id=school.id,
            valid_from=date(2020, 9, 1),
            actor=None,
            now=NOW,
        ).id

    first, second = race(written(grant), written(grant))
    assert first.value == second.value
    assert count(RoleGrant, RoleGrant.person_id == person, RoleGrant.role == Role.QUALITY_TEAM) == 1


def test_one_account_closed_by_two(race: Race, app: Flask) -> None:
    with write() as session:
        agency = make_agency(session)
        admin = make_person(session, Role.ADMIN, agency=agency)
        person = make_person(session, Role.TEACHER, school=make_school(session, agency)).id
        actor = people.actor_of(session, admin.id, NOW)
    close = written(lambda session: people.close_account(session, person_id=person, actor=actor, now=NOW))
    race(close, close)
    assert count(AuditEntry, AuditEntry.action == "people.close_account") == 1


# programmes -----------------------------------------------------------------------------------------------


@pytest.fixture
def programme(app: Flask, clock: FixedClock) -> programmes.Programme:
    clock.set(NOW)
    with write() as session:
        agency = make_agency(session)
        found = programmes.create_programme(
            session, agency_id=agency.id, definition=programmes.load_yaml(DOCUMENT), actor_id=None, now=NOW
        )
    db.session.remove()
    return found


def test_one_code_for_two_new_programmes(race: Race, app: Flask) -> None:
    with write() as session:
        agency = make_agency(session)
    _admin, *browsers = admin_of(app, agency)
    outcomes = race(
        *(
            lambda browser=browser: browser.post("/program/baru", data={"text": DOCUMENT})
            for browser in browsers
        )
    )  # type: ignore[misc]
    assert statuses(outcomes)[0] == 303
    assert statuses(outcomes)[1] in {409, 422}
    assert count(Programme) == 1


def test_one_programme_copied_twice(race: Race, app: Flask, programme: programmes.Programme) -> None:
    _admin, *browsers = admin_of(app, people.get_agency(db.session(), programme.agency_id))
    form = {
        "source": str(programme.id),
        "code": "SEKMOD-2021",
        "title": "Lagi",
        "school_year": "2021/2022",
        "starts_on": "2021-09-06",
    }
    outcomes = race(
        *(lambda browser=browser: browser.post("/program/salin", data=form) for browser in browsers)
    )  # type: ignore[misc]
    assert statuses(outcomes)[0] == 303
    assert statuses(outcomes)[1] in {409, 422}
    assert count(Programme) == 2


def test_one_programme_closed_by_two(race: Race, programme: programmes.Programme) -> None:
    closed = programmes.ProgrammeStatus.CLOSED
    close = written(
        lambda session: programmes.set_status(
            session, programme_id=programme.id, status=closed, actor_id=None, now=NOW
        )
    )
    assert sorted(outcome.value for outcome in race(close, close)) == [False, True]
    assert count(AuditEntry, AuditEntry.action == "programmes.set_status") == 1


def test_a_definition_saved_by_two(race: Race, programme: programmes.Programme) -> None:
    def save(title: str) -> Callable[[], Any]:
        definition = programmes.load_yaml(DOCUMENT.replace("Pendampingan Sekolah Model", title, 1))
        return written(
            lambda session: programmes.apply_definition(
                session,
                programme_id=programme.id,
                definition=definition,
                version=1,
                actor_id=None,
                now=NOW,
                note="",
            )
        )

    outcomes = race(save("Judul satu"), save("Judul dua"))
    assert [type(outcome.error) for outcome in outcomes if outcome.error] == [Conflict]
    db.session.remove()
    stored = programmes.get_programme(db.session(), programme.id)
    assert (stored.title, stored.version) == (
        "Judul satu" if outcomes[0].error is None else "Judul dua",
        2,
    )


def test_people_enrolled_by_two(race: Race, app: Flask, programme: programmes.Programme) -> None:
    with write() as session:
        agency = people.get_agency(session, programme.agency_id)
        school = make_school(session, agency)
        make_person(session, Role.TEACHER, school=school)
        programmes.add_school(
            session, programme_id=programme.id, school_id=school.id, kind=programmes.SchoolKind.MODEL, now=NOW
        )
    _admin, *browsers = admin_of(app, agency)
    path = f"/program/{programme.id}/sekolah/peserta"
    outcomes = race(*(lambda browser=browser: browser.post(path) for browser in browsers))  # type: ignore[misc]
    assert statuses(outcomes) == [303, 303]
    assert count(programmes.Enrolment) == 1


def test_a_deadline_moved_and_taken_back_by_two(race: Race, programme: programmes.Programme) -> None:
    with write() as session:
        school = make_school(session, people.get_agency(session, programme.agency_id)).id
        stage = session.scalars(
            select(Stage.id).where(Stage.programme_id == programme.id, Stage.no == 2)
        ).one()
    due = datetime(2020, 11, 15, tzinfo=UTC)
    move = written(
        lambda session: programmes.move_deadline(
            session,
            stage_id=stage,
            school_id=school,
            target="on_service",
            due_at=due,
            defined_at=NOW,
            reason="Banjir",
            actor_id=None,
            now=NOW,
        )
    )
    race(move, move)
    assert count(DeadlineChange) == 1
    assert count(DeadlineDecision) == 1, "saying it twice is once"
    only = db.session.scalar(select(DeadlineDecision.id))
    take_back = written(
        lambda session: withdraw(session, stage_id=stage, decision_id=only, actor_id=None, now=NOW)
    )
    outcomes = race(take_back, take_back)
    assert [outcome.error for outcome in outcomes] == [None, None]
    assert sorted(outcome.value for outcome in outcomes) == [(0, True), (1, True)]
    assert count(AuditEntry, AuditEntry.action == "programmes.withdraw_deadline") == 1


def test_a_line_of_attendance_changed_by_two(race: Race, app: Flask, programme: programmes.Programme) -> None:
    with write() as session:
        agency = people.get_agency(session, programme.agency_id)
        school = make_school(session, agency)
        teacher = make_person(session, Role.TEACHER, school=school).id
        programmes.add_school(
            session, programme_id=programme.id, school_id=school.id, kind=programmes.SchoolKind.MODEL, now=NOW
        )
        (line,) = programmes.enrol(
            session, programme_id=programme.id, people_roles=[(teacher, school.id, Role.TEACHER)], now=NOW
        )
        lesson = session.scalars(select(programmes.InServiceSession.id).order_by("id")).first()
    _admin, *browsers = admin_of(app, agency)
    path = f"/sesi/{lesson}"
    first = {f"s-{line}": "present", f"m-{line}": "100", f"was-{line}": ""}
    outcomes = race(
        lambda: browsers[0].post(path, data=first),
        lambda: browsers[1].post(path, data={**first, f"s-{line}": "absent", f"m-{line}": ""}),
    )
    assert statuses(outcomes) == [303, 409]
    stamp = re.search(rf'name="was-{line}" value="([^"]+)"', browsers[0].get(path).text)
    assert stamp
    later = {f"was-{line}": stamp[1], f"s-{line}": "present", "reason": "Salah tulis"}
    outcomes = race(
        lambda: browsers[0].post(path, data={**later, f"m-{line}": "90"}),
        lambda: browsers[1].post(path, data={**later, f"m-{line}": "80"}),
    )
    assert statuses(outcomes) == [303, 409]
    assert count(AttendanceRecord) == 1


# certificates ---------------------------------------------------------------------------------------------


def test_the_first_two_certificates_of_a_year(race: Race, offices: list[Office], clock: FixedClock) -> None:
    office = offices[0]
    rows = programmes.enrolments(db.session(), programme_id=office.programme_id)
    pairs = [(row.school_id, row.id) for row in rows][:2]
    db.session.remove()

    def issue(school_id: int, enrolment_id: int) -> Callable[[], Any]:
        return written(
            lambda session: (
                issuing.issue_one(
                    session,
                    programme_id=office.programme_id,
                    school_id=school_id,
                    enrolment_id=enrolment_id,
                    actor_id=None,
                    now=OVER,
                ).seq
            )
        )

    outcomes = race(issue(*pairs[0]), issue(*pairs[1]))
    assert sorted(outcome.value for outcome in outcomes) == [1, 2]


def test_one_certificate_issued_by_two(race: Race, offices: list[Office], clock: FixedClock) -> None:
    office = offices[0]
    row = programmes.enrolments(db.session(), programme_id=office.programme_id)[0]
    school_id, enrolment_id = row.school_id, row.id
    db.session.remove()
    issue = written(
        lambda session: (
            issuing.issue_one(
                session,
                programme_id=office.programme_id,
                school_id=school_id,
                enrolment_id=enrolment_id,
                actor_id=None,
                now=OVER,
            ).id
        )
    )
    first, second = race(issue, issue)
    assert first.value == second.value
    assert count(Certificate) == 1
    work(clock)
    press(office)
    work(clock)
    assert [row.seq for row in issued(office)] == [1, 2, 3, 4]


def test_one_batch_ordered_by_two_admins(
    race: Race, app: Flask, offices: list[Office], clock: FixedClock
) -> None:
    office = offices[0]
    _admin, *browsers = admin_of(app, people.get_agency(db.session(), office.agency_id))
    outcomes = race(*(lambda browser=browser: press(office, browser) for browser in browsers))  # type: ignore[misc]
    assert statuses(outcomes) == [303, 303]
    assert count(CertificateBatch) == 1
    work(clock)
    assert [row.seq for row in issued(office)] == [1, 2, 3, 4]


@pytest.mark.parametrize(
    "fault", [OperationalError("SELECT", {}, Exception("gone")), OSError(28, "no space")]
)
def test_a_fault_of_the_machine_is_nobodys_and_leaves_nobody_out(
    offices: list[Office], clock: FixedClock, monkeypatch: pytest.MonkeyPatch, fault: Exception
) -> None:
    office, real, calls = offices[0], issuing.issue_one, iter(range(100))

    def lost_at_the_second(*arguments: Any, **named: Any) -> Any:
        if next(calls) == 1:
            raise fault
        return real(*arguments, **named)

    monkeypatch.setattr(batches, "issue_one", lost_at_the_second)
    assert press(office).status_code == 303
    work(clock)
    assert issued(office) == []  # nothing of the slice stays
    clock.forward(minutes=1)
    work(clock)
    assert [row.seq for row in issued(office)] == [1, 2, 3, 4]
    batch = certificates.batch_of(db.session(), office.programme_id)
    assert batch is not None
    assert batches.problems_of(db.session(), batch) == []


def test_a_batch_that_the_worker_gave_up_goes_on_when_it_is_ordered_again(
    offices: list[Office], clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    office, real = offices[0], issuing.issue_one

    def lost(*_arguments: Any, **_named: Any) -> Any:
        raise OperationalError("SELECT", {}, Exception("gone"))

    monkeypatch.setattr(batches, "issue_one", lost)
    press(office)
    for _ in range(outbox.MAX_TRIES):
        work(clock)
        clock.forward(hours=1)
    assert count(OutboxDelivery, OutboxDelivery.state == DeliveryState.PARKED) == 1
    assert "0 / 4" in office.admin.get(office.page).text
    monkeypatch.setattr(batches, "issue_one", real)
    assert press(office).status_code == 303
    drain(clock)
    assert [row.seq for row in issued(office)] == [1, 2, 3, 4]


def test_one_refused_person_does_not_stop_the_others(
    offices: list[Office], clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    office, real, calls = offices[0], issuing.issue_one, iter(range(100))

    def refused_at_the_first(*arguments: Any, **named: Any) -> Any:
        if next(calls) == 0:
            raise ZeroDivisionError
        return real(*arguments, **named)

    monkeypatch.setattr(batches, "issue_one", refused_at_the_first)
    press(office)
    work(clock)
    assert [row.seq for row in issued(office)] == [1, 2, 3]
    assert "Gagal terbit: 1" in office.admin.get(office.page).text
