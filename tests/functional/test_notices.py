"""Notices: told once, counted in the frame, read and unread again; and the letter of a day, by a real mail server."""

import re
import socket
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from lms.contract.actors import Role
from lms.contract.text import Localized
from lms.people import api as people
from lms.people.auth import accounts
from lms.people.directory.models import Person
from lms.people.notices import mail_choice, tasks
from lms.people.notices.mailer import NotSent
from lms.people.notices.models import MailChoice, Notice
from lms.platform.application import platform
from lms.platform.clock import now
from lms.platform.db import db
from lms.platform.embedded import free_port
from lms.platform.transaction import write
from lms.testing.clock import FixedClock
from lms.testing.fixtures import run_worker
from lms.testing.people import make_agency, make_person, make_school, sign_in
from lms.testing.walking import counted
from lms.web.routing import new_key

MORNING = datetime(2020, 10, 20, 0, 30, tzinfo=UTC)
"""07.30 WIB."""


class Post:
    """What a mail server does with letters: ``answers`` are given in turn, then every letter is taken."""

    def __init__(self) -> None:
        self.letters: list[EmailMessage] = []
        self.answers: list[str] = []

    async def handle_RCPT(  # noqa: N802 - as the server calls it
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any
    ) -> str:
        if self.answers and self.answers[0].startswith("RCPT "):
            return self.answers.pop(0).removeprefix("RCPT ")
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        if self.answers and self.answers[0] == "CUT":
            self.answers.pop(0)
            self.letters.append(message_from_bytes(envelope.content, policy=policy.default))
            _server.transport.abort()  # taken, and the answer is lost
            return "250 OK"
        if self.answers:
            return self.answers.pop(0)
        self.letters.append(message_from_bytes(envelope.content, policy=policy.default))
        return "250 OK"


@pytest.fixture
def post(app: Flask, clock: FixedClock) -> Iterator[Post]:
    """A mail server that the application knows."""
    found = Post()
    controller = Controller(found, hostname="127.0.0.1", port=free_port())  # type: ignore[arg-type]
    controller.start()
    clock.set(MORNING)
    settings = platform(app).settings
    object.__setattr__(settings, "smtp_url", f"smtp://127.0.0.1:{controller.port}")
    try:
        yield found
    finally:
        controller.stop()
        object.__setattr__(settings, "smtp_url", "")


@pytest.fixture
def persons(app: Flask) -> dict[str, int]:
    with app.app_context(), write() as session:
        agency = make_agency(session)
        school = make_school(session, agency)
        return {
            "siti": make_person(session, Role.TEACHER, school=school).id,
            "made": make_person(session, Role.OPERATOR, school=school).id,
        }


def tell(person_id: int, key: str, **more: Any) -> None:
    with write() as session:
        people.notify(
            session,
            people=[person_id],
            key=key,
            text=more.pop("text", Localized(id=f"Bukti {key} diterima.", en=f"Evidence {key} was accepted.")),
            href="/akun/saya",
            now=now(),
            **more,
        )
    db.session.remove()


def wants_letters(person_id: int, email: str = "siti@contoh.id") -> None:
    with write() as session:
        mail_choice.choose(session, person_id=person_id, email=email, daily=True, now=now())
        session.get_one(MailChoice, person_id).confirmed_at = now()
    db.session.remove()


def run() -> None:
    tasks.send_digests(db.session(), now())
    db.session.remove()


def post_to(browser: FlaskClient, path: str, **data: str) -> Any:
    return browser.post(path, data={"_key": new_key(), **data})


def unread(browser: FlaskClient) -> str:
    found = re.search(
        r'/pemberitahuan"[^>]* aria-label="Pemberitahuan(?:, (\d+) belum dibaca)?"',
        browser.get("/akun/saya").text,
    )
    assert found
    return found.group(1) or ""


def test_a_person_is_told_once_and_sees_how_much_is_new(app: Flask, persons: dict[str, int]) -> None:
    browser, other = sign_in(app, persons["siti"]), sign_in(app, persons["made"])
    assert unread(browser) == ""
    for key in ("a.1", "a.1", "a.2"):
        tell(persons["siti"], key)
    assert (unread(browser), unread(other)) == ("2", "")
    page = browser.get("/pemberitahuan").text
    assert page.count("Bukti a.1 diterima.</b>") == 1
    opened = re.findall(r'action="(/pemberitahuan/\d+/buka)"', page)
    assert post_to(browser, opened[0]).headers["Location"] == "/akun/saya"
    assert unread(browser) == "1"
    number = opened[0].split("/")[2]
    post_to(browser, f"/pemberitahuan/{number}", go="unread")
    assert unread(browser) == "2"
    post_to(browser, f"/pemberitahuan/{number}", go="read")
    assert unread(browser) == "1"
    post_to(browser, "/pemberitahuan")
    assert unread(browser) == ""
    assert "Evidence a.1 was accepted." in browser.get("/pemberitahuan?lang=en").text


def test_another_ones_notice_cannot_be_opened(app: Flask, persons: dict[str, int]) -> None:
    tell(persons["siti"], "a.1")
    number = db.session.scalar(select(Notice.id))
    other = sign_in(app, persons["made"])
    for path in (f"/pemberitahuan/{number}/buka", f"/pemberitahuan/{number}"):
        assert post_to(other, path).status_code == 404
    assert "a.1" not in other.get("/pemberitahuan").text


def test_the_number_costs_no_statement(app: Flask, persons: dict[str, int]) -> None:
    browser = sign_in(app, persons["siti"])
    costs = []
    for _turn in range(2):
        with counted(app) as asked:
            browser.get("/akun/saya")
        costs.append(sum(asked.values()))
        for number in range(130):
            tell(persons["siti"], f"many.{number}")
    assert costs[0] == costs[1]
    assert unread(browser) == "100", "it counts no further"
    assert "many.129" in browser.get("/pemberitahuan").text
    assert "many.0 " in browser.get("/pemberitahuan?hal=3").text


def test_what_is_no_longer_so_is_taken_back_unless_it_was_read(app: Flask, persons: dict[str, int]) -> None:
    for key in ("b.1.accepted", "b.12.accepted", "b.1"):
        tell(persons["siti"], key)
    with write() as session:
        people.withdraw(session, key="b.1")
    assert list(db.session.scalars(select(Notice.key))) == ["b.12.accepted"]


@pytest.mark.parametrize("href", ["https://jahat.example", "//jahat.example", "m/garden", ""])
def test_a_notice_leads_nowhere_else(app: Flask, persons: dict[str, int], href: str) -> None:
    with write() as session, pytest.raises(ValueError, match="path"):
        people.notify(
            session, people=[persons["siti"]], key="x.1", text=Localized(id="a", en="b"), href=href, now=now()
        )


def test_a_moment_stands_in_its_own_zone(app: Flask, persons: dict[str, int]) -> None:
    text = Localized(id="Batas waktu menjadi {moment}.", en="Due {moment}.")
    tell(persons["siti"], "c.1", text=text, moment=MORNING, zone="Asia/Jayapura")
    page = sign_in(app, persons["siti"]).get("/pemberitahuan").text
    assert "Batas waktu menjadi Selasa, 20 Oktober 2020, 09.30 WIT." in page


def test_one_letter_a_day_says_what_is_new_in_the_persons_language(
    app: Flask, persons: dict[str, int], post: Post, clock: FixedClock
) -> None:
    for number in range(23):
        tell(persons["siti"], f"d.{number}")
    tell(persons["made"], "d.1")
    wants_letters(persons["siti"])
    run()
    (letter,) = post.letters
    assert letter["To"] == "siti@contoh.id"
    assert letter["Subject"] == "Imbas: 23 pemberitahuan baru"
    body = letter.get_content()
    assert "- Bukti d.22 diterima." in body
    assert "Dan 3 lagi di Imbas." in body
    assert "http://localhost/pemberitahuan/surel" in body
    tell(persons["siti"], "d.24")
    clock.forward(hours=8)
    run()
    assert len(post.letters) == 1, "never more than one a day"
    with write() as session:
        session.get_one(Person, persons["siti"]).locale = "en"
    clock.forward(hours=16)
    run()
    assert [entry["Subject"] for entry in post.letters[1:]] == ["Imbas: 1 new notice"]
    clock.forward(days=1)
    run()
    assert len(post.letters) == 2, "nothing new, no letter"


@pytest.mark.parametrize("why", ["off", "not confirmed", "read", "night", "letters are off"])
def test_no_letter_without_the_persons_word(
    app: Flask, persons: dict[str, int], post: Post, clock: FixedClock, why: str
) -> None:
    tell(persons["siti"], "e.1")
    wants_letters(persons["siti"])
    with write() as session:
        choice = session.get_one(MailChoice, persons["siti"])
        if why == "off":
            choice.daily = False
        elif why == "not confirmed":
            choice.confirmed_at = None
        elif why == "read":
            session.scalars(select(Notice)).one().read_at = now()
    if why == "night":
        clock.set(MORNING - timedelta(hours=2))
    elif why == "letters are off":
        object.__setattr__(platform(app).settings, "smtp_url", "")
    run()
    assert post.letters == []


def test_a_refused_letter_is_tried_again_and_comes_once(
    app: Flask, persons: dict[str, int], post: Post, clock: FixedClock
) -> None:
    tell(persons["siti"], "f.1")
    wants_letters(persons["siti"])
    post.answers = ["451 try later", "451 try later"]
    for _turn in range(5):
        run()
        clock.forward(minutes=10)
    assert [letter["Subject"] for letter in post.letters] == ["Imbas: 1 pemberitahuan baru"]


def test_a_letter_whose_answer_was_lost_is_not_sent_twice_that_day(
    app: Flask, persons: dict[str, int], post: Post, clock: FixedClock
) -> None:
    tell(persons["siti"], "g.1")
    tell(persons["made"], "g.1")
    wants_letters(persons["siti"])
    wants_letters(persons["made"], "made@contoh.id")
    post.answers = ["CUT"]
    for _turn in range(4):
        run()
        clock.forward(minutes=10)
    assert sorted(letter["To"] for letter in post.letters) == ["made@contoh.id", "siti@contoh.id"]
    clock.forward(days=1)
    run()
    assert len(post.letters) == 3, "what may have been lost stands in the letter of the next day"


def test_an_address_that_bounces_is_asked_for_again(
    app: Flask, persons: dict[str, int], post: Post, clock: FixedClock
) -> None:
    tell(persons["siti"], "h.1")
    wants_letters(persons["siti"])
    run_worker(app)  # which asks nobody who has confirmed
    post.answers = ["RCPT 550 no such user"]
    run()
    clock.forward(days=1)
    run()
    assert post.letters == []
    browser = sign_in(app, persons["siti"])
    assert "Menunggu Bapak/Ibu membuka surat konfirmasi" in browser.get("/pemberitahuan/surel").text
    post_to(browser, "/pemberitahuan/surel", email="siti@contoh.id", daily="1")
    run_worker(app)
    assert [letter["Subject"] for letter in post.letters] == ["Imbas: benarkah ini alamat Bapak/Ibu?"]


@pytest.mark.parametrize(
    "address",
    [
        "m@=?us-ascii?q?evil.id=2Cvictim=40gmail.com=0d=0aSubject=3aSandi?=",
        "attacker@=?utf-8?q?evil.com=2Cvictim=40gmail.com?=",
        "=?utf-8?q?a=40evil.id=2Cb?=@contoh.id",
        "siti@contoh.id,made@contoh.id",
        "siti@contoh",
        "si ti@contoh.id",
        "siti@contoh..id",
        "<siti@contoh.id>",
        "siti@[127.0.0.1]",
    ],
)
def test_an_address_that_says_more_than_one_mailbox_is_refused(
    app: Flask, persons: dict[str, int], post: Post, address: str
) -> None:
    answer = post_to(sign_in(app, persons["siti"]), "/pemberitahuan/surel", email=address, daily="1")
    assert (answer.status_code, "nama@contoh.id" in answer.text) == (422, True)
    run_worker(app)
    assert post.letters == []


def test_few_letters_ask_whether_an_address_is_right(
    app: Flask, persons: dict[str, int], post: Post, clock: FixedClock
) -> None:
    browser = sign_in(app, persons["siti"])
    for number in range(6):
        answer = post_to(browser, "/pemberitahuan/surel", email=f"orang{number % 2}@contoh.id", daily="1")
        run_worker(app)
    assert (answer.status_code, "coba lagi besok" in answer.text) == (422, True)
    assert len(post.letters) == 3
    clock.forward(days=1)
    assert post_to(browser, "/pemberitahuan/surel", email="siti@contoh.id").status_code == 303
    run_worker(app)
    assert post.letters[-1]["To"] == "siti@contoh.id"


def test_a_closed_account_gets_no_letter(app: Flask, persons: dict[str, int], post: Post) -> None:
    wants_letters(persons["siti"])
    tell(persons["siti"], "k.1")
    with write() as session:
        actor = people.actor_of(session, persons["made"], now())
        accounts.close_account(session, person_id=persons["siti"], actor=actor, now=now())
    run()
    assert post.letters == []


def test_after_a_not_now_the_next_letter_has_a_connection_of_its_own(
    app: Flask, persons: dict[str, int], post: Post
) -> None:
    for name in persons:
        tell(persons[name], "l.1")
        wants_letters(persons[name], f"{name}@contoh.id")
    post.answers = ["421 too many letters in this connection"]
    run()
    assert len(post.letters) == 1


def test_a_server_that_refuses_the_sender_takes_no_confirmation_away(
    app: Flask, persons: dict[str, int], post: Post, clock: FixedClock
) -> None:
    tell(persons["siti"], "m.1")
    wants_letters(persons["siti"])
    post.answers = ["RCPT 550 5.7.1 relaying denied"]
    run()
    clock.forward(hours=1)
    run()
    assert len(post.letters) == 1


def test_a_mail_server_that_is_away_is_told_to_the_admin_and_loses_nothing(
    app: Flask, persons: dict[str, int], post: Post, clock: FixedClock
) -> None:
    tell(persons["siti"], "i.1")
    wants_letters(persons["siti"])
    settings = platform(app).settings
    here = settings.smtp_url
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        object.__setattr__(settings, "smtp_url", f"smtp://127.0.0.1:{nobody.getsockname()[1]}")
        with pytest.raises(NotSent):
            run()
    object.__setattr__(settings, "smtp_url", here)
    run()
    assert len(post.letters) == 1


def test_an_address_counts_once_its_owner_has_opened_the_letter(
    app: Flask, persons: dict[str, int], post: Post
) -> None:
    browser, other = sign_in(app, persons["siti"]), sign_in(app, persons["made"])
    for wrong in (
        "siti",
        "siti@contoh",
        "a b@contoh.id",
        "siti@contoh.id\nBcc: x@y.id",
        "siti@contoh.id,x@y.id",
    ):
        assert post_to(browser, "/pemberitahuan/surel", email=wrong, daily="1").status_code == 422, wrong
    assert post_to(browser, "/pemberitahuan/surel", email="siti@contoh.id", daily="1").status_code == 303
    run_worker(app)
    (letter,) = post.letters
    assert letter["To"] == "siti@contoh.id"
    link = re.search(r"http://localhost(/pemberitahuan/surel/\S+)", letter.get_content())
    assert link
    path = link.group(1)
    assert browser.get(path).status_code == 200
    db.session.remove()
    assert db.session.get_one(MailChoice, persons["siti"]).confirmed_at is None, (
        "opening alone confirms nothing"
    )
    assert post_to(other, path).status_code == 404
    assert post_to(browser, path).status_code == 303
    db.session.remove()
    assert db.session.get_one(MailChoice, persons["siti"]).confirmed_at is not None
    post_to(browser, "/pemberitahuan/surel", email="lain@contoh.id", daily="1")
    assert post_to(browser, path).status_code == 404, "a link is for one address"


def test_a_person_who_is_erased_leaves_neither_notices_nor_address(
    app: Flask, persons: dict[str, int]
) -> None:
    from lms.people.notices.notifying import export_person, forget_person

    tell(persons["siti"], "j.1")
    tell(persons["made"], "j.1")
    wants_letters(persons["siti"])
    known = export_person(db.session(), persons["siti"])
    assert (known["email"], len(known["told"])) == ("siti@contoh.id", 1)
    with write() as session:
        forget_person(session, persons["siti"])
    assert list(db.session.scalars(select(Notice.person_id))) == [persons["made"]]
    assert db.session.get(MailChoice, persons["siti"]) is None
