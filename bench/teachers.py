"""A participant's way through a quiz, with the presses, pages and waits of a phone's browser."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from random import Random

from flask import Flask
from imbas_demo.answers import fields_for
from imbas_demo.cast import PASSWORD
from sqlalchemy import func, select

from bench.http_client import Page, Phone, Refused
from bench.installation import Site
from bench.report import Times
from lms.assessment import api as assessment
from lms.assessment.models import Attempt
from lms.people.auth.models import Account
from lms.platform.db import db
from lms.programmes.models import Enrolment

QUIZ = "program_unggulan.quiz"
_SCORE = rb'<b class="figure num">([\d,]+)</b>'
Answers = list[dict[str, list[str]]]
"""For each question the fields that answer it, as the form names them."""


@dataclass(frozen=True, slots=True)
class Teacher:
    """Somebody who may still take the quiz."""

    person_id: int
    username: str

    @property
    def address(self) -> str:
        """Everybody has a line of their own, or the throttle would rightly take them for one guesser."""
        return f"10.{self.person_id >> 16 & 255}.{self.person_id >> 8 & 255}.{self.person_id & 255}"


@dataclass(frozen=True, slots=True)
class Paper:
    """The quiz, and answers to give."""

    quiz_id: int
    answers: Answers
    item_ids: list[int]
    values: list[object]
    """The answers as they are stored."""


def paper(app: Flask, *, seed: int = 1) -> Paper:
    """The quiz of stage 2, with the answers of somebody who gets two thirds right."""
    rng = Random(seed)
    with app.app_context():
        quiz = db.session.scalars(select(assessment.Quiz).where(assessment.Quiz.key == QUIZ)).one()
        answers, values, items = [], list[object](), assessment.quiz_items(db.session(), quiz.id)
        for item in items:
            fields = fields_for(item, rng.random() < 0.67, rng)
            values.append(item.kind.parse(item.body, fields))
            answers.append(
                {f"q{item.position}{f'-{name}' if name else ''}": value for name, value in fields.items()}
            )
        quiz_id = quiz.id
        db.session.remove()
    return Paper(quiz_id, answers, [item.id for item in items], values)


def teachers(app: Flask, quiz_id: int, *, count: int, last: bool = False) -> list[Teacher]:
    """``count`` different participants with an attempt left, from all over the province; ``last``: exactly one."""
    done = (
        select(func.count())
        .where(Attempt.enrolment_id == Enrolment.id, Attempt.quiz_id == quiz_id)
        .scalar_subquery()
    )
    allowed = select(assessment.Quiz.attempts).where(assessment.Quiz.id == quiz_id).scalar_subquery()
    with app.app_context():
        rows = db.session.execute(
            select(Account.person_id, Account.username)
            .join(Enrolment, Enrolment.person_id == Account.person_id)
            .where(done == allowed - 1 if last else done < allowed)
            .order_by(Account.person_id)
        ).all()
        db.session.remove()
    if len(rows) < count:
        raise ValueError(f"{count} participants wanted, {len(rows)} can take the quiz: more schools, please")
    rows_drawn = Random(count).sample(rows, count)
    return [Teacher(row.person_id, row.username) for row in rows_drawn]


@dataclass(slots=True)
class Attendance:
    """One participant at work on a phone; ``times`` takes how long each step took."""

    phone: Phone
    teacher: Teacher
    quiz_id: int
    times: Times

    def take_quiz(self, answers: Answers, *, saves: int) -> None:
        """Everything from the sign-in page to the result, 20 answers in ``saves`` requests."""
        with self._step("whole attempt"):
            attempt = self.arrive()
            for fields in batches(answers, saves):
                with self._step("save"):
                    self.phone.post(f"/kuis/kerja/{attempt}/jawaban", fields)
            self.press(attempt, self.check(attempt))

    def take_quiz_as_a_browser(self, forms: list[list[dict[str, list[str]]]]) -> tuple[str, bool]:
        """The same as Chromium sends it: a save for each change, a page for each question.

        ``forms``: for each question the form after each change. Gives the score that the result page shows, and
        whether the page explains the answers.
        """
        with self._step("whole attempt"):
            attempt = self.arrive()
            for position, changes in enumerate(forms, start=1):
                for form in changes:
                    with self._step("save"):
                        self.phone.save(f"/kuis/kerja/{attempt}/jawaban", form)
                if position < len(forms):
                    with self._step("next question"):
                        self.phone.get(f"/kuis/kerja/{attempt}/{position + 1}")
            page = self.press(attempt, self.check(attempt))
        return page.find(_SCORE).decode(), b"<h2>Pembahasan</h2>" in page.body

    def arrive(self) -> int:
        """Sign in, home, the module, the first question; the attempt's id."""
        self.sign_in()
        with self._step("home"):
            home = self.phone.get("/")
        with self._step("module"):
            self.phone.get(home.find(rb'href="(/materi/\d+)"').decode())
        return self.start()

    def sign_in(self) -> None:
        """The sign-in page and the press; where it leads is the home page."""
        with self._step("sign-in page"):
            page = self.phone.get("/masuk")
        with self._step("sign in"):
            entry = {"username": self.teacher.username, "password": PASSWORD, "next": "/"}
            self.phone.post("/masuk", entry, form=page)

    def start(self) -> int:
        """What awaits, the press, the first question; the attempt's id."""
        with self._step("intro"):
            intro = self.phone.get(f"/kuis/{self.quiz_id}")
        with self._step("start"):
            where = self.phone.post(f"/kuis/{self.quiz_id}/mulai", {}, form=intro).headers["location"]
        with self._step("first question"):
            question = self.phone.get(where)
        self.phone.token = question.find(rb'name="csrf_token" value="([^"]*)"').decode()
        return int(where.split("/")[-2])

    def check(self, attempt: int) -> Page:
        """The page before handing in."""
        with self._step("check"):
            return self.phone.get(f"/kuis/kerja/{attempt}/periksa")

    def hand_in(self, attempt: int, check: Page) -> str:
        """The press alone; where its answer leads."""
        with self._step("hand in"):
            return self.phone.post(f"/kuis/kerja/{attempt}/kumpulkan", {}, form=check).headers["location"]

    def press(self, attempt: int, check: Page) -> Page:
        """Hand in, wait as the script does, see the result, which is returned."""
        pressed = time.monotonic()
        where = self.hand_in(attempt, check)
        with self._step("receipt or result"):
            page = self.phone.get(where)
        if b"data-poll" in page.body:
            self._wait_for_score(attempt)
            with self._step("result"):
                page = self.phone.get(where)
        page.find(_SCORE)
        self.times.add("hand-in to visible score", time.monotonic() - pressed)
        return page

    def _wait_for_score(self, attempt: int) -> None:
        pause = 0.4
        time.sleep(0.3)
        while True:
            with self._step("is it scored?"):
                answer = self.phone.get(f"/kuis/kerja/{attempt}/status", json=True)
            if b'"done":true' in answer.body:
                return
            time.sleep(pause)
            pause = min(pause * 1.2, 5.0)

    @contextmanager
    def _step(self, name: str) -> Iterator[None]:
        began = time.monotonic()
        yield
        self.times.add(name, time.monotonic() - began)


def visit(site: Site, teacher: Teacher, work: Paper, times: Times, *, saves: int) -> None:
    """One participant's whole attempt; a failure is noted, not raised."""
    phone = Phone(site.port, teacher.address)
    try:
        Attendance(phone, teacher, work.quiz_id, times).take_quiz(work.answers, saves=saves)
    except (Refused, OSError, KeyError) as fault:
        times.faults.append(f"{teacher.username}: {type(fault).__name__} {fault}")
    finally:
        phone.close()


def batches(answers: Answers, saves: int) -> Iterator[dict[str, list[str]]]:
    """20 answers in ``saves`` equal parts; a quiz with fewer questions has some answered again."""
    twenty = [answers[number % len(answers)] for number in range(20)]
    size = 20 // saves
    for start in range(0, 20, size):
        yield {name: value for fields in twenty[start : start + size] for name, value in fields.items()}
