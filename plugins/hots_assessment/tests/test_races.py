"""Two browsers save one card or blueprint at once: one is stored, the other one is told, with both texts."""

import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from imbas_hots_assessment.models import Blueprint, Card, CardReview
from imbas_hots_assessment.rules import review_key
from sqlalchemy import func, select

from lms.api import Role, db, registry
from lms.testing.people import sign_in
from lms.testing.race import Outcome, Race

HEAD = {"version": "0", "subject": "Tema 5 Ekosistem", "grade": "V / 1", "curriculum": "K13", "minutes": "70"}
CARD = {
    "version": "0",
    "number": "1",
    "competence": "3.5 Ekosistem",
    "material": "Jaring makanan",
    "indicator": "Disajikan data ikan kolam, siswa menyimpulkan akibat hilangnya satu jenis.",
    "bloom": "C4",
    "format": "mc_single",
    "source": "Catatan kolam SDN 19",
    "stimulus": "Minggu 1: 40 ikan",
    "stem": "Apa yang terjadi bila ikan kecil hilang?",
    "options": "A. naik\nB. turun\nC. tetap\nD. habis",
    "answer_key": "B",
    "guide": "",
    "reason": "Siswa menghubungkan dua baris data.",
}


def text_of(answer: Any) -> str:
    return re.sub(r"\s+", " ", answer.get_data(as_text=True))


def count(model: type) -> int:
    found = db.session.scalar(select(func.count()).select_from(model))
    db.session.remove()
    return int(found or 0)


def newest() -> int:
    found = db.session.scalar(select(func.max(Card.id)))
    db.session.remove()
    return int(found or 0)


def answers(app: Flask, kind: str = "mc_single", **others: str) -> dict[str, str]:
    """Every rule met, but for ``others``."""
    codes = [line.code for line in registry().rubric(review_key(kind)).criteria]
    return {f"crit-{code}": others.get(code, "1") for code in codes}


def shared_card(teacher: FlaskClient, world: Any, **changes: str) -> str:
    """The address of a card that was written and shared."""
    assert teacher.post(f"{world.root}/kartu", data={**CARD, **changes}).status_code == 303
    address = f"/m/hots_assessment/kartu/{newest()}"
    assert teacher.post(f"{address}/bagikan", data={"version": "1"}).status_code == 303
    return address


@pytest.fixture
def browsers(app: Flask, world: Any) -> tuple[Any, Any]:
    """The teacher's phone and laptop."""
    return sign_in(app, world.people[Role.TEACHER]), sign_in(app, world.people[Role.TEACHER])


def post_both(
    race: Race, browsers: Any, path: str, first: dict[str, str], second: dict[str, str]
) -> tuple[Any, Any]:
    """The answers, the stored one first."""
    outcomes: tuple[Outcome, Outcome] = race(
        lambda: browsers[0].post(path, data=first), lambda: browsers[1].post(path, data=second)
    )
    stored, refused = sorted((outcome.value for outcome in outcomes), key=lambda answer: answer.status_code)
    assert stored.status_code == 303
    return stored, refused


def test_a_card_saved_twice_at_once(race: Race, browsers: Any, world: Any) -> None:
    assert browsers[0].post(f"{world.root}/kartu", data=CARD).status_code == 303
    path = f"/m/hots_assessment/kartu/{newest()}/ubah"
    sent = [{**CARD, "version": "1", "stem": stem} for stem in ("Dari telepon?", "Dari laptop?")]
    _stored, refused = post_both(race, browsers, path, *sent)
    assert refused.status_code == 409
    assert all(form["stem"] in text_of(refused) for form in sent)
    assert db.session.scalar(select(Card.version)) == 2


@pytest.mark.parametrize("version", ["0", "1"])
def test_a_head_saved_twice_at_once(race: Race, browsers: Any, world: Any, version: str) -> None:
    if version == "1":
        assert browsers[0].post(f"{world.root}/kisi-kisi", data=HEAD).status_code == 303
    sent = [{**HEAD, "version": version, "subject": subject} for subject in ("Dari telepon", "Dari laptop")]
    _stored, refused = post_both(race, browsers, f"{world.root}/kisi-kisi", *sent)
    assert refused.status_code == 409
    assert all(form["subject"] in text_of(refused) for form in sent)
    assert count(Blueprint) == 1


def test_two_new_cards_with_one_number(race: Race, browsers: Any, world: Any) -> None:
    _stored, refused = post_both(race, browsers, f"{world.root}/kartu", CARD, {**CARD, "stem": "Lain?"})
    assert refused.status_code == 422
    assert count(Card) == 1


def test_a_review_of_a_card_that_is_being_changed(race: Race, app: Flask, browsers: Any, world: Any) -> None:
    address = shared_card(browsers[0], world)
    colleague = sign_in(app, world.colleague)
    verdict = {**answers(app), "version": "1", "decision": "use", "comment": ""}
    changed, reviewed = race(
        lambda: browsers[0].post(f"{address}/ubah", data={**CARD, "version": "1", "stem": "Baru?"}),
        lambda: colleague.post(f"{address}/telaah", data=verdict),
    )
    assert changed.value.status_code == 303
    assert count(CardReview) == (reviewed.value.status_code == 303)


def test_one_reviewer_presses_twice(race: Race, app: Flask, browsers: Any, world: Any) -> None:
    address = shared_card(browsers[0], world)
    both = [sign_in(app, world.colleague) for _ in range(2)]
    verdict = {**answers(app), "version": "1", "decision": "use", "comment": ""}
    post_both(race, both, f"{address}/telaah", verdict, verdict)
    assert count(CardReview) == 1
