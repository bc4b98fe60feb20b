"""A school's way through the pages: report, mapping, plan, paper. And who may not go it."""

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from imbas_spmi_documents import queries
from imbas_spmi_documents.models import PlanLine, Problem, Report
from sqlalchemy import event, func, insert, select

from lms.api import Base, Localized, Role, db
from lms.testing import write
from lms.testing.people import sign_in

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


@pytest.fixture
def team(app: Flask, world: Any) -> FlaskClient:
    """A browser of the school's quality team."""
    return sign_in(app, world.people[Role.QUALITY_TEAM])


def count(model: type) -> int:
    found = db.session.scalar(select(func.count()).select_from(model))
    db.session.remove()
    return int(found or 0)


def text_of(answer: Any) -> str:
    return re.sub(r"\s+", " ", answer.get_data(as_text=True))


def test_from_the_report_to_the_printed_plan(team: FlaskClient, world: Any) -> None:
    home = team.get(f"/m/spmi_documents/{world.placement_id}")
    assert (home.status_code, home.headers["Location"]) == (303, world.root)
    assert "Baru 0 dari 8 standar" in text_of(team.get(world.root))

    assert team.post(f"{world.root}/rapor", data=REPORT).status_code == 303
    page = text_of(team.get(world.root))
    assert "5,50" in page
    assert "Menuju SNP 4" in page
    assert 'Sarana dan Prasarana (<span class="num">3,55</span>)' in page

    assert team.post(f"{world.root}/masalah/baru", data=PROBLEM).status_code == 303
    problem_id = db.session.scalar(select(Problem.id))
    db.session.remove()
    assert team.post(f"{world.root}/masalah/{problem_id}/rencana", data=LINE).status_code == 303
    paper = text_of(team.get(f"{world.root}/cetak"))
    for words in ("6.2.3", "Petugas tidak pernah ditetapkan", "2.400.000", "BOS", "Oktober", "5,495"):
        assert (words in paper) is (words != "5,495")
    board = queries.board(db.session(), programme_id=world.programme_id, school_id=world.school_id)
    assert board.facts == {"standards": 8, "problems": 1, "planned": 1}
    assert board.cost == 2_400_000


def test_a_faulty_report_comes_back_with_everything_typed(team: FlaskClient, world: Any) -> None:
    typed = {**REPORT, "score-3": "7,5", "score-6": "", "condition-6": "Satu ruang dipakai gudang"}
    answer = team.post(f"{world.root}/rapor", data=typed)
    assert answer.status_code == 422
    page = text_of(answer)
    assert "Isian Bapak/Ibu masih ada" in page
    for kept in ("7,5", "6,21", "Satu ruang dipakai gudang", "Tulis skor 0,00 sampai 7,00"):
        assert kept in page
    assert count(Report) == 0


def test_a_standard_may_be_invalid_and_then_there_is_no_mean(team: FlaskClient, world: Any) -> None:
    assert (
        team.post(f"{world.root}/rapor", data={**REPORT, "score-6": "", "status-6": "invalid"}).status_code
        == 303
    )
    page = text_of(team.get(world.root))
    assert "Rata-rata belum dapat dihitung" in page
    assert "Tidak valid" in page
    refused = team.post(f"{world.root}/rapor", data={**REPORT, "version": "1", "status-6": "not_sent"})
    assert refused.status_code == 422


def test_two_people_change_the_same_problem(app: Flask, team: FlaskClient, world: Any) -> None:
    team.post(f"{world.root}/masalah/baru", data=PROBLEM)
    problem_id = db.session.scalar(select(Problem.id))
    db.session.remove()
    address = f"{world.root}/masalah/{problem_id}"
    head = sign_in(app, world.people[Role.HEADMASTER])
    assert (
        head.post(address, data={**PROBLEM, "version": "1", "strength": "Sudah ada 430 buku"}).status_code
        == 303
    )
    late = team.post(address, data={**PROBLEM, "version": "1", "strength": "Paguyuban mau membantu"})
    page = text_of(late)
    assert late.status_code == 409
    assert "Sudah ada 430 buku" in page  # what is stored
    assert "Paguyuban mau membantu" in page  # what was typed
    assert 'name="version" value="2"' in page  # a second save holds
    again = team.post(address, data={**PROBLEM, "version": "2", "strength": "Paguyuban mau membantu"})
    assert again.status_code == 303


def test_what_was_typed_survives_a_colleague_who_removed_the_row(
    app: Flask, team: FlaskClient, world: Any
) -> None:
    team.post(f"{world.root}/masalah/baru", data=PROBLEM)
    problem_id = db.session.scalar(select(Problem.id))
    db.session.remove()
    address = f"{world.root}/masalah/{problem_id}"
    head = sign_in(app, world.people[Role.HEADMASTER])
    assert head.post(f"{address}/hapus", data={"version": "1"}).status_code == 303
    answer = team.post(address, data={**PROBLEM, "version": "1", "strength": "Paguyuban mau membantu"})
    assert answer.status_code == 404
    assert "Paguyuban mau membantu" in text_of(answer)
    assert f'action="{world.root}/masalah/baru"' in text_of(answer)


def test_a_plan_line_needs_a_mapped_problem_of_this_school(app: Flask, team: FlaskClient, world: Any) -> None:
    team.post(f"{world.root}/masalah/baru", data=PROBLEM)
    problem_id = db.session.scalar(select(Problem.id))
    db.session.remove()
    other = sign_in(app, world.stranger)
    own_root = f"/m/spmi_documents/{world.programme_id}/{world.other_school_id}"
    assert other.post(f"{own_root}/masalah/{problem_id}/rencana", data=LINE).status_code == 404
    assert team.post(f"{world.root}/masalah/9999/rencana", data=LINE).status_code == 404
    assert (
        team.post(f"{world.root}/masalah/{problem_id}/rencana", data={**LINE, "cost": "2.40"}).status_code
        == 422
    )
    assert count(PlanLine) == 0
    assert team.post(f"{world.root}/masalah/{problem_id}/rencana", data=LINE).status_code == 303
    assert team.post(f"{world.root}/masalah/{problem_id}/hapus", data={"version": "1"}).status_code == 409
    line_id = db.session.scalar(select(PlanLine.id))
    db.session.remove()
    changed = {**LINE, "version": "1", "cost": "2.500.000", "problem_id": str(problem_id)}
    assert team.post(f"{world.root}/rencana/{line_id}", data=changed).status_code == 303
    assert team.post(f"{world.root}/rencana/{line_id}/hapus", data={"version": "1"}).status_code == 409
    assert team.post(f"{world.root}/rencana/{line_id}/hapus", data={"version": "2"}).status_code == 303
    assert count(PlanLine) == 0


READERS = set(Role) - {Role.AGENCY_HEAD, Role.EDUCATION_OFFICE}
WRITERS = {Role.QUALITY_TEAM, Role.HEADMASTER, Role.OPERATOR}


@pytest.mark.parametrize("role", sorted(READERS))
def test_who_may_read_and_who_may_write(app: Flask, world: Any, role: Role) -> None:
    browser = sign_in(app, world.people[role])
    assert browser.get(world.root).status_code == 200
    assert browser.get(f"/m/spmi_documents/{world.placement_id}").status_code in (200, 303)
    wanted = 303 if role in WRITERS else 403
    assert browser.post(f"{world.root}/rapor", data=REPORT).status_code == wanted
    assert ("Isi rapor mutu" in text_of(browser.get(f"{world.root}/rapor"))) is (role in WRITERS)


def test_another_school_sees_and_changes_nothing(app: Flask, world: Any) -> None:
    browser = sign_in(app, world.stranger)
    assert browser.get(world.root).status_code == 403
    assert browser.post(f"{world.root}/rapor", data=REPORT).status_code == 403
    assert browser.get(f"/m/spmi_documents/{world.programme_id}/99999").status_code == 404
    assert browser.get("/m/spmi_documents/99999").status_code == 404


def test_a_board_costs_the_same_with_one_problem_and_with_twenty(team: FlaskClient, world: Any) -> None:
    team.post(f"{world.root}/rapor", data=REPORT)

    def statements() -> int:
        found: list[str] = []

        def note(*arguments: Any) -> None:
            found.append(arguments[2])

        event.listen(db.engine, "before_cursor_execute", note)
        team.get(world.root)
        event.remove(db.engine, "before_cursor_execute", note)
        return len([statement for statement in found if statement.startswith("SELECT")])

    def fill(number: int) -> None:
        team.post(f"{world.root}/masalah/baru", data={**PROBLEM, "problem": f"Masalah nomor {number}"})
        problem_id = db.session.scalar(select(func.max(Problem.id)))
        db.session.remove()
        team.post(f"{world.root}/masalah/{problem_id}/rencana", data=LINE)

    fill(1)
    one = statements()
    for number in range(2, 21):
        fill(number)
    assert statements() == one <= 14


def test_the_way_from_material_over_workspace_to_product_and_back(app: Flask, world: Any) -> None:
    """Each page names the next one; a teacher, who may not see the school's board, is not sent there."""
    with write() as session:
        due_id = session.execute(
            insert(Base.metadata.tables["deliverable_due"]).values(
                stage_id=world.stage_id,
                deliverable_key="spmi_documents.mapping_analysis",
                title=Localized(id="Analisis", en="Analysis"),
                unit="school",
                models_only=False,
                mandatory=True,
                position=1,
                due_at=datetime(2020, 9, 30, 9, tzinfo=UTC),
            )
        ).inserted_primary_key[0]
    team = sign_in(app, world.people[Role.QUALITY_TEAM])
    board = f"/bukti/papan/{world.programme_id}/{world.school_id}"
    page = text_of(team.get(world.root))
    assert f'href="/materi/{world.placement_id}"' in page
    assert f'href="{board}"' in page
    assert f'href="/m/spmi_documents/{world.placement_id}"' in text_of(
        team.get(f"/materi/{world.placement_id}")
    )
    opened = team.post(f"/bukti/buka/{due_id}/{world.school_id}")
    assert f'href="/m/spmi_documents/{world.placement_id}"' in text_of(team.get(opened.headers["Location"]))
    teacher = text_of(sign_in(app, world.people[Role.TEACHER]).get(world.root))
    assert f'href="/materi/{world.placement_id}"' in teacher
    assert board not in teacher
