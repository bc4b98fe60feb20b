"""Two members of a quality team save at once: one is stored, the other one is told, with both texts."""

import re
from typing import Any

import pytest
from flask import Flask
from imbas_spmi_documents.models import ChecklistAnswer, PlanLine, Problem, Report
from sqlalchemy import func, select

from lms.api import Role, db
from lms.testing.people import sign_in
from lms.testing.race import Race

SDN_26 = ("6,21", "5,83", "6,05", "5,62", "4,10", "3,55", "5,90", "6,70")
REPORT = {"version": "0", "year": "2019", **{f"score-{n}": score for n, score in enumerate(SDN_26, start=1)}}
PROBLEM = {
    "version": "0",
    "code": "6.2.3",
    "condition": "430 buku dalam dus",
    "strength": "Komite punya tukang kayu",
    "weakness": "Tidak ada rak",
    "problem": "Siswa tidak dapat meminjam buku",
    "root_cause": "Petugas tidak pernah ditetapkan",
    "recommendation": "Petugas, jadwal, pojok baca",
}
LINE = {
    "version": "0",
    "programme": "Sudut baca yang hidup",
    "activity": "Pojok baca enam kelas",
    "target": "Pinjaman naik dari 0 menjadi 120 buku",
    "cost": "Rp2.400.000,00",
    "source": "bos",
    "month": "10",
    "responsible": "Guru kelas III",
}


def count(model: type) -> int:
    found = db.session.scalar(select(func.count()).select_from(model))
    db.session.remove()
    return int(found or 0)


def text_of(answer: Any) -> str:
    return re.sub(r"\s+", " ", answer.get_data(as_text=True))


@pytest.fixture
def browsers(app: Flask, world: Any) -> tuple[Any, Any]:
    """Two sign-ins of the school's quality team."""
    return sign_in(app, world.people[Role.QUALITY_TEAM]), sign_in(app, world.people[Role.QUALITY_TEAM])


def value(query: Any) -> Any:
    found = db.session.scalar(query)
    db.session.remove()
    return found


def refused_of(race: Race, browsers: Any, path: str, *sent: dict[str, str]) -> str:
    """Send both forms at once; the page of the one that was refused."""
    outcomes = race(
        lambda: browsers[0].post(path, data=sent[0]), lambda: browsers[1].post(path, data=sent[1])
    )
    statuses = [outcome.value.status_code for outcome in outcomes]
    assert sorted(statuses) == [303, 409]
    return text_of(outcomes[statuses.index(409)].value)


@pytest.mark.parametrize("version", ["0", "1"])
def test_a_report_saved_twice_at_once(race: Race, browsers: Any, world: Any, version: str) -> None:
    if version == "1":
        assert browsers[0].post(f"{world.root}/rapor", data=REPORT).status_code == 303
    sent = [{**REPORT, "version": version, "condition-1": text} for text in ("Dari telepon", "Dari laptop")]
    page = refused_of(race, browsers, f"{world.root}/rapor", *sent)
    assert all(form["condition-1"] in page for form in sent)
    assert count(Report) == 1


def test_a_problem_saved_twice_at_once(race: Race, browsers: Any, world: Any) -> None:
    assert browsers[0].post(f"{world.root}/masalah/baru", data=PROBLEM).status_code == 303
    path = f"{world.root}/masalah/{value(select(Problem.id))}"
    sent = [{**PROBLEM, "version": "1", "root_cause": text} for text in ("Akar satu", "Akar dua")]
    page = refused_of(race, browsers, path, *sent)
    assert all(form["root_cause"] in page for form in sent)
    assert value(select(Problem.version)) == 2


def test_a_plan_line_saved_twice_at_once(race: Race, browsers: Any, world: Any) -> None:
    browsers[0].post(f"{world.root}/masalah/baru", data=PROBLEM)
    problem_id = value(select(Problem.id))
    browsers[0].post(f"{world.root}/masalah/{problem_id}/rencana", data=LINE)
    path = f"{world.root}/rencana/{value(select(PlanLine.id))}"
    sent = [
        {**LINE, "version": "1", "problem_id": str(problem_id), "target": text} for text in ("Satu", "Dua")
    ]
    page = refused_of(race, browsers, path, *sent)
    assert all(form["target"] in page for form in sent)


def test_a_problem_is_not_removed_while_a_line_is_written_for_it(
    race: Race, browsers: Any, world: Any
) -> None:
    browsers[0].post(f"{world.root}/masalah/baru", data=PROBLEM)
    problem_id = value(select(Problem.id))
    removed, written = race(
        lambda: browsers[0].post(f"{world.root}/masalah/{problem_id}/hapus", data={"version": "1"}),
        lambda: browsers[1].post(f"{world.root}/masalah/{problem_id}/rencana", data=LINE),
    )
    assert (removed.value.status_code, written.value.status_code) in {(303, 404), (409, 303)}
    assert count(PlanLine) == count(Problem)


def test_a_problem_is_not_removed_while_a_line_is_moved_to_it(race: Race, browsers: Any, world: Any) -> None:
    for code in ("6.2.3", "6.2.4"):
        browsers[0].post(f"{world.root}/masalah/baru", data={**PROBLEM, "code": code})
    first, second = (value(select(Problem.id).where(Problem.code == code)) for code in ("6.2.3", "6.2.4"))
    browsers[0].post(f"{world.root}/masalah/{first}/rencana", data=LINE)
    line = f"{world.root}/rencana/{value(select(PlanLine.id))}"
    removed, moved = race(
        lambda: browsers[0].post(f"{world.root}/masalah/{second}/hapus", data={"version": "1"}),
        lambda: browsers[1].post(line, data={**LINE, "version": "1", "problem_id": str(second)}),
    )
    if (
        removed.value.status_code == 303
    ):  # its choice in the form is gone: said, and the line stays where it was
        assert moved.value.status_code in (404, 409, 422)
        assert (value(select(PlanLine.problem_id)), count(Problem)) == (first, 1)
    else:
        assert (removed.value.status_code, moved.value.status_code) == (409, 303)
        assert (value(select(PlanLine.problem_id)), count(Problem)) == (second, 2)


@pytest.mark.parametrize("version", ["0", "1"])
def test_a_checklist_item_saved_twice_at_once(race: Race, browsers: Any, world: Any, version: str) -> None:
    path = f"{world.root}/daftar-periksa/A1"
    if version == "1":
        first = {"version": "0", "availability": "missing", "note": "Belum ada SK"}
        assert browsers[0].post(path, data=first).status_code == 303
    sent = [
        {"version": version, "availability": word, "note": note}
        for word, note in (("complete", "Dari telepon"), ("partial", "Dari laptop"))
    ]
    page = refused_of(race, browsers, path, *sent)
    assert all(form["note"] in page for form in sent)
    assert (count(ChecklistAnswer), value(select(ChecklistAnswer.version))) == (1, int(version) + 1)


def test_two_items_saved_at_once_are_both_kept(race: Race, browsers: Any, world: Any) -> None:
    sent = {"version": "0", "availability": "complete", "note": ""}
    outcomes = race(
        lambda: browsers[0].post(f"{world.root}/daftar-periksa/A1", data=sent),
        lambda: browsers[1].post(f"{world.root}/daftar-periksa/A2", data=sent),
    )
    assert [outcome.value.status_code for outcome in outcomes] == [303, 303]
    assert count(ChecklistAnswer) == 2
