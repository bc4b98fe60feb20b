"""Pages of programmes: overview, deadlines, sessions and attendance lists."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from lms.contract.actors import Role
from lms.people import api as people_api
from lms.platform.audit import AuditEntry
from lms.platform.db import db
from lms.platform.transaction import write
from lms.programmes import api
from lms.testing.clock import FixedClock
from lms.testing.people import make_person, sign_in

NOW = datetime(2020, 10, 20, 2, 0, tzinfo=UTC)


def text_of(answer: Any) -> str:
    return re.sub(r"\s+", " ", answer.get_data(as_text=True))


def stored(world: Any, session_number: int) -> dict[int, tuple[str, int | None, str]]:
    rows = db.session.scalars(
        select(api.AttendanceRecord).where(api.AttendanceRecord.session_id == world.sessions[session_number])
    )
    found = {row.enrolment_id: (row.status.value, row.minutes, row.reason) for row in rows}
    db.session.remove()
    return found


class TestOverview:
    def test_stage_shows_sessions_targets_and_what_is_missing(self, app: Flask, world: Any) -> None:
        browser = sign_in(app, world.admin)
        assert "Pendampingan Sekolah Model" in text_of(browser.get("/program"))
        overview = text_of(browser.get(f"/program/{world.programme_id}"))
        for words in ("2 sekolah", "6 peserta", "Sekolah model", "Sekolah imbas", "10 JP In + 6 JP On"):
            assert words in overview
        page = text_of(browser.get(f"/program/{world.programme_id}/tahap/2"))
        assert "Program unggulan" in page
        assert "Tri Pusat" in page
        assert "6 belum dicatat" in page
        assert "Jumat, 30 Oktober 2020, 16.00 WIB" in page
        assert browser.get(f"/program/{world.programme_id}/tahap/9").status_code == 404

    def test_whoever_makes_no_programmes_sees_an_empty_list(self, app: Flask, world: Any) -> None:
        assert "Belum ada program di sini" in text_of(sign_in(app, world.facilitator).get("/program"))

    @pytest.mark.parametrize("path", ["", "/sesi", "/tahap/1", "/tahap/1/batas"])
    def test_another_province_and_a_facilitator_see_nothing(self, app: Flask, world: Any, path: str) -> None:
        for person in (world.far_admin, world.facilitator, world.teachers[0][0]):
            browser = sign_in(app, person)
            assert browser.get(f"/program/{world.programme_id}{path}").status_code == 403


class TestDeadlines:
    def move(self, browser: FlaskClient, world: Any, **typed: str) -> Any:
        data = {
            "target": "on_service",
            "school": world.npsn[0],
            "due_on": "2020-11-02T16:00",
            "reason": "Listrik padam tiga hari",
            **typed,
        }
        return browser.post(f"/program/{world.programme_id}/tahap/2/batas", data=data)

    def test_for_one_school_and_then_for_all(self, app: Flask, world: Any) -> None:
        browser = sign_in(app, world.admin)
        assert self.move(browser, world).status_code == 303
        page = text_of(browser.get(f"/program/{world.programme_id}/tahap/2"))
        assert "Batas baru Senin, 2 November 2020, 16.00 WIB berlaku untuk 1 sekolah" in page
        assert "Listrik padam tiga hari" in page
        form = text_of(
            browser.get(
                f"/program/{world.programme_id}/tahap/2/batas?untuk=on_service&sekolah={world.npsn[0]}"
            )
        )
        assert 'Batas sekarang</dt><dd class="num">Senin, 2 November 2020' in form
        assert "Jam menurut zona program: WIB." in form
        assert 'Batas semula</dt><dd class="num">Jumat, 30 Oktober 2020' in form
        assert self.move(browser, world, school="semua", due_on="2020-11-05T12:00").status_code == 303
        page = text_of(browser.get(f"/program/{world.programme_id}/tahap/2"))
        assert "Kamis, 5 November 2020, 12.00 WIB" in page
        stage_id = api.stages_of(db.session(), world.programme_id)[1].id
        moved = api.deadlines(db.session(), programme_id=world.programme_id).moved
        assert {moved[stage_id, school, "on_service"] for school in world.schools} == {
            datetime(2020, 11, 5, 5, 0, tzinfo=UTC)
        }

    @pytest.mark.parametrize(
        ("typed", "sentence"),
        [
            ({"reason": "  "}, "Tulis alasannya"),
            ({"due_on": "2020-10-01T10:00"}, "Pilih waktu yang akan datang"),
            ({"due_on": "besok"}, "Tulis tanggal dan jam batas yang baru"),
            ({"target": "nothing"}, "Pilih tugas yang batasnya diubah"),
            ({"school": "00000000"}, "Sekolah ini tidak ikut program"),
        ],
    )
    def test_wrong_input_comes_back(
        self, app: Flask, world: Any, typed: dict[str, str], sentence: str
    ) -> None:
        answer = self.move(sign_in(app, world.admin), world, **typed)
        assert answer.status_code == 422
        assert sentence in text_of(answer)
        if "reason" not in typed:
            assert "Listrik padam tiga hari" in text_of(answer)
        assert not api.deadlines(db.session(), programme_id=world.programme_id).moved

    def test_a_replay_moves_once_and_others_may_not(self, app: Flask, world: Any) -> None:
        browser = sign_in(app, world.admin)
        assert self.move(browser, world, _key="k1").status_code == 303
        assert self.move(browser, world, _key="k1").headers["Idempotent-Replay"] == "true"
        assert self.move(browser, world).status_code == 303  # the same again changes nothing
        assert db.session.scalar(select(func.count()).select_from(api.DeadlineChange)) == 1
        db.session.remove()
        for person in (world.head, world.far_admin, world.facilitator):
            assert self.move(sign_in(app, person), world).status_code == 403


class TestSessions:
    def test_a_teacher_sees_minutes_and_jp_by_the_rule(self, app: Flask, world: Any) -> None:
        with write() as session:
            mine = world.enrolments[0][0]
            for number, (status, minutes) in enumerate((("present", 121), ("absent", None))):
                api.record_attendance(
                    session,
                    session_id=world.sessions[number],
                    actor_id=None,
                    now=NOW,
                    entries={mine: api.Presence(api.AttendanceStatus(status), minutes)},
                )
        page = text_of(sign_in(app, world.teachers[0][0]).get("/sesi"))
        assert "121 dari 135 menit (89,63 %)" in page
        assert "<b>3</b> dari 3 JP yang sudah berlangsung" in page
        assert "<b>0</b> dari 7 JP" in page
        assert "Tidak hadir" in page
        assert "SD Negeri Satu" not in page  # a teacher reads no list of others

    def test_a_facilitator_sees_what_is_missing_in_own_schools(self, app: Flask, world: Any) -> None:
        page = text_of(sign_in(app, world.facilitator).get("/sesi"))
        assert page.count("3 peserta belum dicatat") == 3
        assert "Isi daftar hadir" in page

    def test_the_office_sees_everybody(self, app: Flask, world: Any) -> None:
        for address in ("/sesi", f"/program/{world.programme_id}/sesi"):
            page = text_of(sign_in(app, world.head).get(address))
            assert "6 peserta belum dicatat" in page
            assert "Isi daftar hadir" not in page  # the head reads


class TestAttendance:
    def lines(self, world: Any, *marks: tuple[str, str, str], school: int = 0) -> dict[str, str]:
        data = {}
        for enrolment, (status, minutes, was) in zip(world.enrolments[school], marks, strict=False):
            data |= {f"s-{enrolment}": status, f"m-{enrolment}": minutes, f"was-{enrolment}": was}
        return data

    def test_marks_then_the_rest_present(self, app: Flask, world: Any) -> None:
        browser = sign_in(app, world.facilitator)
        address = f"/sesi/{world.sessions[1]}"
        typed = self.lines(world, ("excused_sick", "", ""), ("", "", ""), ("", "130", ""))
        assert browser.post(address, data={**typed, "go": "rest", "_key": "a"}).status_code == 303
        first, second, third = world.enrolments[0]
        assert stored(world, 1) == {
            first: ("excused_sick", None, ""),
            second: ("present", None, ""),
            third: ("present", 130, ""),
        }
        again = browser.post(address, data={**typed, "go": "rest", "_key": "a"})
        assert again.headers["Idempotent-Replay"] == "true"
        page = text_of(browser.get(address))
        assert "hadir 2 · izin, sakit, dinas 1 · tidak hadir 0" in page

    def test_a_counted_line_changes_only_with_a_reason(self, app: Flask, world: Any) -> None:
        browser = sign_in(app, world.facilitator)
        address = f"/sesi/{world.sessions[1]}"
        assert browser.post(address, data=self.lines(world, ("present", "121", ""))).status_code == 303
        change = self.lines(world, ("absent", "", "present|121"), ("made_up", "", ""))
        refused = browser.post(address, data=change)
        assert refused.status_code == 422
        assert "Tulis alasannya" in text_of(refused)
        assert 'value="made_up" selected' in text_of(refused)
        assert len(stored(world, 1)) == 1  # nothing half written
        assert browser.post(address, data={**change, "reason": "Keliru orang"}).status_code == 303
        assert stored(world, 1)[world.enrolments[0][0]] == ("absent", None, "Keliru orang")
        entry = db.session.scalars(
            select(AuditEntry).where(AuditEntry.action == "programmes.change_attendance")
        ).one()
        assert (entry.concerns, entry.reason) == (world.teachers[0][0], "Keliru orang")
        assert entry.before == {"status": "present", "minutes": 121}

    def test_two_facilitators_at_once_lose_nothing(self, app: Flask, world: Any) -> None:
        address = f"/sesi/{world.sessions[1]}"
        quick, slow = sign_in(app, world.facilitator), sign_in(app, world.second_facilitator)
        assert quick.post(address, data=self.lines(world, ("absent", "", ""))).status_code == 303
        typed = self.lines(world, ("present", "120", ""), ("excused_duty", "", ""))
        answer = slow.post(address, data=typed)
        assert answer.status_code == 409
        page = text_of(answer)
        assert "Yang tersimpan sekarang: Tidak hadir" in page
        assert 'value="120"' in page
        assert 'value="excused_duty" selected' in page
        assert 'value="absent|"' in page  # a second try knows what is stored now
        assert len(stored(world, 1)) == 1
        typed[f"was-{world.enrolments[0][0]}"] = "absent|"
        assert slow.post(address, data={**typed, "reason": "Masuk dengan HP lain"}).status_code == 303
        assert stored(world, 1)[world.enrolments[0][0]][:2] == ("present", 120)

    def test_what_a_colleague_wrote_and_i_did_not_touch_stays(self, app: Flask, world: Any) -> None:
        address = f"/sesi/{world.sessions[1]}"
        quick, slow = sign_in(app, world.facilitator), sign_in(app, world.second_facilitator)
        quick.post(address, data=self.lines(world, ("absent", "", "")))
        typed = self.lines(world, ("", "", ""), ("present", "", ""))
        assert slow.post(address, data=typed).status_code == 303
        assert stored(world, 1)[world.enrolments[0][0]][0] == "absent"

    @pytest.mark.parametrize(
        ("mark", "sentence"),
        [
            (("present", "136", ""), "menit ditulis 0 sampai 135"),
            (("present", "dua", ""), "menit ditulis 0 sampai 135"),
            (("here", "", ""), "pilih salah satu dari daftar"),
            (("", "90", ""), "pilih kehadirannya"),
        ],
    )
    def test_wrong_input_comes_back(
        self, app: Flask, world: Any, mark: tuple[str, str, str], sentence: str
    ) -> None:
        answer = sign_in(app, world.facilitator).post(
            f"/sesi/{world.sessions[1]}", data=self.lines(world, mark, ("absent", "", ""))
        )
        assert answer.status_code == 422
        assert sentence in text_of(answer)
        assert 'value="absent" selected' in text_of(answer)
        assert stored(world, 1) == {}

    def test_a_session_to_come_takes_no_marks(self, app: Flask, world: Any, clock: FixedClock) -> None:
        clock.set(datetime(2020, 10, 5, 2, 0, tzinfo=UTC))
        browser = sign_in(app, world.facilitator)
        assert "Sesi ini belum mulai" in text_of(browser.get(f"/sesi/{world.sessions[1]}"))
        answer = browser.post(f"/sesi/{world.sessions[1]}", data=self.lines(world, ("present", "", "")))
        assert answer.status_code == 422
        assert stored(world, 1) == {}

    def test_other_schools_stay_out_of_reach(self, app: Flask, world: Any) -> None:
        browser = sign_in(app, world.stranger)
        address = f"/sesi/{world.sessions[1]}"
        assert browser.post(address, data=self.lines(world, ("present", "", ""))).status_code == 403
        page = text_of(browser.get(f"{address}?sekolah={world.schools[0]}"))
        assert "Tidak ada peserta yang cocok" in page
        for person in (world.far_admin, world.teachers[0][0]):
            outside = sign_in(app, person)
            assert outside.get(address).status_code == 403
            assert outside.get(f"{address}/cetak").status_code == 403
            assert outside.post(address, data=self.lines(world, ("present", "", ""))).status_code == 403
        head = sign_in(app, world.head)
        assert head.get(address).status_code == 200
        assert head.post(address, data=self.lines(world, ("present", "", ""))).status_code == 403
        assert head.get("/sesi/99999").status_code == 404
        assert stored(world, 1) == {}

    def test_the_paper_list_has_a_sheet_for_each_school(self, app: Flask, world: Any) -> None:
        page = text_of(sign_in(app, world.admin).get(f"/sesi/{world.sessions[1]}/cetak"))
        assert page.count("DAFTAR HADIR") == 2
        assert page.count("Tanda tangan") == 2


class TestManyParticipants:
    @pytest.fixture(autouse=True)
    def _two_lines_a_page(self, monkeypatch: pytest.MonkeyPatch) -> None:
        for module in (
            "lms.programmes.attendance.attendance_sheet",
            "lms.programmes.attendance.views.attendance",
        ):
            monkeypatch.setattr(f"{module}.LINES", 2)

    def test_pages_of_a_list_are_saved_one_by_one(self, app: Flask, world: Any) -> None:
        browser = sign_in(app, world.admin)
        address = f"/sesi/{world.sessions[1]}"
        seen: list[int] = []
        for number in (1, 2, 3):
            page = browser.get(f"{address}?hal={number}").get_data(as_text=True)
            found = [int(text) for text in re.findall(r'name="s-(\d+)"', page)]
            assert len(found) == 2
            seen += found
        assert sorted(seen) == sorted([*world.enrolments[0], *world.enrolments[1]])
        typed = {f"s-{seen[2]}": "present", f"was-{seen[2]}": "", "hal": "2", "go": "rest"}
        answer = browser.post(address, data=typed)
        assert answer.headers["Location"].endswith("?hal=2")
        assert set(stored(world, 1)) <= set(seen[2:4])
        elsewhere = {f"s-{seen[0]}": "present", f"was-{seen[0]}": "", "hal": "2"}
        assert browser.post(address, data=elsewhere).status_code == 403

    def test_a_school_or_a_search_narrows_the_list(self, app: Flask, world: Any) -> None:
        browser = sign_in(app, world.admin)
        address = f"/sesi/{world.sessions[1]}"
        assert "Halaman 1 / 2" in text_of(browser.get(f"{address}?sekolah={world.schools[1]}")).replace(
            "</span>", ""
        )
        found = text_of(browser.get(f"{address}?cari=negeri dua"))
        assert "SD Negeri Dua" in found or "SDN" in found
        assert "Halaman 1 / 2" in found
        assert "Tidak ada peserta yang cocok" in text_of(browser.get(f"{address}?cari=%25"))


def test_query_budgets_do_not_grow_with_people(
    app: Flask, world: Any, selects: Callable[[FlaskClient, str], int]
) -> None:
    admin, facilitator = sign_in(app, world.admin), sign_in(app, world.facilitator)
    session_id = world.sessions[1]
    pages = {
        "/program": (admin, 15),
        f"/program/{world.programme_id}": (admin, 15),
        f"/program/{world.programme_id}/tahap/2": (admin, 15),
        f"/program/{world.programme_id}/tahap/2/batas": (admin, 15),
        "/sesi": (facilitator, 17),
        f"/sesi/{session_id}": (facilitator, 17),
        f"/sesi/{session_id}/cetak": (facilitator, 15),
    }
    before = {address: selects(browser, address) for address, (browser, _most) in pages.items()}
    with write() as session:
        school = session.get_one(people_api.School, world.schools[0])
        people = [make_person(session, Role.TEACHER, school=school).id for _ in range(20)]
        api.enrol(
            session,
            programme_id=world.programme_id,
            now=NOW,
            people_roles=[(person, school.id, Role.TEACHER) for person in people],
        )
    db.session.remove()
    for address, (browser, most) in pages.items():
        assert selects(browser, address) == before[address] <= most, address
