"""What a screen counts, a download holds: the recap and the archive of a whole province (K25)."""

import io
import re
import zipfile
from decimal import Decimal

import pytest
from flask.testing import FlaskClient
from imbas_demo.story import STORY_ENDS
from openpyxl import load_workbook
from sqlalchemy import select

from lms.certificates.models import Certificate
from lms.completion.models import CompletionState
from lms.contract.actors import Role
from lms.people.directory.models import Person
from lms.platform.application import platform
from lms.platform.db import db
from lms.programmes.models import Enrolment
from lms.testing.people import sign_in
from tests.functional.province.conftest import Province

pytestmark = [pytest.mark.modules, pytest.mark.slow]


def admin(province: Province) -> FlaskClient:
    return sign_in(province.app, province.people[Role.ADMIN.value][0])


def words(browser: FlaskClient, path: str) -> str:
    answer = browser.get(path)
    assert answer.status_code == 200
    text = re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True))
    return re.sub(r"\s+", " ", text)


def test_the_recap_holds_what_the_control_room_counts(large: Province) -> None:
    browser = admin(large)
    with browser.get(f"/ruang-kendali/{large.programme_id}/rekap.xlsx") as answer:
        sheet = load_workbook(io.BytesIO(answer.get_data()))["Rekap"]
    head, *rows = sheet.iter_rows(values_only=True)
    complete = sum(row[head.index("Selesai")] == "ya" for row in rows)
    room = words(browser, f"/ruang-kendali/{large.programme_id}")
    found = re.search(r"(\d+) */ *(\d+)", room[room.index("Siap") :])
    assert found
    assert (complete, len(rows)) == (int(found[1]), int(found[2]))
    assert complete > 0
    with large.app.app_context():
        stored = db.session.execute(
            select(CompletionState.scores, Person.full_name)
            .join(Enrolment, Enrolment.id == CompletionState.enrolment_id)
            .join(Person, Person.id == Enrolment.person_id)
            .where(CompletionState.stage_id.is_(None))
            .order_by(CompletionState.school_id, CompletionState.enrolment_id)
        ).all()
        db.session.remove()
    for row, (scores, name) in zip(rows, stored, strict=True):
        assert name in row[head.index("Nama")]
        assert Decimal(str(row[head.index("Nilai akhir")])) == Decimal(scores["final"])
        assert (row[head.index("Kualifikasi")] or "") == scores["predicate"]


def test_three_lists_of_certificates_hold_everybody_once(
    large: Province, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser, path = admin(large), f"/sertifikat/program/{large.programme_id}"
    text = words(browser, path)
    counts = [int(n) for n in re.findall(r"(?:Belum memenuhi syarat|Siap|Terbit) (\d+)", text)[:3]]
    with large.app.app_context():
        everybody = len(
            db.session.scalars(select(CompletionState.id).where(CompletionState.stage_id.is_(None))).all()
        )
        db.session.remove()
    assert sum(counts) == everybody
    assert all(counts)
    assert f"Terbitkan {counts[1]} sertifikat" not in text  # the programme runs
    monkeypatch.setattr(platform(large.app), "clock", lambda: STORY_ENDS)
    browser = admin(large)
    assert f"Terbitkan {counts[1]} sertifikat" in words(browser, path)
    for roster, count in zip(("terhalang", "siap", "terbit"), counts, strict=True):
        pages = -(-count // 50)
        shown = sum(
            browser.get(f"{path}?daftar={roster}&hal={page}").get_data(as_text=True).count('<th scope="row"')
            for page in range(1, pages + 1)
        )
        assert shown == count


def test_search_finds_a_number_and_a_school(large: Province) -> None:
    browser, path = admin(large), f"/sertifikat/program/{large.programme_id}"
    found = browser.get(f"{path}?daftar=terbit&cari=0001/").get_data(as_text=True)
    assert found.count('<th scope="row"') == 1
    assert "Belum memenuhi" in words(browser, f"{path}?cari=SD+Negeri+1")
    assert "Tidak ada yang cocok" in words(browser, f"{path}?cari=%25")


def test_the_archive_is_offered_when_the_last_pdf_is_printed(large: Province) -> None:
    browser, path = admin(large), f"/sertifikat/program/{large.programme_id}"
    with large.app.app_context():
        issued = db.session.scalars(select(Certificate).where(Certificate.state == "issued")).all()
        printed = [row for row in issued if row.pdf_key]
        db.session.remove()
    assert 0 < len(printed) < len(issued)
    text = words(browser, path)
    assert "Unduh semua" not in text
    assert f"Sertifikat tercetak {len(printed)} / {len(issued)}" in text
    said = browser.get(f"{path}/status").get_json()
    assert (said["done"], said["value"], said["max"]) == (False, len(printed), len(issued))


def test_the_archive_holds_every_printed_certificate(large: Province) -> None:
    answer = admin(large).get(f"/sertifikat/program/{large.programme_id}/zip", buffered=False)
    assert answer.is_streamed
    names = zipfile.ZipFile(io.BytesIO(answer.get_data())).namelist()
    assert len(names) == 1  # the world prints one
    assert names[0].endswith(".pdf")
