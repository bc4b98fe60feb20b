"""After a decision the grader sees the queue with a way to take it back."""

import pytest
from flask import Flask

from lms.contract.actors import Role
from lms.platform.db import db
from lms.platform.transaction import write
from lms.testing.people import make_agency, make_person, make_school, sign_in


@pytest.mark.parametrize(("asked", "offered"), [("17", True), ("", False), ("abc", False), ("1'--", False)])
def test_the_queue_offers_to_undo(app: Flask, asked: str, offered: bool) -> None:
    with write() as session:
        grader = make_person(session, Role.GRADER, school=make_school(session, make_agency(session))).id
    db.session.remove()
    page = sign_in(app, grader).get("/nilai/", query_string={"undo": asked})
    assert page.status_code == 200
    assert ("/nilai/17/urungkan" in page.text) is offered
