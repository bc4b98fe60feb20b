"""After a cut the admin gives a participant time or an attempt more; exactly that, once, with its reason (K3)."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from lms.assessment import api as assessment
from lms.assessment.models import Attempt, AttemptState, ExtraAttempt, Quiz
from lms.assessment.submitting import submit_attempt
from lms.contract.actors import Role
from lms.people.directory.models import Person
from lms.platform.application import platform
from lms.platform.audit import AuditEntry
from lms.platform.db import db
from lms.platform.transaction import write
from lms.programmes.models import Enrolment
from lms.testing.clock import FixedClock
from lms.testing.people import sign_in
from tests.inhabitants import TODAY, Province

pytestmark = pytest.mark.modules
WHY = "Listrik padam di sekolah pukul 10.15"


@pytest.fixture
def quiz(site_both: Flask, province_both: Province, clock: FixedClock) -> int:
    """A quiz that is open today, and that the first participant has used up."""
    clock.set(TODAY)
    platform(site_both).clock = clock
    with write() as session:
        attempt = session.scalars(
            select(Attempt).where(Attempt.person_id == province_both.own.participants[0])
        ).first()
        assert attempt
        row = session.get_one(Quiz, attempt.quiz_id)
        row.attempts, row.due_at = 1, TODAY + timedelta(days=2)
        attempt.state = AttemptState.SCORED
        found = row.id
    db.session.remove()
    return found


def own_enrolment(province: Province) -> Enrolment:
    return db.session.scalars(
        select(Enrolment).where(Enrolment.person_id == province.own.participants[0])
    ).one()


def newest(quiz_id: int, enrolment_id: int) -> Attempt:
    db.session.remove()
    return db.session.scalars(
        select(Attempt)
        .where(Attempt.quiz_id == quiz_id, Attempt.enrolment_id == enrolment_id)
        .order_by(Attempt.no.desc())
    ).first()  # type: ignore[return-value]


def test_an_attempt_more_and_then_more_time(site_both: Flask, province_both: Province, quiz: int) -> None:
    own = province_both.own
    admin, teacher = sign_in(site_both, own.people[Role.ADMIN]), sign_in(site_both, own.participants[0])
    enrolment_id = own_enrolment(province_both).id
    name = db.session.get_one(Person, own.participants[0]).full_name
    assert "Mulai kuis" not in teacher.get(f"/kuis/{quiz}").get_data(as_text=True)

    base = f"/kuis/bantuan/{own.programme_id}"
    found = admin.get(base, query_string={"cari": name.split()[0].lower()}).get_data(as_text=True)
    assert f'href="{base}/{enrolment_id}"' in found
    offered = admin.get(f"{base}/{enrolment_id}").get_data(as_text=True)
    assert "Beri satu kesempatan lagi" in offered
    assert "sudah dapat membaca pembahasan" in offered

    mute = admin.post(f"{base}/{enrolment_id}/kesempatan", data={"quiz": quiz, "reason": " "})
    assert mute.status_code == 422
    assert "Tulis alasannya" in mute.get_data(as_text=True)
    form = {"quiz": quiz, "reason": WHY, "_key": "one-more"}
    for _twice in range(2):  # a second press of the same form is the first
        assert admin.post(f"{base}/{enrolment_id}/kesempatan", data=form).status_code == 303
    db.session.remove()
    assert len(db.session.scalars(select(ExtraAttempt)).all()) == 1
    again = admin.post(f"{base}/{enrolment_id}/kesempatan", data={"quiz": quiz, "reason": WHY})
    assert again.status_code == 409
    assert "masih punya kesempatan" in again.get_data(as_text=True)

    assert "Mulai kuis" in teacher.get(f"/kuis/{quiz}").get_data(as_text=True)
    assert teacher.post(f"/kuis/{quiz}/mulai").status_code == 303
    assert f'href="{base}/{enrolment_id}"' in admin.get(base).get_data(as_text=True), "is at work now"
    attempt = newest(quiz, enrolment_id)
    attempt_id, deadline = attempt.id, attempt.deadline_at
    assert attempt.no == 2

    for minutes in ("0", "241", "banyak"):
        refused = admin.post(
            f"{base}/{enrolment_id}/waktu", data={"attempt": attempt_id, "minutes": minutes, "reason": WHY}
        )
        assert refused.status_code == 422
        assert "Tulis 1 sampai 240 menit" in refused.get_data(as_text=True)
    for minutes in ("15", "7"):
        given = {"attempt": attempt_id, "minutes": minutes, "reason": WHY}
        assert admin.post(f"{base}/{enrolment_id}/waktu", data=given).status_code == 303
    assert newest(quiz, enrolment_id).deadline_at == deadline + timedelta(minutes=22)
    at_work = admin.post(f"{base}/{enrolment_id}/kesempatan", data={"quiz": quiz, "reason": WHY})
    assert at_work.status_code == 409
    assert "sedang mengerjakan" in at_work.get_data(as_text=True)
    with write() as session:  # the clock had looked at the list of late ones before the minutes were given
        submit_attempt(session, attempt_id=attempt_id, now=deadline + timedelta(minutes=21), by_time=True)
    assert newest(quiz, enrolment_id).state == AttemptState.IN_PROGRESS
    with write() as session:
        submit_attempt(session, attempt_id=attempt_id, now=deadline + timedelta(minutes=23), by_time=True)
        assert session.get_one(Attempt, attempt_id).state == AttemptState.SUBMITTED
    entries = db.session.scalars(
        select(AuditEntry).where(AuditEntry.action.in_(["assessment.extend", "assessment.extra_attempt"]))
    ).all()
    assert [entry.reason for entry in entries] == [WHY] * 3
    assert {entry.concerns for entry in entries} == {own.participants[0]}
    assert {"enrolment": enrolment_id, "explanations_were_open": True} in [entry.after for entry in entries]
    mine = teacher.get("/akun/saya").get_data(as_text=True)
    assert "Kesempatan kuis ditambah" in mine
    assert WHY in mine


def test_time_after_the_end_counts_from_now(
    site_both: Flask, province_both: Province, quiz: int, clock: FixedClock
) -> None:
    enrolment = own_enrolment(province_both)
    with write() as session:
        session.get_one(Quiz, quiz).attempts = 2
        attempt_id = assessment.start_attempt(session, quiz_id=quiz, enrolment=enrolment, now=clock())
    clock.forward(days=1)
    admin = province_both.own.people[Role.ADMIN]
    with write() as session:
        assessment.extend_attempt(
            session,
            attempt_id=attempt_id,
            enrolment=enrolment,
            minutes=30,
            reason=WHY,
            actor_id=admin,
            now=clock(),
        )
    assert newest(quiz, enrolment.id).deadline_at == clock() + timedelta(minutes=30)


def test_what_is_over_or_elsewhere_is_refused(
    site_both: Flask, province_both: Province, quiz: int, clock: FixedClock
) -> None:
    own, other = province_both.own, province_both.other
    admin = sign_in(site_both, own.people[Role.ADMIN])
    enrolment_id = own_enrolment(province_both).id
    base = f"/kuis/bantuan/{own.programme_id}"
    scored = newest(quiz, enrolment_id).id
    late = admin.post(f"{base}/{enrolment_id}/waktu", data={"attempt": scored, "minutes": "5", "reason": WHY})
    assert late.status_code == 409
    assert "sudah dikumpulkan" in late.get_data(as_text=True)
    of_other = db.session.scalars(
        select(Attempt.id).where(Attempt.person_id == other.participants[0])
    ).first()
    mixed = admin.post(
        f"{base}/{enrolment_id}/waktu", data={"attempt": of_other, "minutes": "5", "reason": WHY}
    )
    assert mixed.status_code == 409
    assert admin.get(f"{base}/999999").status_code == 404
    clock.forward(days=3)
    closed = admin.post(f"{base}/{enrolment_id}/kesempatan", data={"quiz": quiz, "reason": WHY})
    assert closed.status_code == 409
    assert "Geser dulu batas waktunya" in closed.get_data(as_text=True)
    assert "Tidak ada peserta dengan nama itu" in admin.get(f"{base}?cari=zzzz").get_data(as_text=True)
