"""What a page says about work that was sent is so: what is stored, what waits, what may still be changed."""

import io
import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from imbas_demo import papers
from sqlalchemy import select, update

from lms.assessment.models import Quiz
from lms.contract.actors import Role
from lms.evidence.grading import grade
from lms.evidence.models import EvidenceFile, Submission, SubmissionVersion
from lms.evidence.rules import Decision, SubmissionStatus
from lms.platform.clock import now
from lms.platform.db import db
from lms.platform.transaction import write
from lms.programmes import api as programmes
from lms.testing.people import sign_in
from tests.functional.test_revision_page import decide, deliverable_with, handed_in
from tests.inhabitants import TODAY, Province

pytestmark = pytest.mark.modules
ADDED = "Halaman dua ditambah daftar hadir rapat orang tua, dan berita acaranya sudah ditandatangani."
SHORT = {"T1": [0], "L1": [0, 1], "N1": [0]}


@pytest.fixture
def waiting(province: Province) -> int:
    """Evidence of the school that waits for the grader, with one file."""
    row = handed_in(province, deliverable_with("lesson_planning.review_one_page"))
    with write() as session:
        version = session.scalars(
            select(SubmissionVersion).where(SubmissionVersion.submission_id == row)
        ).one()
        session.add(
            EvidenceFile(
                version_id=version.id,
                name="rencana.pdf",
                kind="pdf",
                media_type="application/pdf",
                size=9,
                sha256="a" * 64,
                storage_key=f"aa/{'a' * 40}.pdf",
                preview_key="",
                uploaded_by=None,
                uploaded_at=TODAY,
                taken="",
            )
        )
    return row


@pytest.fixture
def team(site: Flask, province: Province) -> FlaskClient:
    return sign_in(site, province.own.people[Role.QUALITY_TEAM])


def names(submission_id: int, version_no: int) -> list[str]:
    found = list(
        db.session.scalars(
            select(EvidenceFile.name)
            .join(SubmissionVersion)
            .where(SubmissionVersion.submission_id == submission_id, SubmissionVersion.no == version_no)
        )
    )
    db.session.remove()
    return found


def note_of(submission_id: int) -> str:
    query = select(SubmissionVersion.note).where(SubmissionVersion.submission_id == submission_id)
    found = db.session.scalars(query.order_by(SubmissionVersion.no.desc())).first()
    db.session.remove()
    assert found is not None
    return found


def test_a_file_of_the_version_that_was_sent_back_may_go(team: FlaskClient, waiting: int) -> None:
    """The page of a revision shows the files that were sent back, each with "Hapus"."""
    before = names(waiting, 1)
    decide(waiting, SHORT)
    offered = re.findall(r'action="(/bukti/berkas/\d+/hapus)"', team.get(f"/bukti/{waiting}").text)
    assert len(offered) == len(before)
    for _twice in range(2):
        answer = team.post(offered[-1], follow_redirects=True)
        assert answer.status_code == 200
        assert "Berkas dihapus dari draf ini" in answer.text
    assert names(waiting, 1) == before, "what the grader has read stays"
    assert len(names(waiting, 2)) == len(before) - 1


@pytest.mark.parametrize(
    ("status", "says"),
    [
        (SubmissionStatus.SUBMITTED, "Tunggu hasil penilai"),
        (SubmissionStatus.ACCEPTED, "Bukti ini sudah dinilai"),
        (SubmissionStatus.REJECTED, "Bukti ini sudah dinilai"),
    ],
)
def test_evidence_that_no_longer_changes_says_why(
    team: FlaskClient, waiting: int, status: SubmissionStatus, says: str
) -> None:
    with write() as session:
        session.get_one(Submission, waiting).status = status
    refused = team.post(f"/bukti/{waiting}", data={"note": ADDED, "go": "save"})
    assert refused.status_code == 409
    assert says in refused.text
    assert ADDED in refused.text, "what was typed is not lost in silence"


def test_a_note_beside_a_refused_file_is_not_called_saved(team: FlaskClient, waiting: int) -> None:
    decide(waiting, SHORT)
    page = team.get(f"/bukti/{waiting}").text
    seen = re.search(r'name="note_seen" value="([^"]*)"', page)
    assert seen
    before = note_of(waiting)
    form = {"note": "Halaman 2 diganti.", "note_seen": seen[1], "go": "save"}
    refused = team.post(f"/bukti/{waiting}", data={**form, "file": (io.BytesIO(b"MZ" * 9), "rencana.exe")})
    assert refused.status_code == 422
    assert "Halaman 2 diganti." in refused.text
    assert "catatan tetap aman" not in refused.text
    assert "Belum tersimpan. Tekan Simpan." in refused.text
    assert note_of(waiting) == before
    assert "Belum tersimpan" not in team.post(f"/bukti/{waiting}", data=form, follow_redirects=True).text
    assert note_of(waiting) == "Halaman 2 diganti."


@pytest.mark.parametrize("with_file", [False, True])
def test_only_a_chosen_file_is_to_be_chosen_again(team: FlaskClient, waiting: int, with_file: bool) -> None:
    """A browser sends the field of files even when nothing was chosen."""
    decide(waiting, SHORT)
    name, body = ("rencana.pdf", papers.document("Rencana", "SDN 4")) if with_file else ("", b"")
    form = {"note": "Lain", "note_seen": "0" * 8, "go": "save", "file": (io.BytesIO(body), name)}
    refused = team.post(f"/bukti/{waiting}", data=form)
    assert refused.status_code == 409
    assert ("Berkas yang dipilih belum terkirim" in refused.text) is with_file


def test_who_undoes_a_decision_changes_it_and_does_not_begin_again(
    site: Flask, province: Province, waiting: int
) -> None:
    person = province.own.people[Role.GRADER]
    grader = sign_in(site, person)
    with write() as session:
        grade(
            session,
            submission_id=waiting,
            version_no=1,
            values=SHORT,
            decision=Decision.NEEDS_REVISION,
            reason_code="incomplete",
            comment="Mohon dilengkapi.",
            actor_id=person,
            now=now(),
        )
    db.session.remove()
    page = grader.post(f"/nilai/{waiting}/urungkan", follow_redirects=True).text
    assert page.count(" checked") == 4
    assert "Mohon dilengkapi." in page
    assert '<option value="incomplete" selected>' in page
    other = sign_in(site, person)
    assert other.get(f"/nilai/{waiting}").text.count(" checked") == 0, "another browser has undone nothing"


def test_a_quiz_that_cannot_be_begun_says_why(site: Flask, province: Province) -> None:
    teacher = province.own.school.teachers[-1]
    browser = sign_in(site, teacher)
    stages = [stage.id for stage in programmes.stages_of(db.session(), province.own.programme_id)]
    quiz_id = db.session.scalars(
        select(Quiz.id).where(Quiz.stage_id.in_(stages)).order_by(Quiz.id.desc())
    ).first()
    moment = TODAY + timedelta(days=400)
    db.session.remove()
    with write() as session:
        session.execute(update(Quiz).values(opens_at=moment, due_at=moment + timedelta(days=1)))
    page = browser.get(f"/kuis/{quiz_id}").text
    assert re.search(r"Kuis dibuka \w+, \d+ \w+ \d{4}, \d\d\.\d\d W", page)
    assert "Mulai kuis" not in page
    assert "belum dibuka" in browser.post(f"/kuis/{quiz_id}/mulai").text
    with write() as session:
        session.execute(
            update(Quiz).values(opens_at=TODAY - timedelta(days=9), due_at=TODAY - timedelta(days=1))
        )
    assert "Batas waktu sudah lewat" in browser.get(f"/kuis/{quiz_id}").text
    assert "sudah lewat" in browser.post(f"/kuis/{quiz_id}/mulai").text
