"""Zoom's report on the way to the attendance list."""

import html
import io
import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from lms.contract.actors import Role
from lms.people import api as people_api
from lms.people.directory import spreadsheet
from lms.platform.application import platform
from lms.platform.db import db
from lms.platform.transaction import write
from lms.programmes import api
from lms.testing.people import make_person, sign_in

HEAD = "Name (Original Name),User Email,Join Time,Leave Time,Duration (Minutes),In Waiting Room"


@pytest.fixture
def named(app: Flask, world: Any) -> dict[str, int]:
    """Enrolments by name, in the first school."""
    with write() as session:
        school = session.get_one(people_api.School, world.schools[0])
        names = ("Ani Lestari", "Budi Santoso", "Siti Aminah")
        people = [make_person(session, Role.TEACHER, school=school, name=name).id for name in names]
        ids = api.enrol(
            session,
            programme_id=world.programme_id,
            now=platform(app).clock(),
            people_roles=[(person, school.id, Role.TEACHER) for person in people],
        )
    db.session.remove()
    return dict(zip(names, ids, strict=True))


@pytest.fixture
def admin(app: Flask, world: Any) -> FlaskClient:
    return sign_in(app, world.admin)


def file_of(*rows: str) -> dict[str, Any]:
    text = "\n".join((HEAD, *rows))
    return {"file": (io.BytesIO(text.encode()), "rapat.csv"), "zone": "Asia/Jakarta"}


def stay(name: str, start: str, end: str, waiting: str = "No") -> str:
    return f"{name},,10/06/2020 {start}:00 AM,10/06/2020 {end}:00 AM,1,{waiting}"


def text_of(answer: Any) -> str:
    return html.unescape(re.sub(r"[ \n]+", " ", answer.get_data(as_text=True)))


def payload(answer: Any) -> str:
    found = re.search(r'name="rows" value="([^"]*)"', answer.get_data(as_text=True))
    assert found
    return html.unescape(found[1])


def stored(world: Any) -> dict[int, tuple[str, int | None, str]]:
    rows = db.session.scalars(
        select(api.AttendanceRecord).where(api.AttendanceRecord.session_id == world.sessions[1])
    )
    found = {row.enrolment_id: (row.status.value, row.minutes, row.method) for row in rows}
    db.session.remove()
    return found


def test_union_of_two_devices_then_confirmed_once(
    admin: FlaskClient, world: Any, named: dict[str, int]
) -> None:
    address = f"/sesi/{world.sessions[1]}/zoom"
    seen = admin.post(
        address,
        data=file_of(
            stay("Ani Lestari", "09:02", "09:49"),
            stay("Ani Lestari", "10:11", "11:13"),
            stay("Bu Ani", "10:30", "11:13"),
            stay("Budi Santoso", "09:00", "09:30"),
            stay("Galaxy A12", "09:00", "11:10"),
            stay("Tamu", "09:00", "11:00", "Yes"),
        ),
    )
    page = text_of(seen)
    assert seen.status_code == 200
    assert "4 nama dibaca, 2 perlu dipastikan" in page
    assert "109 (80,74\u00a0%)" in page
    assert "1 baris hanya di ruang tunggu" in page
    assert stored(world) == {}
    names = re.findall(r'<th scope="row">([^<]*?)(?: <|</th>)', seen.get_data(as_text=True))
    number = {name.strip(): index for index, name in enumerate(names)}
    typed = {
        "rows": payload(seen),
        "_key": "z",
        f"p-{number['Bu Ani']}": str(named["Ani Lestari"]),
        f"p-{number['Ani Lestari']}": str(named["Ani Lestari"]),
        f"p-{number['Budi Santoso']}": str(named["Budi Santoso"]),
    }
    assert admin.post(f"{address}/simpan", data=typed).status_code == 303
    assert admin.post(f"{address}/simpan", data=typed).headers["Idempotent-Replay"] == "true"
    assert stored(world) == {
        named["Ani Lestari"]: ("present", 109, "zoom"),
        named["Budi Santoso"]: ("absent", 30, "zoom"),
    }
    again = {**typed, "_key": "other"}  # the same file once more changes nothing
    assert "0 catatan hadir" in text_of(
        admin.get(admin.post(f"{address}/simpan", data=again).headers["Location"])
    )


def test_what_a_person_wrote_stays_unless_asked(
    admin: FlaskClient, world: Any, named: dict[str, int]
) -> None:
    siti = named["Siti Aminah"]
    mark = {f"s-{siti}": "excused_sick", f"m-{siti}": "", f"was-{siti}": ""}
    assert admin.post(f"/sesi/{world.sessions[1]}", data=mark).status_code == 303
    address = f"/sesi/{world.sessions[1]}/zoom"
    seen = admin.post(address, data=file_of(stay("Siti Aminah", "09:00", "11:15")))
    assert "Sakit" in text_of(seen)
    typed = {"rows": payload(seen), "p-0": str(siti)}
    assert admin.post(f"{address}/simpan", data=typed).status_code == 303
    assert stored(world)[siti] == ("excused_sick", None, "manual")
    assert admin.post(f"{address}/simpan", data={**typed, "replace": "1"}).status_code == 303
    assert stored(world)[siti] == ("present", 135, "zoom")


def test_a_choice_that_was_not_offered_and_a_changed_preview_count_for_nothing(
    admin: FlaskClient, world: Any, named: dict[str, int]
) -> None:
    address = f"/sesi/{world.sessions[1]}/zoom"
    seen = admin.post(address, data=file_of(stay("Siti Aminah", "09:00", "11:15")))
    other = {"rows": payload(seen), "p-0": str(named["Budi Santoso"])}
    assert admin.post(f"{address}/simpan", data=other).status_code == 303
    forged = {"rows": payload(seen)[:-6] + "xxxxxx", "p-0": str(named["Siti Aminah"])}
    assert admin.post(f"{address}/simpan", data=forged).status_code == 422
    elsewhere = f"/sesi/{world.sessions[2]}/zoom/simpan"  # a preview of another session
    assert admin.post(elsewhere, data={"rows": payload(seen), "p-0": "1"}).status_code == 422
    assert stored(world) == {}


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "Berkas ini kosong"),
        (
            f"{HEAD}\nAni,,10/06/2020 09:00:00 AM,10/06/2020 10:00:00 AM,60,Yes".encode(),
            "Tidak ada yang masuk rapat",
        ),
        (b"No,Nama\n1,Ani\n", "Kolom nama dan waktu tidak ditemukan"),
        (b"\x00\x01\x02\x03", "tidak dapat dibaca"),
        (
            f"{HEAD}\nAni,,01/02/2019 09:00:00 AM,01/02/2019 10:00:00 AM,60,No".encode(),
            "Tidak ada yang hadir",
        ),
    ],
)
def test_other_files_are_refused(admin: FlaskClient, world: Any, content: bytes, sentence: str) -> None:
    data = {"file": (io.BytesIO(content), "a.csv"), "zone": "Asia/Jakarta"}
    answer = admin.post(f"/sesi/{world.sessions[1]}/zoom", data=data)
    assert answer.status_code == 422
    assert sentence in text_of(answer)
    nothing = admin.post(f"/sesi/{world.sessions[1]}/zoom", data={"zone": "UTC"})
    assert nothing.status_code == 422
    assert "Pilih berkas laporan Zoom" in text_of(nothing)


def test_a_wrong_zone_is_noticed_and_the_right_one_named(
    admin: FlaskClient, world: Any, named: dict[str, int]
) -> None:
    address = f"/sesi/{world.sessions[1]}/zoom"
    file = file_of(stay("Ani Lestari", "02:00", "04:10"))  # the account's clock is UTC
    answer = admin.post(address, data=file)
    assert answer.status_code == 422
    assert "Jam di berkas ini cocok dengan zona UTC" in text_of(answer)
    file = file_of(stay("Ani Lestari", "10:00", "11:50"))  # WITA: within the session by half
    assert "lebih cocok dengan zona WITA" in text_of(admin.post(address, data=file))
    file = {**file_of(stay("Ani Lestari", "10:00", "11:50")), "zone": "Asia/Makassar"}
    assert "lebih cocok dengan zona" not in text_of(admin.post(address, data=file))
    assert stored(world) == {}


def test_a_device_without_a_name_becomes_somebody_by_typing(
    admin: FlaskClient, world: Any, named: dict[str, int]
) -> None:
    address = f"/sesi/{world.sessions[1]}/zoom"
    seen = admin.post(address, data=file_of(stay("Galaxy A12", "09:00", "11:10")))
    suggested = re.search(r'<option value="(Ani Lestari \(SDN \d+\))">', seen.get_data(as_text=True))
    assert suggested
    typed = {"rows": payload(seen), "replace": "1", "_key": "one"}
    unknown = admin.post(f"{address}/simpan", data={**typed, "w-0": "Ani Lestary"})
    assert unknown.status_code == 422
    assert "tidak ada tepat satu peserta bernama Ani Lestary" in text_of(unknown)
    kept = unknown.get_data(as_text=True)  # nothing typed is lost
    assert 'value="Ani Lestary" aria-invalid="true"' in kept
    assert 'name="replace" value="1" checked' in kept
    assert stored(world) == {}
    again = {**typed, "rows": payload(unknown), "w-0": suggested[1], "_key": "two"}
    assert admin.post(f"{address}/simpan", data=again).status_code == 303
    assert stored(world) == {named["Ani Lestari"]: ("present", 130, "zoom")}


def test_a_meeting_that_was_begun_anew_has_two_reports_for_one_presence(
    admin: FlaskClient, world: Any, named: dict[str, int]
) -> None:
    address = f"/sesi/{world.sessions[1]}/zoom"
    parts = [
        file_of(stay("Ani Lestari", start, end)) for start, end in (("09:00", "10:00"), ("10:10", "11:10"))
    ]
    alone = text_of(admin.post(address, data=parts[0]))
    assert "60 (44,44\u00a0%)" in alone
    parts = [
        file_of(stay("Ani Lestari", start, end)) for start, end in (("09:00", "10:00"), ("10:10", "11:10"))
    ]
    seen = admin.post(address, data={"zone": "Asia/Jakarta", "file": [part["file"] for part in parts]})
    assert "120 (88,89\u00a0%)" in text_of(seen)
    assert (
        admin.post(
            f"{address}/simpan", data={"rows": payload(seen), "p-0": str(named["Ani Lestari"])}
        ).status_code
        == 303
    )
    assert stored(world) == {named["Ani Lestari"]: ("present", 120, "zoom")}


def test_more_reports_than_are_read_are_not_left_out_in_silence(admin: FlaskClient, world: Any) -> None:
    files = [file_of(stay("Ani Lestari", "09:00", "10:00"))["file"] for _part in range(6)]
    seen = admin.post(f"/sesi/{world.sessions[1]}/zoom", data={"zone": "Asia/Jakarta", "file": files})
    assert seen.status_code == 422
    assert "Paling banyak 5 laporan sekaligus. Belum ada yang disimpan" in text_of(seen)


def test_times_that_nobody_can_read_are_no_absence(
    admin: FlaskClient, world: Any, named: dict[str, int]
) -> None:
    rows = (stay("Budi Santoso", "09:00", "11:10"), "Ani Lestari,,10/06/2020 09:00:00 AM,,130,No")
    seen = admin.post(f"/sesi/{world.sessions[1]}/zoom", data=file_of(*rows))
    assert "2 nama dibaca, 1 perlu dipastikan" in text_of(seen)
    assert "jam tidak terbaca" in text_of(seen)
    selected = re.findall(r'<option value="(\d+)" selected>', seen.get_data(as_text=True))
    assert selected == [str(named["Budi Santoso"])]


def test_a_file_that_is_too_large_is_refused(
    admin: FlaskClient, world: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(people_api, "MAX_TABLE_BYTES", 100)
    monkeypatch.setattr(spreadsheet, "MAX_BYTES", 100)
    answer = admin.post(f"/sesi/{world.sessions[1]}/zoom", data=file_of(stay("Ani", "09:00", "10:00")))
    assert answer.status_code == 413
    assert "paling besar 4 MB" in text_of(answer)


def test_excel_text_in_utf16_is_read(admin: FlaskClient, world: Any, named: dict[str, int]) -> None:
    text = f"{HEAD}\n{stay('Ani Lestari', '09:00', '11:00')}".replace(",", "\t")
    data = {"file": (io.BytesIO(text.encode("utf-16")), "rapat.txt"), "zone": "Asia/Jakarta"}
    assert "120 (88,89\u00a0%)" in text_of(admin.post(f"/sesi/{world.sessions[1]}/zoom", data=data))


def test_only_admins_and_facilitators_of_the_programme_import(app: Flask, world: Any) -> None:
    address = f"/sesi/{world.sessions[1]}/zoom"
    for person in (world.head, world.far_admin, world.teachers[0][0]):
        browser = sign_in(app, person)
        assert browser.get(address).status_code == 403
        assert browser.post(address, data=file_of()).status_code == 403
        assert browser.post(f"{address}/simpan", data={"rows": "x"}).status_code == 403


def test_a_facilitator_imports_for_the_schools_that_are_hers(
    app: Flask, admin: FlaskClient, world: Any, named: dict[str, int]
) -> None:
    """Names of other schools are not even suggested, and a preview of somebody who reaches them is of no use."""
    address = f"/sesi/{world.sessions[1]}/zoom"
    hers, other = sign_in(app, world.facilitator), sign_in(app, world.stranger)
    assert address in hers.get(f"/sesi/{world.sessions[1]}").text
    rows = (stay("Ani Lestari", "09:00", "11:10"), stay("Galaxy A12", "09:00", "11:10"))
    seen = hers.post(address, data=file_of(*rows))
    assert seen.status_code == 200
    assert "Ani Lestari (" in text_of(seen)
    foreign = other.post(address, data=file_of(*rows))
    assert "Ani Lestari (" not in text_of(foreign)
    whole = admin.post(address, data=file_of(stay("Ani Lestari", "09:00", "11:10")))
    taken = {"rows": payload(whole), "p-0": str(named["Ani Lestari"]), "_key": "other"}
    assert other.post(f"{address}/simpan", data=taken).status_code == 303
    assert stored(world) == {}
    assert hers.post(f"{address}/simpan", data={**taken, "_key": "hers"}).status_code == 303
    assert stored(world) == {named["Ani Lestari"]: ("present", 130, "zoom")}


def test_minutes_that_nobody_can_read_are_written_by_a_person_or_not_at_all(
    admin: FlaskClient, world: Any, named: dict[str, int]
) -> None:
    text = "Name (Original Name),User Email,Total Duration (Minutes)\nAni Lestari,,1.085\nBudi Santoso,,2 h 10 min\n"
    address = f"/sesi/{world.sessions[1]}/zoom"
    data = {"file": (io.BytesIO(text.encode()), "rapat.csv"), "zone": "Asia/Jakarta"}
    seen = admin.post(address, data=data)
    assert "tidak terbaca (\u201c1.085\u201d)" in text_of(seen)
    assert "130 (96,30\u00a0%)" in text_of(seen)
    chosen = {"rows": payload(seen), "p-0": str(named["Ani Lestari"]), "p-1": str(named["Budi Santoso"])}
    refused = admin.post(f"{address}/simpan", data={**chosen, "_key": "1"})
    assert refused.status_code == 422
    assert "Ani Lestari: waktunya tidak terbaca. Tulis menit hadirnya, atau lewati." in text_of(refused)
    assert stored(world) == {}
    assert admin.post(f"{address}/simpan", data={**chosen, "t-0": "abc", "_key": "2"}).status_code == 422
    assert admin.post(f"{address}/simpan", data={**chosen, "t-0": "2 jam", "_key": "3"}).status_code == 303
    assert stored(world) == {
        named["Ani Lestari"]: ("present", 120, "zoom"),
        named["Budi Santoso"]: ("present", 130, "zoom"),
    }


@pytest.mark.parametrize("name", ["Sri Wahyuni", "Galaxy A12"])
def test_two_of_one_name_at_once_are_two_lines_that_somebody_confirms(
    admin: FlaskClient, world: Any, named: dict[str, int], name: str
) -> None:
    rows = (stay(name, "09:00", "11:10"), stay(name, "09:05", "10:00"), stay(name, "10:01", "11:00"))
    seen = text_of(admin.post(f"/sesi/{world.sessions[1]}/zoom", data=file_of(*rows)))
    assert (
        "2 nama dibaca, 2 perlu dipastikan" in seen
    )  # the second and the third row are one: back after a minute
    assert "130 (96,30\u00a0%)" in seen
    assert "114 (84,44\u00a0%)" in seen


@pytest.mark.parametrize(
    "shown", ["Nur\u2019aini", "Nur`aini", "NURAINI", "Bu Nur\u00b4aini S.Pd.", "Nur\u200b'aini"]
)
def test_an_apostrophe_of_any_kind_is_the_same_name(
    app: Flask, admin: FlaskClient, world: Any, named: dict[str, int], shown: str
) -> None:
    with write() as session:
        record = session.get_one(api.Enrolment, named["Ani Lestari"])
        session.get_one(people_api.Person, record.person_id).full_name = "Nur'aini"
    seen = admin.post(f"/sesi/{world.sessions[1]}/zoom", data=file_of(stay(shown, "09:00", "11:10")))
    assert "1 nama dibaca, 0 perlu dipastikan" in text_of(seen)


def test_query_budget(admin: FlaskClient, world: Any, selects: Callable[[FlaskClient, str], int]) -> None:
    assert selects(admin, f"/sesi/{world.sessions[1]}/zoom") <= 10
