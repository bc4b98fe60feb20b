"""Kill pages, worker, broker and database while quizzes are handed in: nothing that was acknowledged is lost."""

import http.client
import re
import threading
import time
from collections import Counter
from datetime import UTC, datetime
from random import Random

import pytest
from imbas_demo.answers import fields_for
from imbas_demo.habits import luck
from sqlalchemy import func, select

from lms.assessment import api as assessment
from lms.assessment.models import AnswerScore
from lms.platform import outbox
from lms.platform.db import db
from lms.platform.outbox import OutboxFact
from lms.platform.transaction import write
from lms.programmes import api as programmes
from lms.testing.people import sign_in
from tests.faults.conftest import Site, enrolled

pytestmark = pytest.mark.slow
TEACHERS = 24


def test_no_acknowledged_hand_in_is_lost_or_scored_twice(site: Site) -> None:
    sittings = [_sitting(site, person, enrolment) for person, enrolment in enrolled(site.app, TEACHERS)]
    acknowledged: dict[int, str] = {}
    stopped = threading.Event()

    def cut() -> None:
        rng = Random(7)
        while not stopped.is_set():
            name = rng.choice(["worker", "worker", "web", *site.servers])
            site.kill(name)
            time.sleep(rng.uniform(0.05, 0.4))
            site.start(name)
            if name == "web" and rng.random() < 0.8:  # a slow machine needs its time; sometimes it gets none
                site.wait_for_pages()
            stopped.wait(rng.uniform(1.0, 2.5))

    saboteur = threading.Thread(target=cut)
    saboteur.start()
    try:
        for attempt_id, cookie in sittings:
            acknowledged[attempt_id] = _hand_in(site, attempt_id, cookie)
    finally:
        stopped.set()
        saboteur.join()
    _wait_until_scored(site)
    with site.app.app_context():
        session = db.session()
        states = {attempt.id: attempt for attempt in session.scalars(select(assessment.Attempt))}
        assert {attempt_id: states[attempt_id].receipt for attempt_id in acknowledged} == acknowledged
        assert all(state.state is assessment.AttemptState.AWAITING_MARK for state in states.values())
        items = len(assessment.quiz_items(session, next(iter(states.values())).quiz_id))
        assert session.scalar(select(func.count()).select_from(AnswerScore)) == items * TEACHERS
        said = session.scalars(select(OutboxFact.payload).where(OutboxFact.type == assessment.SCORED)).all()
        assert Counter(fact["attempt_id"] for fact in said) == dict.fromkeys(acknowledged, 1)
        assert outbox.backlog(session).parked == 0
        db.session.remove()


def test_a_hand_in_is_scored_within_two_seconds_and_soon_without_a_broker(site: Site) -> None:
    people = enrolled(site.app, 2)
    quick, slow = (_sitting(site, person, enrolment) for person, enrolment in people)
    _wait_for_worker(site)
    _hand_in(site, *quick)
    began = time.monotonic()
    _wait_until_scored(site, 1)
    assert time.monotonic() - began < 2
    site.kill("broker")
    _hand_in(site, *slow)  # answered at once, broker or not
    site.start("broker")
    _wait_until_scored(site, 2)


def _sitting(site: Site, person_id: int, enrolment_id: int) -> tuple[int, str]:
    """An attempt with every item answered, and the cookie of the person's phone."""
    now = datetime.now(UTC)
    with site.app.app_context():
        with write() as session:
            enrolment = programmes.get_enrolment(session, enrolment_id)
            stage = programmes.stages_of(session, enrolment.programme_id)[0]
            quiz_id = assessment.quizzes_of(session, [stage.id])[0].id
            attempt_id = assessment.start_attempt(session, quiz_id=quiz_id, enrolment=enrolment, now=now)
            given = {
                item.position: fields_for(item, True, luck(item.key))
                for item in assessment.quiz_items(session, quiz_id)
            }
            assessment.save_answers(session, attempt_id=attempt_id, given=given, doubtful={}, now=now)
        db.session.remove()
    cookie = sign_in(site.app, person_id).get_cookie("imbas")
    assert cookie is not None
    return attempt_id, f"imbas={cookie.value}"


def _hand_in(site: Site, attempt_id: int, cookie: str) -> str:
    """Press the button as often as a person would, until the server has answered; the receipt."""
    check, submit = f"/kuis/kerja/{attempt_id}/periksa", f"/kuis/kerja/{attempt_id}/kumpulkan"
    end = time.monotonic() + 180
    while time.monotonic() < end:
        try:
            status, page, fresh = _ask(site, "GET", check, cookie)
            if status == 303:  # handed in already: an earlier answer was lost on the way
                return _receipt(site, attempt_id)
            token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
            key = re.search(r'name="_key"[^>]*value="([^"]+)"', page)
            assert status == 200, page[:500]
            assert token
            assert key
            body = f"csrf_token={token.group(1)}&_key={key.group(1)}"
            status, _page, _cookie = _ask(site, "POST", submit, fresh or cookie, body)
            assert status == 303, _page[:500]
            return _receipt(site, attempt_id)
        except (OSError, http.client.HTTPException):
            time.sleep(0.1)
    raise AssertionError("the pages did not come back")


def _ask(site: Site, method: str, path: str, cookie: str, body: str = "") -> tuple[int, str, str]:
    connection = http.client.HTTPConnection("127.0.0.1", site.port, timeout=10)
    headers = {"Cookie": cookie, "Accept": "text/html"}
    if body:
        headers["Content-Type"] = "application/x-www-form-urlencoded"
    try:
        connection.request(method, path, body=body or None, headers=headers)
        answer = connection.getresponse()
        fresh = (answer.getheader("Set-Cookie") or "").split(";")[0]
        return answer.status, answer.read().decode(), fresh if fresh.startswith("imbas=") else ""
    finally:
        connection.close()


def _receipt(site: Site, attempt_id: int) -> str:
    with site.app.app_context():
        receipt = db.session.get_one(assessment.Attempt, attempt_id).receipt
        db.session.remove()
    assert receipt
    return receipt


def _wait_until_scored(site: Site, count: int = TEACHERS) -> None:
    end = time.monotonic() + 90
    while time.monotonic() < end:
        with site.app.app_context():
            waiting = assessment.AttemptState.AWAITING_MARK
            done = db.session.scalar(
                select(func.count())
                .select_from(assessment.Attempt)
                .where(assessment.Attempt.state == waiting)
            )
            db.session.remove()
        if done == count:
            return
        time.sleep(0.05)
    raise AssertionError((site.folder / "worker.log").read_text()[-3000:])


def _wait_for_worker(site: Site) -> None:
    """The first sweep says that the worker is up."""
    from lms.platform.worker import last_seen

    end = time.monotonic() + 60
    while time.monotonic() < end:
        with site.app.app_context():
            seen = last_seen(db.session())
            db.session.remove()
        if seen:
            return
        time.sleep(0.1)
    raise AssertionError((site.folder / "worker.log").read_text()[-3000:])
