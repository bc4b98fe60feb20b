"""Two browsers work on one card or blueprint at once: one is stored, the other one is told, with both texts."""

from typing import Any

import pytest
from flask import Flask

from lms.api import Role
from lms.testing.people import sign_in
from lms.testing.race import Outcome, Race

HEAD = {"version": "0", "subject": "Tema 5 Ekosistem", "grade": "V / 1", "curriculum": "K13", "minutes": "70"}


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


def test_a_card_saved_twice_at_once(race: Race, browsers: Any, cards: Any) -> None:
    address = cards.write(browsers[0])
    sent = [{"version": "1", "stem": stem, "reason": "Data"} for stem in ("Dari telepon?", "Dari laptop?")]
    _stored, refused = post_both(race, browsers, f"{address}/bagian/item/0", *sent)
    assert refused.status_code == 409
    assert all(form["stem"] in cards.text(refused) for form in sent)


@pytest.mark.parametrize("version", ["0", "1"])
def test_a_head_saved_twice_at_once(race: Race, browsers: Any, world: Any, cards: Any, version: str) -> None:
    if version == "1":
        assert browsers[0].post(f"{world.root}/kisi-kisi", data=HEAD).status_code == 303
    sent = [{**HEAD, "version": version, "subject": subject} for subject in ("Dari telepon", "Dari laptop")]
    _stored, refused = post_both(race, browsers, f"{world.root}/kisi-kisi", *sent)
    assert refused.status_code == 409
    assert all(form["subject"] in cards.text(refused) for form in sent)
    assert cards.count("p_hots_assessment_blueprint") == 1


def test_a_review_of_a_card_that_is_taken_back(race: Race, browsers: Any, colleague: Any, cards: Any) -> None:
    """Whichever comes first: a review of what is not waiting is not stored, and what is reviewed is not taken back."""
    address = cards.submit(browsers[0])
    outcomes = race(
        lambda: browsers[0].post(f"{address}/tarik"),
        lambda: colleague.post(f"{address}/telaah", data=cards.answers()),
    )
    taken, reviewed = (outcome.value.status_code for outcome in outcomes)
    assert reviewed in (303, 409)
    assert cards.count("document_review") == (reviewed == 303)
    # a card that was accepted first is opened again by the same press
    assert (taken, cards.state()) == (303, "draft")


def test_two_reviewers_at_once_are_both_heard(
    race: Race, app: Flask, browsers: Any, colleague: Any, world: Any, cards: Any
) -> None:
    address = cards.submit(browsers[0])
    other = sign_in(app, world.people[Role.HEADMASTER])
    strict = {**cards.answers(M1="0"), "decision": "rejected", "comment": "Lain dari indikator."}
    outcomes = race(
        lambda: colleague.post(f"{address}/telaah", data=cards.answers()),
        lambda: other.post(f"{address}/telaah", data=strict),
    )
    assert [outcome.value.status_code for outcome in outcomes] == [303, 303]
    assert (cards.count("document_review"), cards.state()) == (2, "rejected")


def test_one_reviewer_presses_twice(race: Race, app: Flask, browsers: Any, world: Any, cards: Any) -> None:
    address = cards.submit(browsers[0])
    both = [sign_in(app, world.colleague) for _ in range(2)]
    verdict = cards.answers()
    post_both(race, both, f"{address}/telaah", verdict, verdict)
    assert cards.count("document_review") == 1
