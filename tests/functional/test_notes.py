"""The note of a piece of evidence, written by a team: nothing is wiped, nothing is cut."""

import io
import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from imbas_demo import papers
from sqlalchemy import select
from werkzeug.test import TestResponse

from lms.contract.actors import Role
from lms.contract.modules import Unit
from lms.evidence.models import Assignment, Submission, SubmissionVersion
from lms.evidence.rules import EDITABLE, LONGEST_NOTE
from lms.platform.db import db
from lms.testing.people import sign_in
from lms.testing.race import Race
from tests.inhabitants import TODAY, Province

pytestmark = pytest.mark.modules


@pytest.fixture
def team(site_both: Flask, province_both: Province) -> tuple[FlaskClient, FlaskClient]:
    person = province_both.own.people[Role.QUALITY_TEAM]
    return sign_in(site_both, person), sign_in(site_both, person)


@pytest.fixture
def path(site_both: Flask, province_both: Province) -> str:
    """An editable submission of the school."""
    found = db.session.scalars(
        select(Submission.id)
        .join(Assignment)
        .where(
            Submission.school_id == province_both.own.school.id,
            Submission.status.in_(EDITABLE),
            Assignment.unit == Unit.SCHOOL,
        )
    ).first()
    db.session.remove()
    return f"/bukti/{found}"


def form_of(page: TestResponse, note: str) -> dict[str, str]:
    """What a browser sends from this page with another text in the note."""
    seen = re.search(r'name="note_seen" value="([^"]*)"', page.text)
    assert seen
    return {"note": note, "note_seen": seen[1], "go": "save"}


def stored(path: str) -> str:
    db.session.remove()
    found = db.session.scalars(
        select(SubmissionVersion.note)
        .where(SubmissionVersion.submission_id == int(path.rpartition("/")[2]))
        .order_by(SubmissionVersion.no.desc())
    ).first()
    db.session.remove()
    return found or ""


def test_the_older_page_does_not_wipe_the_newer_text(team: tuple[FlaskClient, ...], path: str) -> None:
    pages = [browser.get(path) for browser in team]
    assert team[0].post(path, data=form_of(pages[0], "Tulisan pertama")).status_code == 303
    refused = team[1].post(path, data=form_of(pages[1], "Tulisan kedua"))
    assert refused.status_code == 409
    for words in (
        "Rekan Bapak/Ibu baru saja mengubah",
        "Yang tersimpan sekarang",
        "Tulisan pertama",
        "Tulisan kedua",
    ):
        assert words in refused.text
    assert stored(path) == "Tulisan pertama"
    # who has seen both may store the second one
    assert team[1].post(path, data=form_of(refused, "Keduanya")).status_code == 303
    assert stored(path) == "Keduanya"


def test_two_at_once(race: Race, team: tuple[FlaskClient, ...], path: str) -> None:
    sent = [form_of(browser.get(path), f"Tulisan {number}") for number, browser in enumerate(team)]
    outcomes = race(lambda: team[0].post(path, data=sent[0]), lambda: team[1].post(path, data=sent[1]))
    statuses = [outcome.value.status_code for outcome in outcomes]
    assert sorted(statuses) == [303, 409]
    assert stored(path) == f"Tulisan {statuses.index(303)}"


def test_a_file_from_an_older_page_changes_no_note(team: tuple[FlaskClient, ...], path: str) -> None:
    old = team[1].get(path)
    before = stored(path)
    assert team[0].post(path, data=form_of(team[0].get(path), "Baru")).status_code == 303
    _name, body = papers.paper(frozenset({"pdf"}), title="Notula", school="SD", when=TODAY, version=1)
    sent = {**form_of(old, before), "file": (io.BytesIO(body), "notula.pdf")}
    answer = team[1].post(path, data=sent)
    assert answer.status_code == 303
    assert stored(path) == "Baru"


def test_a_form_without_the_note_leaves_it(team: tuple[FlaskClient, ...], path: str) -> None:
    team[0].post(path, data=form_of(team[0].get(path), "Ada"))
    team[0].post(path, data={"go": "save"})
    assert stored(path) == "Ada"


def test_a_form_that_does_not_say_what_it_saw_wipes_nothing(team: tuple[FlaskClient, ...], path: str) -> None:
    team[0].post(path, data=form_of(team[0].get(path), "Ada"))
    assert team[1].post(path, data={"note": "Lain"}).status_code == 409
    assert stored(path) == "Ada"


@pytest.mark.parametrize("length", [4001, 5460, LONGEST_NOTE])
def test_a_long_note_is_kept_whole(team: tuple[FlaskClient, ...], path: str, length: int) -> None:
    note = ("Kalimat panjang. " * 1000)[: length - 1] + "!"
    assert team[0].post(path, data=form_of(team[0].get(path), note)).status_code == 303
    assert stored(path) == note


def test_too_long_a_note_is_refused_and_stays_on_the_page(team: tuple[FlaskClient, ...], path: str) -> None:
    before, note = stored(path), "x" * LONGEST_NOTE + "akhir"
    refused = team[0].post(path, data=form_of(team[0].get(path), note))
    assert refused.status_code == 422
    assert note in refused.text
    assert f"Paling panjang {LONGEST_NOTE} huruf" in refused.text
    assert stored(path) == before
