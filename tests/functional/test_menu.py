"""Which link of the main menu a page marks as the one that leads to it."""

import pytest
from flask import Flask

from lms.contract.actors import Role
from lms.platform.transaction import write
from lms.testing.people import actor_of, make_agency, make_person, make_school
from lms.web.page_frame import navigation


@pytest.mark.parametrize(
    ("role", "path", "link", "mark"),
    [
        (Role.GRADER, "/nilai/", "/nilai/", "page"),
        (Role.GRADER, "/nilai/7", "/nilai/", "true"),
        (Role.GRADER, "/uraian/7", "/nilai/", "true"),
        (Role.ADMIN, "/", "/", "page"),
        (Role.ADMIN, "/ruang-kendali/1", "/", "true"),
        (Role.ADMIN, "/program/1", "/program", "true"),
        (Role.ADMIN, "/kuis/nilai-ulang/1", "/program", "true"),
        (Role.ADMIN, "/kuis/buka-kunci/1", "/program", "true"),
        (Role.ADMIN, "/sertifikat/program/1", "/program", "true"),
        (Role.ADMIN, "/sesi/4/zoom", "/program", "true"),
        (Role.ADMIN, "/akun/saya", "/akun/saya", "page"),
        (Role.ADMIN, "/pemberitahuan", "/akun/saya", "true"),
        (Role.ADMIN, "/pemberitahuan/surel", "/akun/saya", "true"),
    ],
)
def test_the_link_that_leads_to_a_page_is_marked_and_no_other(
    app: Flask, role: Role, path: str, link: str, mark: str
) -> None:
    with write() as session:
        agency = make_agency(session)
        school = make_school(session, agency) if role is Role.GRADER else None
        person = make_person(session, role, agency=agency, school=school)
        actor = actor_of(session, person)
    with app.test_request_context(path):
        assert {entry["href"]: entry["current"] for entry in navigation(actor) if entry["current"]} == {
            link: mark
        }
