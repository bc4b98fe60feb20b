"""After the release a result discusses each question; an essay that nobody has marked is no zero."""

import re
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from lms.assessment import api as assessment
from lms.assessment.models import Answer, AnswerScore, Attempt, AttemptState, Item, Mark, Quiz
from lms.assessment.score_attempts import score_attempt
from lms.platform.db import db
from lms.platform.plugin_failures import PluginFailure
from lms.platform.plugins import registry
from lms.platform.transaction import write
from lms.testing.people import sign_in
from tests.inhabitants import TODAY, Province

pytestmark = pytest.mark.modules


def released(quiz_key: str, person_id: int, answers: dict[str, Any]) -> tuple[int, dict[str, Item]]:
    """A person's released result of a quiz with these answers by the item's key; its items by key."""
    with write() as session:
        quiz = session.scalars(
            select(Quiz).join(Attempt).where(Attempt.person_id == person_id).order_by(Attempt.id)
        ).first()
        assert quiz is not None
        attempt = session.scalars(
            select(Attempt).where(Attempt.person_id == person_id, Attempt.quiz_id == quiz.id)
        ).one()
        source = registry().module_types[quiz_key].quiz
        assert source is not None
        edition = (session.scalar(select(func.max(Item.edition)).where(Item.quiz_id == quiz.id)) or 0) + 1
        items = {}
        for position, spec in enumerate(source.items, start=1):
            items[spec.key] = Item(
                quiz_id=quiz.id,
                edition=edition,
                position=position,
                key=spec.key,
                type=spec.type,
                bloom=spec.bloom.value,
                competence=spec.competence,
                maximum=spec.maximum,
                body=dict(spec.body),
                secret=dict(spec.secret),
            )
            session.add(items[spec.key])
        session.flush()
        for key, value in answers.items():
            session.add(
                Answer(
                    attempt_id=attempt.id, item_id=items[key].id, value=value, doubtful=False, saved_at=TODAY
                )
            )
        attempt.edition, attempt.state = edition, AttemptState.SUBMITTED
        session.execute(
            update(Quiz).where(Quiz.id == quiz.id).values(release="at_close", due_at=attempt.started_at)
        )
        session.flush()
        score_attempt(session, attempt_id=attempt.id, now=TODAY)
        for item in items.values():
            session.refresh(item)
            session.expunge(item)
        return attempt.id, items


def result(site: Flask, person: int, attempt_id: int) -> str:
    """All pages of a result."""
    browser = sign_in(site, person)
    return "".join(browser.get(f"/kuis/hasil/{attempt_id}?hal={number}").text for number in (1, 2))


def card(page: str, position: int) -> str:
    """The words of one question's card."""
    found = re.search(rf"<h2>Soal {position} · .*?</section>", page, re.DOTALL)
    assert found, page
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", found[0]))


def finish(attempt_id: int) -> None:
    """Mark every essay in full."""
    with write() as session:
        attempt = session.get_one(Attempt, attempt_id)
        for item in assessment.open_items(session, attempt_id):
            points = {line["code"]: line["max"] for line in item.secret["guide"]}
            first = item.secret["guide"][0]
            session.add(
                Mark(
                    attempt_id=attempt_id,
                    item_id=item.id,
                    criteria=points | {first["code"]: "1"},
                    comment="Sudah rapi.",
                    marker_id=attempt.person_id,
                    marked_at=TODAY,
                )
            )
        session.flush()
        score_attempt(session, attempt_id=attempt_id, now=TODAY)


@pytest.mark.parametrize(
    "module", ["spmi_documents", "lesson_planning", "program_unggulan", "hots_assessment"]
)
def test_every_question_says_what_was_answered_what_is_right_and_why(
    site: Flask, province: Province, module: str
) -> None:
    """Everything answered wrongly, of every kind of question that the modules have."""
    quiz = registry().module_types[module].quiz
    assert quiz is not None
    person = province.own.participants[0]
    attempt_id, items = released(module, person, {spec.key: wrong_answer(spec) for spec in quiz.items})
    finish(attempt_id)
    page = result(site, person, attempt_id)
    for item in items.values():
        words = card(page, item.position)
        secret = item.secret
        points = f"dari {int(item.maximum)} poin"
        assert points in words, item.key
        if item.type == "essay":
            assert "Benar sebagian" in words
            assert "Untuk poin penuh:" in words
            assert "Sudah rapi." in words
        elif item.type in ("mc_single", "mc_multiple"):
            for option in item.body["options"]:
                assert plain(option["text"]) in words
            assert words.count("Kunci, tidak dipilih") + words.count("Dipilih, benar") == (
                1 if item.type == "mc_single" else len(secret["key"])
            )
            assert "Dipilih, salah" in words
        else:
            assert "Kunci:" in words
            assert "Salah" in words or "Benar sebagian" in words
            assert "Jawaban salah" in words
        for why in (secret.get("distractors") or {}).values() if item.type != "short_answer" else ():
            assert plain(why) in words, item.key
        assert plain(secret["explanation"]) in words


def wrong_answer(spec: Any) -> Any:
    key = spec.secret.get("key")
    if spec.type == "essay":
        return "Tulisan."
    if spec.type == "short_answer":
        return "sama sekali lain"
    if isinstance(key, dict):
        choices = [str(entry["id"]) for entry in spec.body.get("categories") or spec.body["right"]]
        row = next(iter(key))
        return {**key, row: next(choice for choice in choices if choice != key[row])}
    wrong = [option["id"] for option in spec.body["options"] if option["id"] not in key]
    return wrong[0] if spec.type == "mc_single" else [key[0], wrong[0]]


def plain(text: str) -> str:
    """As the page's words have it."""
    escaped = (
        str(text)
        .replace("&", "&amp;")
        .replace("'", "&#39;")
        .replace('"', "&#34;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
    )
    return re.sub(r"\s+", " ", escaped).strip()


def test_right_answers_and_none(site: Flask, province: Province) -> None:
    person = province.own.participants[0]
    quiz = registry().module_types["program_unggulan"].quiz
    assert quiz is not None
    single = next(spec for spec in quiz.items if spec.type == "mc_single")
    attempt_id, items = released("program_unggulan", person, {single.key: single.secret["key"]})
    page = result(site, person, attempt_id)
    words = card(page, items[single.key].position)
    assert "Benar 1 dari 1 poin" in words
    assert "Dipilih, benar" in words
    other = next(item for item in items.values() if item.key != single.key and item.type == "mc_single")
    assert "Tidak dijawab 0 dari 1 poin" in card(page, other.position)


def test_an_unmarked_essay_is_no_zero(site: Flask, province: Province) -> None:
    person = province.own.participants[0]
    quiz = registry().module_types["program_unggulan"].quiz
    assert quiz is not None
    essay = next(spec for spec in quiz.items if spec.type == "essay")
    attempt_id, _items = released("program_unggulan", person, {essay.key: "Tulisan."})
    browser = sign_in(site, person)
    words = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", browser.get(f"/kuis/hasil/{attempt_id}").text))
    alone = sum(spec.bloom is essay.bloom for spec in quiz.items) == 1
    assert (
        f"{essay.bloom.value} · 1 soal menunggu penilai" in words
        if alone
        else "1 soal menunggu penilai" in words
    )
    assert f"{essay.bloom.value} · 1 soal 0 %" not in words
    assert "Pembahasan dibuka" in words
    finish(attempt_id)
    assert "menunggu penilai" not in browser.get(f"/kuis/hasil/{attempt_id}").text


def test_a_result_stored_before_says_so_too(site: Flask, province: Province) -> None:
    """Groups of earlier versions do not count who waits: a level without a point to earn waits."""
    person = province.own.participants[0]
    with write() as session:
        attempt = session.scalars(select(Attempt).where(Attempt.person_id == person)).first()
        assert attempt is not None
        group = {
            "label": "C6",
            "percent": "0.00",
            "earned": "0",
            "maximum": "0",
            "items": 1,
        }
        attempt.result, attempt.provisional = {"competence": [], "bloom": [group]}, True
        attempt.state, attempt_id = AttemptState.AWAITING_MARK, attempt.id
    words = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", result(site, person, attempt_id)))
    assert "C6 · 1 soal menunggu penilai" in words


@pytest.mark.parametrize("fault", ["none", "broken"])
def test_a_kind_that_cannot_tell_shows_the_answer_and_the_points(
    site: Flask, province: Province, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    def broken(*_args: Any) -> Any:
        raise KeyError("key")

    person = province.own.participants[0]
    quiz = registry().module_types["hots_assessment"].quiz
    assert quiz is not None
    spec = next(spec for spec in quiz.items if spec.type == "hots_assessment.matching")
    kind = registry().item_types[spec.type]
    attempt_id, items = released("hots_assessment", person, {spec.key: wrong_answer(spec)})
    changed = dict(registry().item_types) | {
        spec.type: replace(kind, review=None if fault == "none" else broken)
    }
    monkeypatch.setattr(type(registry()), "item_types", property(lambda _self: changed), raising=False)
    page = result(site, person, attempt_id)
    words = card(page, items[spec.key].position)
    assert "Benar sebagian" in words
    for line in kind.display(spec.body, wrong_answer(spec)):
        assert plain(line) in words
    noted = db.session.scalars(select(PluginFailure.place)).all()
    assert noted == ([] if fault == "none" else ["review of hots_assessment.matching"])


def test_points_kept_from_an_older_rule_are_not_called_wrong(site: Flask, province: Province) -> None:
    person = province.own.participants[0]
    quiz = registry().module_types["spmi_documents"].quiz
    assert quiz is not None
    spec = next(spec for spec in quiz.items if spec.type == "short_answer")
    attempt_id, items = released("spmi_documents", person, {spec.key: "sama sekali lain"})
    with write() as session:
        session.get_one(AnswerScore, (attempt_id, items[spec.key].id)).earned = Decimal(spec.maximum)
    words = card(result(site, person, attempt_id), items[spec.key].position)
    assert "alah" not in words.partition("Penjelasan")[0]
