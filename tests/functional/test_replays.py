"""The same request twice is one effect and one answer, also when fifty arrive at once (requirements K4, R2)."""

import io
import re
import threading
import time
from collections import Counter
from collections.abc import Callable

import pytest
from flask import Flask
from imbas_demo import papers
from sqlalchemy import func, select

from lms.assessment import api as assessment
from lms.assessment.models import Attempt
from lms.certificates import api as certificates
from lms.certificates.models import Certificate, CertificateBatch
from lms.contract.actors import Role
from lms.contract.modules import Unit
from lms.evidence.models import Assignment, EvidenceFile, Review, Submission
from lms.evidence.rules import SubmissionStatus
from lms.people import api as people
from lms.platform.application import platform
from lms.platform.audit import AuditEntry, first_broken, seal
from lms.platform.db import db
from lms.platform.outbox import OutboxFact, drain
from lms.platform.transaction import write
from lms.programmes import api as programmes
from lms.programmes.models import AttendanceRecord, InServiceSession
from lms.testing.people import sign_in
from tests.inhabitants import CERTIFIED, TODAY, Province

MANY = 50
Answer = tuple[int, str, bytes]


def at_once(app: Flask, person_id: int, path: str, form: Callable[[int], dict[str, object]]) -> list[Answer]:
    """``MANY`` requests of one person in threads; their answers."""
    answers: list[Answer] = []
    failures: list[BaseException] = []
    browsers = [sign_in(app, person_id) for _number in range(MANY)]
    barrier = threading.Barrier(MANY)

    def press(number: int) -> None:
        try:
            with app.app_context():
                barrier.wait(60)
                answer = browsers[number].post(path, data=form(number))
                while answer.status_code == 503:  # too many files at once: a phone asks again, as it is told
                    time.sleep(float(answer.headers.get("Retry-After", 5)) / 10)
                    answer = browsers[number].post(path, data=form(number))
                answers.append((answer.status_code, answer.headers.get("Location", ""), answer.get_data()))
                db.session.remove()
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=press, args=(number,)) for number in range(MANY)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures, failures[0]
    db.session.rollback()
    return answers


def count(model: type, *where: object) -> int:
    return db.session.scalar(select(func.count()).select_from(model).where(*where)) or 0  # type: ignore[arg-type]


def facts(name: str) -> int:
    return count(OutboxFact, OutboxFact.type == name)


def same(answers: list[Answer]) -> Answer:
    assert len(set(answers)) == 1, Counter(answer[:2] for answer in answers)
    return answers[0]


def submission_of(province: Province, status: SubmissionStatus, unit: Unit = Unit.TEACHER) -> Submission:
    found = db.session.scalar(
        select(Submission)
        .join(Assignment, Assignment.id == Submission.due_id)
        .where(
            Submission.school_id == province.own.school.id,
            Submission.status == status,
            Assignment.unit == unit,
        )
        .order_by(Submission.id)
    )
    assert found is not None
    db.session.rollback()
    return found


@pytest.mark.modules
@pytest.mark.slow
def test_starting_and_handing_in_a_quiz(site_both: Flask, province_both: Province) -> None:
    teacher = province_both.own.people[Role.TEACHER]
    enrolment = programmes.enrolment_of(db.session(), teacher, now=TODAY)
    assert enrolment is not None
    taken = select(Attempt.quiz_id).where(Attempt.enrolment_id == enrolment.id)
    stages = [stage.id for stage in programmes.stages_of(db.session(), enrolment.programme_id)]
    open_ones = [
        quiz
        for quiz in assessment.quizzes_of(db.session(), stages)
        if quiz.id not in set(db.session.scalars(taken))
    ]
    quiz = open_ones[-1]
    quiz_id, moment = quiz.id, quiz.opens_at
    platform(site_both).clock.set(moment)
    enrolment_id = enrolment.id
    db.session.rollback()
    status, location, _body = same(
        at_once(site_both, teacher, f"/kuis/{quiz_id}/mulai", lambda number: {"_key": f"k{number}"})
    )
    assert status == 303
    assert count(Attempt, Attempt.quiz_id == quiz_id, Attempt.enrolment_id == enrolment_id) == 1
    attempt_id = int(location.split("/")[3])
    before = facts("assessment.attempt_submitted.v1")
    path = f"/kuis/kerja/{attempt_id}/kumpulkan"
    assert same(at_once(site_both, teacher, path, lambda _number: {"_key": "once"}))[0] == 303
    assert same(at_once(site_both, teacher, path, lambda number: {"_key": f"s{number}"}))[0] == 303
    assert facts("assessment.attempt_submitted.v1") == before + 1


@pytest.mark.slow
def test_uploading_and_handing_in_evidence(site_both: Flask, province_both: Province) -> None:
    headmaster = province_both.own.people[Role.HEADMASTER]
    school_id = province_both.own.school.id
    taken = select(Submission.due_id).where(Submission.school_id == school_id)
    due_id = db.session.scalar(
        select(Assignment.id)
        .where(Assignment.unit == Unit.SCHOOL, Assignment.id.not_in(taken))
        .order_by(Assignment.id)
    )
    db.session.rollback()
    opened = same(
        at_once(
            site_both, headmaster, f"/bukti/buka/{due_id}/{school_id}", lambda number: {"_key": f"o{number}"}
        )
    )
    assert opened[0] == 303
    path = opened[1]
    assert count(Submission, Submission.due_id == due_id, Submission.school_id == school_id) == 1
    body = papers.document("Bukti", "sekali saja")
    before = count(EvidenceFile)

    def upload(number: int, key: str) -> dict[str, object]:
        return {"_key": key or f"u{number}", "note": "x", "file": (io.BytesIO(body), "bukti.pdf")}

    assert same(at_once(site_both, headmaster, path, lambda number: upload(number, "once")))[0] == 303
    assert count(EvidenceFile) == before + 1
    assert same(at_once(site_both, headmaster, path, lambda number: upload(number, "")))[0] == 303
    assert count(EvidenceFile) == before + 1
    handed = facts("evidence.handed_in.v1")
    answers = at_once(site_both, headmaster, f"{path}/ajukan", lambda number: {"_key": f"h{number}"})
    assert {answer[0] for answer in answers} == {303}
    assert facts("evidence.handed_in.v1") == handed + 1


@pytest.mark.slow
def test_grading_evidence(site_both: Flask, province_both: Province) -> None:
    grader = province_both.own.people[Role.GRADER]
    waiting = submission_of(province_both, SubmissionStatus.SUBMITTED, Unit.SCHOOL)
    submission_id, version = waiting.id, waiting.version
    form = {
        "version": str(version),
        "decision": "needs_revision",
        "reason": "incomplete",
        "comment": "Mohon dilengkapi.",
        **criteria(site_both, submission_id, grader),
    }
    before, graded = count(Review), facts("evidence.graded.v1")
    path = f"/nilai/{submission_id}"
    answers = at_once(site_both, grader, path, lambda _number: {**form, "_key": "once"})
    assert same(answers)[0] == 303
    assert count(Review) == before + 1
    answers = at_once(site_both, grader, path, lambda number: {**form, "_key": f"g{number}"})
    assert {answer[0] for answer in answers} == {409}
    assert count(Review) == before + 1
    assert facts("evidence.graded.v1") == graded + 1
    with write() as session:
        assert seal(session)
    assert first_broken(db.session()) is None


def criteria(app: Flask, submission_id: int, grader: int) -> dict[str, object]:
    """Every criterion of the desk at its first choice, as the page offers them."""
    page = sign_in(app, grader).get(f"/nilai/{submission_id}").get_data(as_text=True)
    found: dict[str, object] = {}
    for tag in re.findall(r"<(?:input|select|textarea)[^>]*>", page):
        name, value = re.search(r'name="(crit-[^"]+)"', tag), re.search(r'value="([^"]*)"', tag)
        if name and 'type="checkbox"' not in tag:
            found.setdefault(name[1], value[1] if value and value[1] else "1")
    return found


@pytest.mark.slow
def test_recording_attendance(site_both: Flask, province_both: Province) -> None:
    facilitator = province_both.own.people[Role.FACILITATOR]
    listed = select(AttendanceRecord.session_id)
    session_id = db.session.scalar(
        select(InServiceSession.id)
        .where(InServiceSession.id.not_in(listed), InServiceSession.starts_at < platform(site_both).clock())
        .order_by(InServiceSession.id)
    )
    enrolment = programmes.enrolment_of(db.session(), province_both.own.people[Role.TEACHER], now=TODAY)
    assert enrolment is not None
    enrolment_id = enrolment.id
    db.session.rollback()
    form = {f"s-{enrolment_id}": "present", f"m-{enrolment_id}": "100", f"was-{enrolment_id}": ""}
    before = facts("programmes.attendance_recorded.v1")
    answers = at_once(site_both, facilitator, f"/sesi/{session_id}", lambda _number: {**form, "_key": "once"})
    assert same(answers)[0] == 303
    assert count(AttendanceRecord, AttendanceRecord.session_id == session_id) == 1
    assert facts("programmes.attendance_recorded.v1") == before + 1


@pytest.mark.slow
def test_issuing_certificates(site_both: Flask, province_both: Province) -> None:
    """Fifty orders are one batch; the numbers have neither twin nor gap (requirement K18)."""
    admin, programme_id = province_both.own.people[Role.ADMIN], province_both.own.programme_id
    before = count(CertificateBatch)
    platform(site_both).clock.set(CERTIFIED)
    told = certificates.forecast(db.session(), programme_id=programme_id, now=CERTIFIED)
    answers = at_once(
        site_both,
        admin,
        f"/sertifikat/program/{programme_id}/terbitkan",
        lambda number: {"_key": f"c{number}", "count": str(told.count), "first": told.first},
    )
    assert {answer[0] for answer in answers} <= {303, 409}
    assert count(CertificateBatch) <= before + 1
    drain(platform(site_both).clock)
    numbers = sorted(
        db.session.scalars(
            select(Certificate.seq).where(Certificate.agency_id == province_both.own.agency_id)
        )
    )
    assert numbers == list(range(1, len(numbers) + 1))
    row = db.session.scalars(select(Certificate).where(Certificate.programme_id == programme_id)).first()
    assert row is not None
    certificate_id, total = row.id, count(Certificate)
    db.session.rollback()
    form = {"what": "revoke", "reason": "Terbit untuk orang lain"}
    answers = at_once(
        site_both, admin, f"/sertifikat/{certificate_id}/ubah", lambda number: {**form, "_key": f"r{number}"}
    )
    assert sorted(answer[0] for answer in answers) == [303] + [409] * (MANY - 1)
    assert count(Certificate) == total
    assert count(AuditEntry, AuditEntry.action == "certificates.revoke") == 1


def test_the_same_key_with_another_body_is_refused(site: Flask, province: Province) -> None:
    browser = sign_in(site, province.own.people[Role.TEACHER])
    first = {"locale": "en", "timezone": "Asia/Jakarta", "phone": "0811000000", "_key": "k1"}
    assert browser.post("/akun/saya", data=first).status_code == 303
    again = browser.post("/akun/saya", data=first)
    assert (again.status_code, again.headers["Idempotent-Replay"]) == (303, "true")
    assert browser.post("/akun/saya", data={**first, "phone": "0811999999"}).status_code == 409
    other = sign_in(site, province.own.people[Role.HEADMASTER])  # keys are a person's own
    assert other.post("/akun/saya", data={**first, "phone": "0811999999"}).status_code == 303


@pytest.mark.modules
def test_a_replayed_long_answer_is_never_half_of_it(site: Flask, province: Province) -> None:
    """A body too long to keep is not kept at all: the work, which changes nothing, is done again."""
    browser = sign_in(site, province.own.people[Role.TEACHER])
    with write() as session:
        for number in range(300):
            people.edit_profile(
                session,
                locale="id",
                timezone="Asia/Jakarta",
                phone=f"08{number:09d}",
                actor=people.actor_of(session, province.own.people[Role.TEACHER], platform(site).clock()),
                now=platform(site).clock(),
            )
    first = browser.post("/akun/saya/unduh", data={"_key": "copy"})
    assert len(first.get_data()) > 66_000
    second = browser.post("/akun/saya/unduh", data={"_key": "copy"})
    assert second.status_code == 200
    assert len(second.get_json()["history"]) >= 300


def test_the_trail_grew_with_the_effects_only(site: Flask, province: Province) -> None:
    browser = sign_in(site, province.own.people[Role.OPERATOR])
    path = f"/akun/{province.own.school.id}/{province.own.school.teachers[1]}/sandi"
    before = count(AuditEntry)
    for _ in range(5):
        assert browser.post(path, data={"_key": "reset"}).status_code == 303
    db.session.rollback()
    assert count(AuditEntry) == before + 1
