"""What a quiz says of itself: points by kind on its first page, and why an item has its level, after its release."""

from dataclasses import replace
from html import unescape

import pytest
from flask import Flask
from sqlalchemy import select, update

from lms.assessment import api as assessment
from lms.assessment import quiz_versions
from lms.assessment.models import Attempt, AttemptState, Item, Quiz
from lms.contract.actors import Role
from lms.platform.application import platform
from lms.platform.db import db
from lms.platform.plugins import registry
from lms.platform.transaction import write
from lms.programmes import api as programmes
from lms.testing.people import sign_in
from tests.inhabitants import TODAY, Province

pytestmark = pytest.mark.modules
REASON = {"id": "Dua kolom harus dihubungkan <b>.", "en": "Two columns must be related <b>."}


def quiz_of(province: Province, key: str = "program_unggulan.quiz") -> Quiz:
    stages = programmes.stages_of(db.session(), province.own.programme_id)
    quizzes = assessment.quizzes_of(db.session(), [stage.id for stage in stages])
    return next(quiz for quiz in quizzes if quiz.key == key)


def test_the_first_page_says_what_each_kind_weighs(site: Flask, province: Province) -> None:
    quiz = quiz_of(province)
    items = assessment.items_of(db.session(), quiz.id, quiz.edition)
    kinds = assessment.weights(items)
    assert sum(kind.points for kind in kinds) == sum(item.maximum for item in items)
    assert sum(kind.items for kind in kinds) == len(items)
    page = unescape(sign_in(site, province.own.people[Role.TEACHER]).get(f"/kuis/{quiz.id}").text)
    total = sum(int(item.maximum) for item in items)
    essays = [item for item in items if item.type == "essay"]
    assert f"dibagi {total} poin" in page
    assert f"{len(essays)} soal × 12 poin = 12 poin ({round(12 * 100 / total)}\u00a0%)" in page
    assert f"× 4 poin = {4 * sum(item.type.endswith('matching') for item in items)} poin" in page


def test_a_kind_of_unequal_questions_says_from_to_and_a_lost_plugin_hides_nothing(
    site: Flask, province: Province
) -> None:
    quiz = quiz_of(province)
    items = assessment.items_of(db.session(), quiz.id, quiz.edition)
    single = [item.id for item in items if item.type == "mc_single"]
    with write() as session:
        session.execute(update(Item).where(Item.id == single[0]).values(maximum="2.5"))
        session.execute(update(Item).where(Item.type.like("%.matching")).values(type="gone.matching"))
    quiz_versions._EDITIONS.pop(platform(site), None)
    page = unescape(sign_in(site, province.own.people[Role.TEACHER]).get(f"/kuis/{quiz.id}").text)
    assert f"{len(single)} soal × 1-2,5 poin = {len(single) - 1 + 2.5:.1f}".replace(".", ",") in page
    assert "Jenis soal dari modul yang tidak terpasang" in page
    assert "gone.matching" not in page


def test_why_an_item_has_its_level_is_read_after_the_release_only(site: Flask, province: Province) -> None:
    teacher = province.own.people[Role.TEACHER]
    with write() as session:
        taken = session.scalars(
            select(Attempt).where(Attempt.person_id == teacher, Attempt.submitted_at.is_not(None))
        ).first()
        assert taken is not None
        taken.state, attempt_id, quiz_id = AttemptState.SCORED, taken.id, taken.quiz_id
        for item in session.scalars(select(Item).where(Item.quiz_id == quiz_id)):
            item.secret = {**item.secret, "level_reason": REASON}
        later = platform(site).clock().replace(year=2021)
        session.execute(update(Quiz).where(Quiz.id == quiz_id).values(release="at_close", due_at=later))
    quiz_versions._EDITIONS.pop(platform(site), None)
    browser = sign_in(site, teacher)
    assert "Dua kolom" not in browser.get(f"/kuis/hasil/{attempt_id}").text
    with write() as session:
        earlier = platform(site).clock().replace(year=2019)
        session.execute(update(Quiz).where(Quiz.id == quiz_id).values(due_at=earlier))
    db.session.remove()
    page = browser.get(f"/kuis/hasil/{attempt_id}").text
    assert "Dua kolom harus dihubungkan &lt;b&gt;." in page
    assert "Two columns must be related" in browser.get(f"/kuis/hasil/{attempt_id}?lang=en").text


def test_the_grader_reads_level_samples_and_model_answer(site: Flask, province: Province) -> None:
    grader = province.own.people[Role.GRADER]
    with write() as session:
        waiting = session.scalars(select(Attempt).where(Attempt.state == AttemptState.AWAITING_MARK)).all()
        attempt = next(a for a in waiting if a.person_id == province.own.people[Role.TEACHER])
        attempt_id = attempt.id
        (item, *_more) = assessment.open_items(session, attempt_id)
        row = session.get_one(Item, item.id)
        guide = [{**line, "samples": {"1": "Contoh <satu>"}} for line in row.secret["guide"]]
        row.secret = {**row.secret, "guide": guide, "level_reason": REASON, "explanation": "Model <lengkap>"}
    quiz_versions._EDITIONS.pop(platform(site), None)
    page = sign_in(site, grader).get(f"/uraian/{attempt_id}").text
    assert "Dua kolom harus dihubungkan &lt;b&gt;." in page
    assert "Contoh &lt;satu&gt;" in page
    assert "Model &lt;lengkap&gt;" in page


def test_changed_content_is_for_attempts_to_come(
    site: Flask, province: Province, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A module's new version makes a new edition when the programme is saved; an attempt keeps what it answered."""
    old = quiz_of(province)
    quiz_id, before = old.id, old.edition
    kept = assessment.items_of(db.session(), quiz_id, before)
    known = registry().module_types
    module = known["program_unggulan"]
    assert module.quiz
    first, *others = module.quiz.items
    changed = replace(first, body={**first.body, "stem": "Pokok soal baru."})
    newer = replace(module, quiz=replace(module.quiz, items=(changed, *others)))
    upgraded = replace(registry(), module_types={**known, "program_unggulan": newer})
    monkeypatch.setattr("lms.assessment.quiz_versions.registry", lambda: upgraded)
    with write() as session:
        programme = programmes.get_programme(session, province.own.programme_id)
        for _twice in range(2):
            quiz_versions.apply_programme(session, programme, programmes.definition_of(programme), TODAY)
    db.session.remove()
    assert quiz_of(province).edition == before + 1, "the same content again is no new edition"
    assert assessment.items_of(db.session(), quiz_id, before + 1)[0].body["stem"] == "Pokok soal baru."
    assert assessment.items_of(db.session(), quiz_id, before) == kept
    taken = db.session.scalars(select(Attempt).where(Attempt.quiz_id == quiz_id)).all()
    assert {attempt.edition for attempt in taken} <= {before}
