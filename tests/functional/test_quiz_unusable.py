"""A quiz whose plugin is gone, or whose question is broken: no clock runs, nothing is handed in or lost."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update

from lms.assessment import api
from lms.assessment.models import Attempt, AttemptState, Item, Quiz
from lms.contract.actors import Role
from lms.platform.application import platform
from lms.platform.db import db
from lms.platform.transaction import write
from lms.programmes import api as programmes
from lms.testing.people import sign_in
from tests.inhabitants import TODAY, Province

pytestmark = pytest.mark.modules
GONE = "modul yang sedang tidak terpasang"


@pytest.fixture
def quiz_id(site_both: Flask, province_both: Province) -> int:
    """A quiz that the teacher has not begun, on its first day."""
    teacher = province_both.own.people[Role.TEACHER]
    enrolment = programmes.enrolment_of(db.session(), teacher, now=TODAY)
    assert enrolment is not None
    taken = select(Attempt.quiz_id).where(Attempt.enrolment_id == enrolment.id)
    stages = [stage.id for stage in programmes.stages_of(db.session(), enrolment.programme_id)]
    fresh = select(Quiz).where(Quiz.id.not_in(taken), Quiz.stage_id.in_(stages)).order_by(Quiz.id.desc())
    quiz = db.session.scalars(fresh).first()
    assert quiz is not None
    platform(site_both).clock.set(quiz.opens_at)
    found = quiz.id
    db.session.remove()
    return found


@pytest.fixture
def uninstall(site_both: Flask, quiz_id: int) -> Callable[[], Callable[[], None]]:
    """Take the kinds of the quiz's questions away, as an uninstalled plugin does; returns how to bring them back."""

    def take() -> Callable[[], None]:
        whole = platform(site_both).plugins
        rest = replace(whole.registry, item_types={})
        platform(site_both).plugins = replace(whole, registry=rest)

        def back() -> None:
            platform(site_both).plugins = whole

        return back

    return take


def attempts(quiz_id: int, person: int) -> list[tuple[int, str]]:
    db.session.remove()
    rows = db.session.execute(
        select(Attempt.id, Attempt.state).where(Attempt.quiz_id == quiz_id, Attempt.person_id == person)
    )
    found = [(row.id, row.state) for row in rows]
    db.session.remove()
    return found


def test_it_cannot_be_started_and_the_page_says_why(
    site_both: Flask, province_both: Province, quiz_id: int, uninstall: Callable[[], Callable[[], None]]
) -> None:
    person = province_both.own.people[Role.TEACHER]
    teacher = sign_in(site_both, person)
    uninstall()
    page = teacher.get(f"/kuis/{quiz_id}")
    assert page.status_code == 200
    assert GONE in page.text
    assert "Mulai kuis" not in page.text
    refused = teacher.post(f"/kuis/{quiz_id}/mulai")
    assert refused.status_code == 409
    assert GONE in refused.text
    assert attempts(quiz_id, person) == []


def test_a_running_attempt_keeps_its_answers_and_is_not_handed_in(
    site_both: Flask, province_both: Province, quiz_id: int, uninstall: Callable[[], Callable[[], None]]
) -> None:
    person, clock = province_both.own.people[Role.TEACHER], platform(site_both).clock
    teacher = sign_in(site_both, person)
    work = teacher.post(f"/kuis/{quiz_id}/mulai").headers["Location"]
    ((attempt_id, _state),) = attempts(quiz_id, person)
    back = uninstall()
    for path in (work, f"/kuis/kerja/{attempt_id}/periksa"):
        page = teacher.get(path)
        assert page.status_code == 409
        assert GONE in page.text
    clock.set(clock() + timedelta(hours=5))
    assert GONE in teacher.get(work).text
    with write() as session:
        api.hand_in_late_attempts(session, clock())
    assert attempts(quiz_id, person) == [(attempt_id, AttemptState.IN_PROGRESS)]
    back()
    with write() as session:
        api.hand_in_late_attempts(session, clock())
    assert attempts(quiz_id, person) == [(attempt_id, AttemptState.SUBMITTED)]


def test_a_stored_question_of_the_wrong_shape_is_a_sentence(
    site_both: Flask, province_both: Province, quiz_id: int
) -> None:
    with write() as session:
        session.execute(
            update(Item).where(Item.quiz_id == quiz_id).values(body={"stem": "Apa?", "stimulus": ["x"]})
        )
    teacher = sign_in(site_both, province_both.own.people[Role.TEACHER])
    assert "Ada soal kuis ini yang rusak" in teacher.get(f"/kuis/{quiz_id}").text
    refused = teacher.post(f"/kuis/{quiz_id}/mulai")
    assert refused.status_code == 409
    assert "rusak" in refused.text


def test_an_answer_that_is_refused_stays_on_the_page(
    site_both: Flask, province_both: Province, quiz_id: int
) -> None:
    with write() as session:
        session.execute(
            update(Item).where(Item.quiz_id == quiz_id).values(type="short_answer", body={"stem": "Apa?"})
        )
    teacher = sign_in(site_both, province_both.own.people[Role.TEACHER])
    work = teacher.post(f"/kuis/{quiz_id}/mulai").headers["Location"]
    long = "panjang " * 30
    refused = teacher.post(work, data={"q1": long, "go": "2"})
    assert refused.status_code == 422
    assert "terlalu panjang" in refused.text
    assert long.strip() in refused.text
    assert "Berikutnya" in refused.text
