"""Certificates of two agencies: whose number it is, corrections when the rules have moved on, cut-off batches."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from types import ModuleType
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from lms.certificates import api, batches, issuing, printing
from lms.cli.checks import _numbers
from lms.contract.actors import Role
from lms.contract.hookspecs import hookimpl
from lms.contract.text import Localized, Text
from lms.people import api as people
from lms.platform import hook_calls
from lms.platform.application import platform
from lms.platform.audit import AuditEntry
from lms.platform.db import db
from lms.platform.outbox import drain
from lms.platform.storage import storage
from lms.platform.transaction import write
from lms.programmes import api as programmes
from lms.testing.clock import FixedClock
from lms.testing.people import make_agency, make_person, make_school, sign_in
from lms.testing.printed import pdf_text
from tests.functional.programmes.conftest import DOCUMENT, NOW

EASY = re.sub(r"    deliverables:\n      - \{.*?\}\n", "", DOCUMENT) + (
    "passing: {attendance_percent: 0, final_minimum: 0, school_share_percent: 0}\n"
)
"""A programme that everybody has completed by taking part."""
OVER = datetime(2020, 11, 1, 2, 0, tzinfo=UTC)
"""The day after its last one."""


TOLD = re.compile(r'name="(count|first)" value="([^"]+)"')


@dataclass(frozen=True, slots=True)
class Office:
    """An agency with one school of three teachers who are all ready."""

    agency_id: int
    code: str
    programme_id: int
    teachers: tuple[int, ...]
    admin: FlaskClient

    @property
    def page(self) -> str:
        return f"/sertifikat/program/{self.programme_id}"


@pytest.fixture
def offices(app: Flask, clock: FixedClock) -> list[Office]:
    clock.set(NOW)
    found = []
    for _ in range(2):
        with write() as session:
            agency = make_agency(session)
            school = make_school(session, agency)
            admin = make_person(session, Role.ADMIN, agency=agency).id
            programme = programmes.create_programme(
                session, agency_id=agency.id, definition=programmes.load_yaml(EASY), actor_id=admin, now=NOW
            )
            programmes.add_school(
                session,
                programme_id=programme.id,
                school_id=school.id,
                kind=programmes.SchoolKind.MODEL,
                now=NOW,
            )
            teachers = tuple(make_person(session, Role.TEACHER, school=school).id for _ in range(3))
            programmes.enrol(
                session,
                programme_id=programme.id,
                now=NOW,
                people_roles=[(person, school.id, Role.TEACHER) for person in teachers],
            )
            ids = (agency.id, agency.code, programme.id, teachers)
        found.append(Office(*ids, sign_in(app, admin)))
    work(clock)
    clock.set(OVER)
    db.session.remove()
    return found


def work(clock: FixedClock) -> None:
    db.session.remove()  # see what requests have left
    drain(clock)


def issued(office: Office) -> list[api.Certificate]:
    db.session.remove()
    rows = api.certificates_of_programme(db.session(), programme_id=office.programme_id)
    db.session.expunge_all()
    return rows


def paper(row: api.Certificate) -> bytes:
    with storage().open(row.pdf_key) as file:
        return file.read()


def press(office: Office, browser: FlaskClient | None = None) -> TestResponse:
    """Agree to what the page before announces, if it announces anything."""
    admin = browser or office.admin
    told = admin.get(f"{office.page}/terbitkan").text
    return admin.post(f"{office.page}/terbitkan", data=dict(TOLD.findall(told)))


def order(office: Office, clock: FixedClock) -> list[api.Certificate]:
    assert press(office).status_code == 303
    work(clock)
    return issued(office)


def test_no_two_agencies_give_the_same_number(app: Flask, offices: list[Office], clock: FixedClock) -> None:
    numbers = [row.number for office in offices for row in order(office, clock)]
    assert len(numbers) == len(set(numbers)) == 8  # three teachers and a school in each


def test_an_agency_without_a_unit_code_issues_nothing_until_it_has_one(
    app: Flask, offices: list[Office], clock: FixedClock
) -> None:
    first, second = offices
    taken = people.get_agency(db.session(), second.agency_id).unit_code
    with write() as session:
        people.get_agency(session, first.agency_id).unit_code = ""
    refused = press(first)
    assert refused.status_code == 409
    assert "Kode unit kantor belum diisi" in refused.text
    assert "Tidak ada yang diubah" in refused.text
    work(clock)
    assert issued(first) == []
    assert [finding.mend for finding in _numbers()] == [f"Run: lms office unit-code {first.code} CODE"]

    def run(code: str) -> Any:
        db.session.remove()
        return app.test_cli_runner().invoke(app.cli, ["office", "unit-code", first.code, code])

    assert run(taken).exit_code == 1  # another agency's
    assert run("Z9.1").exit_code == 0
    assert list(_numbers()) == []
    assert {row.number for row in order(first, clock)} == {
        f"{number:04d}/Z9.1/GT.03.00/2020" for number in range(1, 5)
    }


@pytest.mark.parametrize("pattern", ["{seq:04d}/{year}", "{seq:04d}/{unit_code}"])
def test_a_pattern_whose_numbers_could_be_anothers_does_not_come_into_force(
    offices: list[Office], pattern: str
) -> None:
    typed = {"version": "1", "f-sertifikat-number_pattern": pattern}
    address = f"/program/{offices[0].programme_id}/naskah/sunting"
    answer = offices[0].admin.post(address, data=typed)
    assert answer.status_code == 422
    assert "harus memuat {" in answer.text
    fine = {**typed, "f-sertifikat-number_pattern": "{unit_code}-{year}-{seq}"}
    assert offices[0].admin.post(address, data=fine).status_code == 303


def test_a_name_is_corrected_although_the_rules_have_moved_on(
    app: Flask, offices: list[Office], clock: FixedClock
) -> None:
    office = offices[0]
    old = next(row for row in order(office, clock) if row.person_id == office.teachers[0])
    body = paper(old)
    harder = EASY.replace("final_minimum: 0", "final_minimum: 90").replace("Kebijakan SPMI", "Materi baru")
    harder = harder.replace("Kepala LPMP", "Kepala BPMP")
    with write() as session:
        programmes.apply_definition(
            session,
            programme_id=office.programme_id,
            definition=programmes.load_yaml(harder),
            version=1,
            actor_id=None,
            now=NOW,
            note="",
        )
        people.get_person(session, office.teachers[0]).full_name = "Nama Yang Benar"
    work(clock)
    address = f"/sertifikat/{old.id}/ubah"
    assert office.admin.post(address, data={"what": "replace", "reason": ""}).status_code == 422
    done = office.admin.post(address, data={"what": "replace", "reason": "Nama salah ketik"})
    assert done.status_code == 303
    work(clock)
    rows = {row.id: row for row in issued(office)}
    new = next(row for row in rows.values() if row.number == rows[old.id].replaced_by)
    assert new.snapshot["name"] == "Nama Yang Benar"
    assert new.snapshot["signer"]["position"] == "Kepala BPMP"  # who signs today
    kept = {"title", "activity", "sentence", "predicate", "structure", "jp_in", "jp_on", "lines"}
    assert {name: new.snapshot[name] for name in kept} == {name: old.snapshot[name] for name in kept}
    assert "Kebijakan SPMI" in str(new.snapshot["structure"])
    assert paper(rows[old.id]) == body  # the old paper is what it was
    assert f"{new.number}" in app.test_client().get(f"/v/{old.code}").text
    entry = db.session.scalars(
        select(AuditEntry).where(AuditEntry.action == "certificates.issue").order_by(AuditEntry.id.desc())
    ).first()
    assert entry.after == {"number": new.number, "facts_of": old.number}
    # who never had one does not get one this way
    work(clock)
    assert press(office).status_code == 409


def test_a_role_that_the_programme_does_not_certify_gets_no_certificate(
    offices: list[Office], clock: FixedClock
) -> None:
    office = offices[0]
    plain = EASY.replace("role: teacher", "role: teacher, certified: false")
    assert plain != EASY
    with write() as session:
        programmes.apply_definition(
            session,
            programme_id=office.programme_id,
            definition=programmes.load_yaml(plain),
            version=1,
            actor_id=None,
            now=NOW,
            note="",
        )
    work(clock)
    assert [(row.person_id, row.number[:4]) for row in order(office, clock)] == [(None, "0001")]  # the school
    counts = api.standing_counts(db.session(), programme_id=office.programme_id)
    assert counts == {api.Roster.BLOCKED: 0, api.Roster.READY: 0, api.Roster.ISSUED: 1}
    assert api.standings(db.session(), programme_id=office.programme_id, roster=api.Roster.READY) == []
    assert press(office).status_code == 409


def test_a_revoked_certificate_is_issued_again_once_to_who_is_ready(
    app: Flask, offices: list[Office], clock: FixedClock
) -> None:
    office = offices[0]
    old = next(row for row in order(office, clock) if row.person_id == office.teachers[0])
    address = f"/sertifikat/{old.id}/ubah"
    assert office.admin.post(address, data={"what": "again", "reason": "Belum dicabut"}).status_code == 409
    assert office.admin.post(address, data={"what": "revoke", "reason": "Salah orang"}).status_code == 303
    assert "Terbitkan lagi" in office.admin.get(address).text
    assert office.admin.post(address, data={"what": "again", "reason": " "}).status_code == 422
    assert (
        office.admin.post(address, data={"what": "again", "reason": "Pencabutan keliru"}).status_code == 303
    )
    work(clock)
    rows = {row.id: row for row in issued(office)}
    ended = rows.pop(old.id)
    (new,) = (row for row in rows.values() if row.person_id == office.teachers[0])
    assert (ended.state, ended.replaced_by, ended.end_reason) == (
        api.CertificateState.REVOKED,
        new.number,
        "Salah orang",
    )
    assert (new.state, new.revision) == (api.CertificateState.ISSUED, 1)
    public = app.test_client().get(f"/v/{old.code}").text
    assert "dicabut" in public
    assert new.number in public
    assert office.admin.post(address, data={"what": "again", "reason": "Lagi"}).status_code == 409
    counts = api.standing_counts(db.session(), programme_id=office.programme_id)
    assert counts[api.Roster.ISSUED] == 5  # three teachers and a school, and the number that was revoked


def test_a_revoked_certificate_is_not_issued_again_to_who_no_longer_meets_the_conditions(
    offices: list[Office], clock: FixedClock
) -> None:
    office = offices[0]
    old = next(row for row in order(office, clock) if row.person_id == office.teachers[0])
    with write() as session:
        programmes.apply_definition(
            session,
            programme_id=office.programme_id,
            version=1,
            actor_id=None,
            now=NOW,
            note="",
            definition=programmes.load_yaml(EASY.replace("final_minimum: 0", "final_minimum: 90")),
        )
    work(clock)
    address = f"/sertifikat/{old.id}/ubah"
    assert office.admin.post(address, data={"what": "revoke", "reason": "Bukti palsu"}).status_code == 303
    refused = office.admin.post(address, data={"what": "again", "reason": "Diminta"})
    assert refused.status_code == 409
    assert "belum memenuhi syarat" in refused.text
    assert [row.replaced_by for row in issued(office) if row.id == old.id] == [None]


def test_a_batch_goes_on_where_the_worker_was_killed_or_stopped(
    offices: list[Office], clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    office = offices[0]
    monkeypatch.setattr(batches, "SLICE", 1)
    real, calls = issuing.issue_one, iter(range(100))

    def killed_at_the_third(*arguments: Any, **named: Any) -> Any:
        made = real(*arguments, **named)
        if next(calls) == 2:
            raise SystemExit  # what a kill in the middle of a slice leaves: nothing of it
        return made

    monkeypatch.setattr(batches, "issue_one", killed_at_the_third)
    assert press(office).status_code == 303
    with pytest.raises(SystemExit):
        work(clock)
    db.session.remove()
    assert len(issued(office)) == 2
    assert office.admin.get(f"{office.page}/status").get_json() == {
        "done": False,
        "value": 2,
        "max": 4,
        "text": "2 / 4",
    }
    assert office.admin.post(f"{office.page}/hentikan").status_code == 303
    work(clock)
    assert len(issued(office)) == 2
    stopped = office.admin.get(office.page)
    assert "Lanjutkan" in stopped.text
    assert "2 / 4" in stopped.text
    assert office.admin.post(f"{office.page}/hentikan").status_code == 303
    work(clock)
    rows = issued(office)
    assert [row.seq for row in rows] == [1, 2, 3, 4]  # no twin, no gap
    assert all(storage().exists(row.pdf_key) for row in rows)
    assert office.admin.get(f"{office.page}/status").get_json()["text"] == "4 / 4"
    assert "Unduh semua" in office.admin.get(office.page).text


def test_what_failed_is_said_in_words_and_can_be_tried_again(
    offices: list[Office], clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    office, real = offices[0], issuing.issue_one
    calls = iter(range(100))

    def fails_at_the_second(*arguments: Any, **named: Any) -> Any:
        if next(calls) == 1:
            raise ZeroDivisionError("division by zero")
        return real(*arguments, **named)

    monkeypatch.setattr(batches, "issue_one", fails_at_the_second)
    assert len(order(office, clock)) == 3
    page = office.admin.get(office.page).text
    assert "Gagal terbit: 1" in page
    assert "gangguan di server" in page
    assert "division" not in page
    assert [row.seq for row in order(office, clock)] == [1, 2, 3, 4]
    assert "Gagal terbit" not in office.admin.get(office.page).text


def test_printing_goes_on_where_the_worker_was_killed(
    offices: list[Office], clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    office, real, calls = offices[0], printing.render, iter(range(100))

    def killed_at_the_third(*arguments: Any, **named: Any) -> bytes:
        if next(calls) == 2:
            raise SystemExit
        return real(*arguments, **named)

    monkeypatch.setattr(printing, "render", killed_at_the_third)
    assert press(office).status_code == 303
    with pytest.raises(SystemExit):
        work(clock)
    db.session.remove()
    assert office.admin.get(f"{office.page}/status").get_json() == {
        "done": False,
        "value": 2,
        "max": 4,
        "text": "2 / 4",
    }
    page = office.admin.get(office.page).text
    assert "PDF sedang dibuat" in page
    assert "Unduh semua" not in page
    work(clock)
    assert office.admin.get(f"{office.page}/status").get_json()["done"] is True
    assert len({row.pdf_key for row in issued(office)}) == 4


@pytest.mark.parametrize(
    ("answer", "said"), [(Localized(id="Sangat Baik", en="Very good"), "Sangat Baik"), (None, "")]
)
def test_a_module_says_the_qualification_of_a_school(
    app: Flask, offices: list[Office], clock: FixedClock, answer: Text | None, said: str
) -> None:
    with asked(app, lambda session, award: answer):
        schools = [row for row in order(offices[0], clock) if not row.enrolment_id]
    assert [row.snapshot["predicate"] for row in schools] == [said]
    if said:
        assert said in pdf_text(paper(schools[0]))


def test_a_qualification_that_fails_issues_nothing(
    app: Flask, offices: list[Office], clock: FixedClock
) -> None:
    with asked(app, lambda session, award: "Baik"):  # not a Text
        assert [row for row in order(offices[0], clock) if not row.enrolment_id] == []


@contextmanager
def asked(app: Flask, answer: Callable[[Any, Any], Any]) -> Iterator[None]:
    """A module that answers the hook, as long as this lasts."""
    module, manager = ModuleType("stranger_orchard"), platform(app).plugins.manager
    vars(module)["lms_school_predicate"] = hookimpl(lambda session, award: answer(session, award))
    manager.register(module, name="orchard")
    for caller in manager.get_hookcallers(module) or ():
        for implementation in caller.get_hookimpls():
            if implementation.plugin is module:
                hook_calls.guard(implementation)
    try:
        yield
    finally:
        manager.unregister(module)
