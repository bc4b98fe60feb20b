"""A language is added by compiled catalogues and content alone: no line of code knows which languages there are."""

import re
from collections.abc import Iterator, Mapping
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from flask import Flask
from flask.testing import FlaskClient

from lms.assessment import quiz_versions
from lms.assessment.models import Quiz
from lms.contract import catalogues
from lms.contract.actors import Role
from lms.contract.text import Catalogue, Number, counted_message, message
from lms.people.directory.models import Person
from lms.people.notices.letters import sentence
from lms.people.notices.models import Notice
from lms.people.notices.notifying import notify
from lms.platform.content import load_quiz
from lms.platform.db import db
from lms.platform.transaction import write
from lms.settings import Settings
from lms.testing.apps import make_app
from lms.testing.clock import FixedClock
from lms.testing.people import sign_in
from lms.testing.world import START, World, make_world

HOTS = "imbas_hots_assessment"
JAVANESE: Mapping[str, Mapping[str | tuple[str, str], str | tuple[str, ...]]] = {
    "lms": {
        "Beranda": "Ngarep",
        "Simpan": "Simpen",
        "Halaman ini tidak ada atau sudah dipindahkan. Pekerjaan Bapak/Ibu tetap tersimpan. Mulai lagi dari beranda.": (
            "Kaca iki ora ana utawa wis dipindhah."
        ),
        "Nilai akhir %(final)s, perlu %(minimum)s": "Biji pungkasan %(final)s, kudu %(minimum)s",
        "Sertifikat %(number)s sudah terbit.": "Layang %(number)s wis metu.",
        ("tersisa %(num)s hari", "tersisa %(num)s hari"): ("kari %(num)s dina",),
        "Kumpulkan": "Kumpulna %(nothing)s",
        "Agenda": "Agenda 100% %(nothing)s",
    },
    HOTS: {"Analisis butir": "Analisis pitakon", "Beranda": "Omahe HOTS"},
    "imbas_lesson_planning": {"Beranda": "Omahe RPP"},
}
QUIZ = """
key: hots_assessment.quiz
title: {id: Kuis HOTS, en: HOTS quiz, jv: Kuis HOTS basa Jawa}
minutes: 5
attempts: 1
items:
- key: hots_assessment.q1
  type: mc_single
  bloom: C1
  competence: {id: Membaca data}
  minutes: 3
  indicator: Disajikan tabel, peserta membandingkan.
  stem: Kelas mana yang ....
  options: [{id: a, text: I}, {id: b, text: II}, {id: c, text: III}]
  secret: {key: a}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A folder as ``LMS_TRANSLATIONS`` names it."""
    for package, sentences in JAVANESE.items():
        catalogue = Catalog("jv")
        for key, text in sentences.items():
            catalogue.add(key, text)
        file = tmp_path / "languages" / package / "jv" / "LC_MESSAGES" / "messages.mo"
        file.parent.mkdir(parents=True)
        with file.open("wb") as target:
            write_mo(target, catalogue)
    yield tmp_path / "languages"
    catalogues.look_in(None)


@pytest.fixture
def site(database_url: str, tmp_path: Path, folder: Path, clock: FixedClock) -> Iterator[Flask]:
    settings = Settings(
        data=tmp_path,
        database_url=database_url,
        secret_key="k" * 40,
        environment="test",
        require_totp=False,
        public_url="http://localhost",
        translations=folder,
    )
    app = make_app(settings, clock=clock)
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def world(site: Flask) -> World:
    return make_world("hots_assessment", title="Soal")


@pytest.fixture
def teacher(site: Flask, world: World) -> FlaskClient:
    return sign_in(site, world.people[Role.TEACHER])


def page(browser: FlaskClient, path: str) -> str:
    return browser.get(path, follow_redirects=True).get_data(as_text=True)


def test_the_first_page_is_in_it_and_offers_the_others(teacher: FlaskClient) -> None:
    html = page(teacher, "/?lang=jv")
    assert '<html lang="jv">' in html
    assert ">Ngarep<" in html
    assert [name.strip() for name in re.findall(r'hreflang="\w+">([^<]+)<', html)] == [
        "Bahasa Indonesia",
        "English",
    ]
    assert 'hreflang="jv">Jawa<' in page(teacher, "/?lang=id")


def test_an_error_is_in_it(teacher: FlaskClient) -> None:
    assert "Kaca iki ora ana utawa wis dipindhah." in page(teacher, "/tidak-ada?lang=jv")


def test_what_it_lacks_is_indonesian(teacher: FlaskClient) -> None:
    assert ">Agenda<" in page(teacher, "/?lang=jv")
    assert "Cek sertifikat" in page(teacher, "/?lang=jv")


def test_a_title_of_a_quiz_is_in_it(teacher: FlaskClient, world: World, tmp_path: Path) -> None:
    (tmp_path / "quiz.yaml").write_text(QUIZ, encoding="utf-8")
    spec = load_quiz(tmp_path / "quiz.yaml")
    with write() as session:
        quiz = Quiz(
            placement_id=world.placement_id,
            stage_id=world.stage_id,
            key=spec.key,
            title=spec.title,
            minutes=5,
            attempts=1,
            opens_at=START,
            due_at=START + timedelta(days=3),
            release="at_close",
            edition=0,
            digest="",
        )
        session.add(quiz)
        session.flush()
        quiz_versions.renew(session, quiz, spec)
        address = f"/kuis/{quiz.id}"
    assert "<h1>Kuis HOTS basa Jawa</h1>" in page(teacher, address + "?lang=jv")
    assert "<h1>HOTS quiz</h1>" in page(teacher, address + "?lang=en")
    assert "<h1>Kuis HOTS</h1>" in page(teacher, address + "?lang=id")


def test_sentences_of_a_plugin_come_from_its_own_catalogue(site: Flask, world: World) -> None:
    """The frame of the page is the core's, also where a plugin says one of its sentences otherwise."""
    admin = sign_in(site, world.people[Role.ADMIN])
    html = page(admin, f"/m/hots_assessment/analisis/{world.programme_id}?lang=jv")
    assert "<h1>Analisis pitakon</h1>" in html
    assert re.search(r'class="crumb"><a href="/">\s*Omahe HOTS<', html)
    assert re.search(r'<a href="/"[^>]*>\s*Ngarep<', html)
    assert "Omahe RPP" not in html


def test_two_plugins_and_the_core_say_the_same_in_three_ways(folder: Path) -> None:
    catalogues.look_in(folder)
    said = {
        package: Catalogue(package).message("Beranda").in_("jv")
        for package in ("lms", HOTS, "imbas_lesson_planning", "imbas_spmi_documents")
    }
    assert said == {
        "lms": "Ngarep",
        HOTS: "Omahe HOTS",
        "imbas_lesson_planning": "Omahe RPP",
        "imbas_spmi_documents": "Ngarep",  # what a plugin does not know, the core says
    }


def test_parameters_and_plurals_are_of_the_language(folder: Path) -> None:
    catalogues.look_in(folder)
    reached = message(
        "Nilai akhir %(final)s, perlu %(minimum)s", final=Number(Decimal("69.99"), 2), minimum=Decimal(70)
    )
    assert reached.in_("jv") == "Biji pungkasan 69,99, kudu 70"
    assert counted_message("tersisa %(num)s hari", 1).in_("jv") == "kari 1 dina"


def test_a_broken_translation_breaks_no_page(teacher: FlaskClient) -> None:
    assert message("Kumpulkan", name="x").in_("jv") == message("Kumpulkan").in_("jv") == "Kumpulkan"
    html = page(teacher, "/?lang=jv")
    assert ">Agenda<" in html
    assert "%(nothing)s" not in html


def test_what_was_stored_before_is_read_in_it(site: Flask, world: World) -> None:
    with write() as session:
        notify(
            session,
            people=[world.people[Role.TEACHER]],
            key="certificates.issued.1",
            text=message("Sertifikat %(number)s sudah terbit.", number="1/2020"),
            href="/sertifikat/saya",
            now=START,
        )
    (notice,) = db.session().query(Notice).all()
    assert [sentence(notice, code, "Asia/Jakarta") for code in ("id", "en", "jv")] == [
        "Sertifikat 1/2020 sudah terbit.",
        "Certificate 1/2020 was issued.",
        "Layang 1/2020 wis metu.",
    ]


def test_a_person_may_choose_it(teacher: FlaskClient, world: World) -> None:
    assert '<option value="jv"' in page(teacher, "/akun/saya")
    with write() as session:
        session.get_one(Person, world.people[Role.TEACHER]).locale = "jv"
    assert ">Ngarep<" in page(teacher, "/")


def test_without_its_catalogues_it_is_not_offered(app: Flask) -> None:
    assert catalogues.languages() == ("id", "en")
    assert '<html lang="id">' in app.test_client().get("/masuk?lang=jv").get_data(as_text=True)
