"""Rounds of coaching: checked with the definition, shown on the programme's page and on a school's board."""

import io
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import docx
import pytest
from flask import Flask
from imbas_coaching.section import SECTION, Coaching, Round, check
from pydantic import ValidationError

from lms.api import ProgrammeOutline, Role, StageOutline, db, programme_section
from lms.testing.clock import FixedClock
from lms.testing.people import sign_in
from lms.testing.printed import pdf_text
from lms.testing.world import START, World, make_world

OUTLINE = ProgrammeOutline(
    ZoneInfo("Asia/Jakarta"),
    tuple(StageOutline(no, f"Tahap {no}", date(2020, 9, no), date(2020, 9, 20 + no)) for no in (1, 2)),
)
ROUNDS = [
    {"no": 1, "focus": "Pemetaan mutu", "stage": 1, "starts_on": "2020-09-14", "ends_on": "2020-09-18"},
    {"no": 2, "focus": "Evaluasi akhir", "stage": None},
]


@pytest.fixture
def world(app: Flask) -> World:
    return make_world("coaching", title="Pendampingan", sections={"coaching": {"rounds": ROUNDS}})


def faults(*rounds: dict[str, Any]) -> list[tuple[tuple[int | str, ...], str]]:
    values = Coaching.model_validate({"rounds": rounds})
    return [(fault.path, fault.sentence.in_("id")) for fault in check(values, OUTLINE)]


def test_what_is_wrong_with_rounds_is_told_all_at_once(app: Flask) -> None:
    first = {"no": 1, "focus": "Pemetaan mutu", "stage": 1, "starts_on": "2020-09-02"}
    assert faults() == faults(first) == faults(first, {"no": 2, "focus": "Akhir"}) == []
    with app.test_request_context():
        assert faults(
            {**first, "no": 2, "stage": 7, "ends_on": "2020-09-01"}, {"no": 2, "focus": "Akhir", "stage": 0}
        ) == [
            (("rounds", 0, "no"), "pendampingan harus bernomor 1, 2, 3 dan seterusnya"),
            (("rounds", 0, "stage"), "pendampingan ke-2: tahap 7 tidak ada"),
            (("rounds", 0, "ends_on"), "pendampingan ke-2: harus selesai setelah mulai"),
            (("rounds", 1, "stage"), "pendampingan ke-2: tahap 0 tidak ada"),
        ]
    for wrong in ({"no": 0, "focus": "x"}, {"no": 1, "focus": ""}, {"no": 1}, {"no": 13, "focus": "x"}):
        with pytest.raises(ValidationError):
            Coaching.model_validate({"rounds": [wrong]})
    assert SECTION.model is Coaching
    assert Round(no=1, focus=" Awal ").focus == "Awal"


def test_the_agency_sees_them_on_the_programmes_page(app: Flask, world: World) -> None:
    admin = sign_in(app, world.people[Role.ADMIN])
    page = admin.get(f"/program/{world.programme_id}").text
    assert "Pendampingan untuk setiap sekolah" in page
    assert "Pendampingan ke-1: Pemetaan mutu (tahap 1, 14 September 2020 – 18 September 2020)" in page
    assert "Pendampingan ke-2: Evaluasi akhir<" in page
    english = admin.get(f"/program/{world.programme_id}?lang=en").text
    assert "Coaching 1: Pemetaan mutu (stage 1, 14 September 2020 – 18 September 2020)" in english


def test_a_school_sees_them_on_its_board(app: Flask, world: World, clock: FixedClock) -> None:
    clock.set(START)
    headmaster = sign_in(app, world.people[Role.HEADMASTER])
    page = headmaster.get(f"/bukti/papan/{world.programme_id}/{world.school_id}").text
    assert "Pendampingan ke-2: Evaluasi akhir" in page
    assert f'href="/m/coaching/{world.programme_id}/{world.school_id}/jadwal"' in page


def test_a_programme_without_coaching_has_no_panel(app: Flask) -> None:
    plain = make_world("coaching", title="Pendampingan")
    admin = sign_in(app, plain.people[Role.ADMIN])
    assert "Pendampingan untuk setiap sekolah" not in admin.get(f"/program/{plain.programme_id}").text
    assert programme_section(db.session(), plain.programme_id, Coaching) is None


def test_a_round_is_called_as_the_field_calls_it(app: Flask, world: World) -> None:
    admin = sign_in(app, world.people[Role.ADMIN])
    page = admin.get(f"/program/{world.programme_id}/naskah/sunting").text
    assert "Pendampingan ke-1" in page
    assert "Coaching 1" in admin.get(f"/program/{world.programme_id}/naskah/sunting?lang=en").text


def test_a_school_puts_the_schedule_up_on_its_wall(app: Flask, world: World) -> None:
    address = f"/m/coaching/{world.programme_id}/{world.school_id}/jadwal"
    headmaster = sign_in(app, world.people[Role.HEADMASTER])
    page = headmaster.get(address).text
    assert f'href="{address}.pdf"' in page
    assert f'href="{address}.docx"' in page
    assert "14 September 2020 – 18 September 2020" in page
    pdf = headmaster.get(f"{address}.pdf")
    assert (pdf.status_code, pdf.mimetype) == (200, "application/pdf")
    words = pdf_text(pdf.data)
    assert "Jadwal pendampingan" in words
    assert "14 September 2020 – 18 September 2020" in words
    assert "Evaluasi akhir" in words
    paper = docx.Document(io.BytesIO(headmaster.get(f"{address}.docx").data))
    assert [cell.text for cell in paper.tables[0].rows[2].cells] == ["2", "Evaluasi akhir", "-", "-"]
    assert sign_in(app, world.stranger).get(f"{address}.pdf").status_code == 403
    assert sign_in(app, world.people[Role.TEACHER]).get(f"{address}.docx").status_code == 403


def test_what_people_write_is_no_markup(app: Flask) -> None:
    focus = "#panic() *a* $x$ " + "n" * 120
    world = make_world(
        "coaching", title="Pendampingan", sections={"coaching": {"rounds": [{"no": 1, "focus": focus}]}}
    )
    admin = sign_in(app, world.people[Role.ADMIN])
    pdf = admin.get(f"/m/coaching/{world.programme_id}/{world.school_id}/jadwal.pdf")
    assert "#panic() *a* $x$" in pdf_text(pdf.data)
    none = make_world("coaching", title="Pendampingan")
    gone = sign_in(app, none.people[Role.ADMIN]).get(
        f"/m/coaching/{none.programme_id}/{none.school_id}/jadwal.pdf"
    )
    assert gone.status_code == 404
