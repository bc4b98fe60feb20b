"""What pages show too early, and what every answer carries. Each role's pages are walked by their links."""

import re
import time
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from lms.assessment import api as assessment
from lms.assessment import quiz_versions
from lms.assessment.models import Attempt, AttemptState, Item, Mark, Quiz
from lms.certificates.models import Certificate
from lms.contract.actors import Role
from lms.people.auth.hashing import hash_password
from lms.people.auth.models import Account
from lms.people.directory.models import Person
from lms.platform.application import platform
from lms.platform.db import db
from lms.platform.transaction import write
from lms.programmes import api as programmes
from lms.testing.people import sign_in
from tests.inhabitants import TODAY, Province

ROOT = Path(__file__).resolve().parents[2]
LEAK = "BOCOR"
_LINK = re.compile(r'(?:href|src|action|data-[a-z-]+)="(/[^"#]*)"')
_INLINE = re.compile(
    r"<script(?![^>]*\bsrc=)(?![^>]*application/json)|\sstyle=\"|\son[a-z]+=\"|javascript:", re.IGNORECASE
)
_TOKEN = re.compile(r'name="(?:csrf_token|_key)" value="[^"]*"')
EXPECTED = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def walk(browser: FlaskClient, *starts: str, most: int = 250) -> Iterator[tuple[str, TestResponse, str]]:
    """Every page that can be reached by links, with its text; numbers in addresses are tried twice at most."""
    waiting, seen, shapes = list(starts), set(starts), dict[str, int]()
    while waiting and most:
        path = waiting.pop(0)
        answer = browser.get(path)
        text = (
            answer.get_data(as_text=True) if answer.mimetype.startswith(("text/", "application/json")) else ""
        )
        answer.close()
        yield path, answer, text
        most -= 1
        found = [unescape(link) for link in _LINK.findall(text)]
        if answer.status_code in {302, 303}:
            found.append(answer.headers["Location"])
        for link in found:
            shape = re.sub(r"\d+", "0", link)
            if link not in seen and shapes.get(shape, 0) < 3:
                seen.add(link)
                shapes[shape] = shapes.get(shape, 0) + 1
                waiting.append(link)


def spoilt(value: Any) -> Any:
    """The same structure with every word of it recognisable; points stay numbers, so that the quiz can be taken."""
    if isinstance(value, dict):
        return {key: inside if key == "max" else spoilt(inside) for key, inside in value.items()}
    if isinstance(value, list):
        return [spoilt(inside) for inside in value]
    return f"{LEAK} {value}" if isinstance(value, str) else value


@pytest.fixture(params=["at_close", "on_scored"])
def unreleased(request: pytest.FixtureRequest, site: Flask, province: Province) -> int:
    """Keys, explanations, guides and marks are marked with a word; one quiz is under way, one is scored
    and not released: before its deadline, or with an attempt left. The attempt under way."""
    teacher = province.own.people[Role.TEACHER]
    enrolment = programmes.enrolment_of(db.session(), teacher, now=TODAY)
    assert enrolment is not None
    stages = [stage.id for stage in programmes.stages_of(db.session(), enrolment.programme_id)]
    quizzes = assessment.quizzes_of(db.session(), stages)
    taken, fresh = quizzes[0].id, quizzes[-1].id
    tomorrow = platform(site).clock().replace(year=2021)
    with write() as session:
        for item in session.scalars(select(Item)):
            item.secret = spoilt(item.secret)
        session.execute(update(Quiz).values(release=request.param, attempts=2, due_at=tomorrow))
        session.execute(update(Quiz).where(Quiz.id == fresh).values(opens_at=platform(site).clock()))
        mine = session.scalars(
            select(Attempt).where(Attempt.person_id == teacher, Attempt.quiz_id == taken)
        ).one()
        for row in session.scalars(select(Mark)):
            row.comment = LEAK
        mine.state = AttemptState.SCORED
        attempt = assessment.start_attempt(
            session, quiz_id=fresh, enrolment=enrolment, now=platform(site).clock()
        )
    quiz_versions._EDITIONS.pop(platform(site), None)
    return attempt


@pytest.mark.modules
def test_explanations_open_with_the_last_attempt_or_the_deadline(site: Flask, province: Province) -> None:
    """Never while another sitting could use them, be it still to begin or under way on another phone."""
    clock = platform(site).clock
    teacher = province.own.people[Role.TEACHER]
    with write() as session:
        query = select(Attempt).where(Attempt.person_id == teacher, Attempt.submitted_at.is_not(None))
        first = session.scalars(query).first()
        assert first is not None
        first.state, first_id, quiz_id = AttemptState.SCORED, first.id, first.quiz_id
        enrolment_id = first.enrolment_id
        tomorrow = clock().replace(year=2021)
        session.execute(
            update(Quiz).where(Quiz.id == quiz_id).values(release="on_scored", attempts=2, due_at=tomorrow)
        )
    browser = sign_in(site, teacher)

    def is_open() -> bool:
        db.session.remove()
        text = browser.get(f"/kuis/hasil/{first_id}").get_data(as_text=True)
        assert ("Pembahasan dibuka setelah kesempatan terakhir" in text) is not (
            "<h2>Pembahasan</h2>" in text
        )
        return "<h2>Pembahasan</h2>" in text

    assert not is_open()  # another attempt may follow
    with write() as session:
        enrolment = session.get_one(programmes.Enrolment, enrolment_id)
        second = assessment.start_attempt(session, quiz_id=quiz_id, enrolment=enrolment, now=clock())
    assert not is_open()  # it is under way, and no other is left
    with write() as session:
        session.get_one(Quiz, quiz_id).due_at = clock()
        assessment.extend_attempt(
            session,
            attempt_id=second,
            enrolment=enrolment,
            minutes=30,
            reason="Listrik padam",
            actor_id=teacher,
            now=clock(),
        )
    clock.forward(minutes=5)
    assert not is_open()  # it has more time than the quiz
    with write() as session:
        assessment.submit_attempt(session, attempt_id=second, now=clock())
        session.get_one(Quiz, quiz_id).due_at = tomorrow
    assert is_open()  # the last one is handed in
    with write() as session:
        session.get_one(Quiz, quiz_id).attempts = 3
    assert not is_open()
    with write() as session:
        session.get_one(Quiz, quiz_id).due_at = clock()
    clock.forward(minutes=1)
    assert is_open()  # nobody can begin any more


@pytest.mark.modules
@pytest.mark.slow
@pytest.mark.parametrize("role", [Role.TEACHER, Role.QUALITY_TEAM, Role.HEADMASTER, Role.OPERATOR])
def test_nothing_leaks_before_its_release(
    site: Flask, province: Province, unreleased: int, role: Role
) -> None:
    browser = sign_in(site, province.own.people[role])
    starts = ["/", "/sesi", "/akun/saya", "/sertifikat/saya"]
    if role is Role.TEACHER:
        count = len(assessment.items_of(db.session(), *_quiz_of(unreleased)))
        assert count > 10
        starts += [f"/kuis/kerja/{unreleased}/{number + 1}" for number in range(count)]
        starts += [f"/kuis/kerja/{unreleased}/periksa", f"/kuis/kerja/{unreleased}/status"]
        scored = db.session.scalars(
            select(Attempt.id).where(
                Attempt.person_id == province.own.people[role], Attempt.state == "scored"
            )
        )
        starts += [f"/kuis/hasil/{attempt_id}" for attempt_id in scored]
        assert any("hasil" in path for path in starts)
    pages = 0
    for path, answer, text in walk(browser, *starts):
        assert answer.status_code < 500, path
        assert LEAK not in text, path
        assert '"secret"' not in text, path
        pages += 1
    assert pages > 8


def _quiz_of(attempt_id: int) -> tuple[int, int]:
    row = db.session.get_one(Attempt, attempt_id)
    return row.quiz_id, row.edition


@pytest.mark.modules
def test_the_page_of_a_question_does_not_depend_on_its_key(
    site: Flask, province: Province, unreleased: int
) -> None:
    """Byte for byte: neither order nor marks tell which option is right."""
    browser = sign_in(site, province.own.people[Role.TEACHER])
    count = len(assessment.items_of(db.session(), *_quiz_of(unreleased)))

    def pages() -> list[str]:
        paths = [f"/kuis/kerja/{unreleased}/{number + 1}" for number in range(count)]
        return [_TOKEN.sub("", browser.get(path).get_data(as_text=True)) for path in paths]

    before = pages()
    with write() as session:
        session.execute(update(Item).values(secret={}))
    quiz_versions._EDITIONS.pop(platform(site))
    assert pages() == before


@pytest.mark.slow
@pytest.mark.parametrize("role", list(Role))
def test_every_answer_carries_its_headers(site: Flask, province: Province, role: Role) -> None:
    browser = sign_in(site, province.own.people[role])
    kinds = set()
    for path, answer, text in walk(
        browser, "/", "/program", "/sesi", "/akun", "/akun/saya", "/cek", "/tidak/ada", most=120
    ):
        kinds.add(answer.status_code)
        _check_headers(path, answer)
        if answer.mimetype == "text/html":
            assert not _INLINE.search(text), path
            assert "http://" not in re.sub(r'value="http://localhost[^"]*"', "", text).replace(
                "http://localhost", ""
            ), path
    assert {200, 404} <= kinds


def _check_headers(path: str, answer: TestResponse) -> None:
    policy = answer.headers["Content-Security-Policy"] if not path.endswith(".js") else ""
    assert "default-src 'none'" in policy or path.endswith(".js"), path
    if path.startswith("/static/"):
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "immutable" in answer.headers["Cache-Control"]
        return
    for name, value in EXPECTED.items():
        assert answer.headers[name] == value, (path, name)
    assert "frame-ancestors 'none'" in policy, path
    assert "unsafe-eval" not in policy, path
    assert "script-src 'unsafe" not in policy, path
    assert re.search("no-store|private", answer.headers["Cache-Control"]), path
    assert re.fullmatch("[0-9a-f]{12}", answer.headers["X-Request-Id"]), path


def test_errors_carry_them_too(site: Flask, province: Province) -> None:
    browser = sign_in(site, province.own.people[Role.TEACHER])
    site.config["MAX_CONTENT_LENGTH"] = 1000
    answers = {
        400: browser.post("/akun/saya", data={"fremd": "1"}),
        403: browser.get(f"/akun/{province.own.school.id}"),
        404: browser.get("/bukti/999999"),
        405: browser.delete("/akun/saya"),
        413: browser.post("/akun/saya", data={"phone": "0" * 5000}),
    }
    for status, answer in answers.items():
        assert answer.status_code == status
        _check_headers(f"({status})", answer)
    site.config["WTF_CSRF_ENABLED"] = True
    _check_headers("(forged)", browser.post("/akun/saya"))


def test_a_bug_says_nothing_about_itself(
    site: Flask, province: Province, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = sign_in(site, province.own.people[Role.TEACHER])
    site.testing = False
    monkeypatch.setattr("lms.people.privacy.views.me._me", lambda *_all: 1 / 0)
    answer = browser.get("/akun/saya")
    assert answer.status_code == 500
    _check_headers("(500)", answer)
    assert "ZeroDivision" not in answer.get_data(as_text=True)
    assert "Traceback" not in answer.get_data(as_text=True)
    assert answer.headers["X-Request-Id"] in answer.get_data(as_text=True)  # what the person can tell us
    assert browser.get("/tidak/ada").headers["X-Request-Id"] not in browser.get("/tidak/ada").get_data(
        as_text=True
    )


def test_too_many_parts_are_refused(site: Flask, province: Province) -> None:
    browser = sign_in(site, province.own.people[Role.TEACHER])
    assert browser.post("/akun/saya", data={f"f{number}": "" for number in range(2100)}).status_code in {
        400,
        413,
    }
    assert browser.post("/akun/saya", data={"phone": "0" * 3_000_000}).status_code == 413
    many = "&".join(["a="] * 300_000)
    began = time.thread_time()
    answer = site.test_client().post("/masuk", data=many, content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 413
    assert time.thread_time() - began < 0.5


def test_the_public_check_shows_no_private_data_and_slows_guessers(site: Flask, province: Province) -> None:
    row = db.session.scalars(select(Certificate).where(Certificate.person_id.is_not(None))).first()
    assert row is not None
    code, score = row.code, str(row.snapshot.get("final", "85.00"))
    with write() as session:
        person = session.get_one(Person, row.person_id)
        person.nip, person.nuptk, person.phone = "198001012005011001", "1234567890123456", "081234567890"
    stranger = site.test_client()
    page = stranger.get(f"/v/{code}").get_data(as_text=True)
    for private in ("198001012005011001", "1234567890123456", "081234567890", score, score.replace(".", ",")):
        assert private not in page
    assert len(code) * 5 >= 96
    statuses = [stranger.get(f"/v/{number:020d}").status_code for number in range(60)]
    assert statuses[:20] == [404] * 20
    assert statuses[20:] == [429] * 40
    assert stranger.get(f"/v/{code}").status_code == 429  # else a guesser would still see a hit
    elsewhere = {"REMOTE_ADDR": "10.9.8.7"}
    assert stranger.get(f"/v/{code}", environ_overrides=elsewhere).status_code == 200
    platform(site).clock.forward(minutes=11)
    assert stranger.get(f"/v/{code}").status_code == 200


def test_a_foreign_host_name_is_never_repeated(site: Flask, province: Province) -> None:
    browser = sign_in(site, province.own.people[Role.ADMIN])
    headers = {"Host": "jahat.example", "X-Forwarded-Host": "jahat.example", "X-Forwarded-Proto": "https"}
    for path in (
        "/",
        "/masuk",
        "/akun/saya",
        f"/akun/{province.own.school.id}/kartu",
        "/tidak/ada",
        "/cek?kode=x",
    ):
        answer = browser.get(path, headers=headers)
        assert "jahat" not in answer.get_data(as_text=True), path
        assert "jahat" not in str(answer.headers), path


def test_logs_carry_no_secret(site: Flask, province: Province, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    browser = sign_in(site, province.own.people[Role.TEACHER])
    browser.get("/akun/saya?kode=RAHASIA-1")
    browser.post("/masuk", data={"username": "guru", "password": "RAHASIA-2"})
    browser.get("/masuk?kartu=RAHASIA-3")
    text = "".join(record.getMessage() + str(vars(record)) for record in caplog.records)
    assert "/akun/saya" in text
    assert "RAHASIA" not in text
    token = browser.get_cookie("imbas")
    assert token is not None
    assert token.value not in text


@pytest.mark.parametrize(
    ("method", "path", "logged"),
    [
        ("GET", "/agenda/RAHASIA.ics", "GET /agenda/<token> 404"),
        ("POST", "/agenda/RAHASIA.ics", "POST /agenda/<token> 405"),
        ("GET", "/agenda/RAHASIA.ics%20", "GET /agenda/<token> 404"),
        ("GET", "/agenda//RAHASIA.ics", "GET /agenda/<token> 308"),
        ("GET", "/pemberitahuan/surel/RAHASIA", "GET /pemberitahuan/surel/<token> "),
        ("OPTIONS", "/berkas-formulir/RAHASIA", "OPTIONS /berkas-formulir/<token> 204"),
        ("GET", "/agenda", "GET /agenda 303"),
    ],
)
def test_logs_carry_no_token_of_an_address(
    site: Flask, caplog: pytest.LogCaptureFixture, method: str, path: str, logged: str
) -> None:
    """Whoever has one of these may use it; a wrong method or a mistyped ending does not make it less secret."""
    caplog.set_level("INFO")
    site.test_client().open(path, method=method)
    lines = [record.getMessage() for record in caplog.records if record.name == "lms.request"]
    assert len(lines) == 1
    assert lines[0].startswith(logged)
    assert "RAHASIA" not in "".join(str(vars(record)) for record in caplog.records)


def test_a_bug_behind_a_token_does_not_write_it_down(
    site: Flask, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.testing = False
    monkeypatch.setattr("lms.reports.calendar_feed.actor_of", lambda *_all: 1 / 0)
    assert site.test_client().get("/agenda/RAHASIA.ics").status_code == 500
    said = "".join(record.getMessage() for record in caplog.records)
    assert "unhandled error at /agenda/<token>" in said
    assert "RAHASIA" not in said


def test_the_proxy_masks_every_address_with_a_token(site: Flask) -> None:
    with_token = [rule.rule for rule in site.url_map.iter_rules() if "token" in rule.arguments]
    assert with_token
    conf = (ROOT / "deploy" / "nginx.conf").read_text(encoding="utf-8")
    masked = re.search(r"~\^\(\?<before>(.+?)\) \"\$before<token>\"", conf)
    assert masked
    assert {rule.partition("<")[0] for rule in with_token} == set(masked[1].split("|"))


def test_who_signs_in_or_is_refused_is_written_down_by_number(
    site: Flask, province: Province, caplog: pytest.LogCaptureFixture
) -> None:
    """Source: OWASP ASVS 5.0, 16.3.1 to 16.3.3."""
    caplog.set_level("INFO", logger="lms.security")
    teacher = province.own.people[Role.TEACHER]
    with write() as session:
        account = session.scalars(select(Account).where(Account.person_id == teacher)).one()
        account.password_hash, username = hash_password("kopi hujan perahu"), account.username
    stranger = site.test_client()
    for name, password in ((username, "salah sekali"), ("tidak.ada", "x"), (username, "kopi hujan perahu")):
        stranger.post("/masuk", data={"username": name, "password": password})
    stranger.get(f"/akun/{province.own.school.id}")
    stranger.post("/akun/saya", data={"fremd": "1"})
    stranger.post("/keluar")
    said = [record.facts for record in caplog.records if record.name == "lms.security"]  # type: ignore[attr-defined]
    assert said == [
        {"event": "sign_in_refused", "person": teacher, "why": "wrong"},
        {"event": "sign_in_refused", "why": "wrong"},
        {"event": "signed_in", "person": teacher, "with_code": 0},
        {"event": "access_refused", "person": teacher, "action": "people.view_accounts"},
        {"event": "unknown_fields_refused", "person": teacher},
        {"event": "signed_out", "person": teacher},
    ]


def test_figures_are_for_this_machine_or_for_the_token(site: Flask) -> None:
    stranger = site.test_client()
    figures = stranger.get("/metrics")
    assert figures.status_code == 200
    assert "imbas_backup_seconds +Inf" in figures.get_data(as_text=True)
    assert stranger.get("/metrics", environ_overrides={"REMOTE_ADDR": "10.1.2.3"}).status_code == 404
    assert stranger.get("/metrics", headers={"X-Forwarded-For": "10.1.2.3"}).status_code == 404
    platform(site).settings = platform(site).settings.model_copy(update={"metrics_token": "rahasia"})
    assert stranger.get("/metrics").status_code == 404
    assert stranger.get("/metrics", headers={"Authorization": "Bearer salah é"}).status_code == 404
    assert stranger.get("/metrics", headers={"Authorization": "Bearer rahasia"}).status_code == 200


@pytest.mark.parametrize("token", ["", "rahasia-yang-panjang"])
def test_the_world_hears_ready_or_not_and_not_what_is_down(site: Flask, token: str) -> None:
    platform(site).settings = platform(site).settings.model_copy(update={"metrics_token": token})
    browser = site.test_client()
    for environ, headers in (
        ({"REMOTE_ADDR": "10.1.2.3"}, {}),
        ({}, {"X-Forwarded-For": "10.1.2.3"}),
        ({"REMOTE_ADDR": "10.1.2.3"}, {"Authorization": "Bearer salah"}),
    ):
        answer = browser.get("/readyz", environ_overrides=environ, headers=headers)
        assert (answer.status_code, answer.json) == (200, {"ready": True})
    told = browser.get("/readyz", headers={"Authorization": f"Bearer {token}"} if token else {})
    assert told.json
    assert told.json["checks"]["database"] == "ok"


def test_the_education_office_sees_no_name_and_no_score(site: Flask, province: Province) -> None:
    """Source: requirement F1, "Dinas aggregates without names"."""
    office = province.own.people[Role.EDUCATION_OFFICE]
    names = db.session.scalars(select(Person.full_name).where(Person.id != office)).all()
    assert len(names) > 20
    any_name = re.compile(r"\b(?:" + "|".join(re.escape(name) for name in names) + r")\b")
    pages = 0
    for path, answer, text in walk(sign_in(site, office), "/", "/program", "/sesi"):
        assert answer.status_code < 500, path
        assert not any_name.search(text), path
        assert "SD Negeri Jauh" not in text, path
        pages += answer.status_code == 200
    assert pages > 5
