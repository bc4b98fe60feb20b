"""Files of a plugin's form: sent with it or before it, kept when it is sent, forgotten when nobody names them."""

import hashlib
import io
import sys
from collections.abc import Iterator
from importlib.metadata import EntryPoint
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from flask import Blueprint, Flask, redirect, render_template_string, request
from flask.testing import FlaskClient
from imbas_demo import papers
from PIL import Image
from sqlalchemy import Column, MetaData, String, Table, insert, select
from werkzeug.test import TestResponse

from lms import api
from lms.app import core_values, create_app
from lms.contract.actors import Role
from lms.evidence import form_files
from lms.evidence.models import FormFile
from lms.evidence.partial_uploads import parts
from lms.people import api as people
from lms.platform.application import platform
from lms.platform.clock import now
from lms.platform.db import db
from lms.platform.plugins import load
from lms.platform.storage import storage
from lms.platform.storage_check import missing
from lms.platform.transaction import write
from lms.settings import Settings
from lms.testing.apps import Browser
from lms.testing.clock import FixedClock
from lms.testing.people import make_agency, make_person, make_school, sign_in
from tests.functional.test_uploads import BODY, TUS, metadata

PAGE = """{% from "web/components.html" import file_field, form_open, form_close %}
{{ form_open("/m/kit/7", multipart=true, attributes=field.attributes) }}
{{ file_field(field, "Bukti", error=error) }}{{ form_close() }}"""


def field_of(number: int) -> api.FileField:
    return api.FileField("proof", "kit.proof", str(number), frozenset({"photo", "pdf"}), megabytes=1, most=2)


def kit() -> ModuleType:
    """A plugin with one form; the address of what it kept is its answer."""
    bp = Blueprint("kit", "stranger_kit")

    @bp.get("/<int:number>")
    @api.page(api.SIGNED_IN)
    def form(number: int) -> str:
        return render_template_string(PAGE, field=field_of(number), error="")

    @bp.post("/<int:number>")
    @api.command(
        api.SIGNED_IN,
        fields=("proof-drop", "word"),
        files=("proof",),
        prepare=lambda number: field_of(number).sent(),
    )
    def save(sent: api.SentFiles, number: int) -> Any:
        try:
            kept = api.keep_files(api.db.session(), sent)
            if request.form.get("word") == "wrong":
                raise api.Invalid.at("word", api.Localized(id="Salah.", en="Wrong."))
        except (api.Invalid, api.Conflict) as error:
            db.session.rollback()
            told = " ".join(text.in_("id") for text in error.fields.values()) or error.text.in_("id")
            return render_template_string(PAGE, field=field_of(number), error=told), error.status
        return redirect("/m/kit/kept/" + ",".join(row.id for row in kept), 303)

    @bp.get("/file/<file_id>")
    @api.page(api.SIGNED_IN)
    def file(file_id: str) -> Any:
        return api.serve_kept(api.db.session(), file_id, preview="small" in request.args)

    plugin = api.Plugin(name="kit", title=api.verbatim("Kit"), version="1", api=">=2.0,<3", blueprint=bp)
    module = ModuleType("stranger_kit")
    module.lms_plugin = lambda: plugin  # type: ignore[attr-defined]
    return module


@pytest.fixture
def site(
    database_url: str, tmp_path: Path, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Flask]:
    module = kit()
    monkeypatch.setitem(sys.modules, module.__name__, module)
    found = [EntryPoint("kit", module.__name__, "lms.plugins")]
    settings = Settings(
        data=tmp_path,
        database_url=database_url,
        secret_key="k" * 40,
        environment="test",
        require_totp=False,
        public_url="http://localhost",
    )
    app = create_app(settings, plugins=load(core_values(), found=found), clock=clock)
    app.test_client_class = Browser
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def persons(site: Flask) -> list[int]:
    with write() as session:
        school = make_school(session, make_agency(session))
        return [make_person(session, role, school=school).id for role in (Role.TEACHER, Role.OPERATOR)]


@pytest.fixture
def phone(site: Flask, persons: list[int]) -> FlaskClient:
    return sign_in(site, persons[0])


def photo(side: int = 300) -> bytes:
    body = io.BytesIO()
    Image.effect_noise((side, side), 40).convert("RGB").save(body, "JPEG")
    return body.getvalue()


def rows() -> list[FormFile]:
    db.session.rollback()
    return list(db.session.scalars(select(FormFile).order_by(FormFile.created_at, FormFile.id)))


def send(phone: FlaskClient, key: str, *files: tuple[bytes, str], **fields: str) -> TestResponse:
    proof = [(io.BytesIO(body), name) for body, name in files]
    platform().clock.forward(seconds=1)  # type: ignore[attr-defined]
    return phone.post("/m/kit/7", data={"proof": proof, "_key": key, **fields})


def address(phone: FlaskClient, number: int = 7) -> str:
    page = phone.get(f"/m/kit/{number}").text
    return page.partition('data-upload="')[2].partition('"')[0]


def travel(phone: FlaskClient, url: str, name: str, body: bytes) -> TestResponse:
    headers = TUS | {"Upload-Length": str(len(body)), "Upload-Metadata": metadata(name, body)}
    return phone.post(url, headers=headers)


def test_a_file_that_comes_with_its_form_is_checked_kept_and_shown(phone: FlaskClient) -> None:
    sent = photo()
    answer = send(phone, "1", (sent, "bukti.jpg"))
    assert answer.status_code == 303, answer.text
    (row,) = rows()
    assert answer.headers["Location"].endswith(row.id)
    assert (row.name, row.field, row.expires_at) == ("bukti.jpg", "kit.proof 7", None)
    shown = phone.get(f"/m/kit/file/{row.id}")
    assert shown.data != sent, "a photo is written anew, without what the camera wrote into it"
    assert len(phone.get(f"/m/kit/file/{row.id}?small=1").data) < len(shown.data)
    assert list(missing(storage())) == []
    assert send(phone, "1", (sent, "bukti.jpg")).headers["Location"] == answer.headers["Location"]
    assert len(rows()) == 1, "pressing twice keeps one"


def test_what_is_not_what_it_says_is_refused_with_a_sentence(phone: FlaskClient) -> None:
    for body, name in ((b"MZ" * 900, "surat.pdf"), (b"", "kosong.jpg"), (b"x" * 10, "program.exe")):
        answer = send(phone, name, (body, name))
        assert answer.status_code == 422, name
        assert name in answer.text
    assert rows() == []


def test_a_refused_form_loses_no_file(phone: FlaskClient) -> None:
    """Chosen once, on a slow line: the form is sent again without it."""
    refused = send(phone, "1", (photo(), "bukti.jpg"), word="wrong")
    assert refused.status_code == 422
    assert "bukti.jpg" in refused.text
    assert "bukti.jpg" in phone.get("/m/kit/7").text
    again = send(phone, "2", word="right")
    (row,) = rows()
    assert again.headers["Location"].endswith(row.id)
    assert "bukti.jpg" not in phone.get("/m/kit/7").text, "it belongs to the plugin's row now"


def test_a_waiting_file_can_be_left_out(phone: FlaskClient) -> None:
    send(phone, "1", (photo(), "satu.jpg"), word="wrong")
    (row,) = rows()
    keys = (row.storage_key, row.preview_key)
    answer = phone.post("/m/kit/7", data={"proof-drop": row.id, "_key": "2"})
    assert answer.headers["Location"] == "/m/kit/kept/"
    assert rows() == []
    assert not any(storage().exists(key) for key in keys)


def test_the_same_file_twice_is_one_and_more_than_asked_are_refused(phone: FlaskClient) -> None:
    one, two, three = (photo(side) for side in (300, 310, 320))
    send(phone, "1", (one, "satu.jpg"), (one, "lagi.jpg"), word="wrong")
    assert len(rows()) == 1
    answer = send(phone, "2", (two, "dua.jpg"), (three, "tiga.jpg"))
    assert answer.status_code == 422
    assert "Paling banyak 2 berkas" in answer.text
    assert [row.name for row in rows()] == ["satu.jpg", "dua.jpg"]


def test_a_file_travels_before_its_form_and_goes_on_after_a_cut(phone: FlaskClient) -> None:
    body = papers.document("Kebun", "satu")
    url = address(phone)
    begun = travel(phone, url, "rencana.pdf", body)
    assert begun.status_code == 201, begun.text
    upload = begun.headers["Location"]
    half = len(body) // 2
    first = phone.patch(upload, data=body[:half], headers=BODY | {"Upload-Offset": "0"})
    assert (first.status_code, first.headers["Upload-Offset"]) == (204, str(half))
    early = send(phone, "1")
    assert early.status_code == 409
    assert "masih dikirim" in early.text
    assert "Masih dikirim" in phone.get("/m/kit/7").text
    assert travel(phone, url, "rencana.pdf", body).headers["Location"] == upload, "the same goes on"
    assert phone.head(upload, headers=TUS).headers["Upload-Offset"] == str(half)
    rest = phone.patch(upload, data=body[half:], headers=BODY | {"Upload-Offset": str(half)})
    assert (rest.status_code, rest.headers.get("Upload-Offset")) == (204, str(len(body))), rest.text
    (row,) = rows()
    assert row.whole
    assert parts().size(row.id) == 0, "its bytes are in the store"
    assert send(phone, "2").headers["Location"].endswith(row.id)
    assert phone.get(f"/m/kit/file/{row.id}").data == body
    gone = phone.delete(upload, headers=TUS)
    assert gone.status_code == 404, "what a form has taken is not cancelled any more"


def test_what_travels_is_checked_before_and_after(phone: FlaskClient) -> None:
    url = address(phone)
    headers = TUS | {"Upload-Length": "10", "Upload-Metadata": metadata("program.exe")}
    assert phone.post(url, headers=headers).status_code == 422
    assert phone.post(url, headers=headers | {"Upload-Length": str(2**21)}).status_code == 422
    large = TUS | {"Upload-Length": str(2**21), "Upload-Metadata": metadata("foto.jpg")}
    assert phone.post(url, headers=large).status_code == 413
    body = b"MZ" * 500
    upload = travel(phone, url, "surat.pdf", body).headers["Location"]
    assert phone.patch(upload, data=body, headers=BODY | {"Upload-Offset": "0"}).status_code == 422
    assert send(phone, "1").status_code == 409
    assert phone.delete(upload, headers=TUS).status_code == 204
    assert rows() == []


def test_nobody_else_sends_to_a_field_or_sees_what_waits(site: Flask, persons: list[int]) -> None:
    mine, other = (sign_in(site, person_id) for person_id in persons)
    body = papers.document("Kebun", "satu")
    url = address(mine)
    upload = travel(mine, url, "rencana.pdf", body).headers["Location"]
    assert travel(other, url, "rencana.pdf", body).status_code == 404, "signed for another person"
    theirs = address(other)
    for stolen in (upload, theirs + "/" + upload.rsplit("/", 1)[1]):
        assert other.head(stolen, headers=TUS).status_code == 404
        assert other.delete(stolen, headers=TUS).status_code == 404
    assert "rencana.pdf" not in other.get("/m/kit/7").text
    other.post("/m/kit/7", data={"proof-drop": rows()[0].id, "_key": "1"})
    assert len(rows()) == 1, "nobody drops another's file"
    elsewhere = address(mine, 8) + "/" + upload.rsplit("/", 1)[1]
    assert mine.head(elsewhere, headers=TUS).status_code == 404, "sent for another object"
    assert mine.post(url[:-3] + "abc", headers=TUS).status_code == 404


def test_a_person_cannot_fill_the_store_with_files_that_no_form_takes(
    phone: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(form_files, "MOST_WAITING", 3)
    answers = []
    for number in (1, 2, 3):
        for which in (1, 2):
            body = papers.document(f"{number}", str(which))
            answers.append(travel(phone, address(phone, number), "rencana.pdf", body).status_code)
    assert answers == [201, 201, 201, 422, 422, 422]


def test_what_no_form_takes_and_no_row_names_is_forgotten(
    site: Flask, phone: FlaskClient, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A waiting file after seven days; a kept one once the plugin's table does not name it. Never an earlier one."""
    names = Table("kit_names", MetaData(), Column("file_id", String(32), primary_key=True))
    with write() as session:
        names.create(session.connection())
    monkeypatch.setattr(form_files, "_columns_that_name", lambda: {"kit": [names.c.file_id]})
    send(phone, "1", (photo(300), "disebut.jpg"))
    send(phone, "2", (photo(310), "yatim.jpg"))
    send(phone, "3", (photo(320), "menunggu.jpg"), word="wrong")
    named, orphan, waiting = rows()
    with write() as session:
        session.execute(insert(names).values(file_id=named.id))
    rules = [rule for rule in platform().retention if "form" in rule.what or "module" in rule.what]

    def night() -> list[str]:
        with write() as session:
            for rule in rules:
                rule.forget(session, rule.before(now()), 100)
        return [row.name for row in rows()]

    assert night() == ["disebut.jpg", "yatim.jpg", "menunggu.jpg"]
    clock.forward(days=8)
    assert night() == ["disebut.jpg", "yatim.jpg"]
    assert not storage().exists(waiting.storage_key)
    clock.forward(days=2)
    assert night() == ["disebut.jpg"]
    assert not storage().exists(orphan.storage_key)
    assert storage().exists(named.storage_key)


def test_own_data_name_the_files(phone: FlaskClient, persons: list[int]) -> None:
    body = photo()
    send(phone, "1", (body, "bukti.jpg"))
    session = db.session()
    known = people.export_person(session, person_id=persons[0], now=now())["evidence"]["files_of_forms"]
    (entry,) = known
    assert (entry["for"], entry["name"]) == ("kit", "bukti.jpg")
    assert entry["sha256"] == hashlib.sha256(body).hexdigest()
