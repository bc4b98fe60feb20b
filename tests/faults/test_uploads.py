"""Uploads to the real server, by a client that others wrote, and through cuts and kills.

Source: requirement K8; tuspy is the independent client.
"""

import base64
import hashlib
import http.client
import io
import re
import socket
import time
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from random import Random

import pytest
from tusclient.client import TusClient

from lms.contract.actors import Role
from lms.evidence import api as evidence
from lms.people import api as people
from lms.platform.db import db
from lms.platform.storage import storage
from lms.platform.transaction import write
from lms.programmes import api as programmes
from lms.testing.hostile import bulky_pdf
from lms.testing.people import sign_in, wear
from tests.faults.conftest import Site, enrolled

pytestmark = pytest.mark.slow
NOISE = Random(3).randbytes(1_000_000)
PDF = bulky_pdf(NOISE)


@dataclass
class Sender:
    """Somebody of the quality team, on the page of a product."""

    site: Site
    submission_id: int
    headers: dict[str, str]

    def ask(self, method: str, path: str, body: bytes = b"", **headers: str) -> http.client.HTTPResponse:
        connection = http.client.HTTPConnection("127.0.0.1", self.site.port, timeout=20)
        try:
            with suppress(
                BrokenPipeError
            ):  # refused before all of it was sent: the answer is there all the same
                connection.request(method, path, body=body, headers=self.headers | headers)
            answer = connection.getresponse()
            answer.read()
            return answer
        finally:
            connection.close()

    def begin(self) -> str:
        sent = ",".join(
            f"{name} {base64.b64encode(value.encode()).decode()}"
            for name, value in (("filename", "laporan.pdf"), ("sha256", hashlib.sha256(PDF).hexdigest()))
        )
        answer = self.ask(
            "POST",
            f"/bukti/{self.submission_id}/kiriman",
            **{"Upload-Length": str(len(PDF)), "Upload-Metadata": sent},
        )
        assert answer.status == 201
        return answer.headers["Location"]

    def offset(self, url: str) -> int:
        answer = self.ask("HEAD", url)
        assert answer.status == 200
        return int(answer.headers["Upload-Offset"])

    def patch(self, url: str, body: bytes, at: int) -> int:
        kind = {"Content-Type": "application/offset+octet-stream", "Upload-Offset": str(at)}
        return self.ask("PATCH", url, body, **kind).status

    def half(self, url: str, at: int, until: int) -> socket.socket:
        """A PATCH of which only the bytes up to ``until`` leave the phone."""
        wire = socket.create_connection(("127.0.0.1", self.site.port), timeout=20)
        head = self.headers | {
            "Host": "127.0.0.1",
            "Content-Type": "application/offset+octet-stream",
            "Upload-Offset": str(at),
            "Content-Length": str(len(PDF) - at),
        }
        lines = "".join(f"{name}: {value}\r\n" for name, value in head.items())
        wire.sendall(f"PATCH {url} HTTP/1.1\r\n{lines}\r\n".encode() + PDF[at:until])
        return wire

    def wait_for(self, url: str, offset: int) -> int:
        end = time.monotonic() + 20
        while (here := self.offset(url)) < offset and time.monotonic() < end:
            time.sleep(0.05)
        return here

    def kept(self) -> list[bytes]:
        with self.site.app.app_context():
            session = db.session()
            ids = [version.id for version in evidence.versions_of(session, self.submission_id)]
            bodies = []
            for file in evidence.files_of(session, ids):
                with storage().open(file.storage_key) as body:
                    bodies.append(body.read())
            db.session.remove()
        return bodies


@pytest.fixture
def sender(site: Site) -> Sender:
    ((person_id, enrolment_id),) = enrolled(site.app, 1)
    with site.app.app_context():
        with write() as session:
            enrolment = programmes.get_enrolment(session, enrolment_id)
            school = people.get_school(session, enrolment.school_id)
            wear(session, people.get_person(session, person_id), Role.QUALITY_TEAM, school=school)
            stages = programmes.stages_of(session, enrolment.programme_id)
            due = evidence.dues_of(session, [stages[0].id])[0]
            row = evidence.open_submission(
                session, due_id=due.id, school_id=school.id, enrolment_id=None, now=datetime.now(UTC)
            )
        submission_id = row.id
        db.session.remove()
    cookie = sign_in(site.app, person_id).get_cookie("imbas")
    assert cookie is not None
    connection = http.client.HTTPConnection("127.0.0.1", site.port, timeout=20)
    connection.request("GET", f"/bukti/{submission_id}", headers={"Cookie": f"imbas={cookie.value}"})
    answer = connection.getresponse()
    token = re.search(r'name="csrf_token" value="([^"]+)"', answer.read().decode())
    assert token
    fresh = (answer.getheader("Set-Cookie") or f"imbas={cookie.value}").split(";")[0]
    connection.close()
    headers = {
        "Cookie": fresh,
        "X-CSRFToken": token.group(1),
        "Tus-Resumable": "1.0.0",
        "Accept": "application/json",
    }
    return Sender(site, submission_id, headers)


def test_a_client_that_others_wrote(sender: Sender) -> None:
    client = TusClient(
        f"http://127.0.0.1:{sender.site.port}/bukti/{sender.submission_id}/kiriman",
        headers=sender.headers,
    )
    metadata = {"filename": "laporan.pdf", "sha256": hashlib.sha256(PDF).hexdigest()}
    first = client.uploader(
        file_stream=io.BytesIO(PDF), chunk_size=200_000, metadata=metadata, upload_checksum=True
    )
    first.upload(stop_at=600_000)
    assert sender.kept() == []
    second = client.uploader(
        file_stream=io.BytesIO(PDF), url=first.url, chunk_size=200_000, upload_checksum=True
    )
    assert second.offset == 600_000
    second.upload()
    assert sender.kept() == [PDF]


def test_a_cut_and_a_killed_server_keep_what_had_arrived(sender: Sender) -> None:
    url = sender.begin()
    sender.half(url, 0, 400_000).close()
    assert sender.wait_for(url, 400_000) == 400_000
    wire = sender.half(url, 400_000, 800_000)
    sender.wait_for(url, 790_000)
    sender.site.kill("web")
    wire.close()
    sender.site.start("web")
    sender.site.wait_for_pages()
    here = sender.offset(url)
    assert 790_000 <= here <= 800_000
    end = time.monotonic() + 30
    while (status := sender.patch(url, PDF[here:], here)) == 423:  # the killed request's lock grows old
        assert time.monotonic() < end
        time.sleep(0.5)
    assert status == 204
    assert sender.kept() == [PDF]


def test_two_phones_do_not_write_into_one_file(sender: Sender) -> None:
    url = sender.begin()
    wire = sender.half(url, 0, 300_000)
    here = sender.wait_for(url, 290_000)
    assert sender.patch(url, PDF[here:], here) == 423
    wire.sendall(PDF[300_000:])
    assert wire.recv(100).startswith(b"HTTP/1.1 204")
    wire.close()
    assert sender.kept() == [PDF]
