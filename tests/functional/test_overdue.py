"""What an earlier stage still asks for stays in sight, first and by its stage; a bar is full when all is done."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update

from lms.completion import api as completion
from lms.completion.models import CompletionState
from lms.contract.actors import Role
from lms.contract.modules import Unit
from lms.evidence.models import Assignment, Submission
from lms.people.directory.models import Agency
from lms.platform.db import db
from lms.platform.transaction import write
from lms.programmes import api as programmes
from lms.reports.control_room import control_room
from lms.testing.people import make_school, sign_in
from tests.inhabitants import TODAY, Province

pytestmark = pytest.mark.modules
EMPTY = {"met": True, "fraction": 1, "reasons": [], "scores": {"done": 0, "owed": 0}}


def words(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page)).replace("\xa0", " ")


def open_titles(province: Province, unit: Unit, stage_no: int) -> list[str]:
    """Mandatory deliverables of a stage that the school, or its first teacher, has not begun."""
    stage = programmes.stages_of(db.session(), province.own.programme_id)[stage_no - 1]
    begun = select(Submission.due_id).where(Submission.school_id == province.own.school.id)
    query = select(Assignment.title).where(
        Assignment.stage_id == stage.id,
        Assignment.unit == unit,
        Assignment.mandatory.is_(True),
        Assignment.id.not_in(begun),
    )
    found = [title.in_("id") for title in db.session.scalars(query)]
    db.session.remove()
    return found


@pytest.mark.parametrize("role", [Role.HEADMASTER, Role.QUALITY_TEAM])
def test_the_schools_evidence_of_an_earlier_stage_comes_first(
    site: Flask, province: Province, role: Role
) -> None:
    """Stage 2 runs, or the last one: stage 1 was not completed."""
    titles = open_titles(province, Unit.SCHOOL, 1)
    assert titles
    page = words(sign_in(site, province.own.people[role]).get("/").text)
    for title in titles:
        assert re.search(re.escape(title) + r" Tahap 1 · [^·]*· [^·]*lewat \d+ \w+ Terlambat", page), title
    later = open_titles(province, Unit.SCHOOL, 3)
    assert page.index(titles[0]) < min(page.index(title) for title in later)


def test_a_teachers_own_work_of_an_earlier_stage_comes_first(site: Flask, province: Province) -> None:
    teacher = province.own.school.teachers[-1]
    page = words(sign_in(site, teacher).get("/").text)
    late = page.index("Belum selesai dari tahap sebelumnya")
    titles = [title for no in (1, 2) for title in open_titles(province, Unit.TEACHER, no)]
    assert titles
    assert late < page.index("Tahap program" if "Tahap program" in page else "Tahap 3:")
    for title in titles:
        assert title in page[late : page.index("Tahap 3:")]
    # a quiz that nobody can begin any more is owed, and is not the next thing to press
    assert "Kuis" in page[late : page.index("Tahap 3:")]


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.FACILITATOR, Role.SUPERVISOR, Role.GRADER])
def test_who_looks_after_a_school_sees_its_earlier_stages(
    site: Flask, province: Province, role: Role
) -> None:
    with write() as session:
        completion.recompute(
            session, programme_id=province.own.programme_id, school_ids=[province.own.school.id], now=TODAY
        )
    page = words(sign_in(site, province.own.people[role]).get("/").text)
    assert "Tahap 1 belum selesai" in page if role is Role.GRADER else re.search(r"Tahap 1 Terlambat", page)


def test_the_board_begins_with_stages_that_are_over_and_not_complete(site: Flask, province: Province) -> None:
    path = f"/bukti/papan/{province.own.programme_id}/{province.own.school.id}"
    browser = sign_in(site, province.own.people[Role.HEADMASTER])
    stages = re.findall(r"<h2>Tahap (\d)", browser.get(path).text)
    assert stages[0] == "1"
    assert stages.index("1") < stages.index("3")
    with write() as session:
        stage = programmes.stages_of(session, province.own.programme_id)[0]
        session.execute(update(Assignment).where(Assignment.stage_id == stage.id).values(mandatory=False))
    assert re.findall(r"<h2>Tahap (\d)", browser.get(path).text)[0] != "1"


def test_the_list_of_teachers_names_the_stage(site: Flask, province: Province) -> None:
    with write() as session:
        completion.recompute(
            session, programme_id=province.own.programme_id, school_ids=[province.own.school.id], now=TODAY
        )
    path = f"/guru-kami/{province.own.programme_id}/{province.own.school.id}"
    page = sign_in(site, province.own.people[Role.HEADMASTER]).get(path).text
    assert "Tahap 1 Terlambat" in words(page)
    assert "Di%20tahap%201%20%28sudah%20lewat%20batas%29" in page


def stored(province: Province, person: int, values: Callable[[CompletionState], dict[str, object]]) -> None:
    with write() as session:
        enrolment = programmes.enrolment_of(session, person, now=TODAY)
        assert enrolment is not None
        for row in session.scalars(
            select(CompletionState).where(CompletionState.enrolment_id == enrolment.id)
        ):
            if row.stage_id:
                for name, value in values(row).items():
                    setattr(row, name, value)


def test_nothing_owed_is_not_full(site: Flask, province: Province) -> None:
    """A teacher without products of their own: the bar of On stays empty, and no sentence says it is done."""
    teacher = province.own.school.teachers[-1]
    stored(
        province,
        teacher,
        lambda row: (
            EMPTY
            if row.phase == "on_service"
            else {"met": False, "fraction": 0, "scores": {"done": 0, "owed": 3}}
        ),
    )
    browser = sign_in(site, teacher)
    page = browser.get("/").text
    assert "In 0\xa0% · On -" in page
    assert "On 100" not in page
    stage = re.search(r'href="(/tahap/\d+)"', page)
    assert stage
    assert "Tidak ada tagihan di bagian ini." in browser.get(stage[1]).text


def test_a_headmasters_work_on_service_is_the_schools(site: Flask, province: Province) -> None:
    with write() as session:
        completion.recompute(
            session, programme_id=province.own.programme_id, school_ids=[province.own.school.id], now=TODAY
        )
    page = sign_in(site, province.own.people[Role.HEADMASTER]).get("/").text
    assert "On 100" not in page
    assert re.search(r"On \d", page)


def test_the_number_of_schools_behind_is_of_all_and_the_list_has_as_many(
    site: Flask, province: Province
) -> None:
    """Sixty schools, two pages: the figure, the filtered list and its pages agree."""
    programme_id = province.own.programme_id
    with write() as session:
        agency = programmes.get_programme(session, programme_id).agency_id
        stage = programmes.stages_of(session, programme_id)[0]
        for number in range(60):
            school = make_school(session, session.get_one(Agency, agency), name=f"SD {number}")
            programmes.add_school(
                session,
                programme_id=programme_id,
                school_id=school.id,
                kind=programmes.SchoolKind.IMBAS,
                now=TODAY,
            )
            if number < 5:
                for entry in programmes.stages_of(session, programme_id):
                    if entry.closes_at <= TODAY:
                        session.add(through(programme_id, school.id, entry.id))
        assert stage.closes_at <= TODAY
    browser = sign_in(site, province.own.people[Role.ADMIN])
    path = f"/ruang-kendali/{programme_id}"
    page = browser.get(path).text
    assert '<b class="num">57 / 62</b>' in page
    listed: list[str] = []
    for number in (1, 2):
        rows = browser.get(f"{path}?tampil=tertinggal&hal={number}").text
        table = rows[rows.index("<tbody>") : rows.index("</tbody>")]
        listed += re.findall(r'<th scope="row"><a href="([^"]+)"', table)
    assert len(listed) == len(set(listed)) == 57
    assert "Lihat semua 57 sekolah" in page
    db.session.remove()


def through(programme_id: int, school_id: int, stage_id: int) -> CompletionState:
    return CompletionState(
        programme_id=programme_id,
        school_id=school_id,
        enrolment_id=None,
        stage_id=stage_id,
        phase="",
        met=True,
        fraction=1,
        reasons=[],
        scores={},
        changed_at=TODAY,
    )


def test_nobody_is_behind_before_a_stage_is_over(site: Flask, province: Province) -> None:
    stage = programmes.stages_of(db.session(), province.own.programme_id)[0]
    early = stage.opens_at + timedelta(days=1)
    room = control_room(db.session(), programme_id=province.own.programme_id, page=1, now=early)
    only = control_room(
        db.session(), programme_id=province.own.programme_id, page=1, now=early, only_behind=True
    )
    assert (room.behind, room.first_behind, only.rows) == (0, (), ())
    assert len(room.rows) == 2


def test_a_school_has_done_nothing_on_service_before_somebody_has(site: Flask, province: Province) -> None:
    """A phase that asks nothing of the participants is not counted as theirs done."""
    with write() as session:
        completion.recompute(
            session, programme_id=province.own.programme_id, school_ids=[province.own.school.id], now=TODAY
        )
        stage = programmes.stages_of(session, province.own.programme_id)[0]
        asked = select(Assignment.id).where(
            Assignment.stage_id == stage.id, Assignment.unit == Unit.TEACHER, Assignment.mandatory.is_(True)
        )
        assert session.scalar(asked) is None, "stage 1 asks no own product"
        accepted = session.scalar(
            select(Submission.id).where(
                Submission.school_id == province.own.school.id, Submission.status == "accepted"
            )
        )
        assert accepted is None
        states = completion.states_of_schools(
            session, programme_id=province.own.programme_id, school_ids=[province.own.school.id]
        )
        on = next(row for row in states if row.stage_id == stage.id and row.phase == "on_service")
        assert not on.met
        owed = [reason["rule"] for reason in on.reasons]
        assert "people" not in owed
        assert owed.count("product") + 1 == on.scores["owed"], (on.reasons, on.scores)
        assert on.scores["done"] == (0 if "spmi_documents.mapping_complete" in owed else 1)
