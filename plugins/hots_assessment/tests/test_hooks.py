"""What the core asks: panels, personal data, what may be done where."""

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from imbas_hots_assessment import panels, personal
from imbas_hots_assessment.blueprint import Head, save_head
from imbas_hots_assessment.documents import CARD
from sqlalchemy import event, update

from lms.api import Base, Place, Role, db, place_of_document, workplace
from lms.api import now as read_clock
from lms.testing import write
from lms.testing.people import actor_of


@pytest.fixture
def reviewed(teacher: FlaskClient, colleague: FlaskClient, cards: Any) -> str:
    """The address of a card of the teacher, reviewed by a colleague."""
    address = str(cards.submit(teacher, bloom="C5", stem="Nilailah"))
    posted = {**cards.answers(), "comment": "Baik"}
    assert colleague.post(f"{address}/telaah", data=posted).status_code == 303
    return address


def panel_of(app: Flask, world: Any, role: Role) -> tuple[Any, int]:
    """The panels of a person of the school, and how many statements they cost."""
    place = Place(None, world.school_id, world.programme_id, world.people[role])
    with app.test_request_context():
        session = db.session()
        actor = actor_of(session, world.people[role])
        assert panels.of_teacher(session, actor, Place(school_id=world.school_id)) == ()
        found: list[str] = []

        def note(*arguments: Any) -> None:
            found.append(arguments[2])

        event.listen(db.engine, "before_cursor_execute", note)
        shown = panels.of_teacher(session, actor, place)
        event.remove(db.engine, "before_cursor_execute", note)
        db.session.remove()
        return shown, len([statement for statement in found if statement.startswith("SELECT")])


def test_the_panel_on_the_teachers_home(
    app: Flask, world: Any, teacher: FlaskClient, colleague: FlaskClient, cards: Any
) -> None:
    assert panel_of(app, world, Role.TEACHER)[0] == ()
    address = cards.submit(teacher, bloom="C5")
    (panel,), statements = panel_of(app, world, Role.TEACHER)
    assert panel.href == world.root
    assert panel.lines == ("Kartu Bapak/Ibu: 1, di antaranya 1 C4-C6",), "one's own card waits for others"
    assert statements <= 2
    (panel,), _statements = panel_of(app, world, Role.HEADMASTER)
    assert panel.lines[1] == "Kartu rekan yang menunggu telaah: 1"
    colleague.post(f"{address}/telaah", data=cards.answers())
    assert panel_of(app, world, Role.HEADMASTER)[0] == ()


def test_a_blueprint_and_its_cards_are_exported_and_forgotten(app: Flask, world: Any, reviewed: str) -> None:
    writer = world.people[Role.TEACHER]
    with write() as session:
        at = workplace(session, programme_id=world.programme_id, school_id=world.school_id)
        head = Head("IPA", "V / 1", "K13", 70)
        save_head(session, at=at, version=0, head=head, actor=actor_of(session, writer), now=read_clock())
    known = personal.export_person(db.session(), person_id=writer)
    assert known["blueprints"][0]["subject"] == "IPA"
    db.session.remove()
    with write() as session:
        personal.forget_person(session, person_id=writer)
    assert personal.export_person(db.session(), person_id=writer) == {"blueprints": [], "analyses": []}


def test_a_card_of_a_programme_that_has_not_begun_stands_there(app: Flask, world: Any, reviewed: str) -> None:
    """Only an admin's role counts in a draft, and none for a change once it is closed: a card must say where it is."""
    document_id = int(reviewed.rpartition("/")[2])
    for status, found in (("draft", (True, False)), ("closed", (False, True)), ("running", (False, False))):
        with write() as session:
            programme = Base.metadata.tables["programme"]
            session.execute(update(programme).values(status=status))
            place = place_of_document(CARD.key, session, document_id)
        assert (place.draft, place.closed) == found
        assert place.person_id == world.people[Role.TEACHER]
