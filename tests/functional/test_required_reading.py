"""Where a programme requires it, a stage's in-service part is complete only for who has read the material."""

import io
import re
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy import func, select, update

from lms.completion import api as completion
from lms.completion.models import CompletionState
from lms.contract.actors import Role
from lms.contract.text import text_of
from lms.modules import api as modules
from lms.modules import material
from lms.modules.models import ModulePlacement, ReadSection
from lms.platform.db import db
from lms.platform.markdown import Section
from lms.platform.outbox import OutboxFact, drain
from lms.platform.transaction import write
from lms.programmes import api as programmes
from lms.programmes.models import Stage
from lms.testing.people import sign_in
from lms.testing.race import Race
from tests.inhabitants import TODAY, Province

pytestmark = pytest.mark.modules
LACKS = "Materi Penyusunan dokumen SPMI dan RKS (termasuk SOP) belum selesai dibaca"


def words(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page)).replace("\xa0", " ")


class Reader:
    """A teacher of the first school who has read nothing yet, and the first material of the programme."""

    def __init__(self, site: Flask, province: Province) -> None:
        self.person_id = province.own.school.teachers[-1]
        session = db.session()
        stages = programmes.stages_of(session, province.own.programme_id)
        placement = modules.placements_of(session, [stages[0].id])[0]
        enrolment = programmes.enrolment_of(session, self.person_id, now=TODAY)
        assert enrolment is not None
        self.enrolment_id, self.stage_id, self.placement_id = enrolment.id, stages[0].id, placement.id
        self.total = len(modules.sections_of(placement))
        db.session.remove()
        self.browser: FlaskClient = sign_in(site, self.person_id)
        self.path = f"/materi/{self.placement_id}"

    def mark(self, section: object) -> Any:
        return self.browser.post(f"{self.path}/dibaca", data={"section": str(section)})

    def lacks(self) -> bool:
        """Whether the stored in-service part of the stage still asks for the material, once the worker has been."""
        drain(lambda: TODAY)
        db.session.remove()
        row = db.session.scalars(
            select(CompletionState).where(
                CompletionState.enrolment_id == self.enrolment_id,
                CompletionState.stage_id == self.stage_id,
                CompletionState.phase == "in_service",
            )
        ).one()
        found = [reason for reason in row.reasons if reason["rule"] == "material"]
        assert not found or not row.met
        db.session.remove()
        return bool(found)


@pytest.fixture
def reader(site_both: Flask, province_both: Province) -> Reader:
    found = Reader(site_both, province_both)
    again(province_both)
    return found


def again(province: Province) -> None:
    """Evaluate everybody of the first school now."""
    with write() as session:
        completion.recompute(
            session, programme_id=province.own.programme_id, school_ids=[province.own.school.id], now=TODAY
        )


def count(model: type, *where: Any) -> int:
    db.session.remove()
    found = db.session.scalar(select(func.count()).select_from(model).where(*where)) or 0
    db.session.remove()
    return found


def test_a_teacher_is_told_what_is_unread_reads_it_and_is_through(reader: Reader) -> None:
    assert reader.lacks()
    home = reader.browser.get("/").text
    assert re.search(rf'<a href="{reader.path}">\s*{re.escape(LACKS)}', home)
    assert "wajib dibaca" in words(home)
    opened = words(reader.browser.get(reader.path).text)
    assert f"0 dari {reader.total} bagian sudah ditandai dibaca" in opened
    assert "mewajibkan materi ini dibaca sampai selesai" in opened
    for section in range(1, reader.total):
        assert reader.mark(section).location == f"{reader.path}?bagian={section + 1}"
    assert reader.lacks()
    assert f"{reader.total - 1}/{reader.total}" in words(reader.browser.get("/").text)
    assert reader.mark(reader.total).location == "/"
    assert not reader.lacks()
    home = words(reader.browser.get("/").text)
    assert LACKS not in home
    assert "sudah selesai dibaca. Tersimpan di server." in home
    assert "Selesai dibaca" in reader.browser.get(reader.path).text


def test_the_last_section_leads_to_what_was_left_out(reader: Reader) -> None:
    for section in (1, 3):
        reader.mark(section)
    assert reader.mark(reader.total).location == f"{reader.path}?bagian=2"
    page = words(reader.browser.get(reader.path).text)
    assert f"Masih {reader.total - 3} bagian yang belum ditandai dibaca" in page
    assert f"Bagian 2 dari {reader.total}" in page  # without a number: the first unread one
    assert reader.lacks()


def test_who_read_the_download_marks_everything_with_one_press(reader: Reader) -> None:
    file = reader.browser.get(f"{reader.path}/unduh").text
    assert reader.path in file
    assert "Tandai semua bagian sudah dibaca" in file
    assert count(ReadSection) == 0  # reading a page writes nothing
    assert "Tandai semua bagian sudah dibaca" in reader.browser.get(reader.path).text
    assert reader.mark("all").location == "/"
    assert not reader.lacks()
    assert "Tandai semua" not in reader.browser.get(reader.path).text


def test_pressing_again_changes_nothing(reader: Reader) -> None:
    for _time in range(3):
        assert reader.mark("all").status_code == 303
    assert count(ReadSection) == reader.total
    assert count(ReadSection, ReadSection.completes.is_(True)) == 1
    assert count(OutboxFact, OutboxFact.type == modules.MATERIAL_READ) == 1


@pytest.mark.parametrize(
    "section", ["", "0", "-1", "99", "1.5", "ALL", "semua", "١", "1e1", "9" * 30, "1 OR 1"]
)
def test_what_no_page_sends_marks_nothing(reader: Reader, section: str) -> None:
    answer = reader.mark(section)
    assert answer.status_code == 422
    assert "Tidak ada yang ditandai" in answer.text
    assert count(ReadSection) == 0


def test_reading_counts_before_the_stage_begins(reader: Reader) -> None:
    later = datetime(2021, 6, 1, tzinfo=TODAY.tzinfo)
    with write() as session:
        session.execute(update(Stage).where(Stage.id == reader.stage_id).values(opens_at=later))
    reader.mark("all")
    assert not reader.lacks()


def test_the_headmaster_sees_who_has_not_read_and_the_office_why_nobody_is_certified(
    reader: Reader, site_both: Flask, province_both: Province
) -> None:
    own = province_both.own
    listed = sign_in(site_both, own.people[Role.HEADMASTER]).get(
        f"/guru-kami/{own.programme_id}/{own.school.id}"
    )
    assert LACKS in words(listed.text)
    assert "belum%20selesai%20dibaca" in listed.text  # the words for WhatsApp
    admin = sign_in(site_both, own.people[Role.ADMIN])
    with write() as session:
        everything = select(CompletionState).where(CompletionState.enrolment_id == reader.enrolment_id)
        row = session.scalars(everything.where(CompletionState.stage_id.is_(None))).one()
        row.reasons = [reason for reason in row.reasons if reason["rule"] == "material"]
    page = admin.get(f"/sertifikat/program/{own.programme_id}", query_string={"daftar": "terhalang"})
    assert LACKS in words(page.text)
    recap = admin.get(f"/ruang-kendali/{own.programme_id}/rekap.xlsx")
    head, *rows = load_workbook(io.BytesIO(recap.get_data())).worksheets[0].iter_rows(values_only=True)
    assert head[11] == "Yang masih kurang"
    assert any(LACKS in str(row[11]) for row in rows)


def test_english_readers_read_it_in_english(reader: Reader) -> None:
    page = words(reader.browser.get("/?lang=en").text)
    assert re.search(r"Material [^.]* not read to its end yet", page)
    assert "reading required" in page
    assert "does not wait for it" in words(reader.browser.get(f"{reader.path}?lang=en").text)


def test_a_new_edition_with_more_sections_takes_nothing_back(
    reader: Reader, province_both: Province, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader.mark("all")
    assert not reader.lacks()
    rendered = material._rendered

    def longer(*arguments: Any) -> tuple[Section, ...]:
        known = rendered(*arguments)
        return (*known, replace(known[-1], number=len(known) + 1, title="Tambahan"))

    monkeypatch.setattr(material, "_rendered", longer)
    again(province_both)
    assert not reader.lacks()
    assert "Selesai dibaca" in reader.browser.get(reader.path).text


def test_without_the_module_nobody_new_is_through_and_nobody_is_blamed(
    reader: Reader, province_both: Province, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(material, "module_of", lambda _placement: None)
    again(province_both)
    assert reader.lacks()
    db.session.remove()
    reasons = db.session.scalars(
        select(CompletionState.reasons).where(
            CompletionState.enrolment_id == reader.enrolment_id, CompletionState.phase == "in_service"
        )
    )
    (reason,) = (
        entry
        for some in reasons
        for entry in some[:]
        if "belum dapat dibaca" in (said := text_of(entry["text"]).in_("id")) and LACKS[:30] in said
    )
    assert reason["who"] == "admin"
    assert "placement_id" not in reason


def test_in_a_closed_programme_nothing_is_marked(reader: Reader, province_both: Province) -> None:
    with write() as session:
        programmes.set_status(
            session,
            programme_id=province_both.own.programme_id,
            status=programmes.ProgrammeStatus.CLOSED,
            actor_id=None,
            now=TODAY,
        )
    page = reader.browser.get(reader.path).text
    assert "Sudah dibaca, lanjut" not in page
    assert "Berikutnya" in page
    assert reader.mark(1).status_code == 409
    assert count(ReadSection) == 0


def test_an_optional_material_is_marked_and_asks_nothing(reader: Reader, province_both: Province) -> None:
    with write() as session:
        session.execute(update(ModulePlacement).values(reading_required=False))
    again(province_both)
    assert not reader.lacks()
    page = words(reader.browser.get("/").text)
    assert "wajib dibaca" not in page
    assert "mewajibkan" not in reader.browser.get(reader.path).text
    assert reader.mark(1).status_code == 303


def test_two_presses_at_once_complete_the_material_once(
    race: Race, site_both: Flask, province_both: Province
) -> None:
    reader = Reader(site_both, province_both)
    with write() as session:
        placement = session.get_one(ModulePlacement, reader.placement_id)
        modules.mark_read(
            session,
            enrolment_id=reader.enrolment_id,
            placement=placement,
            sections=range(1, reader.total - 1),
            now=TODAY,
        )
    other = Reader(site_both, province_both)  # the same teacher with a second phone
    outcomes = race(lambda: reader.mark(reader.total - 1), lambda: other.mark(reader.total))
    assert [outcome.error for outcome in outcomes] == [None, None]
    assert {outcome.value.status_code for outcome in outcomes} == {303}
    assert count(ReadSection, ReadSection.enrolment_id == reader.enrolment_id) == reader.total
    assert count(OutboxFact, OutboxFact.type == modules.MATERIAL_READ) == 1
