"""A teacher's way through the pages, a colleague's review, paper. And who may not go it."""

import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from imbas_hots_assessment.models import Blueprint, Card, CardReview
from imbas_hots_assessment.rules import review_key
from sqlalchemy import event, func, select

from lms.api import Role, db, registry
from lms.testing.people import sign_in

HEAD = {"version": "0", "subject": "Tema 5 Ekosistem", "grade": "V / 1", "curriculum": "K13", "minutes": "70"}
CARD = {
    "version": "0",
    "number": "1",
    "competence": "3.5 Ekosistem",
    "material": "Jaring makanan",
    "indicator": "Disajikan data ikan kolam, siswa menyimpulkan akibat hilangnya satu jenis.",
    "bloom": "C4",
    "format": "mc_single",
    "source": "Catatan kolam SDN 19",
    "stimulus": "Minggu 1: 40 ikan",
    "stem": "Apa yang terjadi bila ikan kecil hilang?",
    "options": "A. naik\nB. turun\nC. tetap\nD. habis",
    "answer_key": "B",
    "guide": "",
    "reason": "Siswa menghubungkan dua baris data.",
}


def text_of(answer: Any) -> str:
    return re.sub(r"\s+", " ", answer.get_data(as_text=True))


def count(model: type) -> int:
    found = db.session.scalar(select(func.count()).select_from(model))
    db.session.remove()
    return int(found or 0)


def newest() -> int:
    found = db.session.scalar(select(func.max(Card.id)))
    db.session.remove()
    return int(found or 0)


def answers(app: Flask, kind: str = "mc_single", **others: str) -> dict[str, str]:
    """Every rule met, but for ``others``."""
    codes = [line.code for line in registry().rubric(review_key(kind)).criteria]
    return {f"crit-{code}": others.get(code, "1") for code in codes}


@pytest.fixture
def teacher(app: Flask, world: Any) -> FlaskClient:
    """A browser of the writer."""
    return sign_in(app, world.people[Role.TEACHER])


@pytest.fixture
def colleague(app: Flask, world: Any) -> FlaskClient:
    """A browser of a second teacher of the school."""
    return sign_in(app, world.colleague)


def shared_card(teacher: FlaskClient, world: Any, **changes: str) -> str:
    """The address of a card that was written and shared."""
    assert teacher.post(f"{world.root}/kartu", data={**CARD, **changes}).status_code == 303
    address = f"/m/hots_assessment/kartu/{newest()}"
    assert teacher.post(f"{address}/bagikan", data={"version": "1"}).status_code == 303
    return address


def test_from_the_blueprint_to_paper(
    app: Flask, teacher: FlaskClient, colleague: FlaskClient, world: Any
) -> None:
    home = teacher.get(f"/m/hots_assessment/{world.placement_id}")
    assert (home.status_code, home.headers["Location"]) == (303, world.root)
    assert "Belum ada kartu soal" in text_of(teacher.get(world.root))
    assert teacher.post(f"{world.root}/kisi-kisi", data=HEAD).status_code == 303
    address = shared_card(teacher, world)
    page = text_of(teacher.get(world.root))
    for words in (
        "Tema 5 Ekosistem",
        "1 kartu, 1 di antaranya C4-C6",
        "1 dari 5",
        "1 dari 3",
        "Menunggu telaah",
    ):
        assert words in page

    assert "Disajikan data ikan kolam" in text_of(colleague.get(world.root))
    assert "Telaah kartu ini" in text_of(colleague.get(address))
    checklist = text_of(colleague.get(f"{address}/telaah"))
    assert "Kunci benar dan hanya satu" in checklist
    assert (
        checklist.index("H1 ·") < checklist.index("M1 ·") < checklist.index("K1 ·") < checklist.index("B1 ·")
    )
    posted = {**answers(app), "version": "1", "decision": "use", "comment": ""}
    assert colleague.post(f"{address}/telaah", data=posted).status_code == 303
    assert "Dipakai" in text_of(teacher.get(address))

    paper = text_of(teacher.get(f"{world.root}/cetak/{world.people[Role.TEACHER]}"))
    for words in (
        "Kisi-kisi penulisan soal",
        "L3, C4",
        "Apa yang terjadi bila",
        "100,00 %",
        "C4-C6: 1 (100 %)",
    ):
        assert words in paper


def test_a_draft_is_its_writers_alone(teacher: FlaskClient, colleague: FlaskClient, world: Any) -> None:
    teacher.post(f"{world.root}/kartu", data={"version": "0", "number": "1", "indicator": "Disajikan tabel"})
    address = f"/m/hots_assessment/kartu/{newest()}"
    page = text_of(teacher.get(address))
    assert "masih draf" in page
    assert "alasan level" in page  # what is still open
    assert teacher.post(f"{address}/bagikan", data={"version": "1"}).status_code == 422
    assert colleague.get(address).status_code == 404
    assert colleague.get(f"{address}/telaah").status_code == 404
    assert colleague.get(f"{world.root}/cetak/{world.people[Role.TEACHER]}").status_code == 404
    assert "Disajikan tabel" not in text_of(colleague.get(world.root))


def test_nobody_reviews_or_changes_wrongly(
    app: Flask, teacher: FlaskClient, colleague: FlaskClient, world: Any
) -> None:
    address = shared_card(teacher, world)
    posted = {**answers(app), "version": "1", "decision": "use", "comment": ""}
    assert teacher.get(f"{address}/telaah").status_code == 403
    assert teacher.post(f"{address}/telaah", data=posted).status_code == 403
    assert colleague.post(f"{address}/ubah", data={**CARD, "version": "1"}).status_code == 403
    assert colleague.post(f"{address}/hapus", data={"version": "1"}).status_code == 403
    assert count(CardReview) == 0
    assert count(Card) == 1


def test_a_critical_rule_forbids_use_and_keeps_what_was_typed(
    app: Flask, teacher: FlaskClient, colleague: FlaskClient, world: Any
) -> None:
    address = shared_card(teacher, world)
    posted = {**answers(app, K1="0"), "version": "1", "decision": "use", "comment": "Dua pilihan benar."}
    refused = colleague.post(f"{address}/telaah", data=posted)
    page = text_of(refused)
    assert refused.status_code == 422
    assert "Kaidah kritis K1 belum terpenuhi" in page
    assert "Dua pilihan benar." in page
    silent = colleague.post(f"{address}/telaah", data={**posted, "decision": "improve", "comment": ""})
    assert (silent.status_code, "Tulis satu saran" in text_of(silent)) == (422, True)
    few = {key: value for key, value in posted.items() if key != "crit-H1"}
    unanswered = colleague.post(f"{address}/telaah", data={**few, "decision": "maybe"})
    assert "Jawab kaidah H1" in text_of(unanswered)
    assert "Pilih salah satu putusan" in text_of(unanswered)
    assert colleague.post(f"{address}/telaah", data={**posted, "decision": "improve"}).status_code == 303
    assert "Perbaiki" in text_of(teacher.get(world.root))
    # a second review of the same version corrects the first
    assert colleague.post(f"{address}/telaah", data={**posted, "decision": "replace"}).status_code == 303
    assert count(CardReview) == 1


def test_a_changed_card_waits_again(
    app: Flask, teacher: FlaskClient, colleague: FlaskClient, world: Any
) -> None:
    address = shared_card(teacher, world)
    posted = {**answers(app), "version": "1", "decision": "use", "comment": ""}
    colleague.post(f"{address}/telaah", data=posted)
    assert teacher.post(f"{address}/ubah", data={**CARD, "version": "1"}).status_code == 303
    assert "Menunggu telaah" not in text_of(teacher.get(address))  # nothing was changed
    changed = {**CARD, "version": "1", "stem": "Apa akibatnya bila ikan kecil hilang?"}
    assert teacher.post(f"{address}/ubah", data={**changed, "reason": "-"}).status_code == 422
    assert teacher.post(f"{address}/ubah", data=changed).status_code == 303
    page = text_of(teacher.get(address))
    assert "Menunggu telaah" in page
    assert "telaah sebelum kartu diubah" in page
    late = colleague.post(f"{address}/telaah", data=posted)
    assert late.status_code == 409
    assert 'name="version" value="2"' in text_of(late)


def test_two_windows_of_the_same_writer(teacher: FlaskClient, world: Any) -> None:
    address = shared_card(teacher, world)
    teacher.post(f"{address}/ubah", data={**CARD, "version": "1", "material": "Rantai makanan"})
    late = teacher.post(f"{address}/ubah", data={**CARD, "version": "1", "material": "Ekosistem kolam"})
    page = text_of(late)
    assert late.status_code == 409
    assert "Rantai makanan" in page
    assert "Ekosistem kolam" in page
    teacher.post(f"{world.root}/kisi-kisi", data=HEAD)
    again = teacher.post(f"{world.root}/kisi-kisi", data={**HEAD, "subject": "Tema 6"})
    assert again.status_code == 409
    assert "Tema 6" in text_of(again)


def test_faulty_entries_come_back_with_everything_typed(teacher: FlaskClient, world: Any) -> None:
    shared_card(teacher, world)
    for name, value, sentence in (
        ("number", "1", "Nomor 1 sudah dipakai"),
        ("number", "seribu", "Tulis nomor 1 sampai 99"),
        ("bloom", "C9", "Pilih level dari daftar"),
        ("format", "puisi", "Pilih bentuk soal dari daftar"),
        ("indicator", " ", "Tulis indikator soal"),
        ("material", "x" * 201, "Paling panjang 200 huruf"),
    ):
        answer = teacher.post(f"{world.root}/kartu", data={**CARD, "number": "2", name: value})
        assert answer.status_code == 422
        assert sentence in text_of(answer)
        assert "Catatan kolam SDN 19" in text_of(answer)
    bad = teacher.post(f"{world.root}/kisi-kisi", data={**HEAD, "subject": "", "minutes": "9999"})
    assert (bad.status_code, "Tulis mata pelajaran" in text_of(bad)) == (422, True)
    assert "bilangan 1 sampai 600" in text_of(bad)
    assert count(Card) == 1


def test_a_removed_card_is_gone(teacher: FlaskClient, colleague: FlaskClient, app: Flask, world: Any) -> None:
    address = shared_card(teacher, world)
    posted = {**answers(app), "version": "1", "decision": "use", "comment": ""}
    colleague.post(f"{address}/telaah", data=posted)
    assert teacher.post(f"{address}/hapus", data={"version": "7"}).status_code == 409
    assert teacher.post(f"{address}/hapus", data={"version": "1"}).status_code == 303
    assert (count(Card), count(CardReview), count(Blueprint)) == (0, 0, 1)
    assert teacher.get(address).status_code == 404


def test_an_essay_has_a_checklist_of_its_own(
    app: Flask, teacher: FlaskClient, colleague: FlaskClient, world: Any
) -> None:
    assert teacher.post(f"{world.root}/kartu", data={**CARD, "format": "essay"}).status_code == 303
    address = f"/m/hots_assessment/kartu/{newest()}"
    assert teacher.post(f"{address}/bagikan", data={"version": "1"}).status_code == 422  # no guide
    teacher.post(f"{address}/ubah", data={**CARD, "format": "essay", "version": "1", "guide": "Langkah 1: 2"})
    assert teacher.post(f"{address}/bagikan", data={"version": "2"}).status_code == 303
    assert "Ada pedoman penskoran" in text_of(colleague.get(f"{address}/telaah"))
    posted = {**answers(app, "essay"), "version": "2", "decision": "use", "comment": ""}
    assert colleague.post(f"{address}/telaah", data=posted).status_code == 303


WRITERS = {Role.TEACHER, Role.QUALITY_TEAM, Role.HEADMASTER}
READERS = set(Role) - {Role.EDUCATION_OFFICE, Role.OPERATOR}


@pytest.mark.parametrize("role", sorted(READERS))
def test_who_may_read_write_and_review(app: Flask, colleague: FlaskClient, world: Any, role: Role) -> None:
    address = shared_card(colleague, world)
    browser = sign_in(app, world.people[role])
    assert browser.get(world.root).status_code == 200
    assert browser.get(address).status_code == 200
    assert browser.get(f"{world.root}/cetak/{world.colleague}").status_code == 200
    assert browser.get(f"/m/hots_assessment/{world.placement_id}").status_code in (200, 303)
    wanted = 303 if role in WRITERS else 403
    assert browser.post(f"{world.root}/kisi-kisi", data=HEAD).status_code == wanted
    assert browser.post(f"{world.root}/kartu", data=CARD).status_code == wanted
    assert browser.post(f"{address}/ubah", data={**CARD, "version": "1"}).status_code == 403
    may_review = role in WRITERS or role is Role.FACILITATOR
    posted = {**answers(app), "version": "1", "decision": "use", "comment": ""}
    assert browser.post(f"{address}/telaah", data=posted).status_code == (303 if may_review else 403)


def test_others_see_nothing(app: Flask, teacher: FlaskClient, world: Any) -> None:
    address = shared_card(teacher, world)
    for person_id in (world.stranger, world.far_admin, world.people[Role.OPERATOR]):
        browser = sign_in(app, person_id)
        for path in (world.root, address, f"{address}/telaah", f"{world.root}/kartu"):
            assert browser.get(path).status_code == 403
    assert teacher.get(f"/m/hots_assessment/{world.programme_id}/99999").status_code == 404
    assert teacher.get("/m/hots_assessment/kartu/99999").status_code == 404
    assert teacher.get("/m/hots_assessment/99999").status_code == 404


def test_a_board_costs_the_same_with_one_card_and_with_twenty(
    teacher: FlaskClient, colleague: FlaskClient, world: Any
) -> None:
    def statements() -> int:
        found: list[str] = []

        def note(*arguments: Any) -> None:
            found.append(arguments[2])

        event.listen(db.engine, "before_cursor_execute", note)
        teacher.get(world.root)
        event.remove(db.engine, "before_cursor_execute", note)
        return len([statement for statement in found if statement.startswith("SELECT")])

    def fill(number: int) -> None:
        for browser in (teacher, colleague):
            shared_card(browser, world, number=str(number))

    fill(1)
    one = statements()
    for number in range(2, 21):
        fill(number)
    assert statements() == one <= 14
