"""Who coaches a school writes to it about its evidence; the school reads it, and no grade moves."""

import pytest
from flask import Flask
from sqlalchemy import select

from lms.contract.actors import Role
from lms.evidence.models import Feedback, Submission
from lms.platform.db import db
from lms.testing.people import sign_in
from tests.inhabitants import Province

pytestmark = pytest.mark.modules
WORDS = "Foto rapat belum bertanggal.\nTulis tanggalnya <b>di notula</b>."


def of_school(province: Province) -> Submission:
    return db.session.scalars(
        select(Submission).where(
            Submission.school_id == province.own.school.id, Submission.enrolment_id.is_(None)
        )
    ).first() or pytest.fail("the school has no evidence")


def test_the_school_reads_what_its_facilitator_wrote(site_both: Flask, province_both: Province) -> None:
    row, people = of_school(province_both), province_both.own.people
    before = row.status, row.percent, row.version
    path = f"/bukti/{row.id}"
    coach = sign_in(site_both, people[Role.FACILITATOR])
    form = {"feedback": f"  {WORDS}\n", "_key": "once"}
    assert coach.post(f"{path}/umpan-balik", data=form).status_code == 303
    assert coach.post(f"{path}/umpan-balik", data=form).headers["Idempotent-Replay"] == "true"
    team = sign_in(site_both, people[Role.QUALITY_TEAM])
    page = team.get(path).get_data(as_text=True)
    assert page.count("Foto rapat belum bertanggal.\nTulis tanggalnya &lt;b&gt;di notula&lt;/b&gt;.") == 1
    assert "Tulis untuk sekolah" not in page
    board = team.get(f"/bukti/papan/{province_both.own.programme_id}/{row.school_id}").get_data(as_text=True)
    assert "Umpan balik" in board
    db.session.expire_all()
    assert (row.status, row.percent, row.version) == before


@pytest.mark.parametrize("words", ["  \n", "x" * 2001])
def test_nothing_and_too_much_are_refused_and_what_was_written_stays(
    site: Flask, province: Province, words: str
) -> None:
    row = of_school(province)
    coach = sign_in(site, province.own.people[Role.SUPERVISOR])
    answer = coach.post(f"/bukti/{row.id}/umpan-balik", data={"feedback": words})
    assert answer.status_code == 422
    page = answer.get_data(as_text=True)
    assert "Umpan balik belum terkirim" in page
    assert words.strip() in page
    assert db.session.scalar(select(Feedback.id)) is None
