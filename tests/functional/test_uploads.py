"""Uploads by tus: what has arrived stays, only the one who sends goes on, nothing half becomes evidence.

Source: requirements K8, K9 and R4; https://tus.io/protocols/resumable-upload.
"""

import base64
import hashlib
import io
import os
import re
import threading
import time
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from imbas_demo import papers
from sqlalchemy import select
from werkzeug.test import TestResponse

from lms.contract.actors import Role
from lms.contract.modules import Unit
from lms.evidence import api as evidence
from lms.evidence.models import EvidenceFile, EvidenceUpload, Submission, SubmissionVersion
from lms.evidence.partial_uploads import QUIET, _turn, parts
from lms.evidence.rules import SubmissionStatus
from lms.evidence.uploading import forget_uploads
from lms.platform.application import platform
from lms.platform.clock import now
from lms.platform.db import db
from lms.platform.plugins import registry
from lms.platform.transaction import write
from lms.programmes import api as programmes
from lms.testing.people import sign_in
from tests.inhabitants import Corner, Province

pytestmark = pytest.mark.modules
TUS = {"Tus-Resumable": "1.0.0", "Accept": "application/json"}
BODY = TUS | {"Content-Type": "application/offset+octet-stream"}


def in_base64(value: str | bytes) -> str:
    return base64.b64encode(value.encode() if isinstance(value, str) else value).decode()


def metadata(name: str, body: bytes = b"", sha256: str = "") -> str:
    digest = sha256 or (hashlib.sha256(body).hexdigest() if body else "")
    return f"filename {in_base64(name)}" + (f",sha256 {in_base64(digest)}" if digest else "")


def open_submission(corner: Corner) -> int:
    """A product of the school that was not handed in and takes PDF."""
    with write() as session:
        stages = [stage.id for stage in programmes.stages_of(session, corner.programme_id)]
        due = next(
            due
            for due in evidence.dues_of(session, stages)
            if due.unit is Unit.SCHOOL
            and "pdf" in registry().deliverables[due.deliverable_key].media_types
            and not session.scalar(
                select(Submission.id).where(
                    Submission.due_id == due.id, Submission.school_id == corner.school.id
                )
            )
        )
        row = evidence.open_submission(
            session, due_id=due.id, school_id=corner.school.id, enrolment_id=None, now=now()
        )
    return row.id


def kept(submission_id: int) -> list[EvidenceFile]:
    db.session.rollback()
    return list(
        db.session.scalars(
            select(EvidenceFile)
            .join(SubmissionVersion, SubmissionVersion.id == EvidenceFile.version_id)
            .where(SubmissionVersion.submission_id == submission_id)
        )
    )


class Phone:
    """Somebody's browser and the submission that is open in it."""

    def __init__(self, site: Flask, person_id: int, submission_id: int) -> None:
        self.browser: FlaskClient = sign_in(site, person_id)
        self.path = f"/bukti/{submission_id}/kiriman"

    def begin(self, name: str, size: int, sent: str, body: bytes = b"", **more: str) -> TestResponse:
        headers = (BODY if body else TUS) | {"Upload-Length": str(size), "Upload-Metadata": sent} | more
        return self.browser.post(self.path, data=body, headers=headers)

    def url(self, body: bytes, name: str = "surat.pdf") -> str:
        answer = self.begin(name, len(body), metadata(name, body))
        assert answer.status_code == 201, answer.get_data()
        return answer.headers["Location"]

    def send(self, url: str, body: bytes, at: int, **more: str) -> TestResponse:
        return self.browser.patch(url, data=body, headers=BODY | {"Upload-Offset": str(at)} | more)

    def offset(self, url: str) -> int:
        answer = self.browser.head(url, headers=TUS)
        assert answer.status_code == 200
        return int(answer.headers["Upload-Offset"])


@pytest.fixture
def pdf() -> bytes:
    return papers.document("Contoh", "Baris")


@pytest.fixture
def submission(site_both: Flask, province_both: Province) -> int:
    return open_submission(province_both.own)


@pytest.fixture
def phone(site_both: Flask, province_both: Province, submission: int) -> Phone:
    return Phone(site_both, province_both.own.people[Role.QUALITY_TEAM], submission)


def test_a_file_in_pieces_becomes_evidence_when_it_is_whole(
    phone: Phone, submission: int, pdf: bytes
) -> None:
    url = phone.url(pdf)
    assert phone.send(url, pdf[:100], 0).headers["Upload-Offset"] == "100"
    assert phone.offset(url) == 100
    assert kept(submission) == []
    page = phone.browser.get(f"/bukti/{submission}").get_data(as_text=True)
    assert "surat.pdf" in page  # everybody of the school sees that something is on its way
    assert phone.send(url, pdf[100:], 100).status_code == 204
    (file,) = kept(submission)
    assert file.sha256 == hashlib.sha256(pdf).hexdigest()
    assert phone.browser.get(f"/bukti/berkas/{file.id}").get_data() == pdf
    assert phone.offset(url) == len(pdf)
    assert phone.send(url, b"", len(pdf)).status_code == 204  # the answer was lost: the same again
    assert len(kept(submission)) == 1
    assert not list(parts().folder.glob("*.*"))


def test_a_cut_costs_only_what_had_not_arrived(phone: Phone, submission: int, pdf: bytes) -> None:
    url = phone.url(pdf)
    cut = phone.browser.patch(
        url,
        input_stream=io.BytesIO(pdf[:700]),
        headers=BODY | {"Upload-Offset": "0", "Content-Length": str(len(pdf))},
    )
    assert cut.status_code < 500
    assert phone.offset(url) == 700
    assert phone.send(url, pdf[700:], 700).status_code == 204
    assert len(kept(submission)) == 1


def test_creation_may_carry_the_file_and_a_lost_answer_begins_nothing_anew(
    phone: Phone, submission: int, pdf: bytes
) -> None:
    first = phone.begin("a.pdf", len(pdf), metadata("a.pdf", pdf), pdf[:50])
    again = phone.begin("a.pdf", len(pdf), metadata("a.pdf", pdf))
    assert first.headers["Upload-Offset"] == again.headers["Upload-Offset"] == "50"
    assert first.headers["Location"] == again.headers["Location"]
    whole = phone.begin("b.pdf", len(pdf), metadata("b.pdf"), pdf)
    assert whole.headers["Upload-Offset"] == str(len(pdf))
    assert [file.name for file in kept(submission)] == ["b.pdf"]


def test_nobody_else_goes_on_with_an_upload(
    site_both: Flask, province_both: Province, phone: Phone, submission: int, pdf: bytes
) -> None:
    url = phone.url(pdf)
    own = province_both.own.people
    for person, status in (
        (own[Role.HEADMASTER], 404),  # of the same school: may cancel it on the page, not write into it
        (own[Role.TEACHER], 404),
        (own[Role.GRADER], 404),
        (own[Role.ADMIN], 404),
        (province_both.other.people[Role.QUALITY_TEAM], 404),
        (province_both.far.people[Role.QUALITY_TEAM], 404),
    ):
        stranger = Phone(site_both, person, submission)
        assert stranger.browser.head(url, headers=TUS).status_code == status
        assert stranger.send(url, pdf, 0).status_code == status
        assert stranger.browser.delete(url, headers=TUS).status_code == status
    for corner in (province_both.other, province_both.far):
        stranger = Phone(site_both, corner.people[Role.QUALITY_TEAM], submission)
        assert stranger.begin("a.pdf", len(pdf), metadata("a.pdf", pdf)).status_code == 403
        assert stranger.browser.post(f"{url}/batal").status_code == 403
    unknown = site_both.test_client()
    assert unknown.patch(url, data=pdf, headers=BODY | {"Upload-Offset": "0"}).status_code == 401
    assert phone.offset(url) == 0


def test_without_the_form_token_nothing_is_changed(phone: Phone, site_both: Flask, pdf: bytes) -> None:
    url = phone.url(pdf)
    site_both.config["WTF_CSRF_ENABLED"] = True
    assert phone.send(url, pdf, 0).status_code == 400
    assert phone.begin("a.pdf", len(pdf), metadata("a.pdf")).status_code == 400
    assert phone.browser.delete(url, headers=TUS).status_code == 400
    page = phone.browser.get("/").get_data(as_text=True)
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert token
    assert phone.send(url, pdf, 0, **{"X-CSRFToken": token.group(1)}).status_code == 204


def test_what_cannot_become_evidence_is_refused_before_it_is_sent(
    phone: Phone, submission: int, pdf: bytes
) -> None:
    wanted = evidence.deliverable_of(db.session(), evidence.get_submission(db.session(), submission))
    db.session.rollback()
    assert phone.begin("a.pdf", wanted.max_bytes + 1, metadata("a.pdf")).status_code == 413
    assert phone.begin("a.exe", 10, metadata("a.exe")).status_code == 422
    assert phone.begin("a.pdf", 0, metadata("a.pdf")).status_code == 422
    assert phone.begin("a.pdf", 10, "").status_code == 400
    assert phone.begin("a.pdf", 10, metadata("a.pdf", sha256="kurang")).status_code == 400
    assert phone.begin("a.pdf", 10, metadata("a.pdf"), b"x" * 11).status_code == 413
    for number in range(wanted.max_files):
        assert phone.begin("a.pdf", 10 + number, metadata(f"{number}.pdf")).status_code == 201
    assert phone.begin("a.pdf", 99, metadata("a.pdf")).status_code == 422
    mine = select(EvidenceUpload.size).where(EvidenceUpload.submission_id == submission)
    assert sorted(db.session.scalars(mine)) == [10 + number for number in range(wanted.max_files)]


def test_the_wire_says_what_tus_says(phone: Phone, site_both: Flask, pdf: bytes) -> None:
    offer = phone.browser.options(phone.path)
    assert (offer.status_code, offer.headers["Tus-Version"]) == (204, "1.0.0")
    assert set(offer.headers["Tus-Extension"].split(",")) == {
        "creation",
        "creation-with-upload",
        "expiration",
        "checksum",
        "termination",
    }
    url = phone.url(pdf)
    head = phone.browser.head(url, headers=TUS)
    assert head.headers["Upload-Length"] == str(len(pdf))
    assert head.headers["Upload-Metadata"] == metadata("surat.pdf", pdf)
    assert head.headers["Cache-Control"] == "no-store"
    assert "Upload-Expires" in head.headers
    old = phone.browser.patch(url, data=pdf, headers=BODY | {"Upload-Offset": "0", "Tus-Resumable": "0.2.2"})
    assert (old.status_code, old.headers["Tus-Resumable"]) == (412, "1.0.0")
    assert phone.browser.patch(url, data=pdf, headers=TUS | {"Upload-Offset": "0"}).status_code == 415
    assert phone.browser.patch(url, data=pdf, headers=BODY).status_code == 400
    assert phone.send(url, pdf[5:], 5).status_code == 409
    assert phone.send(url, pdf + b"x", 0).status_code == 413
    override = BODY | {"Upload-Offset": "0", "X-HTTP-Method-Override": "PATCH"}
    assert phone.browser.post(url, data=pdf[:9], headers=override).headers["Upload-Offset"] == "9"
    assert phone.browser.delete(url, headers=TUS).status_code == 204
    assert phone.browser.head(url, headers=TUS).status_code == 404
    assert not list(parts().folder.glob("*.*"))


@pytest.mark.parametrize("algorithm", ["sha1", "sha256"])
def test_a_part_with_a_wrong_checksum_is_thrown_away(phone: Phone, pdf: bytes, algorithm: str) -> None:
    url = phone.url(pdf)
    right = {"Upload-Checksum": f"{algorithm} {in_base64(hashlib.new(algorithm, pdf[:500]).digest())}"}
    assert phone.send(url, b"x" + pdf[1:500], 0, **right).status_code == 460
    assert phone.offset(url) == 0
    assert phone.send(url, pdf[:500], 0, **right).status_code == 204
    assert phone.offset(url) == 500
    assert phone.send(url, pdf[500:], 500, **{"Upload-Checksum": "crc32 AAAA"}).status_code == 400


def test_handing_in_waits_for_files_whose_hash_is_the_phones(
    site_both: Flask, province_both: Province, phone: Phone, submission: int, pdf: bytes
) -> None:
    assert phone.send(phone.url(pdf), pdf, 0).status_code == 204
    other = pdf.replace(b"Contoh", b"Cantah") + b"\n"
    url = phone.url(other, "lain.pdf")
    assert phone.send(url, b"?" + other[1:], 0).status_code == 460
    assert len(kept(submission)) == 1
    head = Phone(site_both, province_both.own.people[Role.HEADMASTER], submission)
    refused = head.browser.post(f"/bukti/{submission}/ajukan")
    assert refused.status_code == 422
    assert "lain.pdf" in refused.get_data(as_text=True)
    assert head.browser.post(f"{url}/batal").status_code == 303  # its school may decide to go without it
    assert head.browser.post(f"/bukti/{submission}/ajukan").status_code == 303
    db.session.rollback()
    assert evidence.get_submission(db.session(), submission).status is SubmissionStatus.SUBMITTED
    late = phone.begin("b.pdf", len(pdf), metadata("b.pdf"))
    assert late.status_code == 409


def test_a_changed_file_starts_again(phone: Phone, submission: int, pdf: bytes) -> None:
    changed = pdf[:-1] + b" " if pdf.endswith(b"\n") else pdf + b"\n"
    answer = phone.begin("a.pdf", len(changed), metadata("a.pdf", sha256=hashlib.sha256(b"lain").hexdigest()))
    url = answer.headers["Location"]
    sent = phone.send(url, changed, 0)
    assert sent.status_code == 460
    assert sent.get_json()["message"]
    assert phone.offset(url) == 0
    assert kept(submission) == []


def test_what_is_not_what_it_says_stays_outside(phone: Phone, submission: int) -> None:
    body = b"<script>fetch('//jahat.example')</script>" * 30
    url = phone.url(body)
    for at in (0, len(body)):  # also when the first answer was lost
        answer = phone.send(url, body[at:], at)
        assert answer.status_code == 422
        assert "surat.pdf" in answer.get_json()["message"]
    assert kept(submission) == []


def test_a_refused_beginning_leaves_nothing_on_the_disk(phone: Phone, submission: int, pdf: bytes) -> None:
    with phone.browser.application.app_context():
        folder = parts().folder
    before = {path.name for path in folder.glob("*")}
    junk = b"no PDF" * 1000
    wrong = "sha256 " + in_base64(hashlib.sha256(b"else").digest())
    assert phone.begin("surat.pdf", len(junk), metadata("surat.pdf"), junk).status_code == 422
    assert phone.begin("surat.pdf", len(pdf), metadata("surat.pdf", sha256="0" * 64), pdf).status_code == 460
    assert (
        phone.begin(
            "surat.pdf", len(pdf), metadata("surat.pdf"), pdf, **{"Upload-Checksum": wrong}
        ).status_code
        == 460
    )
    assert {path.name for path in folder.glob("*")} == before


def test_the_same_beginning_again_leaves_its_copy_nowhere(phone: Phone, submission: int, pdf: bytes) -> None:
    with phone.browser.application.app_context():
        folder = parts().folder
    before = {path.name for path in folder.glob("*")}
    answers = [
        phone.begin("surat.pdf", len(pdf), metadata("surat.pdf"), pdf, **{"X-Idempotency-Key": "once"})
        for _time in range(3)
    ]
    assert len({answer.headers["Location"] for answer in answers}) == 1
    assert {path.name for path in folder.glob("*")} == before
    assert len(kept(submission)) == 1


def test_uploads_leave_room_on_the_disk_and_threads_for_pages(
    phone: Phone, pdf: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = phone.url(pdf)
    assert phone.send(url, pdf[:100], 0).status_code == 204
    with monkeypatch.context() as patch:
        patch.setattr("lms.platform.disk.free_at", lambda _folder: 0)
        assert phone.send(url, pdf[100:], 100).status_code == 507
    with monkeypatch.context() as patch:
        patch.setattr("lms.evidence.partial_uploads._turns", threading.BoundedSemaphore(1))
        with _turn():
            assert phone.send(url, pdf[100:], 100).status_code == 423
        assert phone.offset(url) == 100, "what had arrived is gone"
        assert phone.send(url, pdf[100:], 100).status_code == 204


class Silent(io.BytesIO):
    """A body that nobody may wait for; the test client only asks how long it is."""

    def read(self, *_size: object) -> bytes:
        raise AssertionError("the server waited for the body of somebody who may not send it")


def test_the_body_of_a_stranger_is_not_waited_for(
    site_both: Flask, phone: Phone, province_both: Province, pdf: bytes
) -> None:
    url = phone.url(pdf)
    neighbour = sign_in(site_both, province_both.other.people[Role.QUALITY_TEAM])
    for browser, refusals in ((site_both.test_client(), {400, 401}), (neighbour, {403, 404})):
        for method, path in (("PATCH", url), ("POST", phone.path)):
            answer = browser.open(
                path,
                method=method,
                input_stream=Silent(bytes(1000)),
                headers=BODY
                | {
                    "Content-Length": "1000",
                    "Upload-Offset": "0",
                    "Upload-Length": str(len(pdf)),
                    "Upload-Metadata": metadata("surat.pdf", pdf),
                },
            )
            assert answer.status_code in refusals


def test_two_requests_do_not_write_into_one_file(site_both: Flask, phone: Phone, pdf: bytes) -> None:
    url = phone.url(pdf)
    going, finish = threading.Event(), threading.Event()

    class Slow(io.RawIOBase):
        def __init__(self) -> None:
            self.left = [pdf[:300], pdf[300:]]

        def readable(self) -> bool:
            return True

        def read(self, size: int = -1) -> bytes:
            if len(self.left) == 1:
                going.set()
                assert finish.wait(20)
            return self.left.pop(0) if self.left else b""

    first: list[int] = []

    def send() -> None:
        upload = url.rpartition("/")[2]
        with site_both.app_context():
            first.append(parts().receive(upload, Slow(), at=0, size=len(pdf)))

    thread = threading.Thread(target=send)
    thread.start()
    assert going.wait(20)
    assert phone.send(url, pdf, 0).status_code == 423
    assert phone.offset(url) == 300
    finish.set()
    thread.join()
    assert first == [len(pdf)]
    assert phone.send(url, b"", len(pdf)).status_code == 204


def test_a_request_that_hangs_is_taken_over(phone: Phone, submission: int, pdf: bytes) -> None:
    url = phone.url(pdf)
    lock = parts().folder / f"{url.rpartition('/')[2]}.lock"
    parts().folder.mkdir(exist_ok=True)
    lock.write_text("a killed process")
    assert phone.send(url, pdf, 0).status_code == 423
    os.utime(lock, (time.time() - QUIET - 1,) * 2)
    assert phone.send(url, pdf, 0).status_code == 204
    assert len(kept(submission)) == 1
    assert not lock.exists()


def test_what_nobody_finishes_is_forgotten(
    phone: Phone, site_both: Flask, submission: int, pdf: bytes
) -> None:
    url = phone.url(pdf)
    phone.send(url, pdf[:200], 0)
    stray = parts().folder / "0123456789abcdef0123456789abcdef.part"
    stray.write_bytes(b"of a request that was killed before its row")
    part = parts().folder / f"{url.rpartition('/')[2]}.part"
    clock = platform(site_both).clock
    clock.set(clock() + timedelta(days=7, minutes=1))
    gone = phone.browser.head(url, headers=TUS)
    assert gone.status_code in {401, 410}
    with write() as session:
        forget_uploads(session, now(), 500)
    assert part.exists()  # untouched for less than a day: it may belong to a request that runs
    long_ago = time.time() - 2 * 24 * 3600
    for path in (part, stray):
        os.utime(path, (long_ago, long_ago))
    with write() as session:
        forget_uploads(session, now(), 500)
    assert db.session.scalars(select(EvidenceUpload.id)).all() == []
    assert not list(Path(parts().folder).glob("*.*"))
    assert kept(submission) == []
