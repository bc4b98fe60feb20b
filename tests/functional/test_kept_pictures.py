"""Pictures that are sent to a document, on both databases: the nightly check keeps those that it still shows."""

import io
from datetime import timedelta

import pytest
from flask import Flask
from PIL import Image
from sqlalchemy import select

from lms.contract.actors import Role
from lms.documents.models import Document, DocumentRevision
from lms.platform.clock import now
from lms.platform.db import db
from lms.platform.storage import storage
from lms.platform.storage_check import check_storage
from lms.platform.transaction import write
from lms.testing.people import sign_in
from lms.testing.world import make_world

pytestmark = pytest.mark.modules


def test_a_picture_goes_when_neither_what_is_written_nor_a_version_shows_it(app: Flask) -> None:
    world = make_world("hots_assessment", title="Soal")
    teacher = sign_in(app, world.people[Role.TEACHER])
    assert teacher.post(world.root, data={"title": "Kolam"}).status_code == 303
    document_id = db.session.scalars(select(Document.id)).one()
    address = f"/m/hots_assessment/kartu/{document_id}"

    def sends(version: int) -> str:
        body = io.BytesIO()
        Image.new("RGB", (40, 40), (version * 50, 9, 9)).save(body, "PNG")
        body.seek(0)
        sent = {"version": str(version), "alt": "Dua diagram", "picture": (body, "diagram.png")}
        assert teacher.post(f"{address}/bagian/item/0/gambar/picture", data=sent).status_code == 303
        db.session.remove()
        parts = db.session.get_one(Document, document_id).parts
        return str(next(part.content["picture"]["key"] for part in parts if part.part == "item"))

    former, submitted = sends(0), sends(1)
    with write() as session:
        document = session.get_one(Document, document_id)
        rows = [{"part": part.part, "row": part.row, "values": part.content} for part in document.parts]
        document.revisions.append(DocumentRevision(no=1, content={"rows": rows}, submitted_at=now()))
    today = sends(2)
    for day in range(4):
        check_storage(db.session(), now() + timedelta(days=day))
        db.session.remove()
    assert [storage().exists(key) for key in (former, submitted, today)] == [False, True, True]
    assert (
        teacher.post(f"{address}/bagian/item/0/gambar/picture/hapus", data={"version": "3"}).status_code
        == 303
    )
    for day in range(4, 8):
        check_storage(db.session(), now() + timedelta(days=day))
        db.session.remove()
    assert [storage().exists(key) for key in (submitted, today)] == [True, False]
