"""A new installation: an agency and its admin from the command line, then its schools in the browser."""

import re
from typing import Any

import pytest
from click.testing import Result
from flask import Flask
from flask.testing import FlaskClient

from lms.contract.actors import Role
from lms.platform import audit
from lms.platform.db import db
from lms.platform.transaction import write
from lms.testing.people import PASSWORD, make_agency, make_person, make_school, sign_in

OFFICE = {
    "name": "Balai Penjaminan Mutu Pendidikan Contoh",
    "short-name": "BPMP Contoh",
    "kind": "bpmp",
    "city": "Palembang",
    "region-code": "16",
    "unit-code": "B5.6",
    "timezone": "Asia/Jakarta",
    "admin": "Siti Contoh",
    "username": "siti",
}
SCHOOLS = "/akun/sekolah/tambah"


def lms(app: Flask, *arguments: str) -> Result:
    db.session.remove()
    return app.test_cli_runner().invoke(app.cli, ["office", *arguments])  # type: ignore[no-any-return]


def office(app: Flask, **other: str) -> Result:
    options = [f"--{name}={value}" for name, value in {**OFFICE, **other}.items()]
    return lms(app, "new", *options)


def enter(client: FlaskClient, said: str) -> Any:
    code = re.search(r"code: (\S+ \S+)", said)
    assert code
    return client.post("/masuk", data={"username": "siti", "password": code[1]})


@pytest.fixture
def admin(app: Flask) -> FlaskClient:
    with write() as session:
        agency = make_agency(session)
        person_id = make_person(session, Role.ADMIN, agency=agency).id
        make_school(session, agency, npsn="10600099")
    db.session.remove()
    return sign_in(app, person_id)


def test_the_first_admin_comes_in_with_the_code_that_was_shown(app: Flask, client: FlaskClient) -> None:
    done = office(app)
    assert done.exit_code == 0, done.output
    assert enter(client, done.output).status_code == 303
    assert "Kata sandi baru" in client.get("/akun/saya/sandi").text
    with write() as session:
        assert audit.seal(session)
    assert audit.first_broken(db.session()) is None


def test_an_agency_is_not_made_twice_and_a_wrong_word_makes_nothing(app: Flask) -> None:
    assert office(app).exit_code == 0
    again = office(app, username="lain", **{"unit-code": "B5.8"})
    assert again.exit_code == 1
    assert "lms office code" in again.output
    assert office(app, **{"region-code": "Sumsel"}).exit_code == 2
    twin = office(app, **{"region-code": "17", "unit-code": "B5.6"}, username="budi")
    assert twin.exit_code == 1
    assert "another agency's" in twin.output
    taken = office(app, **{"region-code": "17", "unit-code": "B5.7"})
    assert taken.exit_code == 1
    assert (
        office(app, **{"region-code": "17", "unit-code": "B5.7"}, username="budi").exit_code == 0
    )  # nothing was left behind


def test_a_lost_admin_gets_in_again(app: Flask, client: FlaskClient) -> None:
    first = office(app)
    second = lms(app, "code", "siti")
    assert enter(client, first.output).status_code == 422
    assert enter(client, second.output).status_code == 303
    assert lms(app, "code", "nobody").exit_code == 1
    assert PASSWORD not in second.output


def test_schools_come_in_from_a_sheet(admin: FlaskClient) -> None:
    rows = "NPSN\tNama\tKode wilayah\n10600001\tSD Negeri 1 Contoh\t16.07.03\n10600002\tSD Negeri 2 Contoh\n"
    done = admin.post(SCHOOLS, data={"rows": rows, "_key": "1"}, follow_redirects=True)
    assert "2 sekolah ditambahkan." in done.text
    assert "SD Negeri 2 Contoh" in done.text
    replayed = admin.post(SCHOOLS, data={"rows": rows, "_key": "1"})
    assert replayed.status_code == 303  # pressed twice, added once


def test_one_wrong_row_adds_none_and_keeps_what_was_typed(admin: FlaskClient) -> None:
    rows = "10600001; SD Negeri 1 Contoh\n1060; SD Pendek\n10600099; SD Ada\n10600003;"
    page = admin.post(SCHOOLS, data={"rows": rows, "_key": "1"})
    assert page.status_code == 422
    assert [int(line) for line in re.findall(r"Baris (\d+):", page.text)] == [2, 3, 4]
    assert "10600001; SD Negeri 1 Contoh" in page.text
    assert "SD Negeri 1 Contoh" not in admin.get("/akun").text
    assert admin.post(SCHOOLS, data={"rows": "", "_key": "2"}).status_code == 422
