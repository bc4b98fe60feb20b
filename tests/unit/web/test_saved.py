"""``saved``: what a refused form shows is what is stored and what was typed, never half of a change."""

import pytest
from flask import Flask
from flask.typing import ResponseReturnValue

from lms.contract.errors import Conflict, ImbasError, Invalid, NotFound
from lms.contract.text import Localized
from lms.people.api import School
from lms.platform.db import db
from lms.platform.transaction import write
from lms.testing.people import make_agency, make_school
from lms.web.form import Form, saved

REFUSED = Localized(id="Nama ini sudah dipakai.", en="This name is taken.")


@pytest.fixture
def school_id(app: Flask) -> int:
    with write() as session:
        return make_school(session, make_agency(session), name="SD Negeri 19").id


def answer(app: Flask, school_id: int, error: ImbasError, *, gone: bool = False) -> ResponseReturnValue:
    """A command that changes a school, and is refused then."""
    form = Form({"name": "SD Baru", "version": "4"})

    def page() -> str:
        session = db.session()
        names = [school.name for school in session.query(School)]
        return f"{names} {form.values['name']} {form.values['version']} {form.conflict and form.conflict.in_('id')}"

    def save() -> str:
        session = db.session()
        school = session.get_one(School, school_id)
        school.name = "Separuh"
        session.flush()
        raise error

    with app.test_request_context(), write():
        return saved(form, save, page, "Tersimpan.", gone=page if gone else None)


@pytest.mark.parametrize(
    ("error", "status"),
    [(Invalid.at("name", REFUSED), 422), (Conflict(REFUSED), 409)],
    ids=["invalid", "conflict"],
)
def test_a_refused_form_shows_what_is_stored(
    app: Flask, school_id: int, error: ImbasError, status: int
) -> None:
    text, code = answer(app, school_id, error)  # type: ignore[misc]
    assert code == status
    assert text.startswith("['SD Negeri 19'] SD Baru 4")
    db.session.remove()
    assert db.session.get_one(School, school_id).name == "SD Negeri 19"


def test_what_is_gone_can_be_saved_as_something_new(app: Flask, school_id: int) -> None:
    text, code = answer(app, school_id, NotFound(REFUSED), gone=True)  # type: ignore[misc]
    assert (text, code) == (f"['SD Negeri 19'] SD Baru 0 {REFUSED.in_('id')}", 404)
    with pytest.raises(NotFound):
        answer(app, school_id, NotFound(REFUSED))
