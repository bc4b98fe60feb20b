"""A plan's way through the pages: written part by part, handed in, reviewed, copied, printed."""

import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, func, select

from lms.api import Base, Role, db
from lms.testing.people import sign_in

PLANS, PARTS, REVIEWS = (
    Base.metadata.tables[name] for name in ("document", "document_part", "document_review")
)
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
ALL = {f"crit-{code}": ["0", "1", "2", "3"] for code in ("T1", "L1", "N1")}


@pytest.fixture
def teacher(app: Flask, world: Any) -> FlaskClient:
    """A browser of a teacher."""
    return sign_in(app, world.people[Role.TEACHER])


@pytest.fixture
def head(app: Flask, world: Any) -> FlaskClient:
    """A browser of the headmaster."""
    return sign_in(app, world.people[Role.HEADMASTER])


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


def state() -> str:
    return str(value(select(PLANS.c.state).order_by(PLANS.c.id)).value)


def test_a_plan_is_written_part_by_part_and_says_what_is_missing(teacher: FlaskClient, world: Any) -> None:
    home = teacher.get(f"/m/lesson_planning/{world.placement_id}")
    assert (home.status_code, home.headers["Location"]) == (303, world.root)
    plan = begin(teacher, world)
    assert "Tulis bagian tujuan pembelajaran. Belum lengkap: 4 bagian." in text_of(teacher.get(plan))
    first = {"text": TEXTS["objectives"], "version": "0", "next": "1"}
    answer = teacher.post(f"{plan}/bagian/objectives/0", data=first)
    assert answer.headers["Location"] == f"{plan}/bagian/steps/0"
    refused = teacher.post(f"{plan}/ajukan")
    assert refused.status_code == 422
    assert "Rencana belum lengkap" in text_of(refused)
    for key in ("steps", "assessment"):
        teacher.post(f"{plan}/bagian/{key}/0", data={"text": TEXTS[key], "version": "0"})
    page = text_of(teacher.get(plan))
    assert "Belum diisi: nilai karakter, literasi, kecakapan 4C, tingkat berpikir." in page
    low = {"title": "Selokan", "version": "1", **TAGS, "bloom": ["C1", "C9"]}
    teacher.post(f"{plan}/bagian/heading/0", data=low)
    assert "Belum diisi: tingkat berpikir." in text_of(teacher.get(plan))
    teacher.post(f"{plan}/bagian/heading/0", data={"title": "Selokan", "version": "2", **TAGS})
    assert "Rencana lengkap" in text_of(teacher.get(plan))
    paper = text_of(teacher.get(f"{plan}/cetak"))
    for words in ("Selokan", "Gotong royong", "Numerasi, Sains", "C4 menganalisis", "Inti 50 menit"):
        assert words in paper


def test_from_review_to_acceptance(teacher: FlaskClient, head: FlaskClient, world: Any) -> None:
    plan = begin(teacher, world)
    write_all(teacher, plan)
    assert teacher.post(f"{plan}/ajukan").status_code == 303
    assert teacher.post(f"{plan}/bagian/steps/0", data={"text": "x", "version": "1"}).status_code == 409
    assert "1 rencana menunggu telaah Bapak/Ibu" in text_of(head.get(world.root))
    page = text_of(head.get(f"{plan}/telaah"))
    assert "Inti 50 menit" in page
    version = re.search(r'name="version" value="(\d+)"', page)
    assert version
    first = {
        "version": version[1],
        "crit-T1": ["0", "1"],
        "crit-L1": ["0", "1"],
        "crit-N1": ["0"],
        "note-N1": "Rubrik belum dilampirkan",
        "comment": "Perbaiki penilaian",
    }
    too_early = head.post(f"{plan}/telaah", data={**first, "decision": "accepted"})
    assert too_early.status_code == 422
    kept = text_of(too_early)
    for words in (
        "di bawah 70",
        "Rubrik belum dilampirkan",
        "Perbaiki penilaian",
        'value="1" data-level="2" checked',
    ):
        assert words in kept
    silent = {**first, "note-N1": "", "comment": "", "decision": "needs_revision"}
    assert head.post(f"{plan}/telaah", data=silent).status_code == 422
    assert head.post(f"{plan}/telaah", data={**first, "decision": "needs_revision"}).status_code == 303
    assert state() == "needs_revision"
    seen = text_of(teacher.get(plan))
    for words in (
        "Perlu revisi",
        "42,86",
        "5 dari 12 deskriptor",
        "Rubrik belum dilampirkan",
        "mengukur tujuan",
    ):
        assert words in seen

    better = {"text": TEXTS["assessment"] + " pada lampiran", "version": "1"}
    assert teacher.post(f"{plan}/bagian/assessment/0", data=better).status_code == 303
    teacher.post(f"{plan}/ajukan")
    again = text_of(head.get(f"{plan}/telaah"))
    assert "Berubah" in again
    beside = text_of(head.get(f"{plan}/versi/1/0"))
    assert f"{TEXTS['assessment']}</p>" in beside
    assert "<ins> pada lampiran</ins>" in beside
    version = re.search(r'name="version" value="(\d+)"', again)
    assert version
    second = {"version": version[1], **ALL, "decision": "accepted"}
    assert head.post(f"{plan}/telaah", data=second).status_code == 303
    assert state() == "accepted"
    assert value(select(func.count()).select_from(REVIEWS)) == 2
    assert head.post(f"{plan}/telaah", data=second).status_code == 409
    assert teacher.post(f"{plan}/hapus").status_code == 409


def test_nobody_reviews_his_own_plan(app: Flask, head: FlaskClient, world: Any) -> None:
    plan = begin(head, world)
    write_all(head, plan)
    head.post(f"{plan}/ajukan")
    assert head.get(f"{plan}/telaah").status_code == 403
    data = {"version": "2", **ALL, "decision": "accepted"}
    assert head.post(f"{plan}/telaah", data=data).status_code == 403
    assert "Telaah rencana" not in text_of(head.get(plan))
    facilitator = sign_in(app, world.people[Role.FACILITATOR])
    assert facilitator.post(f"{plan}/telaah", data=data).status_code == 303
    assert state() == "accepted"


def test_a_plan_can_be_taken_back_until_it_is_reviewed(
    teacher: FlaskClient, head: FlaskClient, world: Any
) -> None:
    plan = begin(teacher, world)
    write_all(teacher, plan)
    teacher.post(f"{plan}/ajukan")
    version = re.search(r'name="version" value="(\d+)"', text_of(head.get(f"{plan}/telaah")))
    assert version
    assert teacher.post(f"{plan}/tarik").status_code == 303
    assert state() == "draft"
    late = head.post(f"{plan}/telaah", data={"version": version[1], **ALL, "decision": "accepted"})
    assert late.status_code == 409
    assert teacher.post(f"{plan}/tarik").status_code == 409
    assert teacher.post(f"{plan}/hapus").status_code == 303
    assert value(select(func.count()).select_from(PARTS)) == 0


def test_two_windows_change_the_same_part(teacher: FlaskClient, world: Any) -> None:
    plan = begin(teacher, world)
    address = f"{plan}/bagian/steps/0"
    assert teacher.post(address, data={"text": "Di komputer", "version": "0"}).status_code == 303
    late = teacher.post(address, data={"text": "Di telepon", "version": "0"})
    page = text_of(late)
    assert late.status_code == 409
    assert "Di komputer" in page  # what is stored
    assert "Di telepon" in page  # what was typed
    assert teacher.post(address, data={"text": "Di telepon", "version": "1"}).status_code == 303


def test_a_part_is_kept_while_it_is_typed(teacher: FlaskClient, world: Any) -> None:
    plan = begin(teacher, world)
    where = f"{plan}/bagian/steps/0"
    phone = {"version": "0", "form": "phone"}
    answer = teacher.post(f"{where}/sementara", data={"text": "Pendahuluan", **phone})
    assert answer.status_code == 200
    assert re.fullmatch(r"\d\d\.\d\d WIB", answer.get_json()["saved_at"])
    assert teacher.post(f"{where}/sementara", data={"text": "Pendahuluan 10", **phone}).status_code == 200
    assert "Pendahuluan 10" in text_of(teacher.get(where))
    assert teacher.post(where, data={"text": "Inti", **phone}).status_code == 303
    stale = teacher.post(
        f"{where}/sementara", data={"text": "Lama", **phone}, headers={"Accept": "application/json"}
    )
    assert stale.status_code == 409
    long = teacher.post(where, data={"text": "a" * 8001, "version": "3"})
    assert long.status_code == 422
    assert "Paling panjang 8000 huruf" in text_of(long)


def test_two_devices_that_type_at_once_do_not_overwrite_each_other(teacher: FlaskClient, world: Any) -> None:
    plan = begin(teacher, world)
    where = f"{plan}/bagian/steps/0"
    teacher.post(where, data={"text": "Lama", "version": "0"})
    phone, laptop = ({"version": "1", "form": name} for name in ("phone", "laptop"))
    assert teacher.post(f"{where}/sementara", data={"text": "Dari telepon", **phone}).status_code == 200
    late = teacher.post(f"{where}/sementara", data={"text": "Dari laptop", **laptop})
    assert late.status_code == 409
    page = text_of(teacher.post(where, data={"text": "Dari laptop", **laptop}))
    assert "Dari telepon" in page
    assert "Dari laptop" in page
    assert teacher.post(where, data={"text": "Dari telepon saja", **phone}).status_code == 303


def test_a_copy_carries_what_both_kinds_know(teacher: FlaskClient, world: Any) -> None:
    plan = begin(teacher, world)
    write_all(teacher, plan)
    teacher.post(f"{plan}/ajukan")
    answer = teacher.post(f"{plan}/salin", data={"kind": "k13"})
    assert answer.status_code == 303
    copy = text_of(teacher.get(answer.headers["Location"]))
    assert "Ekosistem selokan, kelas V (salinan)" in copy
    assert "Inti 50 menit" in copy
    assert "Tulis bagian identitas sekolah. Belum lengkap: 10 bagian." in copy
    assert teacher.post(f"{plan}/salin", data={"kind": "tidak-ada"}).status_code == 422
    assert value(select(func.count()).select_from(PLANS)) == 2


def test_bad_input_names_the_field(teacher: FlaskClient, world: Any) -> None:
    answer = teacher.post(world.root, data={"kind": "one_page", "title": " "})
    assert answer.status_code == 422
    assert "Tulis judul rencana" in text_of(answer)
    assert teacher.post(world.root, data={"kind": "lain", "title": "Selokan"}).status_code == 422
    plan = begin(teacher, world)
    assert teacher.get(f"{plan}/bagian/tidak-ada/0").status_code == 404
    assert teacher.get("/m/lesson_planning/rencana/99999").status_code == 404
    assert teacher.post(f"{plan}/bagian/steps/0", data={"state": "accepted"}).status_code == 400


WRITERS = {Role.TEACHER, Role.QUALITY_TEAM, Role.HEADMASTER}
READERS = {Role.HEADMASTER, Role.FACILITATOR, Role.SUPERVISOR, Role.GRADER, Role.ADMIN, Role.TEACHER}


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.AGENCY_HEAD, Role.EDUCATION_OFFICE}))
def test_who_may_read_and_who_may_write(app: Flask, teacher: FlaskClient, world: Any, role: Role) -> None:
    plan = begin(teacher, world)
    write_all(teacher, plan)
    teacher.post(f"{plan}/ajukan")
    browser = sign_in(app, world.people[role])
    assert browser.get(plan).status_code == (200 if role in READERS else 403)
    assert browser.get(world.root).status_code == (403 if role is Role.OPERATOR else 200)
    assert browser.post(world.root, data={"kind": "k13", "title": "Baru"}).status_code == (
        303 if role in WRITERS else 403
    )
    assert browser.post(f"{plan}/tarik").status_code == (303 if role is Role.TEACHER else 403)
    assert browser.get(f"{plan}/telaah").status_code == (
        200 if role in {Role.HEADMASTER, Role.FACILITATOR} else 403
    )


def test_another_school_sees_and_changes_nothing(app: Flask, teacher: FlaskClient, world: Any) -> None:
    plan = begin(teacher, world)
    browser = sign_in(app, world.stranger)
    for address in (plan, world.root, f"{plan}/cetak", f"{plan}/bagian/steps/0", f"{plan}/telaah"):
        assert browser.get(address).status_code == 403
    assert browser.post(f"{plan}/salin", data={"kind": "k13"}).status_code == 403
    assert browser.post(f"{plan}/bagian/steps/0", data={"text": "x", "version": "0"}).status_code == 403


def test_a_board_costs_the_same_with_one_plan_and_with_twenty(
    app: Flask, teacher: FlaskClient, head: FlaskClient, world: Any
) -> None:
    def statements(browser: FlaskClient, address: str) -> int:
        found: list[str] = []

        def note(*arguments: Any) -> None:
            found.append(arguments[2])

        event.listen(db.engine, "before_cursor_execute", note)
        assert browser.get(address).status_code == 200
        event.remove(db.engine, "before_cursor_execute", note)
        return len([statement for statement in found if statement.startswith("SELECT")])

    def hand_in() -> str:
        plan = begin(teacher, world)
        write_all(teacher, plan)
        teacher.post(f"{plan}/ajukan")
        return plan

    plan = hand_in()
    one = statements(head, world.root)
    for _number in range(9):
        hand_in()
    assert statements(head, world.root) == one <= 14
    assert statements(head, plan) <= 14


def test_a_competence_that_allows_no_higher_level_is_a_reason_not_a_wall(
    teacher: FlaskClient, head: FlaskClient, world: Any
) -> None:
    """As the material says: C4-C6 where the competence allows it; the reviewer reads why not."""
    plan = begin(teacher, world)
    write_all(teacher, plan)
    low = {"title": "Lambang negara", "version": "2", **TAGS, "bloom": ["C1", "C2"]}
    assert teacher.post(f"{plan}/bagian/heading/0", data=low).status_code == 303
    assert teacher.post(f"{plan}/ajukan").status_code == 422
    too_long = teacher.post(f"{plan}/bagian/heading/0", data={**low, "version": "3", "low_reason": "x" * 501})
    assert (too_long.status_code, "Paling panjang 500 huruf" in text_of(too_long)) == (422, True)
    reason = "KD ini hanya meminta mengenal lambang negara."
    assert (
        teacher.post(
            f"{plan}/bagian/heading/0", data={**low, "version": "3", "low_reason": reason}
        ).status_code
        == 303
    )
    assert reason in text_of(teacher.get(f"{plan}/bagian/heading/0"))
    assert teacher.post(f"{plan}/ajukan").status_code == 303
    for page in (f"{plan}/telaah", plan):
        assert reason in text_of(head.get(page))
    assert reason in text_of(teacher.get(f"{plan}/cetak"))
    # a higher level that is chosen later leaves no reason behind
    teacher.post(f"{plan}/tarik")
    high = {"title": "Lambang negara", "version": "4", **TAGS, "low_reason": reason}
    assert teacher.post(f"{plan}/bagian/heading/0", data=high).status_code == 303
    assert value(select(PARTS.c.content).where(PARTS.c.part == "heading"))["low_reason"] == ""


def test_the_one_page_plan_has_room_for_its_competence(
    teacher: FlaskClient, head: FlaskClient, world: Any
) -> None:
    """The rubric asks whether the objective follows from it; the circular demands only three parts."""
    plan = begin(teacher, world)
    write_all(teacher, plan)
    assert "Kompetensi dasar atau capaian" in text_of(teacher.get(plan))
    competence = {"text": "KD 3.5 menganalisis hubungan antarkomponen", "version": "0"}
    assert teacher.post(f"{plan}/bagian/competences/0", data=competence).status_code == 303
    assert teacher.post(f"{plan}/ajukan").status_code == 303
    for page in (teacher.get(f"{plan}/cetak"), head.get(f"{plan}/telaah")):
        assert competence["text"] in text_of(page)
    teacher.post(f"{plan}/salin", data={"kind": "k13"})
    copied = value(select(PARTS.c.content).where(PARTS.c.document_id == 2, PARTS.c.part == "competences"))
    assert copied == {"text": competence["text"]}


def test_a_mark_shows_the_weights_that_it_rests_on(
    teacher: FlaskClient, head: FlaskClient, world: Any
) -> None:
    plan = begin(teacher, world)
    write_all(teacher, plan)
    teacher.post(f"{plan}/ajukan")
    version = str(value(select(PLANS.c.version)))
    review = text_of(head.get(f"{plan}/telaah"))
    assert (review.count("bobot 2"), review.count("bobot 3")) == (2, 1)
    weak = {"crit-T1": ["0", "1"], "crit-L1": ["0", "1"], "crit-N1": ["0"]}
    data = {**weak, "version": version, "decision": "needs_revision", "comment": "Ukurlah tujuan."}
    assert head.post(f"{plan}/telaah", data=data).status_code == 303
    page = text_of(teacher.get(plan))
    assert "42,86" in page
    assert "5 dari 12 deskriptor" in page
    assert "Dihitung dengan bobot 2-3-2: 12 dari 28 poin." in page
    assert "2/4 × 3" in page


def test_a_kind_that_came_later_is_not_offered(teacher: FlaskClient, world: Any) -> None:
    """The school year is 2020/2021; the teaching module came in 2022."""
    page = text_of(teacher.get(world.root))
    assert "RPP satu lembar" in page
    assert "Modul ajar" not in page
    refused = teacher.post(world.root, data={"kind": "teaching_module", "title": "Modul"})
    assert (refused.status_code, "Pilih bentuknya dari daftar" in text_of(refused)) == (422, True)
