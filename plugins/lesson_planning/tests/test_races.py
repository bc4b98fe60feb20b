"""Two browsers save the same plan at once: one is stored, the other one is told, with both texts."""

import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from lms.api import Base, Role, db
from lms.testing.people import sign_in
from lms.testing.race import Race

PLANS, PARTS = (Base.metadata.tables[name] for name in ("document", "document_part"))
TEXTS = {
    "objectives": "Setelah mengamati selokan, siswa menganalisis akibat hilangnya satu komponen.",
    "steps": "Pendahuluan 10 menit\nInti 50 menit: mengamati, mengolah data\nPenutup 10 menit",
    "assessment": "Tugas tulis dengan rubrik alasan empat tingkat",
}
TAGS = {
    "character": ["cooperative"],
    "literacy": ["numeracy", "science"],
    "c4": ["critical"],
    "bloom": ["C2", "C4"],
}


def value(query: Any) -> Any:
    found = db.session.scalar(query)
    db.session.remove()
    return found


def text_of(answer: Any) -> str:
    return re.sub(r"\s+", " ", answer.get_data(as_text=True))


def begin(browser: FlaskClient, world: Any, kind: str = "one_page") -> str:
    """The address of a new plan."""
    answer = browser.post(world.root, data={"kind": kind, "title": "Ekosistem selokan, kelas V"})
    assert answer.status_code == 303
    return f"/m/lesson_planning/rencana/{value(select(func.max(PLANS.c.id)))}"


def write_all(browser: FlaskClient, plan: str) -> None:
    for key, text in TEXTS.items():
        data = {"text": text, "version": "0"}
        assert browser.post(f"{plan}/bagian/{key}/0", data=data).status_code == 303
    tagged = {"title": "Ekosistem selokan, kelas V", "version": "1", **TAGS}
    assert browser.post(f"{plan}/bagian/heading/0", data=tagged).status_code == 303


@pytest.fixture
def browsers(app: Flask, world: Any) -> tuple[Any, Any]:
    """The teacher's phone and laptop."""
    return sign_in(app, world.people[Role.TEACHER]), sign_in(app, world.people[Role.TEACHER])


def test_a_title_saved_twice_at_once(race: Race, browsers: Any, world: Any) -> None:
    plan = begin(browsers[0], world)
    data = {"version": "1", **TAGS}
    titles = ("Dari telepon", "Dari laptop")
    outcomes = race(
        lambda: browsers[0].post(f"{plan}/bagian/heading/0", data={**data, "title": titles[0]}),
        lambda: browsers[1].post(f"{plan}/bagian/heading/0", data={**data, "title": titles[1]}),
    )
    statuses = [outcome.value.status_code for outcome in outcomes]
    assert sorted(statuses) == [303, 409]
    refused = text_of(outcomes[statuses.index(409)].value)
    assert all(title in refused for title in titles)
    assert value(select(PLANS.c.title)) == titles[statuses.index(303)]
    assert value(select(PARTS.c.version)) == 2


@pytest.mark.parametrize("first_version", ["0", "1"])
def test_a_part_saved_twice_at_once(race: Race, browsers: Any, world: Any, first_version: str) -> None:
    plan = begin(browsers[0], world)
    if first_version == "1":
        browsers[0].post(f"{plan}/bagian/steps/0", data={"text": "Lama", "version": "0"})
    texts = ("Langkah dari telepon", "Langkah dari laptop")
    outcomes = race(
        lambda: browsers[0].post(f"{plan}/bagian/steps/0", data={"text": texts[0], "version": first_version}),
        lambda: browsers[1].post(f"{plan}/bagian/steps/0", data={"text": texts[1], "version": first_version}),
    )
    statuses = [outcome.value.status_code for outcome in outcomes]
    assert sorted(statuses) == [303, 409]
    refused = text_of(outcomes[statuses.index(409)].value)
    assert all(text in refused for text in texts)
    assert value(select(PARTS.c.content).where(PARTS.c.part == "steps"))["text"] == texts[statuses.index(303)]


def test_what_is_handed_in_is_not_written_any_more(race: Race, browsers: Any, world: Any) -> None:
    plan = begin(browsers[0], world)
    write_all(browsers[0], plan)
    handed_in, written = race(
        lambda: browsers[0].post(f"{plan}/ajukan"),
        lambda: browsers[1].post(f"{plan}/bagian/steps/0", data={"text": "Baru", "version": "1"}),
    )
    assert handed_in.value.status_code == 303
    submitted_at, updated_at = db.session.execute(select(PLANS.c.submitted_at, PLANS.c.updated_at)).one()
    assert submitted_at == updated_at
    stored = value(select(PARTS.c.content).where(PARTS.c.part == "steps"))["text"]
    assert (stored == "Baru") is (written.value.status_code == 303)


def test_two_reviewers_decide_once(race: Race, app: Flask, browsers: Any, world: Any) -> None:
    plan = begin(browsers[0], world)
    write_all(browsers[0], plan)
    browsers[0].post(f"{plan}/ajukan")
    version = str(value(select(PLANS.c.version)))
    verdict = {"version": version, "comment": "Perbaiki", "decision": "needs_revision", "crit-T1": ["0"]}
    heads = [sign_in(app, world.people[Role.HEADMASTER]) for _ in range(2)]
    outcomes = race(*(lambda head=head: head.post(f"{plan}/telaah", data=verdict) for head in heads))  # type: ignore[misc]
    assert sorted(outcome.value.status_code for outcome in outcomes) == [303, 409]
