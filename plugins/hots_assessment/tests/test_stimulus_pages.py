"""Tables and pictures on a card, from the form to paper; rules that do not apply; signatures."""

import io
import re
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from imbas_hots_assessment.documents import CARD
from PIL import Image

from lms.api import Base, Role, db, verbatim
from lms.testing.people import sign_in

HEAD = {"version": "0", "subject": "Tema 5 Ekosistem", "grade": "V / 1", "curriculum": "K13", "minutes": "70"}
EXCEL = "\tMinggu 1\tMinggu 2\r\nIkan & katak\t40\t25\r\nJentik\t80\t150\r\n"
PICTURE = "bagian/item/0/gambar/picture"


def png(mode: str = "RGB", side: int = 40, colour: Any = None) -> tuple[io.BytesIO, str]:
    body = io.BytesIO()
    Image.new(mode, (side, side), colour or 0).save(body, "PNG")
    body.seek(0)
    return body, "diagram.png"


def item() -> tuple[dict[str, Any], int]:
    """What is stored of the newest card's item, and its version."""
    parts = Base.metadata.tables["document_part"]
    query = parts.select().where(parts.c.part == "item").order_by(parts.c.id.desc())
    row = db.session.execute(query).mappings().first()
    db.session.remove()
    assert row is not None
    return dict(row["content"]), int(row["version"])


def test_a_table_pasted_from_excel_stands_on_card_review_and_paper(
    teacher: FlaskClient, colleague: FlaskClient, world: Any, cards: Any
) -> None:
    address = cards.submit(teacher, stimulus="", stimulus_table=EXCEL)
    for page in (
        teacher.get(address),
        colleague.get(f"{address}/telaah"),
        teacher.get(f"{address}/cetak"),
        teacher.get(f"{world.root}/cetak/{world.people[Role.TEACHER]}"),
    ):
        text = cards.text(page)
        assert '<th scope="col"></th><th scope="col">Minggu 1</th>' in text, "an empty first heading stays"
        assert "<td>Ikan &amp; katak</td><td>40</td><td>25</td>" in text
    assert item()[0]["stimulus_table"].startswith("\tMinggu 1"), "as it was pasted, for who changes it"


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ("Ikan 40, katak 12", "Tabel ini belum terbaca"),
        ("A|B", "Tabel ini belum terbaca"),
        ("|".join("ABCDEFGHI") + "\n" + "|".join("123456789"), "Paling banyak 8 kolom"),
        ("A|B\n" + "1|2\n" * 31, "30 baris"),
        ("A|B\n" + "1|" + "x" * 4000, "Paling panjang 4000 huruf"),
    ],
)
def test_a_table_that_cannot_be_read_comes_back_as_typed(
    teacher: FlaskClient, cards: Any, table: str, words: str
) -> None:
    address = cards.write(teacher)
    typed = {"version": "1", "stem": "Apa?", "stimulus_table": table}
    refused = teacher.post(f"{address}/bagian/item/0", data=typed)
    assert refused.status_code == 422
    assert words in cards.text(refused)
    assert table.splitlines()[0][:20] in refused.text
    assert item()[1] == 1


def test_a_table_half_typed_is_kept_and_counts_as_missing(teacher: FlaskClient, cards: Any) -> None:
    address = cards.write(teacher)
    typed = {"version": "1", "form": "f1", "stem": "Apa?", "reason": "Data", "stimulus_table": "Minggu 1"}
    assert teacher.post(f"{address}/bagian/item/0/sementara", data=typed).status_code == 200
    assert item()[0]["stimulus_table"] == "Minggu 1"
    assert "tabel stimulus" in cards.text(teacher.get(address))
    assert teacher.post(f"{address}/ajukan").status_code == 422


def test_a_picture_is_written_anew_and_shown_to_readers_of_the_card_only(
    app: Flask, teacher: FlaskClient, colleague: FlaskClient, world: Any, cards: Any
) -> None:
    address = cards.write(teacher, stimulus="")
    assert teacher.post(f"{address}/ajukan").status_code == 422, "no stimulus yet"
    assert teacher.get(f"{address}/{PICTURE}").status_code == 404
    sent = {"version": "1", "alt": "Dua diagram batang", "picture": png("RGBA")}
    answer = teacher.post(f"{address}/{PICTURE}", data=sent)
    assert (answer.status_code, answer.headers["Location"]) == (303, f"{address}#bagian-item")
    assert colleague.get(f"{address}/{PICTURE}").status_code == 404, "a draft is its writer's alone"
    assert teacher.post(f"{address}/ajukan").status_code == 303
    shown = colleague.get(f"{address}/{PICTURE}")
    assert (shown.status_code, shown.mimetype) == (200, "image/jpeg")
    assert "sandbox" in shown.headers["Content-Security-Policy"]
    assert Image.open(io.BytesIO(shown.data)).format == "JPEG"
    tagged = {"If-None-Match": shown.headers["ETag"]}
    assert colleague.get(f"{address}/{PICTURE}", headers=tagged).status_code == 304
    for page in (
        teacher.get(f"{world.root}/cetak/{world.people[Role.TEACHER]}"),
        teacher.get(f"{address}/cetak"),
        colleague.get(f"{address}/telaah"),
    ):
        assert re.search(rf'src="{address}/{PICTURE}\?v=[^"]+" alt="Dua diagram batang"', cards.text(page))
    for stranger in (world.stranger, world.far_admin):
        assert sign_in(app, stranger).get(f"{address}/{PICTURE}").status_code == 403
    # while it waits nobody changes it, and never somebody else
    for path, data in ((PICTURE, {**sent, "picture": png()}), (f"{PICTURE}/hapus", {"version": "2"})):
        assert colleague.post(f"{address}/{path}", data=data).status_code == 403
    assert teacher.post(f"{address}/{PICTURE}/hapus", data={"version": "2"}).status_code == 409
    assert teacher.post(f"{address}/tarik").status_code == 303
    assert teacher.post(f"{address}/{PICTURE}/hapus", data={"version": "2"}).status_code == 303
    assert "picture" not in item()[0]
    assert teacher.post(f"{address}/ajukan").status_code == 422, "its only stimulus is gone"


def test_text_and_picture_of_a_card_do_not_take_each_other_away(teacher: FlaskClient, cards: Any) -> None:
    address = cards.write(teacher)
    sent = {"version": "1", "alt": "Dua diagram", "picture": png()}
    assert teacher.post(f"{address}/{PICTURE}", data=sent).status_code == 303
    assert item()[0]["stem"] == "Apa yang terjadi bila ikan kecil hilang?"
    cards.save(teacher, address, (2, 2), stem="Baru?")
    typed = {"version": "3", "form": "f1", "stem": "Lebih baru?", "reason": "Data"}
    assert teacher.post(f"{address}/bagian/item/0/sementara", data=typed).status_code == 200
    content, version = item()
    assert (content["stem"], content["picture"]["alt"], version) == ("Lebih baru?", "Dua diagram", 4)
    late = teacher.post(f"{address}/{PICTURE}", data={**sent, "picture": png(), "alt": "Denah"})
    assert (late.status_code, "Denah" in late.text) == (409, True)
    assert item()[0]["picture"]["alt"] == "Dua diagram"
    shown = re.search(r'name="version" value="(\d+)"', late.text.split('id="bagian-item-picture"')[1])
    assert shown is not None
    again = {"version": shown[1], "picture": png(), "alt": "Denah"}
    assert teacher.post(f"{address}/{PICTURE}", data=again).status_code == 303
    copied = teacher.post(f"{address}/salin", data={"kind": "card"})
    assert "Denah" in teacher.get(copied.headers["Location"]).text


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"alt": ""}, "Tulis apa yang terlihat"),
        ({"alt": "x" * 301}, "Paling panjang 300 huruf"),
        ({"picture": None}, "Pilih foto atau gambar dulu"),
        ({"picture": (b"<svg onload=alert(1)>", "diagram.svg")}, "tidak dapat dipakai di sini"),
        ({"picture": (b"<script>", "diagram.png")}, "bukan foto yang dapat dibuka"),
    ],
)
def test_a_picture_that_is_refused_leaves_the_card_as_it_was(
    teacher: FlaskClient, cards: Any, changes: dict[str, Any], words: str
) -> None:
    address = cards.write(teacher)
    data = {"version": "1", "alt": "Dua diagram", "picture": png(), **changes}
    if isinstance(data["picture"], tuple) and isinstance(data["picture"][0], bytes):
        data["picture"] = (io.BytesIO(data["picture"][0]), data["picture"][1])
    given = {name: value for name, value in data.items() if value is not None}
    refused = teacher.post(f"{address}/{PICTURE}", data=given)
    assert refused.status_code == 422
    assert words in cards.text(refused)
    assert (item()[1], "picture" in item()[0]) == (1, False)


def test_pictures_of_several_rows_stand_and_fail_each_at_its_own_place(
    teacher: FlaskClient, cards: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a type whose part is a list: after a picture its own row is shown, and a fault leads to its own field."""
    (kind,) = CARD.kinds
    parts = tuple(
        replace(part, most=3, row_title=verbatim("Stimulus")) if part.key == "item" else part
        for part in kind.parts
    )
    listed = replace(CARD, kinds=(replace(kind, parts=parts),))
    address = cards.begin(teacher)
    monkeypatch.setattr("lms.documents.queries.type_of", lambda _document: listed)
    for _row in range(2):
        written = {"stem": "Apa?", "version": "0"}
        assert teacher.post(f"{address}/bagian/item/0", data=written).status_code == 303
    place = "bagian/item/2/gambar/picture"
    sent = {"version": "1", "alt": "Dua diagram", "picture": png()}
    answer = teacher.post(f"{address}/{place}", data=sent)
    assert (answer.status_code, answer.headers["Location"]) == (303, f"{address}#bagian-item-2")
    refused = teacher.post(f"{address}/{place}", data={"version": "2", "alt": ""})
    gone = teacher.post(f"{address}/{place}/hapus", data={"version": "2"})
    assert (gone.status_code, gone.headers["Location"]) == (303, f"{address}#bagian-item-2")
    for page in (teacher.get(address).text, refused.text):
        ids = re.findall(r'\bid="([^"]+)"', page)
        assert sorted(set(ids)) == sorted(ids)
        assert set(re.findall(r'\bfor="([^"]+)"', page)) <= set(ids)
        assert {"bagian-item-1", "bagian-item-2"} <= set(ids)
    assert refused.status_code == 422
    faults = re.findall(r'<li><a href="#([^"]+)">', refused.text)
    assert set(faults) == {"bagian-item-2-picture-picture", "bagian-item-2-picture-alt"}
    assert set(faults) <= set(re.findall(r'\bid="([^"]+)"', refused.text))


@pytest.mark.parametrize("place", ["row/0/gambar/bloom", "item/0/gambar/stem", "gone/0/gambar/picture"])
def test_only_a_field_for_pictures_takes_one(teacher: FlaskClient, cards: Any, place: str) -> None:
    address = cards.write(teacher)
    sent = {"version": "1", "alt": "Dua diagram", "picture": png()}
    assert teacher.post(f"{address}/bagian/{place}", data=sent).status_code == 404
    assert teacher.get(f"{address}/bagian/{place}").status_code == 404


def test_table_and_picture_come_along_to_pdf_and_word(teacher: FlaskClient, cards: Any) -> None:
    address = cards.write(teacher, stimulus_table=EXCEL)
    plain = len(teacher.get(f"{address}/pdf").data)
    sent = {"version": "1", "alt": "Dua diagram", "picture": png(side=400, colour=(200, 30, 30))}
    assert teacher.post(f"{address}/{PICTURE}", data=sent).status_code == 303
    body = teacher.get(f"{address}/pdf").data
    assert body.startswith(b"%PDF")
    assert b"/DCTDecode" in body
    assert len(body) > plain
    import docx

    paper = docx.Document(io.BytesIO(teacher.get(f"{address}/docx").data))
    assert not any(line.text.startswith("Pedoman") for line in paper.paragraphs), "empty, and may be"
    assert any(line.text.startswith("Pokok soal: Apa") for line in paper.paragraphs)
    assert [cell.text for cell in paper.tables[0].rows[1].cells] == ["Ikan & katak", "40", "25"]
    assert len(paper.inline_shapes) == 1


def test_another_picture_of_the_same_words_is_a_change(
    teacher: FlaskClient, colleague: FlaskClient, cards: Any
) -> None:
    address = cards.write(teacher)
    sent = {"version": "1", "alt": "Dua diagram", "picture": png()}
    assert teacher.post(f"{address}/{PICTURE}", data=sent).status_code == 303
    assert teacher.post(f"{address}/ajukan").status_code == 303
    posted = {**cards.answers(K8="0"), "decision": "needs_revision", "comment": "K8: buram."}
    assert colleague.post(f"{address}/telaah", data=posted).status_code == 303
    other = {"version": "2", "alt": "Dua diagram", "picture": png(side=60, colour=(9, 9, 200))}
    assert teacher.post(f"{address}/{PICTURE}", data=other).status_code == 303
    assert "gambar diganti" in cards.text(teacher.get(f"{address}/versi/1/0"))
    assert colleague.post(f"{address}/telaah", data=posted).status_code == 409, "it was changed since"


def test_what_does_not_apply_does_not_lift_the_mark(
    teacher: FlaskClient, colleague: FlaskClient, cards: Any
) -> None:
    """Two of twenty not met is 90; with four that do not apply it is 14 of 16, and the item waits."""
    address = cards.submit(teacher)
    idle = dict.fromkeys(("K4", "K5", "K6", "K8"), "na")
    posted = {**cards.answers(K7="0", B3="0"), "comment": "K7 dan B3"}
    assert colleague.post(f"{address}/telaah", data=posted).status_code == 303
    posted = {**cards.answers(K7="0", B3="0", **idle), "comment": "K7 dan B3"}
    refused = colleague.post(f"{address}/telaah", data=posted)
    assert (refused.status_code, "di bawah 90" in cards.text(refused)) == (422, True)
    better = {**posted, "decision": "needs_revision"}
    assert colleague.post(f"{address}/telaah", data=better).status_code == 303
    page = cards.text(teacher.get(address))
    assert "87,50" in page
    assert "14 dari 16 kriteria terpenuhi" in page
    assert "K6 Pilihan berupa angka atau waktu ditulis urut: <b>Tidak berlaku</b>" in page
    checklist = colleague.get(f"{address}/telaah").text
    assert 'name="crit-K6" value="na"' in checklist
    assert 'name="crit-K1" value="na"' not in checklist, "a critical rule always applies"
    smuggled = {**posted, "crit-K1": "na", "decision": "accepted"}
    assert "Jawab kriteria K1" in cards.text(colleague.post(f"{address}/telaah", data=smuggled))


def test_reasoning_is_not_asked_of_an_item_that_is_meant_to_be_low(
    teacher: FlaskClient, colleague: FlaskClient, cards: Any
) -> None:
    address = cards.submit(teacher, bloom="C2")
    checklist = cards.text(colleague.get(f"{address}/telaah"))
    assert "M1 ·" in checklist
    assert "H3 ·" not in checklist
    low = {key: value for key, value in cards.answers().items() if not key.startswith("crit-H")}
    assert colleague.post(f"{address}/telaah", data=low).status_code == 303
    assert "16 dari 16 kriteria terpenuhi" in cards.text(teacher.get(address))


def test_the_blueprint_is_printed_with_eight_columns_and_two_signatures(
    teacher: FlaskClient, world: Any, cards: Any
) -> None:
    """As the material teaches it."""
    teacher.post(f"{world.root}/kisi-kisi", data=HEAD)
    cards.submit(teacher, number="4")
    cards.submit(teacher, number="", material="Kolam")
    paper = cards.text(teacher.get(f"{world.root}/cetak/{world.people[Role.TEACHER]}"))
    heads = re.findall(r'<th scope="col">([^<]+)</th>', paper)[:8]
    assert heads == [
        "No.",
        "KD atau CP",
        "Kelas/smt",
        "Materi",
        "Indikator soal",
        "Level",
        "Bentuk soal",
        "No. soal",
    ]
    assert '<td data-label="Kelas/smt">V / 1</td>' in paper
    assert re.findall(r'data-label="No. soal">(\d+)<', paper) == ["1", "4"], (
        "a number that nobody has is given"
    )
    assert paper.count("Mengetahui,") == 1
    assert paper.index("No. soal") < paper.index("Mengetahui,") < paper.index("Kartu soal nomor 4")
    assert "Kepala Sekolah" in paper
    assert "Nomor yang dipakai lebih dari satu kartu" not in paper
    cards.submit(teacher, number="4", material="Katak")
    again = cards.text(teacher.get(f"{world.root}/cetak/{world.people[Role.TEACHER]}"))
    assert "Nomor yang dipakai lebih dari satu kartu: 4." in again
