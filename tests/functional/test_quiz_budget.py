"""What each step of a quiz asks of the database. A step that grows must say why, here."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from flask import Flask
from flask.testing import FlaskClient
from imbas_demo.answers import fields_for
from imbas_demo.cast import PASSWORD
from imbas_demo.habits import luck
from imbas_demo.province import populate
from imbas_demo.story import STORY_MIDDLE
from sqlalchemy import event, select

from lms.assessment import api as assessment
from lms.completion import api as completion
from lms.completion.models import CompletionState
from lms.people.auth.models import Account
from lms.platform.db import db
from lms.platform.transaction import write
from lms.programmes.models import Enrolment
from lms.testing.clock import FixedClock
from lms.testing.fixtures import run_worker

BUDGET = {
    "sign-in page": 0,
    "sign in": 8,
    "home": 17,
    "module": 7,  # whether its programme is closed, where nothing is marked as read
    "intro": 6,
    "start": 10,
    "first question": 4,
    "save": 4,
    "check": 4,
    "hand in": 7,
    "receipt": 4,
    "is it scored?": 3,
    "score": 23,  # which materials must be read, and what of them was
    "result": 7,
}
"""Statements, without BEGIN and SAVEPOINT; of the worker's only what it reads, since it writes what has changed."""


@pytest.fixture
def province(app: Flask, clock: FixedClock) -> Flask:
    """Six schools of twenty people and the six of the story, in the middle of stage 2."""
    clock.moment = STORY_MIDDLE
    populate(app, schools=6, say=lambda _line: None)
    return app


@pytest.mark.modules
def test_no_step_of_a_quiz_asks_more_of_the_database(province: Flask, client: FlaskClient) -> None:
    used: dict[str, int] = {}
    quiz = db.session.scalars(
        select(assessment.Quiz).where(assessment.Quiz.key == "program_unggulan.quiz")
    ).one()
    username = db.session.scalars(
        select(Account.username)
        .join(Enrolment, Enrolment.person_id == Account.person_id)
        .where(Account.username.like("s0001.guru%"))
        .where(
            ~select(assessment.Attempt.id)
            .where(assessment.Attempt.enrolment_id == Enrolment.id, assessment.Attempt.quiz_id == quiz.id)
            .exists()
        )
        .limit(1)
    ).one()
    items, quiz_id = assessment.quiz_items(db.session(), quiz.id), quiz.id
    answers = {
        f"q{item.position}-{name}".rstrip("-"): value
        for item in items[:5]
        for name, value in fields_for(item, True, luck("budget", item.key)).items()
    }
    _visit(client, "s0002.guru1", quiz_id, answers, {})  # what a process reads once, it has read now
    _visit(client, username, quiz_id, answers, used)
    held = 1 if db.engine.dialect.name == "postgresql" else 0  # the school's lock; SQLite has one writer
    assert used == BUDGET | {"score": BUDGET["score"] + held}


@pytest.mark.modules
def test_people_evaluated_alone_stand_where_their_school_would_put_them(province: Flask) -> None:
    people = list(db.session.scalars(select(Enrolment).order_by(Enrolment.id)))
    programme_id, chosen = people[0].programme_id, [row.id for row in people[::9]]
    with write() as session:
        completion.recompute(session, programme_id=programme_id, now=STORY_MIDDLE)
        for state in session.scalars(select(CompletionState)):
            if state.enrolment_id in chosen:
                state.met, state.reasons = not state.met, []
        session.flush()
        repaired = completion.recompute_people(
            session, programme_id=programme_id, enrolment_ids=chosen, now=STORY_MIDDLE
        )
        whole = completion.recompute(session, programme_id=programme_id, now=STORY_MIDDLE)
    assert repaired > len(chosen)
    assert whole == 0


def _visit(
    client: FlaskClient, username: str, quiz_id: int, answers: dict[str, list[str]], used: dict[str, int]
) -> None:
    client.delete_cookie("imbas")
    with _counted(used, "sign-in page"):
        client.get("/masuk")
    with _counted(used, "sign in"):
        client.post("/masuk", data={"username": username, "password": PASSWORD})
    with _counted(used, "home"):
        home = client.get("/").text
    with _counted(used, "module"):
        client.get(re.findall(r'href="(/materi/\d+)"', home)[0])
    with _counted(used, "intro"):
        client.get(f"/kuis/{quiz_id}")
    with _counted(used, "start"):
        first = client.post(f"/kuis/{quiz_id}/mulai", data={"_key": f"start-{username}"}).headers["Location"]
    with _counted(used, "first question"):
        client.get(first)
    attempt = first.rsplit("/", 1)[0]
    with _counted(used, "save"):
        assert client.post(f"{attempt}/jawaban", data=answers).status_code == 200
    with _counted(used, "check"):
        client.get(f"{attempt}/periksa")
    with _counted(used, "hand in"):
        result = client.post(f"{attempt}/kumpulkan", data={"_key": "hand-in"}).headers["Location"]
    with _counted(used, "receipt"):
        assert "data-poll" in client.get(result).text
    with _counted(used, "is it scored?"):
        client.get(f"{attempt}/status")
    with _counted(used, "score", of="SELECT"):
        assert run_worker(client.application) == 2
    with _counted(used, "result"):
        assert "figure num" in client.get(result).text


@contextmanager
def _counted(used: dict[str, int], step: str, of: str = "SELECT|INSERT|UPDATE|DELETE") -> Iterator[None]:
    seen: list[str] = []

    def note(_connection, _cursor, statement, *_more) -> None:
        seen.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    used[step] = sum(re.match(of, statement) is not None for statement in seen)
