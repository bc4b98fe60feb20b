"""Pages of a quiz: intro, one question at a time, check, receipt, result."""

import json
import zlib
from collections.abc import Mapping
from datetime import datetime, timedelta

from flask import Blueprint, flash, jsonify, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lms.assessment import answering, api, discussion
from lms.assessment.answering import SavedAnswer, Sitting, place_of_own_attempt
from lms.assessment.explanation_release import is_released
from lms.assessment.mark_lock import why_opened
from lms.assessment.offline_answers import answered_later
from lms.assessment.start_attempt import allowed_attempts, due_of, opening_of, own_quiz
from lms.assessment.usable import refuse_unusable, why_unusable
from lms.assessment.views.group_bars import group_bars
from lms.contract.errors import Conflict, Invalid
from lms.contract.paging import pages
from lms.contract.parsing import MAX_BIGINT, MAX_INTEGER, parse_int
from lms.platform.clock import now
from lms.platform.db import db
from lms.programmes import api as programmes
from lms.web.filters import clock_time
from lms.web.i18n import locale, zone
from lms.web.paging import page_number
from lms.web.routing import command, current_actor, page

bp = Blueprint("assessment", __name__, template_folder="../templates", url_prefix="/kuis")
LONGEST_WAIT = 10_000_000
"""Seconds that an answer may have waited on a phone; more counts as so many."""
DISCUSSED = 10
"""Questions on one page of a discussion: within 10 kB on the wire."""


@bp.get("/<int:quiz_id>")
@page("assessment.open_quiz")
def intro(quiz_id: int) -> ResponseReturnValue:
    """What awaits: how many questions, how long, until when, how often, and what each kind weighs."""
    quiz, enrolment = own_quiz(db.session(), quiz_id, current_actor().person_id)
    programme = programmes.programme_of_stage(db.session(), quiz.stage_id)
    attempts = [
        attempt for attempt in api.attempts_of(db.session(), enrolment.id) if attempt.quiz_id == quiz_id
    ]
    items = api.items_of(db.session(), quiz_id, quiz.edition)
    allowed = allowed_attempts(db.session(), quiz, enrolment.id, used=len(attempts))
    due_at = due_of(db.session(), quiz, enrolment)
    return render_template(
        "assessment/intro.html",
        quiz=quiz,
        attempts=attempts,
        allowed=allowed,
        used_up=len(attempts) >= allowed,
        opening=opening_of(quiz, due_at=due_at, now=now()),
        why_not=why_unusable(items),
        count=len(items),
        weights=api.weights(items),
        points=sum(item.maximum for item in items),
        due_at=due_at,
        open_attempt=next((a for a in attempts if a.state == api.AttemptState.IN_PROGRESS), None),
        closed=programme.status is programmes.ProgrammeStatus.CLOSED,
    )


@bp.post("/<int:quiz_id>/mulai")
@command("assessment.open_quiz")
def start(quiz_id: int) -> ResponseReturnValue:
    """Begin, or go on where it was left."""
    quiz, enrolment = own_quiz(db.session(), quiz_id, current_actor().person_id)
    attempt_id = api.start_attempt(db.session(), quiz_id=quiz.id, enrolment=enrolment, now=now())
    return redirect(url_for("assessment.work", attempt_id=attempt_id, position=1), 303)


@bp.get("/kerja/<int64:attempt_id>/<int:position>")
@page("assessment.take", place=place_of_own_attempt)
def work(attempt_id: int, position: int) -> ResponseReturnValue:
    """One question."""
    return _question(attempt_id, position)


def _question(attempt_id: int, position: int, refusal: Invalid | None = None) -> ResponseReturnValue:
    """The page of one question; after a ``refusal`` with the sentence and what was typed."""
    sitting = answering.sitting(db.session(), attempt_id)
    if sitting.state != api.AttemptState.IN_PROGRESS:
        return redirect(url_for("assessment.result", attempt_id=attempt_id))
    items = api.items_of(db.session(), sitting.quiz_id, sitting.edition)
    refuse_unusable(items)
    answers = api.answers_of(db.session(), attempt_id)
    item = _item(sitting, position)
    moment, saved = now(), answers.get(item.id)
    if moment >= sitting.deadline_at:
        return render_template("assessment/time_over.html", sitting=sitting)
    return render_template(
        "assessment/work.html",
        sitting=sitting,
        items=items,
        item=item,
        answers=answers,
        answered=_answered(items, answers),
        saved=saved,
        saved_ms=_milliseconds(saved.saved_at) if saved else 0,
        was=_seen(saved.value, saved.doubtful) if saved else _seen(None, False),
        until_ms=_milliseconds(sitting.deadline_at),
        now_ms=_milliseconds(moment),
        last_saved=max((answer.saved_at for answer in answers.values()), default=None),
        error=refusal.text.in_(locale()) if refusal else "",
        typed=request.form.get(f"q{item.position}") if refusal else None,
    )


@bp.post("/kerja/<int64:attempt_id>/<int:position>")
@command("assessment.take", place=place_of_own_attempt, fields=("q*", "doubtful-*", "go", "was"))
def save_and_go(attempt_id: int, position: int) -> ResponseReturnValue:
    """Save this question and go where the button says (works without script).

    A question that was only looked at is not saved: it may have been answered elsewhere since.
    """
    given, doubtful = _posted(position)
    try:
        if not _only_looked_at(attempt_id, position, given[position], doubtful.get(position, False)):
            api.save_answers(db.session(), attempt_id=attempt_id, given=given, doubtful=doubtful, now=now())
    except Conflict as conflict:
        flash(conflict.text.in_(locale()), "warning")
        return redirect(url_for("assessment.result", attempt_id=attempt_id), 303)
    except Invalid as refusal:
        return make_response(_question(attempt_id, position, refusal), refusal.status)
    go = request.form.get("go", "")
    if go == "check":
        return redirect(url_for("assessment.check", attempt_id=attempt_id), 303)
    target = parse_int(go)
    if target is None:
        target = min(position + 1, MAX_INTEGER)
    return redirect(url_for("assessment.work", attempt_id=attempt_id, position=target), 303)


@bp.post("/kerja/<int64:attempt_id>/jawaban")
@command("assessment.take", place=place_of_own_attempt, fields=("q*", "doubtful-*", "age-*"))
def save(attempt_id: int) -> ResponseReturnValue:
    """Save what changed, as it is given; the time is the server's.

    Each question comes whole. One that waited on a phone (``age-3``: seconds) does not replace an
    answer that was given later elsewhere; the person is told when that was.
    """
    session, moment = db.session(), now()
    given, doubtful = _posted(None)
    waited = {
        position: timedelta(seconds=min(age, LONGEST_WAIT))
        for position, values in _by_position("age-").items()
        if (age := parse_int(values[0], high=MAX_BIGINT)) is not None
    }
    later = answered_later(session, attempt_id=attempt_id, given=given, waited=waited, now=moment)
    for position in later:
        del given[position]
    saved_at = api.save_answers(session, attempt_id=attempt_id, given=given, doubtful=doubtful, now=moment)
    return jsonify(
        saved_at=clock_time(saved_at, zone(), locale()),
        at=_milliseconds(saved_at),
        older={str(position): clock_time(at, zone(), locale()) for position, at in later.items()},
    )


@bp.get("/kerja/<int64:attempt_id>/<int:position>/terakhir")
@page("assessment.take", place=place_of_own_attempt)
def newest(attempt_id: int, position: int) -> ResponseReturnValue:
    """When the question was last answered, on whatever phone; handed in counts as later."""
    sitting = answering.sitting(db.session(), attempt_id)
    if sitting.state != api.AttemptState.IN_PROGRESS:
        return jsonify(at=_milliseconds(now()))
    item = _item(sitting, position)
    saved = api.answers_of(db.session(), attempt_id).get(item.id)
    return jsonify(at=_milliseconds(saved.saved_at) if saved else 0)


@bp.get("/kerja/<int64:attempt_id>/periksa")
@page("assessment.take", place=place_of_own_attempt)
def check(attempt_id: int) -> ResponseReturnValue:
    """Before handing in: what is unanswered, what is doubtful."""
    sitting = answering.sitting(db.session(), attempt_id)
    if sitting.state != api.AttemptState.IN_PROGRESS:
        return redirect(url_for("assessment.result", attempt_id=attempt_id))
    items = api.items_of(db.session(), sitting.quiz_id, sitting.edition)
    refuse_unusable(items)
    if now() >= sitting.deadline_at:
        return render_template("assessment/time_over.html", sitting=sitting)
    answers = api.answers_of(db.session(), attempt_id)
    return render_template(
        "assessment/check.html",
        sitting=sitting,
        items=items,
        answers=answers,
        answered=_answered(items, answers),
    )


@bp.post("/kerja/<int64:attempt_id>/kumpulkan")
@command("assessment.take", place=place_of_own_attempt)
def submit(attempt_id: int) -> ResponseReturnValue:
    """Hand in."""
    api.submit_attempt(db.session(), attempt_id=attempt_id, now=now())
    return redirect(url_for("assessment.result", attempt_id=attempt_id), 303)


@bp.get("/kerja/<int64:attempt_id>/status")
@page("assessment.take", place=place_of_own_attempt)
def status(attempt_id: int) -> ResponseReturnValue:
    """Whether there is something new to show: the score, or more time for who waited at the end of it."""
    sitting = answering.sitting(db.session(), attempt_id)
    goes_on = sitting.state == api.AttemptState.IN_PROGRESS and now() < sitting.deadline_at
    return jsonify(done=goes_on or sitting.state not in _UNSCORED)


@bp.get("/hasil/<int64:attempt_id>")
@page("assessment.take", place=place_of_own_attempt)
def result(attempt_id: int) -> ResponseReturnValue:
    """The receipt, then the result; explanations only after their release."""
    attempt = db.session.get_one(api.Attempt, attempt_id)
    if attempt.state == api.AttemptState.IN_PROGRESS:
        return redirect(url_for("assessment.work", attempt_id=attempt_id, position=1))
    quiz = db.session.get_one(api.Quiz, attempt.quiz_id)
    if attempt.state == api.AttemptState.SUBMITTED:
        return render_template("assessment/receipt.html", attempt=attempt, quiz=quiz)
    released = is_released(db.session(), attempt=attempt, quiz=quiz, now=now())
    discussed = discussion.discussion(db.session(), attempt) if released else ()
    count = pages(len(discussed), DISCUSSED)
    number = min(page_number(), count)
    return render_template(
        "assessment/result.html",
        attempt=attempt,
        quiz=quiz,
        competences=group_bars(attempt.result.get("competence", ())),
        levels=group_bars(attempt.result.get("bloom", ()), say_items=True),
        released=released,
        discussion=discussed[(number - 1) * DISCUSSED : number * DISCUSSED],
        number=number,
        count=count,
        reopened=why_opened(db.session(), attempt),
    )


_UNSCORED = frozenset({api.AttemptState.IN_PROGRESS, api.AttemptState.SUBMITTED})


def _posted(position: int | None) -> tuple[dict[int, dict[str, list[str]]], dict[int, bool]]:
    """``q3`` and ``q3-suffix`` fields and doubts by position; ``position`` was on the page even if empty."""
    given: dict[int, dict[str, list[str]]] = {} if position is None else {position: {}}
    for name, values in request.form.lists():
        digits, _dash, suffix = name[1:].partition("-")
        if name.startswith("q") and (number := parse_int(digits)) is not None:
            given.setdefault(number, {})[suffix] = values
    doubtful = {number: values[-1] == "1" for number, values in _by_position("doubtful-").items()}
    for marked in doubtful:
        given.setdefault(marked, {})
    return given, doubtful


def _by_position(prefix: str) -> dict[int, list[str]]:
    """The fields ``age-3`` of the prefix ``age-`` by their number."""
    found = {
        parse_int(name.removeprefix(prefix)): values
        for name, values in request.form.lists()
        if name.startswith(prefix)
    }
    return {number: values for number, values in found.items() if number is not None}


def _only_looked_at(attempt_id: int, position: int, fields: Mapping[str, list[str]], doubtful: bool) -> bool:
    was = request.form.get("was")
    if was is None:
        return False
    item = _item(answering.sitting(db.session(), attempt_id), position)
    return was == _seen(item.kind.parse(item.body, fields), doubtful)


def _seen(value: object, doubtful: bool) -> str:
    """A short mark of what a page showed."""
    return f"{zlib.crc32(json.dumps([value, doubtful], sort_keys=True).encode()):08x}"


def _item(sitting: Sitting, position: int) -> api.LoadedItem:
    items = api.items_of(db.session(), sitting.quiz_id, sitting.edition)
    return items[min(max(position, 1), len(items)) - 1]


def _milliseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


def _answered(items: tuple[api.LoadedItem, ...], answers: Mapping[int, SavedAnswer]) -> set[int]:
    return {
        item.position
        for item in items
        if (saved := answers.get(item.id)) is not None and item.kind.is_answered(saved.value)
    }
