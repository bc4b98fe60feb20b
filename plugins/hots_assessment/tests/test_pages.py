"""A teacher's way through the pages, colleagues' reviews, paper. And who may not go it."""

import re
from datetime import datetime
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, insert

from lms.api import Base, Localized, Role, Unit, db
from lms.testing import write
from lms.testing.people import sign_in

HEAD = {"version": "0", "subject": "Tema 5 Ekosistem", "grade": "V / 1", "curriculum": "K13", "minutes": "70"}


def test_from_the_blueprint_to_paper(
    teacher: FlaskClient, colleague: FlaskClient, world: Any, cards: Any
) -> None:
    home = teacher.get(f"/m/hots_assessment/{world.placement_id}")
    assert (home.status_code, home.headers["Location"]) == (303, world.root)
    assert "Belum ada kartu soal" in cards.text(teacher.get(world.root))
    assert teacher.post(f"{world.root}/kisi-kisi", data=HEAD).status_code == 303
    address = cards.submit(teacher)
    page = cards.text(teacher.get(world.root))
    for words in (
        "Tema 5 Ekosistem",
        "1 kartu, 1 di antaranya C4-C6",
        "1 dari 5",
        "1 dari 3",
        "No. 1 · C4 · Pilihan ganda",
        "Menunggu telaah",
    ):
        assert words in page
    assert "Kisi-kisi: <b>Tema 5 Ekosistem</b> · V / 1 · 70 menit" in cards.text(teacher.get(address))

    assert "Jaring makanan" in cards.text(colleague.get(world.root))
    assert "1 kartu soal menunggu telaah Bapak/Ibu" in cards.text(colleague.get(world.root))
    assert "Telaah kartu soal" in cards.text(colleague.get(address))
    checklist = cards.text(colleague.get(f"{address}/telaah"))
    assert "Kunci benar dan hanya satu" in checklist
    assert (
        checklist.index("H1 ·") < checklist.index("M1 ·") < checklist.index("K1 ·") < checklist.index("B1 ·")
    )
    assert '<h3 lang="id">Konstruksi</h3>' in checklist
    assert colleague.post(f"{address}/telaah", data=cards.answers()).status_code == 303
    page = cards.text(teacher.get(address))
    for words in ("Dipakai", "20 dari 20 kriteria terpenuhi", "Jadikan bukti", "Buka lagi"):
        assert words in page

    paper = cards.text(teacher.get(f"{world.root}/cetak/{world.people[Role.TEACHER]}"))
    for words in (
        "Kisi-kisi penulisan soal",
        "L3, C4",
        "Apa yang terjadi bila",
        "100,00 %",
        "C4-C6: 1 (100 %)",
    ):
        assert words in paper
    sheet = cards.text(teacher.get(f"{address}/cetak"))
    for words in ("Lembar telaah butir", "M2 Konsep benar", "Dipakai (100,00 %)"):
        assert words in sheet


def test_a_draft_is_its_writers_alone(
    teacher: FlaskClient, colleague: FlaskClient, world: Any, cards: Any
) -> None:
    address = cards.begin(teacher, "Rantai makanan")
    page = cards.text(teacher.get(world.root))
    assert "Belum diisi: kD atau CP" in page or "Belum diisi: KD atau CP" in page
    assert "alasan level" in page  # what is still open, to the last part
    assert teacher.post(f"{address}/ajukan").status_code == 422
    for path in ("", "/versi", "/cetak", "/pdf", "/docx"):
        assert teacher.get(address + path).status_code == 200
        assert colleague.get(address + path).status_code == 404
    assert colleague.post(f"{address}/salin", data={"kind": "card"}).status_code == 404
    assert colleague.get(f"{address}/telaah").status_code == 404
    assert colleague.post(f"{address}/telaah", data=cards.answers()).status_code == 404
    assert colleague.get(f"{world.root}/cetak/{world.people[Role.TEACHER]}").status_code == 404
    assert "Rantai makanan" not in cards.text(colleague.get(world.root))


def test_nobody_reviews_or_changes_wrongly(teacher: FlaskClient, colleague: FlaskClient, cards: Any) -> None:
    address = cards.submit(teacher)
    assert teacher.get(f"{address}/telaah").status_code == 403
    assert teacher.post(f"{address}/telaah", data=cards.answers()).status_code == 403
    for path in ("bagian/row/0", "hapus", "ajukan", "tarik", "bukti"):
        assert colleague.post(f"{address}/{path}").status_code == 403
    assert cards.count("document_review") == 0
    assert cards.state() == "in_review"


def test_a_critical_rule_forbids_use_and_keeps_what_was_typed(
    teacher: FlaskClient, colleague: FlaskClient, world: Any, cards: Any
) -> None:
    address = cards.submit(teacher)
    posted = {**cards.answers(K1="0"), "comment": "Dua pilihan benar."}
    refused = colleague.post(f"{address}/telaah", data=posted)
    page = cards.text(refused)
    assert refused.status_code == 422
    assert "Kriteria kritis K1 belum terpenuhi" in page
    assert "Dua pilihan benar." in page
    silent = colleague.post(f"{address}/telaah", data={**posted, "decision": "needs_revision", "comment": ""})
    assert (silent.status_code, "Tulis satu kalimat" in cards.text(silent)) == (422, True)
    few = {key: value for key, value in posted.items() if key != "crit-H1"}
    unanswered = colleague.post(f"{address}/telaah", data={**few, "decision": "maybe"})
    assert "Jawab kriteria H1" in cards.text(unanswered)
    assert "Pilih salah satu keputusan" in cards.text(unanswered)
    better = {**posted, "decision": "needs_revision"}
    assert colleague.post(f"{address}/telaah", data=better).status_code == 303
    assert "Perbaiki" in cards.text(teacher.get(world.root))
    # a second review of the same version corrects the first, and finds it in the form
    again = cards.text(colleague.get(f"{address}/telaah"))
    assert "Dua pilihan benar." in again
    assert re.search(r'name="crit-K1" value="0" data-level="0" checked', again)
    assert colleague.post(f"{address}/telaah", data={**posted, "decision": "rejected"}).status_code == 303
    assert (cards.count("document_review"), cards.state()) == (1, "rejected")
    assert "0 kartu, 0 di antaranya" in cards.text(teacher.get(world.root)), "what is replaced does not count"


def test_of_several_reviews_the_strictest_counts(
    app: Flask, teacher: FlaskClient, colleague: FlaskClient, world: Any, cards: Any
) -> None:
    address = cards.submit(teacher)
    assert colleague.post(f"{address}/telaah", data=cards.answers()).status_code == 303
    assert cards.state() == "accepted"
    second = sign_in(app, world.people[Role.FACILITATOR])
    assert "dapat menambah telaah" in cards.text(second.get(address))
    strict = {**cards.answers(M1="0"), "decision": "needs_revision", "comment": "Indikatornya lain."}
    assert second.post(f"{address}/telaah", data=strict).status_code == 303
    assert cards.state() == "needs_revision"
    third = sign_in(app, world.people[Role.HEADMASTER])
    assert third.post(f"{address}/telaah", data=cards.answers()).status_code == 303
    assert (cards.state(), cards.count("document_review")) == ("needs_revision", 3)
    # once its writer has changed it, there is nothing to review until it is submitted again
    cards.save(teacher, address, (2, 1), indicator="Disajikan tabel, siswa menyimpulkan.")
    assert third.post(f"{address}/telaah", data=cards.answers()).status_code == 409
    assert teacher.post(f"{address}/ajukan").status_code == 303
    assert second.post(f"{address}/telaah", data={**cards.answers(), "version": "3"}).status_code == 303
    assert cards.state() == "accepted", "earlier versions say nothing about this one"


def test_an_accepted_card_is_opened_again_and_reviewed_anew(
    teacher: FlaskClient, colleague: FlaskClient, cards: Any
) -> None:
    address = cards.submit(teacher)
    assert colleague.post(f"{address}/telaah", data=cards.answers()).status_code == 303
    locked = teacher.post(f"{address}/bagian/row/0", data={"material": "Lain", "version": "2"})
    assert locked.status_code == 409
    assert teacher.post(f"{address}/tarik").status_code == 303
    assert cards.state() == "draft"
    assert colleague.post(f"{address}/telaah", data=cards.answers()).status_code == 409
    cards.save(teacher, address, (2, 1), stem="Apa akibatnya bila ikan kecil hilang?")
    assert teacher.post(f"{address}/ajukan").status_code == 303
    page = cards.text(teacher.get(address))
    assert "Menunggu telaah" in page
    assert "Telaah sebelumnya" in page
    late = colleague.post(f"{address}/telaah", data=cards.answers())
    assert late.status_code == 409, "another version than the one that was read"
    assert colleague.post(f"{address}/telaah", data={**cards.answers(), "version": "4"}).status_code == 303
    compared = cards.text(colleague.get(f"{address}/versi/1/2"))
    assert "akibatnya" in compared


def test_faulty_entries_come_back_with_everything_typed(teacher: FlaskClient, world: Any, cards: Any) -> None:
    address = cards.write(teacher)
    row = {"version": "2", "number": "2", "material": "Kolam", "competence": "Catatan kolam SDN 19"}
    for name, value, sentence in (
        ("number", "seribu", "Tulis satu angka"),
        ("number", "100", "Tulis nomor 1 sampai 99"),
        ("number", "1,5", "Tulis nomor 1 sampai 99"),
        ("bloom", "C9", "Pilih dari daftar"),
        ("format", "puisi", "Pilih dari daftar"),
        ("material", " ", "Tulis materinya"),
        ("material", "x" * 201, "Paling panjang 200 huruf"),
    ):
        answer = teacher.post(f"{address}/bagian/row/0", data={**row, name: value})
        assert answer.status_code == 422
        assert sentence in cards.text(answer)
        assert "Catatan kolam SDN 19" in cards.text(answer)
    assert teacher.post(world.root, data={"title": " "}).status_code == 422
    bad = teacher.post(f"{world.root}/kisi-kisi", data={**HEAD, "subject": "", "minutes": "9999"})
    assert (bad.status_code, "Tulis mata pelajaran" in cards.text(bad)) == (422, True)
    assert "bilangan 1 sampai 600" in cards.text(bad)
    assert cards.count("document") == 1


def test_levels_come_with_the_verbs_that_go_with_them(teacher: FlaskClient, cards: Any) -> None:
    page = cards.text(teacher.get(f"{cards.begin(teacher)}/bagian/row/0"))
    assert '<option value="C4">C4 Menganalisis (L3)</option>' in page
    assert "menganalisis, menelaah" in page
    assert "juga di tingkat lain: menyimpulkan" in page


def test_a_draft_can_be_removed_and_a_reviewed_card_stays(
    teacher: FlaskClient, colleague: FlaskClient, cards: Any
) -> None:
    assert teacher.post(f"{cards.write(teacher)}/hapus").status_code == 303
    assert cards.count("document") == 0
    address = cards.submit(teacher)
    posted = {**cards.answers(), "decision": "rejected", "comment": "Ganti dengan butir lain."}
    assert colleague.post(f"{address}/telaah", data=posted).status_code == 303
    assert teacher.post(f"{address}/hapus").status_code == 409
    paper = teacher.get(f"{cards.root}/cetak/99999")
    assert paper.status_code == 404


def test_an_essay_has_a_checklist_of_its_own(
    teacher: FlaskClient, colleague: FlaskClient, cards: Any
) -> None:
    address = cards.write(teacher, format="essay", options="")
    assert "pedoman penskoran" in cards.text(teacher.get(address))
    assert teacher.post(f"{address}/ajukan").status_code == 422  # no guide
    cards.save(teacher, address, (2, 1), format="essay", options="", guide="Langkah 1: 2")
    assert teacher.post(f"{address}/ajukan").status_code == 303
    assert "Ada pedoman penskoran" in cards.text(colleague.get(f"{address}/telaah"))
    assert colleague.post(f"{address}/telaah", data=cards.answers("essay")).status_code == 303


def test_an_accepted_card_becomes_evidence(
    teacher: FlaskClient, colleague: FlaskClient, world: Any, cards: Any
) -> None:
    """Each card is a file of its own. While the programme asks for none it is said, and nothing is filed."""
    address = cards.submit(teacher)
    early = teacher.post(f"{address}/bukti")
    assert (early.status_code, "belum diterima penelaah" in cards.text(early)) == (409, True)
    assert colleague.post(f"{address}/telaah", data=cards.answers()).status_code == 303
    answer = teacher.post(f"{address}/bukti")
    assert (answer.status_code, "tidak menagih kartu soal" in cards.text(answer)) == (409, True)
    with write() as session:
        session.execute(
            insert(Base.metadata.tables["deliverable_due"]).values(
                stage_id=world.stage_id,
                deliverable_key="hots_assessment.item_cards",
                title=Localized(id="Kartu soal", en="Item cards"),
                unit=Unit.TEACHER,
                models_only=False,
                mandatory=True,
                position=1,
                due_at=datetime.fromisoformat("2020-11-25T16:00:00+07:00"),
            )
        )
    second = cards.submit(teacher, number="2", material="Rantai makanan")
    assert colleague.post(f"{second}/telaah", data=cards.answers()).status_code == 303
    for card in (address, second, second):
        assert teacher.post(f"{card}/bukti").status_code == 303
    assert cards.count("evidence_file") == 2, "pressed twice it is still the same file"


def test_each_level_says_what_tells_it_apart_in_the_language_of_its_reader(
    teacher: FlaskClient, cards: Any
) -> None:
    address = cards.begin(teacher)
    page = cards.text(teacher.get(f"{address}/bagian/row/0"))
    hints = re.findall(r"<dt>(C[1-6]) [^<]+</dt><dd>[^<]+; juga di tingkat lain: [^<]+</dd>", page)
    assert hints == ["C1", "C2", "C3", "C4", "C5", "C6"]
    teacher.set_cookie("lang", "en")
    english = cards.text(teacher.get(f"{address}/bagian/row/0"))
    assert english.count("; under other levels, too: ") == 6
    assert "juga di tingkat lain" not in english


def test_paper_and_page_say_a_decision_with_one_word(
    teacher: FlaskClient, colleague: FlaskClient, cards: Any
) -> None:
    address = cards.submit(teacher)
    teacher.set_cookie("lang", "en")
    for decision, word, others in (
        ("needs_revision", "Improve", {"K8": "0"}),
        ("rejected", "Replace", {"M1": "0"}),
        ("accepted", "Use", {}),
    ):
        posted = {**cards.answers(**others), "decision": decision, "comment": "K8 dan M1"}
        assert colleague.post(f"{address}/telaah", data=posted).status_code == 303
        assert re.search(rf"<span class=\"st [^\"]*\">{word}</span>", cards.text(teacher.get(address)))
        assert re.search(rf">{word} \([0-9.]+ %\)<", cards.text(teacher.get(f"{address}/cetak")))


WRITERS = {Role.TEACHER, Role.QUALITY_TEAM, Role.HEADMASTER}
READERS = set(Role) - {Role.EDUCATION_OFFICE, Role.OPERATOR}


@pytest.mark.parametrize("role", sorted(READERS))
def test_who_may_read_write_and_review(
    app: Flask, colleague: FlaskClient, world: Any, cards: Any, role: Role
) -> None:
    address = cards.submit(colleague)
    browser = sign_in(app, world.people[role])
    assert browser.get(world.root).status_code == 200
    assert browser.get(address).status_code == 200
    assert browser.get(f"{world.root}/cetak/{world.colleague}").status_code == 200
    assert browser.get(f"/m/hots_assessment/{world.placement_id}").status_code in (200, 303)
    wanted = 303 if role in WRITERS else 403
    assert browser.post(f"{world.root}/kisi-kisi", data=HEAD).status_code == wanted
    assert browser.post(world.root, data={"title": "Kolam"}).status_code == wanted
    assert browser.post(f"{address}/bagian/row/0", data={"version": "2"}).status_code == 403
    may_review = role in WRITERS or role is Role.FACILITATOR
    assert browser.post(f"{address}/telaah", data=cards.answers()).status_code == (303 if may_review else 403)
    analyst = role in {Role.ADMIN, Role.AGENCY_HEAD, Role.GRADER, Role.FACILITATOR}
    assert ("Analisis butir kuis" in browser.get(world.root).text) is analyst


def test_others_see_nothing(app: Flask, teacher: FlaskClient, world: Any, cards: Any) -> None:
    address = cards.submit(teacher)
    for person_id in (world.stranger, world.far_admin, world.people[Role.OPERATOR]):
        browser = sign_in(app, person_id)
        for path in (world.root, address, f"{address}/telaah", f"{world.root}/kisi-kisi"):
            assert browser.get(path).status_code == 403
    assert teacher.get(f"/m/hots_assessment/{world.programme_id}/99999").status_code == 404
    assert teacher.get("/m/hots_assessment/kartu/99999").status_code == 404
    assert teacher.get("/m/hots_assessment/99999").status_code == 404


def test_a_board_and_a_paper_cost_the_same_with_one_card_and_with_twenty(
    teacher: FlaskClient, colleague: FlaskClient, world: Any, cards: Any
) -> None:
    def statements(path: str) -> int:
        found: list[str] = []

        def note(*arguments: Any) -> None:
            found.append(arguments[2])

        event.listen(db.engine, "before_cursor_execute", note)
        assert teacher.get(path).status_code == 200
        event.remove(db.engine, "before_cursor_execute", note)
        return len([statement for statement in found if statement.startswith("SELECT")])

    def fill(number: int) -> None:
        for browser in (teacher, colleague):
            address = cards.submit(browser, number=str(number))
            reviewer = colleague if browser is teacher else teacher
            reviewer.post(f"{address}/telaah", data=cards.answers())

    paper = f"{world.root}/cetak/{world.people[Role.TEACHER]}"
    fill(1)
    one = statements(world.root), statements(paper)
    for number in range(2, 12):
        fill(number)
    assert (statements(world.root), statements(paper)) == one
    assert one <= (14, 14)
