"""A file that the store has lost: every page says so, and none claims that it is safe."""

import io
import logging
import re
import zipfile

import pytest
from flask import Flask
from sqlalchemy import select

from lms.certificates.models import Certificate
from lms.contract.actors import Role
from lms.evidence.models import EvidenceFile, Submission, SubmissionVersion
from lms.platform.application import platform
from lms.platform.db import db
from lms.platform.storage import LostFile
from lms.platform.transaction import write
from lms.testing.people import sign_in
from tests.inhabitants import Province


@pytest.fixture
def lost(site: Flask, province: Province) -> EvidenceFile:
    file = db.session.scalars(
        select(EvidenceFile)
        .join(SubmissionVersion, SubmissionVersion.id == EvidenceFile.version_id)
        .join(Submission, Submission.id == SubmissionVersion.submission_id)
        .where(Submission.school_id == province.own.school.id)
    ).first()
    assert file is not None
    platform(site).storage.delete(file.storage_key)
    return file


@pytest.mark.parametrize("end", ["", "/kecil"])
def test_a_lost_file_of_evidence_is_a_page_that_tells_the_truth(
    site: Flask, province: Province, lost: EvidenceFile, end: str, caplog: pytest.LogCaptureFixture
) -> None:
    browser = sign_in(site, province.own.people[Role.GRADER])
    with caplog.at_level(logging.ERROR):
        answer = browser.get(f"/bukti/berkas/{lost.id}{end}")
    page = re.sub(r"\s+", " ", answer.get_data(as_text=True))
    assert answer.status_code == 410
    assert "tidak ada lagi di server" in page
    assert "tetap aman" not in page
    assert lost.storage_key in caplog.text


def test_a_lost_certificate_does_not_take_the_others_along(site: Flask, province: Province) -> None:
    store = platform(site).storage
    wanted = select(Certificate).where(Certificate.programme_id == province.own.programme_id)
    with write() as session:
        rows = session.scalars(wanted.order_by(Certificate.id)).all()
        assert len(rows) >= 1
        for row in rows:
            row.pdf_key = store.put(b"%PDF-1.7", suffix="pdf").key
        lost_id, number = rows[0].id, rows[0].number.replace("/", "-")
        store.delete(rows[0].pdf_key)
    browser = sign_in(site, province.own.people[Role.ADMIN])
    assert browser.get(f"/sertifikat/{lost_id}.pdf").status_code == 410
    body = browser.get(f"/sertifikat/program/{province.own.programme_id}/zip").get_data()
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        assert archive.testzip() is None
        assert len(archive.namelist()) == len(rows)  # one of them is the list of what is not there
        assert number in archive.read("TIDAK ADA DI SERVER.txt").decode()


def test_a_store_that_has_no_file_says_which(site: Flask) -> None:
    with pytest.raises(LostFile) as lost:
        platform(site).storage.open("aa/aaaa.pdf")
    assert isinstance(lost.value, FileNotFoundError)
    assert lost.value.key == "aa/aaaa.pdf"
