"""Tables and pictures on a card, from the form to paper; rules that do not apply; signatures."""

import io
import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from imbas_hots_assessment.models import Card
from imbas_hots_assessment.rules import review_key
from PIL import Image
from sqlalchemy import func, select

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
EXCEL = "\tMinggu 1\tMinggu 2\r\nIkan & katak\t40\t25\r\nJentik\t80\t150\r\n"


@pytest.fixture
def teacher(app: Flask, world: Any) -> FlaskClient:
    """A browser of the writer."""
    return sign_in(app, world.people[Role.TEACHER])


@pytest.fixture
def colleague(app: Flask, world: Any) -> FlaskClient:
    """A browser of a second teacher of the school."""
    return sign_in(app, world.colleague)


def text_of(answer: Any) -> str:
    return re.sub(r"\s+", " ", answer.get_data(as_text=True))


def newest() -> int:
    found = db.session.scalar(select(func.max(Card.id)))
    db.session.remove()
    return int(found or 0)


def shared_card(teacher: FlaskClient, world: Any, **changes: str) -> str:
    """The address of a card that was written and shared."""
    assert teacher.post(f"{world.root}/kartu", data={**CARD, **changes}).status_code == 303
    address = f"/m/hots_assessment/kartu/{newest()}"
    assert teacher.post(f"{address}/bagikan", data={"version": "1"}).status_code == 303
    return address


def answers(app: Flask, kind: str = "mc_single", **others: str) -> dict[str, str]:
    """Every rule met, but for ``others``."""
    codes = [line.code for line in registry().rubric(review_key(kind)).criteria]
    return {f"crit-{code}": others.get(code, "1") for code in codes}


def png(mode: str = "RGB", side: int = 40) -> tuple[io.BytesIO, str]:
    body = io.BytesIO()
    Image.new(mode, (side, side)).save(body, "PNG")
    body.seek(0)
    return body, "diagram.png"


def card() -> Card:
    found = db.session.get_one(Card, newest())
    db.session.expunge(found)
    return found


def test_a_table_pasted_from_excel_stands_on_card_review_and_paper(
    teacher: FlaskClient, colleague: FlaskClient, world: Any
) -> None:
    address = shared_card(teacher, world, stimulus="", stimulus_table=EXCEL)
    for page in (
        teacher.get(address),
        colleague.get(f"{address}/telaah"),
        teacher.get(f"{world.root}/cetak/{world.people[Role.TEACHER]}"),
    ):
        text = text_of(page)
        assert '<th scope="col"></th><th scope="col">Minggu 1</th>' in text, "an empty first heading stays"
        assert "<td>Ikan &amp; katak</td><td>40</td><td>25</td>" in text
    again = text_of(teacher.get(f"{address}/ubah"))
    assert "Minggu 1" in again
    # saving what the form shows changes nothing: the review of this version stands
    shown = re.search(
        r'name="stimulus_table"[^>]*>\n(.*?)</textarea>', teacher.get(f"{address}/ubah").text, re.DOTALL
    )
    assert shown is not None
    sent = {**CARD, "stimulus": "", "version": "1", "stimulus_table": shown[1].replace("&amp;", "&")}
    assert teacher.post(f"{address}/ubah", data=sent).status_code == 303
    assert card().version == 1


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
    teacher: FlaskClient, world: Any, table: str, words: str
) -> None:
    refused = teacher.post(f"{world.root}/kartu", data={**CARD, "stimulus_table": table})
    assert refused.status_code == 422
    assert words in text_of(refused)
    assert table.splitlines()[0][:20] in refused.text
    assert newest() == 0


def test_a_picture_is_written_anew_and_shown_to_readers_of_the_card_only(
    app: Flask, teacher: FlaskClient, colleague: FlaskClient, world: Any
) -> None:
    teacher.post(f"{world.root}/kartu", data={**CARD, "stimulus": ""})
    address = f"/m/hots_assessment/kartu/{newest()}"
    assert teacher.post(f"{address}/bagikan", data={"version": "1"}).status_code == 422, "no stimulus yet"
    assert teacher.get(f"{address}/gambar").status_code == 404
    sent = {"version": "1", "alt": "Dua diagram batang", "picture": png("RGBA")}
    assert teacher.post(f"{address}/gambar", data=sent).status_code == 303
    assert colleague.get(f"{address}/gambar").status_code == 404, "a draft is its writer's alone"
    assert teacher.post(f"{address}/bagikan", data={"version": "2"}).status_code == 303
    shown = colleague.get(f"{address}/gambar")
    assert (shown.status_code, shown.mimetype) == (200, "image/jpeg")
    assert "sandbox" in shown.headers["Content-Security-Policy"]
    assert Image.open(io.BytesIO(shown.data)).format == "JPEG"
    assert (
        colleague.get(f"{address}/gambar", headers={"If-None-Match": shown.headers["ETag"]}).status_code
        == 304
    )
    paper = text_of(teacher.get(f"{world.root}/cetak/{world.people[Role.TEACHER]}"))
    assert f'src="{address}/gambar?v=2" alt="Dua diagram batang"' in paper
    for stranger in (world.stranger, world.far_admin):
        assert sign_in(app, stranger).get(f"{address}/gambar").status_code == 403
    # a shared card cannot lose its only stimulus, and nobody else changes it
    assert teacher.post(f"{address}/gambar/hapus", data={"version": "2"}).status_code == 422
    for path, data in (("gambar", {**sent, "picture": png()}), ("gambar/hapus", {"version": "2"})):
        assert colleague.post(f"{address}/{path}", data=data).status_code == 403
    teacher.post(f"{address}/ubah", data={**CARD, "version": "2"})
    assert teacher.post(f"{address}/gambar/hapus", data={"version": "3"}).status_code == 303
    assert (card().picture_key, card().picture_alt) == ("", "")


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
    teacher: FlaskClient, world: Any, changes: dict[str, Any], words: str
) -> None:
    address = shared_card(teacher, world)
    data = {"version": "1", "alt": "Dua diagram", "picture": png(), **changes}
    if isinstance(data["picture"], tuple) and isinstance(data["picture"][0], bytes):
        data["picture"] = (io.BytesIO(data["picture"][0]), data["picture"][1])
    refused = teacher.post(
        f"{address}/gambar", data={name: value for name, value in data.items() if value is not None}
    )
    assert refused.status_code == 422
    assert words in text_of(refused)
    assert (card().version, card().picture_key) == (1, "")


def test_a_picture_makes_colleagues_review_again(
    app: Flask, teacher: FlaskClient, colleague: FlaskClient, world: Any
) -> None:
    address = shared_card(teacher, world)
    posted = {**answers(app), "version": "1", "decision": "use", "comment": ""}
    assert colleague.post(f"{address}/telaah", data=posted).status_code == 303
    sent = {"version": "1", "alt": "Dua diagram", "picture": png()}
    assert teacher.post(f"{address}/gambar", data=sent).status_code == 303
    assert "Menunggu telaah" in text_of(teacher.get(address))
    late = teacher.post(f"{address}/gambar", data={**sent, "picture": png()})
    assert late.status_code == 409
    assert "Dua diagram" in text_of(late)


def test_what_does_not_apply_does_not_lift_the_mark(
    app: Flask, teacher: FlaskClient, colleague: FlaskClient, world: Any
) -> None:
    """Two of twenty not met is 90; with four that do not apply it is 14 of 16, and the item waits."""
    address = shared_card(teacher, world)
    idle = dict.fromkeys(("K4", "K5", "K6", "K8"), "na")
    posted = {**answers(app, K7="0", B3="0"), "version": "1", "decision": "use", "comment": "K7 dan B3"}
    assert colleague.post(f"{address}/telaah", data=posted).status_code == 303
    posted = {
        **answers(app, K7="0", B3="0", **idle),
        "version": "1",
        "decision": "use",
        "comment": "K7 dan B3",
    }
    refused = colleague.post(f"{address}/telaah", data=posted)
    assert (refused.status_code, "Kurang dari 90 %" in text_of(refused)) == (422, True)
    assert colleague.post(f"{address}/telaah", data={**posted, "decision": "improve"}).status_code == 303
    page = text_of(teacher.get(address))
    assert "87,50 %" in page
    assert "K6 Pilihan berupa angka atau waktu ditulis urut: <b>Tidak berlaku</b>" in page
    checklist = colleague.get(f"{address}/telaah").text
    assert 'name="crit-K6" value="na"' in checklist
    assert 'name="crit-K1" value="na"' not in checklist, "a critical rule always applies"
    smuggled = {**posted, "crit-K1": "na", "decision": "use"}
    assert "Jawab kaidah K1" in text_of(colleague.post(f"{address}/telaah", data=smuggled))


def test_reasoning_is_not_asked_of_an_item_that_is_meant_to_be_low(
    app: Flask, teacher: FlaskClient, colleague: FlaskClient, world: Any
) -> None:
    address = shared_card(teacher, world, bloom="C2")
    checklist = text_of(colleague.get(f"{address}/telaah"))
    assert "M1 ·" in checklist
    assert "H3 ·" not in checklist
    posted = {**answers(app), "version": "1", "decision": "use", "comment": ""}
    low = {key: value for key, value in posted.items() if not key.startswith("crit-H")}
    assert colleague.post(f"{address}/telaah", data=low).status_code == 303


def test_the_blueprint_is_printed_with_eight_columns_and_two_signatures(
    teacher: FlaskClient, world: Any
) -> None:
    """As the material teaches it."""
    teacher.post(f"{world.root}/kisi-kisi", data=HEAD)
    shared_card(teacher, world, number="4")
    paper = text_of(teacher.get(f"{world.root}/cetak/{world.people[Role.TEACHER]}"))
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
    assert '<th scope="row" data-label="No. soal">4</th>' in paper
    assert paper.count("Mengetahui,") == 1
    assert paper.index("No. soal") < paper.index("Mengetahui,") < paper.index("Kartu soal nomor 4")
    assert "Kepala Sekolah" in paper
