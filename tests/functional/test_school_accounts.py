"""A school runs its accounts: list, add, correct, one-time codes and cards; the admin gives roles."""

import json
import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, select

from lms.contract.actors import Role
from lms.people import api
from lms.people.auth.views.device import card_link
from lms.platform.application import platform
from lms.platform.audit import AuditEntry
from lms.platform.db import db
from lms.platform.transaction import write
from lms.testing.people import make_agency, make_person, make_school, sign_in, wear


class World:
    """A school with its people, another school, another agency."""

    def __init__(self) -> None:
        with write() as session:
            agency = make_agency(session)
            school = make_school(session, agency, name="SD Negeri 4 Banyuasin III", npsn="99900004")
            other = make_school(session, agency, npsn="99900008")
            self.agency, self.school, self.other = agency.id, school.id, other.id
            self.operator = make_person(session, Role.OPERATOR, school=school, name="Operator Kami").id
            self.headmaster = make_person(session, Role.HEADMASTER, school=school, name="Kepala Kami").id
            self.teacher = make_person(session, Role.TEACHER, school=school, name="Siti Aminah").id
            self.stranger = make_person(session, Role.TEACHER, school=other, name="Guru Lain").id
            self.admin = make_person(session, Role.ADMIN, agency=agency, name="Admin Kami").id
            staff = make_person(session, Role.TEACHER, school=school, name="Guru dan Penilai")
            wear(session, staff, Role.GRADER, school=other)
            self.staff = staff.id
            self.far_admin = make_person(session, Role.ADMIN, agency=make_agency(session)).id


@pytest.fixture
def world(app: Flask) -> World:
    return World()


@pytest.fixture
def operator(app: Flask, world: World) -> FlaskClient:
    return sign_in(app, world.operator)


@pytest.fixture
def admin(app: Flask, world: World) -> FlaskClient:
    return sign_in(app, world.admin)


def text(client: FlaskClient, path: str) -> str:
    answer = client.get(path, follow_redirects=True)
    assert answer.status_code == 200, path
    return answer.get_data(as_text=True)


def test_the_operator_lands_in_the_own_school(operator: FlaskClient, world: World) -> None:
    page = text(operator, "/akun")
    assert "Siti Aminah" in page
    assert "Guru Lain" not in page
    assert operator.get(f"/akun/{world.other}").status_code == 403
    assert operator.get("/akun/999").status_code == 404


def test_a_teacher_has_no_accounts_to_run(app: Flask, world: World) -> None:
    assert sign_in(app, world.teacher).get("/akun").status_code == 403


def test_a_person_is_added_with_a_code_and_a_card(operator: FlaskClient, world: World) -> None:
    answer = operator.post(
        f"/akun/{world.school}/tambah",
        data={
            "full_name": "BUDI SANTOSO",
            "title_back": "S.Pd.",
            "role": "teacher",
            "phone": "0812 3456 7890",
            "employment_status": "honorary",
        },
    )
    assert answer.status_code == 303
    page = text(operator, answer.headers["Location"])
    assert "Budi Santoso, S.Pd." in page
    assert "budi.santoso" in page
    assert re.search(r'class="secret">[a-z2-9]{4} [a-z2-9]{4}<', page)
    assert "data:image/svg+xml" in page


def test_what_was_typed_stays_when_it_is_wrong(operator: FlaskClient, world: World) -> None:
    answer = operator.post(
        f"/akun/{world.school}/tambah",
        data={"full_name": "Budi", "nuptk": "1,23457E+15", "role": "teacher", "position": "Guru kelas V"},
    )
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert 'value="1,23457E+15"' in page
    assert 'value="Guru kelas V"' in page
    assert "Excel" in page


@pytest.mark.parametrize("role", ["headmaster", "admin", "grader"])
def test_an_operator_gives_no_high_role(operator: FlaskClient, world: World, role: str) -> None:
    answer = operator.post(f"/akun/{world.school}/tambah", data={"full_name": "Budi", "role": role})
    assert answer.status_code == 403
    with_role = db.session.scalars(select(api.Person).where(api.Person.full_name == "Budi")).all()
    assert with_role == []


def test_unknown_and_forbidden_fields_are_refused(
    operator: FlaskClient, admin: FlaskClient, world: World
) -> None:
    path = f"/akun/{world.school}/{world.teacher}"
    assert operator.post(path, data={"full_name": "Siti", "password_hash": "x"}).status_code == 400
    assert operator.post(path, data={"full_name": "Siti", "username": "baru.sekali"}).status_code == 403
    assert admin.post(path, data={"full_name": "Siti", "username": "baru.sekali"}).status_code == 303
    db.session.rollback()
    account = api.get_account(db.session(), world.teacher)
    assert account.username == "baru.sekali"


def test_a_correction_is_saved_and_warns_about_an_unusual_nip(operator: FlaskClient, world: World) -> None:
    path = f"/akun/{world.school}/{world.teacher}"
    data = {"full_name": "Siti Aminah", "nip": "198513012010011001", "employment_status": "pns"}
    page = operator.post(path, data=data, follow_redirects=True).get_data(as_text=True)
    assert "tidak lazim" in page
    assert 'value="198513012010011001"' in page


def test_an_account_that_reaches_further_is_not_the_schools_to_reset(
    operator: FlaskClient, admin: FlaskClient, world: World
) -> None:
    path = f"/akun/{world.school}/{world.staff}/sandi"
    assert operator.post(path).status_code == 403
    assert "Diurus kantor" in text(operator, f"/akun/{world.school}")
    chosen = {"person": [str(world.teacher), str(world.staff)]}
    assert operator.post(f"/akun/{world.school}/kartu", data=chosen).status_code == 403
    db.session.rollback()
    assert not api.get_account(db.session(), world.teacher).must_change_password
    assert admin.post(path).status_code == 303


def test_people_elsewhere_are_not_there(operator: FlaskClient, app: Flask, world: World) -> None:
    assert operator.post(f"/akun/{world.school}/{world.stranger}/sandi").status_code == 404
    assert operator.post(f"/akun/{world.other}/{world.stranger}/sandi").status_code == 403
    far = sign_in(app, world.far_admin)
    assert far.get(f"/akun/{world.school}").status_code == 403
    assert far.get(f"/akun/peran/{world.teacher}").status_code == 403
    assert "Banyuasin" not in text(far, "/akun")


def test_cards_for_several_people_on_one_sheet(operator: FlaskClient, world: World) -> None:
    people = {"person": [str(world.teacher), str(world.headmaster)], "_key": "once"}
    answer = operator.post(f"/akun/{world.school}/kartu", data=people)
    assert answer.status_code == 303
    page = text(operator, f"/akun/{world.school}/kartu")
    codes = re.findall(r'class="secret">([a-z2-9]{4} [a-z2-9]{4})<', page)
    assert len(codes) == 2
    assert operator.post(f"/akun/{world.school}/kartu", data=people).status_code == 303  # pressed twice
    assert (
        re.findall(
            r'class="secret">([a-z2-9]{4} [a-z2-9]{4})<', text(operator, f"/akun/{world.school}/kartu")
        )
        == codes
    )
    assert operator.post(f"/akun/{world.school}/kartu", data={}).status_code == 422


def test_a_card_lets_a_new_phone_in_while_others_guess(
    app: Flask, operator: FlaskClient, world: World
) -> None:
    operator.post(f"/akun/{world.school}/{world.teacher}/sandi")
    moment = platform(app).clock()
    card = api.cards(db.session(), [world.teacher], key=platform(app).settings.key(), now=moment)[0]
    db.session.rollback()
    for number in range(10):
        app.test_client().post(
            "/masuk",
            data={"username": card.username, "password": f"tebak {number}"},
            environ_overrides={"REMOTE_ADDR": f"10.3.0.{number}"},
        )
    phone = app.test_client()
    assert phone.post("/masuk", data={"username": card.username, "password": card.code}).status_code == 429
    with app.test_request_context():
        link = card_link(card).removeprefix("http://localhost")
    page = phone.get(link).get_data(as_text=True)
    assert f'value="{card.username}"' in page
    ticket = re.search(r'name="kartu" value="([^"]+)"', page)
    assert ticket is not None
    answer = phone.post("/masuk", data={"username": card.username, "password": card.code, "kartu": ticket[1]})
    assert answer.status_code == 303
    forged = app.test_client().get("/masuk?kartu=dipalsukan").get_data(as_text=True)
    assert 'name="kartu" value=""' in forged


def test_an_account_is_closed_and_opened(operator: FlaskClient, app: Flask, world: World) -> None:
    teacher = sign_in(app, world.teacher)
    path = f"/akun/{world.school}/{world.teacher}"
    assert operator.post(f"{path}/tutup").status_code == 303
    assert teacher.get("/akun/saya").status_code == 303
    assert operator.post(f"{path}/buka").status_code == 303
    assert teacher.get("/akun/saya").status_code == 303  # the old sign-in stays ended
    assert operator.post(f"/akun/{world.school}/{world.operator}/tutup").status_code == 422


def test_the_admin_gives_and_ends_roles(admin: FlaskClient, operator: FlaskClient, world: World) -> None:
    path = f"/akun/peran/{world.teacher}"
    assert operator.post(path, data={"role": "operator", "npsn": "99900004"}).status_code == 403
    assert admin.post(path, data={"role": "facilitator", "npsn": "99900008"}).status_code == 303
    assert admin.post(path, data={"role": "facilitator", "npsn": "123"}).status_code == 422
    assert admin.post(path, data={"role": "facilitator"}).status_code == 422
    page = text(admin, path)
    grant = re.findall(rf'action="({path}/\d+/akhiri)"', page)
    assert len(grant) == 2
    assert admin.post(grant[1]).status_code == 303
    assert len(re.findall(rf'action="({path}/\d+/akhiri)"', text(admin, path))) == 1


def test_the_admin_adds_staff_and_finds_them(admin: FlaskClient, world: World) -> None:
    data = {"full_name": "Penilai Satu", "role": "grader", "npsn": "99900004", "username": "penilai1"}
    assert admin.post("/akun/kantor/tambah", data=data).status_code == 303
    assert "Penilai Satu" in text(admin, "/akun/kantor")
    again = admin.post("/akun/kantor/tambah", data={**data, "full_name": "Lain"})
    assert again.status_code == 422
    assert "sudah dipakai" in again.get_data(as_text=True)


def test_schools_are_searched(admin: FlaskClient, world: World) -> None:
    page = text(admin, "/akun?cari=banyuasin")
    assert "SD Negeri 4 Banyuasin III" in page
    assert "1 sekolah" in page
    assert "Tidak ada sekolah" in text(admin, "/akun?cari=tidak+ada")


def test_the_person_concerned_reads_what_was_done(app: Flask, operator: FlaskClient, world: World) -> None:
    teacher = sign_in(app, world.teacher)
    operator.post(
        f"/akun/{world.school}/{world.teacher}", data={"full_name": "Siti Aminah", "position": "Guru V"}
    )
    page = text(teacher, "/akun/saya")
    assert "Data diri diperbaiki" in page
    assert "Operator Kami" in page


def test_my_data_as_one_file(app: Flask, world: World) -> None:
    teacher = sign_in(app, world.teacher)
    answer = teacher.post("/akun/saya/unduh")
    data = json.loads(answer.get_data(as_text=True))
    assert "attachment" in answer.headers["Content-Disposition"]
    assert data["people"]["full_name"] == "Siti Aminah"
    assert data["people"]["roles"][0]["role"] == "teacher"
    assert "password" not in answer.get_data(as_text=True).replace("set_password", "")
    db.session.rollback()
    assert db.session.scalars(select(AuditEntry).where(AuditEntry.action == "people.export_person")).one()


def test_my_settings(app: Flask, world: World) -> None:
    teacher = sign_in(app, world.teacher)
    good = {"locale": "en", "timezone": "Asia/Makassar", "phone": "0812-3456-7890"}
    assert teacher.post("/akun/saya", data={**good, "timezone": "Mars/Olympus"}).status_code == 422
    assert teacher.post("/akun/saya", data={**good, "full_name": "Lain"}).status_code == 400
    assert teacher.post("/akun/saya", data=good).status_code == 303
    page = text(teacher, "/akun/saya")
    assert "+6281234567890" in page
    assert 'lang="en"' in page


def test_the_list_costs_the_same_for_few_and_many(operator: FlaskClient, world: World) -> None:
    def cost() -> int:
        count = 0

        def watch(*_arguments: object) -> None:
            nonlocal count
            count += 1

        event.listen(db.engine, "before_cursor_execute", watch)
        text(operator, f"/akun/{world.school}")
        event.remove(db.engine, "before_cursor_execute", watch)
        return count

    few = cost()
    with write() as session:
        school = api.get_school(session, world.school)
        for _ in range(30):
            make_person(session, Role.TEACHER, school=school)
    assert cost() == few <= 12
