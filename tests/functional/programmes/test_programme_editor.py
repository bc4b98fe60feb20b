"""The definition in the browser: YAML, form, versions, new programmes."""

import html
import io
import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from imbas_demo.cast import source
from sqlalchemy import func, select

from lms.people import api as people
from lms.platform.db import db
from lms.platform.transaction import write
from lms.programmes import api
from lms.programmes.editing.form import groups_of
from lms.testing.people import sign_in


def text_of(answer: Any) -> str:
    return html.unescape(re.sub(r"\s+", " ", answer.get_data(as_text=True)))


def field(answer: Any, name: str) -> str:
    found = re.search(rf'name="{re.escape(name)}" value="([^"]*)"', answer.get_data(as_text=True))
    if found is None:
        found = re.search(
            rf'value="([^"]*)" id="[^"]*" name="{re.escape(name)}"', answer.get_data(as_text=True)
        )
    assert found, name
    return html.unescape(found[1])


def current(world: Any) -> api.Programme:
    db.session.remove()
    return api.get_programme(db.session(), world.programme_id)


@pytest.fixture
def admin(app: Flask, world: Any) -> FlaskClient:
    return sign_in(app, world.admin)


class TestScript:
    def address(self, world: Any) -> str:
        return f"/program/{world.programme_id}/naskah"

    @pytest.mark.modules
    def test_preview_then_apply_then_read_who_and_what(
        self, admin: FlaskClient, world: Any, document: str
    ) -> None:
        changed = document.replace("title: RPP", "title: RPP dan HOTS").replace(
            "      - {key: follow_up_plan, due_at: 2020-10-30T16:00:00+07:00}",
            "      - {key: follow_up_plan, due_at: 2020-10-31T16:00:00+07:00}\n"
            "      - {key: dissemination.report, due_at: 2020-10-30T16:00:00+07:00}",
        )
        typed = {"text": changed, "version": "1", "go": "apply", "note": "Permintaan TPMPS"}
        seen = admin.post(self.address(world), data=typed)  # never applied unseen
        page = text_of(seen)
        assert "Belum berlaku" in page
        assert "Tahap 2 (Program unggulan) › Sesi IN-2B (RPP dan HOTS) › Judul" in page
        assert "Tagihan Laporan pengimbasan" in page
        assert "Sabtu, 31 Oktober 2020, 16.00 WIB" in page
        assert current(world).version == 1
        answer = admin.post(self.address(world), data={**typed, "seen": field(seen, "seen")})
        assert answer.headers["Location"] == f"{self.address(world)}/versi/2"
        assert current(world).version == 2
        assert [stage.title for stage in api.definition_of(current(world)).stages][1] == "Program unggulan"
        version = text_of(admin.get(f"{self.address(world)}/versi/2"))
        assert "Permintaan TPMPS" in version
        assert "RPP dan HOTS" in version
        assert admin.get(f"{self.address(world)}/versi/9").status_code == 404
        old = admin.get(f"{self.address(world)}?dari=1")
        assert "RPP dan HOTS" not in text_of(old).partition("Riwayat versi")[0]

    def test_faults_name_lines_and_lose_nothing(self, admin: FlaskClient, world: Any, document: str) -> None:
        for broken, sentence in (
            (document.replace("jp: 4", "jp: empat"), "jp: harus bilangan bulat"),
            (
                document.replace("key: follow_up_plan", "key: tidak_ada"),
                "tahap 2: tagihan 'tidak_ada' tidak ada",
            ),
        ):
            answer = admin.post(self.address(world), data={"text": broken, "version": "1", "go": "preview"})
            assert answer.status_code == 422
            assert re.search(rf"baris \d+: .*{re.escape(sentence)}", text_of(answer))
            assert "Pendampingan Sekolah Model" in text_of(answer)
        assert current(world).version == 1

    def test_a_colleague_was_faster(self, admin: FlaskClient, world: Any, document: str) -> None:
        mine = {"text": document.replace("title: RPP", "title: RPP saya"), "version": "1"}
        seen = field(admin.post(self.address(world), data=mine), "seen")
        other = document.replace("city: Palembang", "city: Banyuasin")
        first = admin.post(self.address(world), data={"text": other, "version": "1"})
        done = admin.post(
            self.address(world),
            data={"text": other, "version": "1", "go": "apply", "seen": field(first, "seen")},
        )
        assert done.status_code == 303
        answer = admin.post(self.address(world), data={**mine, "go": "apply", "seen": seen})
        assert answer.status_code == 409
        page = text_of(answer)
        assert "RPP saya" in page
        assert "Banyuasin" in page  # what saving again would take back
        assert field(answer, "version") == "2"
        assert current(world).version == 2

    def test_what_holds_work_cannot_be_left_out(
        self, app: Flask, admin: FlaskClient, world: Any, document: str
    ) -> None:
        mark = {f"s-{world.enrolments[0][0]}": "present", f"was-{world.enrolments[0][0]}": ""}
        assert admin.post(f"/sesi/{world.sessions[2]}", data=mark).status_code == 303
        without = re.sub(r"      - \{code: IN-2B.*?\}\n", "", document, flags=re.DOTALL)
        answer = admin.post(self.address(world), data={"text": without, "version": "1"})
        assert answer.status_code == 409
        assert "Sesi IN-2B sudah berisi pekerjaan peserta" in text_of(answer)
        assert field(answer, "version") == "1"
        assert (
            len(
                api.sessions_of(db.session(), [s.id for s in api.stages_of(db.session(), world.programme_id)])
            )
            == 3
        )

    def test_download_and_upload_are_the_same_programme(self, admin: FlaskClient, world: Any) -> None:
        file = admin.get(f"/program/{world.programme_id}/naskah.yaml").get_data()
        answer = admin.post(
            self.address(world),
            data={"file": (io.BytesIO(file), "program.yaml"), "text": "apa pun", "version": "1"},
        )
        assert answer.status_code == 200
        assert "Tidak ada yang berubah" in text_of(answer)
        refused = admin.post(
            self.address(world), data={"file": (io.BytesIO(b"\xff\xfe\x00"), "a.yaml"), "version": "1"}
        )
        assert refused.status_code == 422

    def test_only_the_own_admin(self, app: Flask, world: Any, document: str) -> None:
        for person in (world.head, world.facilitator, world.far_admin, world.teachers[0][0]):
            browser = sign_in(app, person)
            for path in ("", ".yaml", "/sunting", "/versi/1", "/versi/1.yaml"):
                assert browser.get(f"{self.address(world)}{path}").status_code == 403, path
            assert browser.post(self.address(world), data={"text": document}).status_code == 403
            assert browser.post(f"{self.address(world)}/sunting", data={}).status_code == 403


class TestForm:
    def address(self, world: Any) -> str:
        return f"/program/{world.programme_id}/naskah/sunting"

    def test_everyday_things_without_yaml(self, admin: FlaskClient, world: Any) -> None:
        page = admin.get(self.address(world))
        assert field(page, "f-2-sesi-IN-2B-starts_at") == "2020-10-07T09:00"
        typed = {
            "version": "1",
            "f-2-sesi-IN-2B-starts_at": "2020-10-08T09:00",
            "f-2-sesi-IN-2B-ends_at": "2020-10-08T12:00",
            "f-2-on_service_due_at": "2020-10-31T12:00",
            "f-lulus-final_minimum": "72,5",
            "f-signer-name": "Dr. Sari",
            "f-2-tagihan-follow_up_plan-due_at": "2020-10-31T12:00",
            "_key": "k",
        }
        assert admin.post(self.address(world), data=typed).status_code == 303
        assert admin.post(self.address(world), data=typed).headers["Idempotent-Replay"] == "true"
        definition = api.definition_of(current(world))
        assert str(definition.passing.final_minimum) == "72.5"
        assert definition.certificate.signer.name == "Dr. Sari"
        assert definition.stages[1].sessions[1].starts_at.isoformat() == "2020-10-08T09:00:00+07:00"
        assert current(world).version == 2
        same = admin.post(self.address(world), data={"version": "2", "f-title": definition.title})
        assert same.headers["Location"] == self.address(world)
        assert current(world).version == 2

    def test_the_office_and_its_letterhead_are_part_of_the_programme(
        self, admin: FlaskClient, world: Any
    ) -> None:
        typed = {
            "version": "1",
            "f-sertifikat-agency": "BPMP Provinsi Sumatera Selatan",
            "f-sertifikat-letterhead": "Kementerian Pendidikan\r\n\r\n Direktorat Jenderal \r\n",
        }
        assert admin.post(self.address(world), data=typed).status_code == 303
        certificate = api.definition_of(current(world)).certificate
        assert certificate.agency == "BPMP Provinsi Sumatera Selatan"
        assert certificate.letterhead == ("Kementerian Pendidikan", "Direktorat Jenderal")
        page = admin.get(self.address(world)).get_data(as_text=True)
        assert "Kementerian Pendidikan\nDirektorat Jenderal</textarea>" in page
        emptied = {"version": "2", "f-sertifikat-letterhead": "", "f-sertifikat-agency": ""}
        assert admin.post(self.address(world), data=emptied).status_code == 303
        assert api.definition_of(current(world)).certificate.letterhead == ()

    @pytest.mark.parametrize(
        ("name", "value", "sentence"),
        [
            ("f-lulus-final_minimum", "tujuh puluh", "Tulis angka 0 sampai 100"),
            ("f-lulus-final_minimum", "120", "paling banyak 100"),
            ("f-bobot-quizzes", "40", "jumlah bobot harus 100"),
            ("f-2-sesi-IN-2B-jp", "3,5", "Tulis bilangan bulat"),
            ("f-2-sesi-IN-2B-starts_at", "2020-12-07T09:00", "sesi harus berakhir setelah mulai"),
            ("f-2-starts_on", "2020-10-07", "tanggalnya di luar tahap"),
            ("f-2-ends_on", "", "Pilih tanggalnya"),
            ("f-title", "", "wajib diisi"),
        ],
    )
    def test_wrong_input_comes_back(
        self, admin: FlaskClient, world: Any, name: str, value: str, sentence: str
    ) -> None:
        answer = admin.post(self.address(world), data={"version": "1", name: value, "note": "Catatan saya"})
        assert answer.status_code == 422
        assert sentence in text_of(answer)
        assert "Catatan saya" in text_of(answer)
        assert current(world).version == 1

    def test_a_colleague_was_faster(self, admin: FlaskClient, world: Any) -> None:
        assert (
            admin.post(self.address(world), data={"version": "1", "f-title": "Judul rekan"}).status_code
            == 303
        )
        answer = admin.post(self.address(world), data={"version": "1", "f-title": "Judul saya"})
        assert answer.status_code == 409
        assert "Yang berlaku sekarang: Judul rekan" in text_of(answer)
        assert "Judul saya" in text_of(answer)
        assert field(answer, "version") == "2"
        assert current(world).title == "Judul rekan"


class TestNew:
    def test_from_yaml_once(self, admin: FlaskClient, world: Any, document: str) -> None:
        typed = {"text": document.replace("SEKMOD-2020", "SEKMOD-BARU"), "_key": "n"}
        answer = admin.post("/program/baru", data=typed)
        assert answer.status_code == 303
        assert admin.post("/program/baru", data=typed).headers["Idempotent-Replay"] == "true"
        assert admin.get(answer.headers["Location"]).status_code == 200
        assert db.session.scalar(select(func.count()).select_from(api.Programme)) == 2
        taken = admin.post("/program/baru", data={"text": document})
        assert taken.status_code == 409
        assert "SEKMOD-2020 sudah dipakai" in text_of(taken)
        broken = admin.post("/program/baru", data={"text": "code: X"})
        assert broken.status_code == 422
        assert "stages: wajib diisi" in text_of(broken)
        unknown = document.replace("SEKMOD-2020", "LAIN").replace("follow_up_plan", "apa")
        refused = admin.post("/program/baru", data={"text": unknown})
        assert refused.status_code == 422
        assert "LAIN" not in text_of(refused).partition("Dari berkas YAML")[0]

    def test_copied_for_the_next_year(self, admin: FlaskClient, world: Any) -> None:
        typed = {
            "source": str(world.programme_id),
            "code": "SEKMOD-2021",
            "title": "Pendampingan 2021",
            "school_year": "2021/2022",
            "starts_on": "2021-09-06",
        }
        assert "2020/2021" in text_of(admin.get("/program/baru"))
        assert admin.post("/program/salin", data=typed).status_code == 303
        copy = db.session.scalars(select(api.Programme).where(api.Programme.code == "SEKMOD-2021")).one()
        stages = api.definition_of(copy).stages
        assert [stage.starts_on.isoformat() for stage in stages] == ["2021-09-06", "2021-09-30"]
        assert stages[1].sessions[0].starts_at.isoformat() == "2021-10-05T09:00:00+07:00"

    @pytest.mark.parametrize(
        ("wrong", "sentence"),
        [
            ({"school_year": "2021"}, "bentuknya tidak sesuai"),
            ({"code": "ada spasi"}, "bentuknya tidak sesuai"),
            ({"starts_on": ""}, "Tulis tanggal mulai tahap 1"),
            ({"source": "999"}, "Pilih program yang disalin"),
            ({"code": "SEKMOD-2020"}, "sudah dipakai"),
        ],
    )
    def test_a_wrong_copy_comes_back(
        self, admin: FlaskClient, world: Any, wrong: dict[str, str], sentence: str
    ) -> None:
        typed = {
            "source": str(world.programme_id),
            "code": "SEKMOD-2021",
            "title": "Judul yang diketik",
            "school_year": "2021/2022",
            "starts_on": "2021-09-06",
            **wrong,
        }
        answer = admin.post("/program/salin", data=typed)
        assert answer.status_code in {409, 422}
        assert sentence in text_of(answer)
        assert "Judul yang diketik" in text_of(answer)

    def test_a_programme_of_another_agency_is_not_copied(self, app: Flask, world: Any) -> None:
        far = sign_in(app, world.far_admin)
        typed = {
            "source": str(world.programme_id),
            "code": "CURI",
            "title": "X",
            "school_year": "2021/2022",
            "starts_on": "2021-09-06",
        }
        assert far.post("/program/salin", data=typed).status_code == 422
        for person in (world.head, world.facilitator):
            assert sign_in(app, person).get("/program/baru").status_code in {403, 404}
            assert sign_in(app, person).post("/program/salin", data=typed).status_code in {403, 404}


class TestTakingPart:
    def test_schools_by_npsn_then_their_people_once(
        self, app: Flask, admin: FlaskClient, world: Any, document: str
    ) -> None:
        target = admin.post("/program/baru", data={"text": document.replace("SEKMOD-2020", "BARU")}).headers[
            "Location"
        ]
        address = f"{target}/sekolah"
        typed = {"npsn": "\n".join(world.npsn), "kind": "imbas"}
        assert admin.post(address, data=typed).status_code == 303
        assert admin.post(address, data={"npsn": world.npsn[0], "kind": "model"}).status_code == 303
        assert "2 sekolah · 0 peserta" in text_of(admin.get(address))
        assert "6 orang di sekolah program ini belum terdaftar" in text_of(admin.get(address))
        assert admin.post(f"{address}/peserta").status_code == 303
        assert "0 peserta didaftarkan" in text_of(
            admin.get(admin.post(f"{address}/peserta").headers["Location"])
        )
        page = text_of(admin.get(target))
        assert "6 peserta" in page
        assert "Sekolah model" in page

    @pytest.mark.parametrize(
        ("typed", "sentence"),
        [
            ({"npsn": " ", "kind": "imbas"}, "Tulis NPSN"),
            ({"npsn": "12345678", "kind": "imbas"}, "tidak terdaftar di kantor ini: 12345678"),
            ({"npsn": "12345678", "kind": "lain"}, "Pilih sekolah model atau sekolah imbas"),
        ],
    )
    def test_wrong_input_comes_back(
        self, admin: FlaskClient, world: Any, typed: dict[str, str], sentence: str
    ) -> None:
        answer = admin.post(f"/program/{world.programme_id}/sekolah", data=typed)
        assert answer.status_code == 422
        assert sentence in text_of(answer)
        assert typed["npsn"] in text_of(answer)

    def test_only_the_own_admin(self, app: Flask, world: Any) -> None:
        address = f"/program/{world.programme_id}/sekolah"
        for person in (world.head, world.facilitator, world.far_admin):
            browser = sign_in(app, person)
            assert browser.get(address).status_code == 403
            assert browser.post(address, data={"npsn": world.npsn[0], "kind": "model"}).status_code == 403
            assert browser.post(f"{address}/peserta").status_code == 403


def test_query_budgets(admin: FlaskClient, world: Any, selects: Callable[[FlaskClient, str], int]) -> None:
    root = f"/program/{world.programme_id}/naskah"
    for address in (root, f"{root}/sunting", f"{root}/versi/1", "/program/baru"):
        assert selects(admin, address) <= 9, address
    assert selects(admin, f"/program/{world.programme_id}/sekolah") <= 9


def test_fields_stop_where_the_paper_does_and_numbers_fit_their_column(
    admin: FlaskClient, world: Any
) -> None:
    form = f"/program/{world.programme_id}/naskah/sunting"
    for name, longest in (
        ("sertifikat-activity", 200),
        ("signer-nip", 40),
        ("sertifikat-number_pattern", 60),
    ):
        (field,) = re.findall(f'<input[^>]*name="f-{name}"[^>]*>', admin.get(form).text)
        assert f'maxlength="{longest}"' in field
        refused = admin.post(form, data={"version": "1", f"f-{name}": "x" * (longest + 1)})
        assert refused.status_code == 422
        assert f"paling banyak {longest} huruf" in refused.text
    with write() as session:
        programme = api.get_programme(session, world.programme_id)
        people.get_agency(session, programme.agency_id).unit_code = "B" * 35
    long = {
        "version": "1",
        "f-sertifikat-number_pattern": "{unit_code}{unit_code}/{classification}/{seq}/{year}",
    }
    refused = admin.post(form, data=long)
    assert refused.status_code == 422
    assert "paling banyak 80" in refused.text


def test_every_field_of_the_form_knows_its_limit_or_has_none() -> None:
    """Also of parts that may be absent, such as a module's quiz."""
    programme = api.load_yaml(source("programme.yaml").read_text("utf-8"))
    limits = {field.path[-1]: field.longest for group in groups_of(programme) for field in group.fields}
    assert limits["due_at"] is None
    assert limits["label"] == limits["position"] == 200
    assert limits["school_year"] is None
