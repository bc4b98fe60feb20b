"""Two members of a quality team save at once: one is stored, the other one is told, with both texts."""

import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from imbas_program_unggulan.models import FlagshipMeasure
from sqlalchemy import func, select

from lms.api import Base, Role, db
from lms.testing.people import sign_in
from lms.testing.race import Race

PLANS, PARTS, REVIEWS = (
    Base.metadata.tables[name] for name in ("document", "document_part", "document_review")
)
PLAN = {
    "version": "0",
    "name": "Kebun Gizi",
    "code": "1.1.10",
    "problem": "Siswa lemas pada jam ketiga",
    "reason": "Rapat 25 September",
    "responsible": "Guru kelas V",
    "budget": "Bibit Rp1.750.000, BOS",
    "risk": "Kemarau; tanam dekat sumur",
    "sustainability": "Bibit dibuat sendiri",
}
LINE = {
    "version": "0",
    "goal": "Siswa sarapan sehat",
    "unit": "%",
    "baseline": "45",
    "baseline_on": "2020-09-03",
    "target": "70",
    "starts_on": "2020-10-01",
    "ends_on": "2020-11-30",
    "method": "Kartu gambar tiap Jumat",
    "role_school": "Merekap kartu tiap Jumat",
    "role_family": "Mendukung sarapan",
    "role_community": "Puskesmas menyuluh dua kali",
}
CODES = ("U1", "U2", "U3", "U4", "U5", "U6")
FULL = {f"crit-{code}": ["0", "1", "2", "3"] for code in CODES}


def value(query: Any) -> Any:
    found = db.session.scalar(query)
    db.session.remove()
    return found


def count(table: Any) -> int:
    return int(value(select(func.count()).select_from(table)))


def text_of(answer: Any) -> str:
    return re.sub(r"\s+", " ", answer.get_data(as_text=True))


def version_on(answer: Any) -> str:
    found = re.search(r'name="version" value="(\d+)"', answer.get_data(as_text=True))
    assert found
    return found[1]


def begin(browser: FlaskClient, world: Any) -> str:
    """The address of the school's plan, begun when it was not."""
    answer = browser.post(world.root)
    assert answer.status_code == 303
    return str(answer.headers["Location"].partition("/bagian/")[0])


def write_all(browser: FlaskClient, world: Any) -> tuple[str, str]:
    """The addresses of a complete plan and of the form of its goal."""
    plan = begin(browser, world)
    assert browser.post(f"{plan}/bagian/plan/0", data=PLAN).status_code == 303
    assert browser.post(f"{plan}/bagian/goals/0", data=LINE).status_code == 303
    return plan, f"{plan}/bagian/goals/1"


@pytest.fixture
def browsers(app: Flask, world: Any) -> tuple[Any, Any]:
    """Two sign-ins of the school's quality team."""
    return sign_in(app, world.people[Role.QUALITY_TEAM]), sign_in(app, world.people[Role.QUALITY_TEAM])


def statuses_of(race: Race, browsers: Any, path: str, *sent: dict[str, Any]) -> tuple[list[int], str]:
    """Send both forms at once; the statuses in order, and the page of the refused one."""
    outcomes = race(
        lambda: browsers[0].post(path, data=sent[0]), lambda: browsers[1].post(path, data=sent[1])
    )
    answers = sorted((outcome.value for outcome in outcomes), key=lambda answer: answer.status_code)
    return [answer.status_code for answer in answers], text_of(answers[1])


@pytest.mark.parametrize("version", ["0", "1"])
def test_a_plan_saved_twice_at_once(race: Race, browsers: Any, world: Any, version: str) -> None:
    about = f"{begin(browsers[0], world)}/bagian/plan/0"
    if version == "1":
        assert browsers[0].post(about, data=PLAN).status_code == 303
    sent = [{**PLAN, "version": version, "reason": text} for text in ("Alasan satu", "Alasan dua")]
    statuses, page = statuses_of(race, browsers, about, *sent)
    assert statuses == [303, 409]
    assert all(form["reason"] in page for form in sent)
    assert value(select(PARTS.c.version).where(PARTS.c.part == "plan")) == int(version) + 1


def test_a_school_begins_one_plan(race: Race, browsers: Any, world: Any) -> None:
    outcomes = race(lambda: browsers[0].post(world.root), lambda: browsers[1].post(world.root))
    assert [outcome.value.status_code for outcome in outcomes] == [303, 303]
    assert count(PLANS) == 1


def test_two_writers_one_lock(race: Race, app: Flask, browsers: Any, world: Any) -> None:
    """Two people press "Tulis" at once: one writes, the other one is told who does."""
    about = f"{begin(browsers[0], world)}/bagian/plan/0"
    head = sign_in(app, world.people[Role.HEADMASTER])
    outcomes = race(lambda: browsers[0].post(f"{about}/tulis"), lambda: head.post(f"{about}/tulis"))
    assert sorted(outcome.value.status_code for outcome in outcomes) == [303, 409]
    assert count(Base.metadata.tables["document_lock"]) == 1


def test_two_forms_that_type_at_once(race: Race, app: Flask, browsers: Any, world: Any) -> None:
    """Of two texts saved while they are typed, one is stored; the other stays with who typed it."""
    about = f"{begin(browsers[0], world)}/bagian/plan/0"
    sent = [{**PLAN, "form": name, "reason": name} for name in ("satu", "dua")]
    outcomes = race(
        lambda: browsers[0].post(f"{about}/sementara", data=sent[0]),
        lambda: browsers[1].post(f"{about}/sementara", data=sent[1]),
    )
    statuses = [outcome.value.status_code for outcome in outcomes]
    assert sorted(statuses) == [200, 409]
    stored = value(select(PARTS.c.content).where(PARTS.c.part == "plan"))["reason"]
    assert stored == sent[statuses.index(200)]["reason"]


def test_a_goal_saved_twice_at_once(race: Race, browsers: Any, world: Any) -> None:
    _plan, path = write_all(browsers[0], world)
    sent = [{**LINE, "version": "1", "goal": text} for text in ("Sasaran satu", "Sasaran dua")]
    statuses, page = statuses_of(race, browsers, path, *sent)
    assert statuses == [303, 409]
    assert all(form["goal"] in page for form in sent)


def test_what_is_submitted_gets_no_other_goal(race: Race, browsers: Any, world: Any) -> None:
    plan, _line = write_all(browsers[0], world)
    submitted, written = race(
        lambda: browsers[0].post(f"{plan}/ajukan"),
        lambda: browsers[1].post(f"{plan}/bagian/goals/0", data=LINE),
    )
    assert submitted.value.status_code == 303
    assert count(PARTS) == (3 if written.value.status_code == 303 else 2)
    assert written.value.status_code in {303, 409}


def test_two_reviewers_decide_once(race: Race, app: Flask, browsers: Any, world: Any) -> None:
    plan, _line = write_all(browsers[0], world)
    assert browsers[0].post(f"{plan}/ajukan").status_code == 303
    heads = [sign_in(app, world.people[Role.FACILITATOR]) for _ in range(2)]
    verdict = {
        **FULL,
        "version": version_on(heads[0].get(f"{plan}/telaah")),
        "decision": "accepted",
        "comment": "",
    }
    statuses, _page = statuses_of(race, heads, f"{plan}/telaah", verdict, verdict)
    assert statuses == [303, 409]
    assert count(REVIEWS) == 1


def test_one_day_is_measured_once(race: Race, browsers: Any, world: Any) -> None:
    plan, _line = write_all(browsers[0], world)
    measure = {"measured_on": "2020-10-10", "value": "50", "note": ""}
    path = f"{plan}/sasaran/1/ukur"
    statuses, _page = statuses_of(race, browsers, path, measure, {**measure, "value": "51"})
    assert statuses == [303, 422]
    assert count(FlagshipMeasure) == 1
