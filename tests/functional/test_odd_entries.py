"""Entries that no page offers: a sentence at the field, the rest still there, the same on both databases."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from lms.contract.actors import Role
from lms.people.directory.models import School
from lms.platform.db import Base, db
from lms.testing.people import sign_in
from tests.atlas import Atlas
from tests.inhabitants import Province


@pytest.fixture
def admin(site_both: Flask, province_both: Province) -> FlaskClient:
    return sign_in(site_both, province_both.own.people[Role.ADMIN])


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        (f"99555001;{'x' * 642};16.07.03;SD", "paling banyak 200 huruf"),
        (f"99555001;SD Negeri;16.07.03;{'x' * 11}", "paling banyak 10 huruf"),
        ("\u0669\u0669555001;SD Negeri;16.07.03;SD", "NPSN berisi 8 angka"),
        ("99555001;SD Negeri;\u0661\u0666.07.03;SD", "Kode wilayah"),
    ],
)
def test_a_row_of_a_school_that_no_column_takes(admin: FlaskClient, row: str, sentence: str) -> None:
    answer = admin.post("/akun/sekolah/tambah", data={"rows": row})
    assert answer.status_code == 422
    assert "Baris 1" in answer.text
    assert sentence in answer.text
    assert row[:300] in answer.text


def test_a_long_name_of_a_school_is_shortened_where_it_is_short(admin: FlaskClient) -> None:
    name = "SD Negeri " + "Panjang " * 20
    assert (
        admin.post("/akun/sekolah/tambah", data={"rows": f"99555001;{name};16.07.03;SD"}).status_code == 303
    )
    found = db.session.scalars(select(School).where(School.npsn == "99555001")).one()
    assert found.name == name.strip()
    assert len(found.short_name) <= 80
    assert found.short_name.endswith("...")


@pytest.mark.modules
@pytest.mark.parametrize("decision", ["tidak-ada", "ACCEPTED", "accepted ", ""])
def test_a_decision_that_is_none(site_both: Flask, province_both: Province, decision: str) -> None:
    grader = sign_in(site_both, province_both.own.people[Role.GRADER])
    atlas = Atlas(db.session(), province_both, {})
    submission = atlas.find(Base.metadata.tables["submission"], "s", 0)
    page = grader.get(f"/nilai/{submission}").text
    ticks = {name: "2" for name in _names(page) if name.startswith("crit-")}
    answer = grader.post(
        f"/nilai/{submission}",
        data={**ticks, "version": "1", "decision": decision, "comment": "Lengkapi tanggalnya."},
    )
    assert answer.status_code == 422
    assert "Belum disimpan." in answer.text
    assert "Lengkapi tanggalnya." in answer.text


def test_the_sign_in_page_takes_no_nul(site_both: Flask) -> None:
    stranger = site_both.test_client()
    for data in (
        {"username": "a\x00b", "password": "x"},
        {"username": "a", "password": "\x00"},
        {"kartu": "\x00"},
    ):
        answer = stranger.post("/masuk", data=data)
        assert answer.status_code == 400
        assert "tidak dapat disimpan" in answer.text
    assert stranger.get("/masuk?kartu=%00").status_code == 400
    assert stranger.get("/masuk?next=/%00").status_code == 400


def test_a_second_factor_that_is_off_is_not_switched_off(admin: FlaskClient) -> None:
    assert admin.post("/akun/saya/kode-masuk/matikan", data={"code": "123456"}).status_code == 422


def _names(page: str) -> set[str]:
    return {part.partition('"')[0] for part in page.split('name="')[1:]}


def test_the_printed_number_and_the_printed_address_of_a_certificate_end_in_no_missing_page(
    client: FlaskClient,
) -> None:
    answer = client.get("/cek", query_string={"kode": "0001/B5.6/GT.03.00/2020"})
    assert answer.status_code == 200
    assert "Ini nomor sertifikat, bukan kodenya" in answer.text
    assert 'value="0001/B5.6/GT.03.00/2020"' in answer.text
    answer = client.get("/cek", query_string={"kode": "https://imbas.contoh.example/v/ABCDE-FGHJK?lang=en"})
    assert answer.headers["Location"] == "/v/ABCDE-FGHJK"
