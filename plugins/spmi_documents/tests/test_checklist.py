"""The document checklist of a school: its pages for each role, saving, what is refused, another year."""

import re
from importlib.resources import files
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from imbas_spmi_documents import checklist_answers, personal
from imbas_spmi_documents.checklist import Total
from imbas_spmi_documents.models import ChecklistAnswer
from sqlalchemy import event, func, select, update

from lms.api import Base, Role, db, load_rubrics
from lms.testing import write
from lms.testing.people import sign_in
from lms.testing.world import START, row

CONTENT = files("imbas_spmi_documents") / "content"
ITEMS = next(
    rubric.criteria
    for rubric in load_rubrics(CONTENT / "rubrics.yaml")
    if rubric.key == "spmi_documents.checklist"
)
ANSWER = {"version": "0", "availability": "partial", "note": "Masa berlaku belum ditulis"}
WRITERS = {Role.QUALITY_TEAM, Role.HEADMASTER, Role.OPERATOR}


@pytest.fixture
def team(app: Flask, world: Any) -> FlaskClient:
    """A browser of the school's quality team."""
    return sign_in(app, world.people[Role.QUALITY_TEAM])


@pytest.fixture
def listed(world: Any) -> str:
    """The address of the school's checklist."""
    return f"{world.root}/daftar-periksa"


def text_of(answer: Any) -> str:
    return re.sub(r"\s+", " ", answer.get_data(as_text=True))


def count() -> int:
    found = db.session.scalar(select(func.count()).select_from(ChecklistAnswer))
    db.session.remove()
    return int(found or 0)


def test_the_rubric_has_28_items_in_six_sections_and_one_may_not_apply() -> None:
    assert len(ITEMS) == len({item.code for item in ITEMS}) == 28
    assert len({item.group for item in ITEMS}) == 6
    assert [item.code for item in ITEMS if item.may_not_apply] == ["F3"]
    assert max(len(item.code) for item in ITEMS) <= ChecklistAnswer.item_code.type.length


def test_all_items_are_shown_in_their_sections_and_counted(team: FlaskClient, listed: str) -> None:
    empty = text_of(team.get(listed))
    assert all(f"{item.code} · {item.text}" in empty for item in ITEMS)
    assert "0 dari 28 dokumen ada lengkap" in empty
    assert "Yang belum: 28 butir" in empty
    saved = team.post(f"{listed}/A1", data=ANSWER)
    assert (saved.status_code, saved.headers["Location"]) == (303, f"{listed}#butir-A1")
    for code in ("A2", "C5"):
        answer = {"version": "0", "availability": "complete", "note": ""}
        assert team.post(f"{listed}/{code}", data=answer).status_code == 303
    assert (
        team.post(f"{listed}/F3", data={"version": "0", "availability": "not_applicable"}).status_code == 303
    )
    page = text_of(team.get(listed))
    assert "2 dari 27 dokumen ada lengkap" in page
    assert "Yang belum: 25 butir" in page
    for section in ("1 dari 5", "0 dari 4", "1 dari 6", "0 dari 3"):
        assert f'<p class="num">{section} dokumen ada lengkap' in page
    assert "Masa berlaku belum ditulis" in page
    assert page.count('name="availability" value="not_applicable"') == 1


def test_an_item_is_changed_and_says_who_changed_it_when(
    app: Flask, team: FlaskClient, world: Any, listed: str
) -> None:
    team.post(f"{listed}/A1", data=ANSWER)
    form = text_of(team.get(f"{listed}/A1"))
    assert 'name="version" value="1"' in form
    assert 'value="partial" checked' in form
    assert "Unsur komite sekolah" in form
    head = sign_in(app, world.people[Role.HEADMASTER])
    changed = {"version": "1", "availability": "complete", "note": ""}
    assert head.post(f"{listed}/A1", data=changed).status_code == 303
    stored = db.session.scalars(select(ChecklistAnswer)).one()
    assert (stored.availability, stored.note, stored.version) == ("complete", "", 2)
    assert stored.updated_by == world.people[Role.HEADMASTER]


@pytest.mark.parametrize(
    ("code", "typed", "status", "words"),
    [
        ("Z9", {}, 404, "tidak ada dalam daftar periksa"),
        ("a1", {}, 404, "tidak ada dalam daftar periksa"),
        ("A1 ", {}, 404, "tidak ada dalam daftar periksa"),
        ("A1", {"availability": ""}, 422, "Pilih keadaannya dari daftar"),
        ("A1", {"availability": "COMPLETE"}, 422, "Pilih keadaannya dari daftar"),
        ("A1", {"availability": "lengkap"}, 422, "Pilih keadaannya dari daftar"),
        ("A1", {"availability": "not_applicable"}, 422, "Pilih keadaannya dari daftar"),
        ("A1", {"note": "x" * 301}, 422, "Paling panjang 300 huruf; sekarang 301"),
        ("A1", {"note": "satu\x00dua"}, 400, "tanda yang tidak dapat disimpan"),
        ("A1", {"version": "1"}, 409, "Rekan Bapak/Ibu baru saja menyimpan"),
        ("A1", {"code": "A2"}, 400, "isian yang tidak dikenal"),
    ],
)
def test_what_is_refused_and_what_was_typed_stays(
    team: FlaskClient, listed: str, code: str, typed: dict[str, str], status: int, words: str
) -> None:
    answer = team.post(f"{listed}/{code}", data={**ANSWER, **typed})
    assert answer.status_code == status
    page = text_of(answer)
    assert words in page
    if status in (409, 422):
        assert {**ANSWER, **typed}["note"] in page
    assert count() == 0


def test_a_note_of_full_length_is_kept_whole(team: FlaskClient, listed: str) -> None:
    note = "<b>&'\" " + "é" * 292
    assert team.post(f"{listed}/A1", data={**ANSWER, "note": note}).status_code == 303
    assert db.session.scalar(select(ChecklistAnswer.note)) == note
    db.session.remove()
    assert "<b>&" not in text_of(team.get(listed))


def test_the_same_press_twice_is_one(team: FlaskClient, listed: str) -> None:
    sent = {**ANSWER, "_key": "satu-kali"}
    assert [team.post(f"{listed}/B2", data=sent).status_code for _ in range(2)] == [303, 303]
    assert db.session.scalar(select(ChecklistAnswer.version)) == 1


def test_two_people_change_the_same_item(app: Flask, team: FlaskClient, world: Any, listed: str) -> None:
    team.post(f"{listed}/A1", data=ANSWER)
    head = sign_in(app, world.people[Role.HEADMASTER])
    first = {"version": "1", "availability": "complete", "note": "SK baru 14 September"}
    assert head.post(f"{listed}/A1", data=first).status_code == 303
    late = team.post(f"{listed}/A1", data={"version": "1", "availability": "missing", "note": "SK hilang"})
    page = text_of(late)
    assert late.status_code == 409
    assert "SK baru 14 September" in page  # what is stored
    assert "Ada lengkap</dd>" in page
    assert 'value="SK hilang"' in page  # what was typed
    assert 'value="missing" checked' in page
    assert 'name="version" value="2"' in page  # a second save holds
    again = team.post(f"{listed}/A1", data={"version": "2", "availability": "missing", "note": "SK hilang"})
    assert again.status_code == 303


READERS = set(Role) - {Role.AGENCY_HEAD, Role.EDUCATION_OFFICE}


@pytest.mark.parametrize("role", sorted(READERS))
def test_who_may_read_and_who_may_write(app: Flask, world: Any, listed: str, role: Role) -> None:
    sign_in(app, world.people[Role.QUALITY_TEAM]).post(f"{listed}/A2", data={**ANSWER, "version": "0"})
    browser = sign_in(app, world.people[role])
    page = browser.get(listed)
    assert page.status_code == 200
    assert "Masa berlaku belum ditulis" in text_of(page)
    assert ("<form" in text_of(page).split("<main")[1]) is (role in WRITERS)
    assert browser.get(f"{listed}/A1").status_code == (200 if role in WRITERS else 403)
    assert browser.post(f"{listed}/A1", data=ANSWER).status_code == (303 if role in WRITERS else 403)
    assert browser.get(f"/m/spmi_documents/{world.placement_id}/daftar-periksa").status_code in (200, 303)


def test_another_school_sees_and_changes_nothing(app: Flask, world: Any, listed: str) -> None:
    browser = sign_in(app, world.stranger)
    assert browser.get(listed).status_code == 403
    assert browser.post(f"{listed}/A1", data=ANSWER).status_code == 403
    far = sign_in(app, world.far_admin)
    assert far.get(listed).status_code == 403
    assert browser.get(f"/m/spmi_documents/{world.programme_id}/99999/daftar-periksa").status_code == 404
    assert count() == 0


def test_a_closed_programme_is_only_read(team: FlaskClient, world: Any, listed: str) -> None:
    team.post(f"{listed}/A1", data=ANSWER)
    with write() as session:
        programme = Base.metadata.tables["programme"]
        session.execute(update(programme).where(programme.c.id == world.programme_id).values(status="closed"))
    page = text_of(team.get(listed))
    assert "Program ini sudah ditutup" in page
    assert "Masa berlaku belum ditulis" in page
    assert "Simpan butir" not in page
    assert team.post(f"{listed}/A1", data={**ANSWER, "version": "1"}).status_code == 403
    assert count() == 1


def test_a_programme_of_another_year_has_answers_of_its_own(
    team: FlaskClient, world: Any, listed: str
) -> None:
    with write() as session:
        tables = Base.metadata.tables
        definition = session.scalar(select(tables["programme"].c.definition))
        agency_id = session.scalar(select(tables["programme"].c.agency_id))
        next_year = row(
            session,
            "programme",
            agency_id=agency_id,
            code="SEKMOD21",
            title="Sekolah Model",
            school_year="2021/2022",
            timezone="Asia/Jakarta",
            status="running",
            version=1,
            definition=definition,
            created_at=START,
        )
        row(session, "programme_school", programme_id=next_year, school_id=world.school_id, kind="model")
    newer = f"/m/spmi_documents/{next_year}/{world.school_id}/daftar-periksa"
    done = {"version": "0", "availability": "complete", "note": "Tahun lalu"}
    team.post(f"{listed}/A1", data=done)
    assert "0 dari 28 dokumen ada lengkap" in text_of(team.get(newer))
    assert team.post(f"{newer}/A1", data={**ANSWER, "version": "0"}).status_code == 303
    assert "Tahun lalu" in text_of(team.get(listed))
    keys = [(world.programme_id, world.school_id), (next_year, world.school_id)]
    found = checklist_answers.totals(db.session(), keys)
    assert [found[key] for key in keys] == [Total(1, 28), Total(0, 28)]


def test_material_workspace_and_board_lead_to_the_checklist(
    app: Flask, team: FlaskClient, world: Any, listed: str
) -> None:
    team.post(f"{listed}/A2", data={"version": "0", "availability": "complete"})
    home = f"/m/spmi_documents/{world.placement_id}/daftar-periksa"
    assert f'href="{home}"' in text_of(team.get(f"/materi/{world.placement_id}"))
    assert team.get(home).headers["Location"] == listed
    board = text_of(team.get(world.root))
    assert f'href="{listed}"' in board
    assert "1 dari 28 dokumen ada lengkap." in board
    school_board = f"/bukti/papan/{world.programme_id}/{world.school_id}"
    assert "Daftar periksa: 1 dari 28" in text_of(team.get(school_board))
    admin = text_of(sign_in(app, world.people[Role.ADMIN]).get(home))
    assert f'href="{listed}"' in admin
    assert "1 dari 28" in admin
    assert "0 dari 28" in admin


def test_the_list_costs_the_same_empty_and_full(team: FlaskClient, listed: str) -> None:
    def statements() -> int:
        found: list[str] = []

        def note(*arguments: Any) -> None:
            found.append(arguments[2])

        event.listen(db.engine, "before_cursor_execute", note)
        team.get(listed)
        event.remove(db.engine, "before_cursor_execute", note)
        return len([statement for statement in found if statement.startswith("SELECT")])

    team.post(f"{listed}/A1", data=ANSWER)
    one = statements()
    for item in ITEMS[1:]:
        team.post(f"{listed}/{item.code}", data=ANSWER)
    assert count() == 28
    assert statements() == one <= 8


def test_who_answered_is_exported_and_forgotten(team: FlaskClient, world: Any, listed: str) -> None:
    team.post(f"{listed}/A1", data=ANSWER)
    person_id = world.people[Role.QUALITY_TEAM]
    assert len(personal.export_person(db.session(), person_id=person_id)["checklist_answers"]) == 1
    db.session.remove()
    with write() as session:
        personal.forget_person(session, person_id=person_id)
    assert db.session.scalar(select(ChecklistAnswer.updated_by)) is None
    db.session.remove()
    assert "Masa berlaku belum ditulis" in text_of(team.get(listed))
