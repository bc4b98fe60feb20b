"""Issuing is announced and agreed to, after the programme's end; what failed is named; no number ever vanishes."""

import html
import io
import re
import zipfile
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from openpyxl import load_workbook
from sqlalchemy import event, func, insert, select

from lms.certificates import api, batches, issuing, printing
from lms.certificates.models import CertificateBatch, CertificateBatchLine
from lms.certificates.pdf import Unprintable
from lms.contract.errors import Conflict
from lms.contract.text import Localized
from lms.people import api as people
from lms.platform import outbox
from lms.platform.db import db
from lms.platform.disk import Room
from lms.platform.transaction import write
from lms.programmes import api as programmes
from lms.testing.clock import FixedClock
from tests.functional.programmes.conftest import NOW
from tests.functional.test_certificates import (
    EASY,
    OVER,
    Office,
    issued,
    offices,
    order,
    paper,
    press,
    work,
)

__all__ = ["offices"]
LAST_MOMENT = datetime(2020, 10, 31, 16, 59, 59, tzinfo=UTC)
"""23.59.59 of the last day in Jakarta."""


def words(text: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text))


def rows(office: Office, **query: str) -> list[str]:
    """The lines of the list of issued certificates, in words."""
    page = office.admin.get(office.page, query_string={"daftar": "terbit", **query}).text
    return [words(row) for row in re.findall(r'<tr><th scope="row".*?</tr>', page, re.DOTALL)]


def test_nothing_is_issued_before_the_last_day_is_over(
    app: Flask, offices: list[Office], clock: FixedClock
) -> None:
    office = offices[0]
    for moment in (NOW, LAST_MOMENT):
        clock.set(moment)
        said = words(office.admin.get(f"{office.page}/terbitkan").text)
        assert "belum berakhir" in said
        assert "setelah Sabtu, 31 Oktober 2020" in said
        assert 'name="count"' not in office.admin.get(f"{office.page}/terbitkan").text
        assert "Terbitkan 4 sertifikat" not in office.admin.get(office.page).text
        refused = office.admin.post(f"{office.page}/terbitkan", data={"count": "4", "first": "x"})
        assert refused.status_code == 409
        assert "berakhir 31 Oktober 2020" in refused.text
    enrolment = programmes.enrolments(db.session(), programme_id=office.programme_id)[0]
    with pytest.raises(Conflict), write() as session:
        issuing.issue_one(
            session,
            programme_id=office.programme_id,
            school_id=enrolment.school_id,
            enrolment_id=enrolment.id,
            actor_id=None,
            now=LAST_MOMENT,
        )
    work(clock)
    assert issued(office) == []
    clock.set(LAST_MOMENT + timedelta(seconds=1))
    assert len(order(office, clock)) == 4


def test_what_will_be_issued_is_announced_and_only_that_is_issued(
    offices: list[Office], clock: FixedClock
) -> None:
    office = offices[0]
    page = office.admin.get(f"{office.page}/terbitkan").text
    unit = people.get_agency(db.session(), office.agency_id).unit_code
    first, last = (f"{number:04d}/{unit}/GT.03.00/2020" for number in (1, 4))
    assert first in page
    assert last in page
    assert "sudah berakhir" in page
    assert "Terbitkan 4 sertifikat" in page
    for typed in (
        {},
        {"count": "3", "first": first},
        {"count": "4", "first": last},
        {"count": "²", "first": first},
    ):
        answer = office.admin.post(f"{office.page}/terbitkan", data=typed)
        assert answer.status_code == 409
        assert "Belum ada yang diterbitkan" in answer.text
        assert "Terbitkan 4 sertifikat" in answer.text  # what is so now, to be agreed to
    work(clock)
    assert issued(office) == []
    assert {row.number for row in order(office, clock)} >= {first, last}
    again = office.admin.get(f"{office.page}/terbitkan").text
    assert 'name="count"' not in again
    assert (
        office.admin.post(f"{office.page}/terbitkan", data={"count": "4", "first": first}).status_code == 409
    )
    assert db.session.scalars(select(CertificateBatch.total)).all() == [4]


def test_a_correction_after_the_programme_was_made_longer_says_what_was_so(
    offices: list[Office], clock: FixedClock
) -> None:
    office = offices[0]
    old = next(row for row in order(office, clock) if row.person_id)
    longer = EASY.replace("ends_on: 2020-10-31", "ends_on: 2020-12-31")
    assert longer != EASY
    with write() as session:
        programmes.apply_definition(
            session,
            programme_id=office.programme_id,
            definition=programmes.load_yaml(longer),
            version=1,
            actor_id=None,
            now=OVER,
            note="",
        )
    work(clock)
    change = f"/sertifikat/{old.id}/ubah"
    assert office.admin.post(change, data={"what": "replace", "reason": "Nama"}).status_code == 303
    (new,) = (row for row in issued(office) if row.revision == 1)
    assert "31 Oktober 2020" in new.snapshot["sentence"]
    assert "Desember" not in new.snapshot["sentence"]
    assert (
        office.admin.post(f"/sertifikat/{new.id}/ubah", data={"what": "revoke", "reason": "X"}).status_code
        == 303
    )
    assert (
        office.admin.post(f"/sertifikat/{new.id}/ubah", data={"what": "again", "reason": "X"}).status_code
        == 409
    )


def test_replaced_and_revoked_numbers_stay_in_the_list_and_out_of_the_archive(
    offices: list[Office], clock: FixedClock
) -> None:
    office = offices[0]
    first, second, third = (row for row in order(office, clock) if row.person_id)
    for row, what, reason in ((first, "replace", "Nama salah ketik"), (second, "revoke", "Bukti tidak asli")):
        done = office.admin.post(f"/sertifikat/{row.id}/ubah", data={"what": what, "reason": reason})
        assert done.status_code == 303
    work(clock)
    (new,) = (row for row in issued(office) if row.revision == 1)
    lines = rows(office)
    assert len(lines) == 5
    (replaced,) = (line for line in lines if line.split()[0] == first.number)
    for said in ("Diganti", "1 November 2020", "Nama salah ketik", new.number):
        assert said in replaced
    (revoked,) = (line for line in lines if line.split()[0] == second.number)
    for said in ("Dicabut", "1 November 2020", "Bukti tidak asli"):
        assert said in revoked
    for row in (first, second, third, new):
        found = rows(office, cari=row.number)
        assert [line.split()[0] for line in found] == [row.number]
        page = office.admin.get(office.page, query_string={"cari": row.number}).text
        assert page.count('<th scope="row"') == 1, "found without choosing the list"
    answer = office.admin.get(f"{office.page}/zip")
    names = zipfile.ZipFile(io.BytesIO(answer.data)).namelist()
    assert len(names) == 3
    assert not any(row.number.replace("/", "-") in name for row in (first, second) for name in names)
    assert "berlaku" in answer.headers["Content-Disposition"]
    assert "Berisi 3 sertifikat yang berlaku" in words(office.admin.get(office.page).text)
    counts = api.standing_counts(db.session(), programme_id=office.programme_id)
    assert list(counts.values()) == [0, 0, 5]


def test_who_cannot_be_issued_or_printed_is_named_with_the_reason_and_tried_again(
    offices: list[Office], clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    office, one, render = offices[0], issuing.issue_one, printing.render
    names = [people.get_person(db.session(), person).display_name for person in office.teachers]

    def refused_for_the_first(*arguments: Any, **named: Any) -> Any:
        person = (
            programmes.get_enrolment(arguments[0], named["enrolment_id"]).person_id
            if named["enrolment_id"]
            else 0
        )
        if person == office.teachers[0]:
            raise Conflict(
                Localized(id="Modul sedang tidak dapat dihubungi.", en="The module cannot be reached.")
            )
        return one(*arguments, **named)

    def unset_for_the_second(snapshot: dict[str, Any], **named: Any) -> bytes:
        if snapshot["name"] == names[1]:
            raise Unprintable('PDF/A error: the text `"\ua9a4"` could not be displayed with font `"X"`')
        return render(snapshot, **named)

    monkeypatch.setattr(batches, "issue_one", refused_for_the_first)
    monkeypatch.setattr(printing, "render", unset_for_the_second)
    assert len(order(office, clock)) == 3
    page = words(office.admin.get(office.page).text)
    assert f"{names[0]} : Modul sedang tidak dapat dihubungi." in page
    assert re.search(f"{names[1]} , \\S+ : Huruf \ua9a4 .JAVANESE LETTER NA. tidak ada di fon server", page)
    assert office.admin.get(f"{office.page}/status").get_json() == {
        "done": True,
        "value": 2,
        "max": 3,
        "text": "2 / 3",
    }
    assert "Berisi 2 sertifikat" in page
    monkeypatch.setattr(batches, "issue_one", one)
    monkeypatch.setattr(printing, "render", render)
    for _twice in range(2):
        assert office.admin.post(f"{office.page}/cetak-ulang").status_code == 303
    assert len(order(office, clock)) == 4
    assert all(paper(row).startswith(b"%PDF") for row in issued(office))
    page = words(office.admin.get(office.page).text)
    assert "Gagal terbit" not in page
    assert "PDF belum dapat dibuat" not in page


def test_printing_that_the_worker_gave_up_is_seen_and_goes_on_when_asked(
    offices: list[Office], clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    office, render = offices[0], printing.render

    def broken(*_arguments: Any, **_named: Any) -> bytes:
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(printing, "render", broken)
    press(office)
    for _again in range(outbox.MAX_TRIES):
        work(clock)
        clock.forward(minutes=5)
    page = office.admin.get(office.page).text
    assert "Pembuatan PDF terhenti" in page
    assert "Read-only" not in page
    monkeypatch.setattr(printing, "render", render)
    assert office.admin.post(f"{office.page}/cetak-ulang").status_code == 303
    work(clock)
    assert all(row.pdf_key for row in issued(office))
    assert "terhenti" not in office.admin.get(office.page).text


def test_a_full_disk_is_said_on_the_page_and_the_rest_comes_by_itself(
    offices: list[Office], clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    office, render = offices[0], printing.render

    def full(*_arguments: Any, **_named: Any) -> bytes:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(printing, "render", full)
    monkeypatch.setattr("lms.certificates.views.room", lambda _settings: Room.NO_FILES)
    press(office)
    for _again in range(outbox.MAX_TRIES + 2):
        work(clock)
        clock.forward(minutes=5)
    assert "Tempat di server penuh" in office.admin.get(office.page).text
    monkeypatch.setattr(printing, "render", render)
    work(clock)
    assert all(row.pdf_key for row in issued(office))
    assert "Tempat di server penuh" not in office.admin.get(office.page).text


def test_a_batch_that_the_worker_gave_up_is_seen_and_goes_on_when_asked(
    offices: list[Office], clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    office, one = offices[0], issuing.issue_one

    def lost(*_arguments: Any, **_named: Any) -> Any:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(batches, "issue_one", lost)
    press(office)
    for _again in range(outbox.MAX_TRIES):
        work(clock)
        clock.forward(minutes=5)
    page = office.admin.get(office.page).text
    assert "Penerbitan terhenti" in page
    assert ">Lanjutkan<" in page
    monkeypatch.setattr(batches, "issue_one", one)
    assert office.admin.post(f"{office.page}/terbitkan").status_code == 303
    work(clock)
    assert [row.seq for row in issued(office)] == [1, 2, 3, 4]
    assert "terhenti" not in office.admin.get(office.page).text


@pytest.mark.parametrize(
    ("stored", "printed"),
    [
        ("NUR'AINI SYA'BANI", "Nur'aini Sya'bani"),
        ("hendra wijaya iii", "Hendra Wijaya III"),
        ("ALI BIN SAID", "Ali bin Said"),
        ("I Gusti Ngurah RAI", "I Gusti Ngurah RAI"),
    ],
)
def test_a_name_stored_in_capitals_is_spelt_as_people_write_it(
    offices: list[Office], clock: FixedClock, stored: str, printed: str
) -> None:
    """On the certificate, in lists, in the archive and in the recap."""
    office = offices[0]
    with write() as session:
        person = people.get_person(session, office.teachers[0])
        person.full_name, person.title_back = stored, "S.Pd."
    work(clock)
    ready = html.unescape(office.admin.get(f"{office.page}?daftar=siap").text)
    assert f">{printed}, S.Pd.<" in ready
    (row,) = (row for row in order(office, clock) if row.person_id == office.teachers[0])
    assert row.snapshot["name"] == f"{printed}, S.Pd."
    names = zipfile.ZipFile(io.BytesIO(office.admin.get(f"{office.page}/zip").data)).namelist()
    assert any(printed in name for name in names)
    with office.admin.get(f"/ruang-kendali/{office.programme_id}/rekap.xlsx") as answer:
        sheet = load_workbook(io.BytesIO(answer.get_data())).worksheets[0]
    assert f"{printed}, S.Pd." in {line[1] for line in sheet.iter_rows(values_only=True)}


def test_a_slice_of_a_large_order_writes_no_more_than_its_own_lines(
    app: Flask, offices: list[Office], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A list of all who wait would be written anew with each slice: 40 MB for 10,000 certificates."""
    monkeypatch.setattr(batches, "issue_one", lambda *_arguments, **_named: None)
    with write() as session:
        school = session.scalars(select(programmes.Enrolment.school_id)).first()
        owner = session.scalars(select(programmes.Enrolment.person_id)).first()
        batch = CertificateBatch(
            programme_id=offices[0].programme_id,
            ordered_by=owner,
            ordered_at=OVER,
            total=2000,
            done=0,
            stopped=False,
        )
        session.add(batch)
        session.flush()
        lines = [{"batch_id": batch.id, "position": n, "school_id": school} for n in range(2000)]
        session.execute(insert(CertificateBatchLine), lines)
        number = batch.id
    written: list[Any] = []

    def note(*arguments: Any) -> None:
        written.append(arguments[3])

    event.listen(db.engine, "before_cursor_execute", note)
    with write() as session:
        batches.work_on(session, batch_id=number, now=OVER)
    event.remove(db.engine, "before_cursor_execute", note)
    assert len(repr(written)) < 10_000
    left = select(func.count()).select_from(CertificateBatchLine)
    assert db.session.scalar(left) == 2000 - batches.SLICE
    assert db.session.get_one(CertificateBatch, number).done == batches.SLICE
