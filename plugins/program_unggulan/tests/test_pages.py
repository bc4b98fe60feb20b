"""A school's way through the pages: plan, goal, review, measuring, paper. And who may not go it."""

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from imbas_program_unggulan.models import FlagshipMeasure
from sqlalchemy import event, func, insert, select

from lms.api import Base, Localized, Role, Unit, db
from lms.testing import write
from lms.testing.people import get_person, get_school, sign_in, wear

PLANS, PARTS, REVISIONS = (
    Base.metadata.tables[name] for name in ("document", "document_part", "document_revision")
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
WEAK = {**FULL, "crit-U3": ["1", "3"], "crit-U4": ["0", "1"], "crit-U5": ["0"], "crit-U6": ["0", "1", "2"]}


@pytest.fixture
def team(app: Flask, world: Any) -> FlaskClient:
    """A browser of the school's quality team."""
    return sign_in(app, world.people[Role.QUALITY_TEAM])


@pytest.fixture
def facilitator(app: Flask, world: Any) -> FlaskClient:
    """A browser of the school's facilitator."""
    return sign_in(app, world.people[Role.FACILITATOR])


def value(query: Any) -> Any:
    found = db.session.scalar(query)
    db.session.remove()
    return found


def count(model: type) -> int:
    return int(value(select(func.count()).select_from(model)))


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


def test_from_an_idea_to_a_printed_plan(team: FlaskClient, world: Any) -> None:
    home = team.get(f"/m/program_unggulan/{world.placement_id}")
    assert (home.status_code, home.headers["Location"]) == (303, world.root)
    assert "Mulai dengan satu program" in text_of(team.get(world.root))
    plan = begin(team, world)
    assert begin(team, world) == plan, "a school has one"
    assert team.get(f"{plan}/bagian/goals/1").status_code == 404
    short = {**PLAN, "risk": "-", "code": ""}
    assert team.post(f"{plan}/bagian/plan/0", data=short).status_code == 303
    assert "Belum diisi: kode indikator, risiko dan pencegahan." in text_of(team.get(world.root))
    assert team.post(f"{plan}/ajukan").status_code == 422
    assert team.post(f"{plan}/bagian/plan/0", data={**PLAN, "version": "1"}).status_code == 303
    assert "Tulis bagian sasaran." in text_of(team.get(world.root))
    assert team.post(f"{plan}/bagian/goals/0", data={**LINE, "target": ""}).status_code == 303
    assert "Belum diisi: target." in text_of(team.get(world.root))
    assert team.post(f"{plan}/bagian/goals/1", data={**LINE, "version": "1"}).status_code == 303
    page = text_of(team.get(world.root))
    assert "Rencana lengkap. Ajukan" in page
    assert page.count("Pakai kata kerja yang dapat dilihat") == 1  # the family's role is weak
    paper = text_of(team.get(f"{plan}/cetak"))
    for words in ("Kebun Gizi", "1.1.10", "45 %", "70 %", "Puskesmas menyuluh dua kali", "Bibit Rp1.750.000"):
        assert words in paper


def test_from_review_to_acceptance(team: FlaskClient, facilitator: FlaskClient, world: Any) -> None:
    plan, line = write_all(team, world)
    assert team.post(f"{plan}/ajukan").status_code == 303
    assert team.post(line, data={**LINE, "version": "1"}).status_code == 409
    first = {**WEAK, "version": version_on(facilitator.get(f"{plan}/telaah"))}
    too_early = facilitator.post(f"{plan}/telaah", data={**first, "decision": "accepted"})
    assert too_early.status_code == 422
    assert "di bawah 70" in text_of(too_early)
    silent = {**first, "note-U4": "Umpan balik?", "decision": "needs_revision"}
    refused = facilitator.post(f"{plan}/telaah", data=silent)
    assert refused.status_code == 422
    kept = text_of(refused)
    assert kept.count("Tulis apa yang perlu ditambahkan") == 4  # U3 and U5, in the list and at the field
    assert "Umpan balik?" in kept
    said = {
        **silent,
        "note-U3": "Sebut SK tim",
        "note-U5": "Belum ada kesepakatan tertulis",
        "remark-goals": "Satu sasaran cukup",
    }
    assert facilitator.post(f"{plan}/telaah", data=said).status_code == 303
    page = text_of(team.get(world.root))
    for words in (
        "Perlu revisi",
        "66,67",
        "16 dari 24 deskriptor",
        "Belum ada kesepakatan tertulis",
        "Catatan penelaah:</b> Satu sasaran cukup",
    ):
        assert words in page
    assert team.post(line, data={**LINE, "version": "1", "role_family": "Memaraf buku"}).status_code == 303
    team.post(f"{plan}/ajukan")
    second = {**FULL, "version": version_on(facilitator.get(f"{plan}/telaah")), "decision": "accepted"}
    assert facilitator.post(f"{plan}/telaah", data=second).status_code == 303
    assert value(select(PLANS.c.state)).value == "accepted"
    (goal,) = (
        row["values"]
        for row in value(select(REVISIONS.c.content).order_by(REVISIONS.c.no))["rows"]
        if row["part"] == "goals"
    )
    assert (goal["target"], goal["role_family"]) == ("70", "Mendukung sarapan")
    assert facilitator.post(f"{plan}/telaah", data=second).status_code == 409
    beside = text_of(team.get(f"{plan}/versi/1/2"))
    assert "Tidak berubah: program secara umum." in beside
    assert "<del>Mendukung sarapan</del>" in beside
    assert "<ins>Memaraf buku</ins>" in beside


def test_an_accepted_plan_becomes_evidence_of_the_school(
    team: FlaskClient, facilitator: FlaskClient, world: Any
) -> None:
    plan, _line = write_all(team, world)
    assert team.post(f"{plan}/ajukan").status_code == 303
    said = {**FULL, "version": version_on(facilitator.get(f"{plan}/telaah")), "decision": "accepted"}
    assert facilitator.post(f"{plan}/telaah", data=said).status_code == 303
    with write() as session:
        session.execute(
            insert(Base.metadata.tables["deliverable_due"]).values(
                stage_id=world.stage_id,
                deliverable_key="program_unggulan.flagship_plan",
                title=Localized(id="Rencana", en="Plan"),
                unit=Unit.SCHOOL,
                models_only=False,
                mandatory=True,
                position=1,
                due_at=datetime.fromisoformat("2020-10-23T16:00:00+07:00"),
            )
        )
    for _twice in range(2):
        answer = team.post(f"{plan}/bukti")
        assert answer.status_code == 303
        assert "Kebun Gizi" in text_of(team.get(answer.headers["Location"]))
    submissions = Base.metadata.tables["submission"]
    assert value(select(func.count()).select_from(submissions)) == 1
    assert value(select(submissions.c.enrolment_id)) is None


def test_who_coaches_several_schools_sees_how_each_plan_stands(
    app: Flask, team: FlaskClient, facilitator: FlaskClient, world: Any
) -> None:
    plan, _line = write_all(team, world)
    assert team.post(f"{plan}/ajukan").status_code == 303
    admin = sign_in(app, world.people[Role.ADMIN])
    page = text_of(admin.get(f"/m/program_unggulan/{world.placement_id}"))
    assert "SD Negeri 26" in page
    assert "Kebun Gizi" in page


def test_a_writer_does_not_review(app: Flask, world: Any) -> None:
    with write() as session:
        person = get_person(session, world.people[Role.FACILITATOR])
        school = get_school(session, world.school_id)
        assert school is not None
        wear(session, person, Role.QUALITY_TEAM, school=school)
    both = sign_in(app, world.people[Role.FACILITATOR])
    plan, _line = write_all(both, world)
    both.post(f"{plan}/ajukan")
    assert both.get(f"{plan}/telaah").status_code == 403
    data = {**FULL, "version": "2", "decision": "accepted"}
    assert both.post(f"{plan}/telaah", data=data).status_code == 403
    grader = sign_in(app, world.people[Role.GRADER])
    assert grader.post(f"{plan}/telaah", data=data).status_code == 303


def test_progress_of_what_was_measured(team: FlaskClient, world: Any, clock: Any) -> None:
    plan, line = write_all(team, world)
    measures = f"{plan}/sasaran/1/ukur"
    ahead = team.post(measures, data={"measured_on": "2099-01-01", "value": "60", "note": ""})
    assert ahead.status_code == 422
    early = team.post(measures, data={"measured_on": "2020-09-02", "value": "60"})
    assert "sebelum tanggal data awal" in text_of(early)
    day = clock().date().isoformat()
    done = team.post(measures, data={"measured_on": day, "value": "60,0", "note": "96 dari 160"})
    assert done.status_code == 303
    page = text_of(team.get(world.root))
    assert "kemajuan <b>60 %</b>" in page
    assert 'aria-label="Kemajuan tiap sasaran menuju target"' in page
    assert '<span>Siswa sarapan sehat</span><b class="num">60 %</b>' in page
    drawn = text_of(team.get(measures))
    assert "<polyline points=" in drawn
    assert re.search(
        r'aria-label="Perjalanan menuju target: 3 September 2020: 45 %; .*: 60 %; Target 70 %"', drawn
    )
    again = team.post(measures, data={"measured_on": day, "value": "61", "note": "Hitung ulang"})
    assert again.status_code == 422
    assert "Hitung ulang" in text_of(again)
    assert team.post(f"{line}/hapus", data={"version": "1"}).status_code == 409
    measure = value(select(FlagshipMeasure.id))
    assert team.post(f"{measures}/{measure}/hapus").status_code == 303
    assert team.post(f"{line}/hapus", data={"version": "1"}).status_code == 303
    assert (count(FlagshipMeasure), value(select(func.count()).where(PARTS.c.part == "goals"))) == (0, 0)


def test_a_faulty_goal_comes_back_with_everything_typed(team: FlaskClient, world: Any) -> None:
    plan = begin(team, world)
    team.post(f"{plan}/bagian/plan/0", data=PLAN)
    new = f"{plan}/bagian/goals/0"
    typed = {
        **LINE,
        "baseline": "empat puluh",
        "ends_on": "2020-09-01",
        "starts_on": "30/10/2020",
        "goal": "",
    }
    answer = team.post(new, data=typed)
    assert answer.status_code == 422
    page = text_of(answer)
    for words in (
        "empat puluh",
        "Tulis satu angka",
        "Tulis tanggal seperti 2020-09-03",
        "Tulis sasaran",
        "Puskesmas menyuluh dua kali",
    ):
        assert words in page
    same = team.post(new, data={**LINE, "target": "45,0"})
    assert "Target sama dengan data awal" in text_of(same)
    backwards = team.post(new, data={**LINE, "ends_on": "2020-09-01"})
    assert "Akhir waktu pelaksanaan tidak boleh sebelum awalnya" in text_of(backwards)
    odd = {**PLAN, "version": "1", "code": "tidak tahu"}
    assert team.post(f"{plan}/bagian/plan/0", data=odd).status_code == 422
    assert team.post(f"{plan}/bagian/plan/0", data={**PLAN, "state": "accepted"}).status_code == 400
    assert value(select(func.count()).where(PARTS.c.part == "goals")) == 0


def test_two_people_change_the_same_plan(app: Flask, team: FlaskClient, world: Any) -> None:
    plan, line = write_all(team, world)
    about = f"{plan}/bagian/plan/0"
    head = sign_in(app, world.people[Role.HEADMASTER])
    assert head.post(about, data={**PLAN, "version": "1", "risk": "Banjir"}).status_code == 303
    late = team.post(about, data={**PLAN, "version": "1", "risk": "Kekeringan"})
    page = text_of(late)
    assert late.status_code == 409
    assert "Banjir" in page  # what is stored
    assert "Kekeringan" in page  # what was typed
    assert page.count("Rapat 25 September") == 1, "what both have is not told twice"
    again = {**PLAN, "version": version_on(late), "risk": "Kekeringan"}
    assert team.post(about, data=again).status_code == 303
    assert head.post(f"{line}/hapus", data={"version": "1"}).status_code == 303
    lost = team.post(line, data={**LINE, "version": "1", "goal": "Siswa sarapan"})
    assert lost.status_code == 404
    assert f'action="{plan}/bagian/goals/0"' in text_of(lost)
    assert "Siswa sarapan" in text_of(lost)


def test_one_writes_at_a_time_and_another_may_take_over(
    app: Flask, team: FlaskClient, world: Any, clock: Any
) -> None:
    plan, _line = write_all(team, world)
    about = f"{plan}/bagian/plan/0"
    head = sign_in(app, world.people[Role.HEADMASTER])
    typed = {**PLAN, "version": "1", "form": "team"}
    assert team.post(f"{about}/tulis").status_code == 303
    assert "menulis di sini sejak" in text_of(head.get(world.root))
    held = head.post(f"{about}/tulis")
    assert held.status_code == 409
    assert "Ambil alih" in text_of(held)
    assert "<textarea" not in text_of(head.get(about))
    assert team.post(f"{about}/sementara", data={**typed, "risk": "Banjir"}).status_code == 200
    refused = head.post(about, data={**PLAN, "version": "2", "risk": "Kemarau"})
    assert refused.status_code == 409
    for words in ("Kemarau", "Banjir", "Ambil alih dan simpan"):
        assert words in text_of(refused)
    # taken over: the one who wrote first is told, and keeps what was typed
    assert head.post(f"{about}/tulis", data={"take_over": "1"}).status_code == 303
    late = team.post(f"{about}/sementara", data={**typed, "risk": "Banjir bandang"})
    assert late.status_code == 409
    assert head.post(about, data={**PLAN, "version": "2", "risk": "Kemarau"}).status_code == 303
    late = team.post(about, data={**typed, "risk": "Banjir bandang"})
    assert (late.status_code, "Banjir bandang" in text_of(late), "Kemarau" in text_of(late)) == (
        409,
        True,
        True,
    )
    # a lock lapses by itself
    assert head.post(f"{about}/tulis").status_code == 303
    assert team.post(f"{about}/tulis").status_code == 409
    clock.set(clock() + timedelta(minutes=16))
    assert team.post(f"{about}/tulis").status_code == 303
    entry = Base.metadata.tables["audit_entry"]
    taken = value(select(entry.c.concerns).where(entry.c.action == "documents.take_over"))
    assert taken == world.people[Role.QUALITY_TEAM]


def test_a_new_goal_is_kept_while_it_is_typed_and_is_one(team: FlaskClient, world: Any) -> None:
    plan = begin(team, world)
    new = f"{plan}/bagian/goals/0"
    typed = {**LINE, "form": "phone"}
    for goal in ("Siswa", "Siswa sarapan", "Siswa sarapan sehat"):
        assert team.post(f"{new}/sementara", data={**typed, "goal": goal}).status_code == 200
    assert team.post(new, data=typed).status_code == 303
    rows = db.session.scalars(select(PARTS.c.content).where(PARTS.c.part == "goals")).all()
    assert [row["goal"] for row in rows] == ["Siswa sarapan sehat"]


def test_a_plan_can_be_taken_back(team: FlaskClient, facilitator: FlaskClient, world: Any) -> None:
    plan, _line = write_all(team, world)
    team.post(f"{plan}/ajukan")
    version = version_on(facilitator.get(f"{plan}/telaah"))
    assert team.post(f"{plan}/tarik").status_code == 303
    late = facilitator.post(f"{plan}/telaah", data={**FULL, "version": version, "decision": "accepted"})
    assert late.status_code == 409
    assert value(select(PLANS.c.state)).value == "draft"


WRITERS = {Role.QUALITY_TEAM, Role.HEADMASTER, Role.OPERATOR}


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.AGENCY_HEAD, Role.EDUCATION_OFFICE}))
def test_who_may_read_and_who_may_write(app: Flask, team: FlaskClient, world: Any, role: Role) -> None:
    plan = begin(team, world)
    browser = sign_in(app, world.people[role])
    assert browser.get(world.root).status_code == 200
    assert browser.get(f"/m/program_unggulan/{world.placement_id}").status_code in (200, 303)
    assert browser.post(f"{plan}/bagian/plan/0", data=PLAN).status_code == (303 if role in WRITERS else 403)
    handing = {Role.QUALITY_TEAM, Role.HEADMASTER}
    assert browser.post(f"{plan}/ajukan").status_code == (422 if role in handing else 403)
    reviewing = {Role.FACILITATOR, Role.GRADER}
    assert browser.get(f"{plan}/telaah").status_code == (409 if role in reviewing else 403)


def test_another_school_sees_and_changes_nothing(app: Flask, team: FlaskClient, world: Any) -> None:
    plan, line = write_all(team, world)
    browser = sign_in(app, world.stranger)
    for address in (world.root, plan, line, f"{plan}/versi", f"{plan}/pdf", f"{plan}/sasaran/1/ukur"):
        assert browser.get(address).status_code == 403, address
    assert browser.post(line, data={**LINE, "version": "1"}).status_code == 403
    assert browser.post(f"{line}/tulis").status_code == 403
    assert team.get(f"{plan}/sasaran/9/ukur").status_code == 404
    assert browser.get(f"/m/program_unggulan/{world.programme_id}/99999").status_code == 404
    other = plan.replace("program_unggulan", "lesson_planning")
    assert team.get(other).status_code in (403, 404), "a document of another type"


def test_a_board_costs_the_same_with_one_goal_and_with_twelve(team: FlaskClient, world: Any) -> None:
    def statements() -> int:
        found: list[str] = []

        def note(*arguments: Any) -> None:
            found.append(arguments[2])

        event.listen(db.engine, "before_cursor_execute", note)
        assert team.get(world.root).status_code == 200
        event.remove(db.engine, "before_cursor_execute", note)
        return len([statement for statement in found if statement.startswith("SELECT")])

    plan, _line = write_all(team, world)
    team.post(f"{plan}/sasaran/1/ukur", data={"measured_on": "2020-09-04", "value": "50"})
    one = statements()
    for _number in range(11):
        team.post(f"{plan}/bagian/goals/0", data=LINE)
    assert team.post(f"{plan}/bagian/goals/0", data=LINE).status_code == 422
    assert statements() == one <= 14
