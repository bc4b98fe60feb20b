"""A programme is prepared as a draft, runs beside others, is closed and opened again."""

import html
import re
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from lms.assessment import api as assessment
from lms.assessment.models import Attempt
from lms.contract.actors import Role
from lms.contract.modules import Unit
from lms.evidence import api as evidence
from lms.modules import api as modules
from lms.platform.audit import AuditEntry
from lms.platform.clock import now
from lms.platform.db import db
from lms.platform.transaction import write
from lms.programmes import api
from lms.testing.people import sign_in
from tests.inhabitants import Province

pytestmark = pytest.mark.modules


def text_of(answer: Any) -> str:
    return html.unescape(re.sub(r"\s+", " ", answer.get_data(as_text=True)))


def stage_ids(programme_id: int) -> list[int]:
    return [stage.id for stage in api.stages_of(db.session(), programme_id)]


def statuses() -> list[Any]:
    db.session.remove()
    query = (
        select(AuditEntry.after).where(AuditEntry.action == "programmes.set_status").order_by(AuditEntry.id)
    )
    return [after["status"] for after in db.session.scalars(query)]


@pytest.fixture
def admin(site_both: Flask, province_both: Province) -> FlaskClient:
    return sign_in(site_both, province_both.own.people[Role.ADMIN])


@pytest.fixture
def teacher(site_both: Flask, province_both: Province) -> FlaskClient:
    return sign_in(site_both, province_both.own.people[Role.TEACHER])


def copied(province: Province, *, days: int) -> int:
    """A copy with the own school and its people, as the admin has prepared it."""
    own = province.own
    with write() as session:
        row = api.copy_programme(
            session,
            programme_id=own.programme_id,
            code="SEKMOD-2021",
            title="Tahun depan",
            school_year="2021/2022",
            days=days,
            actor_id=own.people[Role.ADMIN],
            now=now(),
        )
        api.add_school(
            session, programme_id=row.id, school_id=own.school.id, kind=api.SchoolKind.MODEL, now=now()
        )
        roles = [(person, own.school.id, Role.TEACHER) for person in own.school.teachers]
        roles.append((own.school.headmaster, own.school.id, Role.HEADMASTER))
        api.enrol(session, programme_id=row.id, people_roles=roles, now=now())
        found = row.id
    db.session.remove()
    return found


def put(admin: FlaskClient, programme_id: int, status: str) -> Any:
    answer = admin.post(f"/program/{programme_id}/keadaan", data={"status": status})
    db.session.remove()
    return answer


def own_due(programme_id: int) -> evidence.Assignment:
    dues = evidence.dues_of(db.session(), stage_ids(programme_id))
    return [due for due in dues if due.unit is Unit.TEACHER][-1]


def test_a_newer_running_programme_locks_nobody_out_of_the_older_one(
    admin: FlaskClient, teacher: FlaskClient, province_both: Province
) -> None:
    old, new = province_both.own.programme_id, copied(province_both, days=364)
    assert put(admin, new, "running").status_code == 303
    stages = stage_ids(old)
    quiz = assessment.quizzes_of(db.session(), stages)[-1]
    placement = modules.placements_of(db.session(), stages)[-1]
    due, ids = own_due(old), {"quiz": quiz.id, "placement": placement.id, "stage": stages[0]}
    due_id = due.id
    db.session.remove()
    assert teacher.get(f"/kuis/{ids['quiz']}").status_code == 200
    assert teacher.post(f"/kuis/{ids['quiz']}/mulai").status_code == 303
    assert "Selesai membaca" in text_of(teacher.get(f"/materi/{ids['placement']}?bagian=99"))
    assert teacher.post(f"/bukti/buka-sendiri/{due_id}").status_code == 303
    assert teacher.get(f"/tahap/{ids['stage']}").status_code == 200
    with write() as session:
        attempt = session.scalars(select(Attempt).order_by(Attempt.id.desc())).first()
        assert api.get_enrolment(session, attempt.enrolment_id).programme_id == old
        reads = evidence.submissions_of(session, due_ids=[due_id])
        assert {api.get_enrolment(session, row.enrolment_id).programme_id for row in reads} == {old}
    # the one whose stage runs now comes first, and leads to the other
    home = teacher.get("/")
    assert "Tahun depan" in text_of(home)
    assert f'href="?program={new}"' in home.get_data(as_text=True)
    other = teacher.get(f"/?program={new}")
    assert f'href="?program={old}"' in other.get_data(as_text=True)
    assert f'href="?program={old}"' in teacher.get(f"/sesi?program={new}").get_data(as_text=True)
    assert teacher.get("/?program=99999").status_code == 200


def test_the_stage_that_runs_now_decides_what_home_shows(
    admin: FlaskClient, teacher: FlaskClient, province_both: Province
) -> None:
    """The older one runs today; the newer one is a year away, and the other way round."""
    old, new = province_both.own.programme_id, copied(province_both, days=364)
    put(admin, new, "running")
    person = province_both.own.people[Role.TEACHER]
    for moment, expected in ((now(), old), (now() + timedelta(days=364), new)):
        found = api.enrolment_of(db.session(), person, now=moment)
        assert found is not None
        assert found.programme_id == expected
    agency = province_both.own.agency_id
    assert [row.id for row in api.started_programmes(db.session(), [agency], now=now())] == [old, new]


def test_a_copy_is_a_draft_that_only_the_admin_sees(
    site_both: Flask, admin: FlaskClient, teacher: FlaskClient, province_both: Province
) -> None:
    own, new = province_both.own, copied(province_both, days=0)
    quiz = assessment.quizzes_of(db.session(), stage_ids(new))[0].id
    placement = modules.placements_of(db.session(), stage_ids(new))[0].id
    stage, due, board = stage_ids(new)[0], own_due(new).id, f"/bukti/papan/{new}/{own.school.id}"
    taught = api.sessions_of(db.session(), stage_ids(new))[0].id
    assert api.get_programme(db.session(), new).status is api.ProgrammeStatus.DRAFT
    db.session.remove()
    assert "Tahun depan" not in text_of(teacher.get("/"))
    for address in (f"/kuis/{quiz}", f"/tahap/{stage}", f"/materi/{placement}", board):
        assert teacher.get(address).status_code in {403, 404}, address
    assert teacher.post(f"/kuis/{quiz}/mulai").status_code == 404
    assert teacher.post(f"/bukti/buka-sendiri/{due}").status_code == 404
    for role in (Role.HEADMASTER, Role.FACILITATOR, Role.AGENCY_HEAD):
        browser = sign_in(site_both, own.people[role])
        for address in (board, f"/sesi/{taught}", f"/program/{new}", f"/ruang-kendali/{new}"):
            assert browser.get(address).status_code == 403, (role, address)
        assert "Tahun depan" not in text_of(browser.get("/"))
        assert "Tahun depan" not in text_of(browser.get("/sesi"))
        assert "Tahun depan" not in text_of(browser.get("/program"))
    page = text_of(admin.get(f"/program/{new}"))
    assert "Hanya admin yang melihat draf ini" in page
    assert "Tahun depan" in text_of(admin.get("/program"))
    assert admin.get("/").headers["Location"] == f"/ruang-kendali/{own.programme_id}"
    # until it is started
    assert put(admin, new, "running").status_code == 303
    assert teacher.get(f"/kuis/{quiz}").status_code == 200
    assert "Tahun depan" in text_of(teacher.get("/"))
    assert statuses() == ["running"]


def test_closed_is_for_reading_until_it_is_opened_again(
    site_both: Flask, admin: FlaskClient, teacher: FlaskClient, province_both: Province
) -> None:
    own = province_both.own
    stages = stage_ids(own.programme_id)
    quizzes = [quiz.id for quiz in assessment.quizzes_of(db.session(), stages)]
    begun, untouched = quizzes[-1], quizzes[-2]
    enrolment = api.enrolment_in(db.session(), own.people[Role.TEACHER], programme_id=own.programme_id)
    assert enrolment is not None
    done = next(
        attempt for attempt in assessment.attempts_of(db.session(), enrolment.id) if attempt.submitted_at
    ).id
    due = own_due(own.programme_id).id
    db.session.remove()
    # under way when it closes: a quiz, and a product
    work = teacher.post(f"/kuis/{begun}/mulai").headers["Location"]
    product = teacher.post(f"/bukti/buka-sendiri/{due}").headers["Location"]
    assert put(admin, own.programme_id, "closed").status_code == 303
    assert put(admin, own.programme_id, "closed").status_code == 303
    assert statuses() == ["closed"]
    assert teacher.get(f"/kuis/hasil/{done}").status_code == 200
    assert teacher.get("/sertifikat/saya").status_code == 200
    assert "hanya dapat dibaca" in text_of(teacher.get(product))
    home = text_of(teacher.get("/"))
    assert "Program ini sudah ditutup" in home
    assert "Berikutnya" not in home
    assert "Mulai kuis" not in text_of(teacher.get(f"/kuis/{untouched}"))
    for address, data in (
        (f"/kuis/{untouched}/mulai", {}),
        (f"/bukti/buka-sendiri/{due}", {}),
        (product, {"note": "Terlambat", "go": "save"}),
        (product, {"note": "", "go": "hand_in"}),
    ):
        answer = teacher.post(address, data=data)
        assert answer.status_code == 409, address
        assert "sudah ditutup" in text_of(answer)
    board = sign_in(site_both, own.people[Role.HEADMASTER]).get(
        f"/bukti/papan/{own.programme_id}/{own.school.id}"
    )
    assert "hanya dapat dibaca" in text_of(board)
    # what was begun may be ended
    assert teacher.post(f"/kuis/{begun}/mulai").headers["Location"] == work
    assert teacher.post(work, data={"go": "check"}).status_code == 303
    assert teacher.post(work.rpartition("/")[0] + "/kumpulkan").status_code == 303
    # and everything goes on after it is opened again
    assert put(admin, own.programme_id, "running").status_code == 303
    assert teacher.post(product, data={"note": "Ada", "go": "save"}).status_code == 303
    assert statuses() == ["closed", "running"]


def test_only_the_own_admin_and_only_the_ways_there_are(
    site_both: Flask, admin: FlaskClient, province_both: Province
) -> None:
    own = province_both.own
    for browser in (
        sign_in(site_both, own.people[Role.AGENCY_HEAD]),
        sign_in(site_both, own.people[Role.TEACHER]),
        sign_in(site_both, province_both.far.people[Role.ADMIN]),
    ):
        assert put(browser, own.programme_id, "closed").status_code == 403
    assert put(admin, own.programme_id, "draft").status_code == 409
    assert put(admin, own.programme_id, "gone").status_code == 422
    assert put(admin, own.programme_id, "running").status_code == 303
    assert statuses() == []
    assert "kuis yang sedang dikerjakan boleh diselesaikan" in text_of(
        admin.get(f"/program/{own.programme_id}")
    )
