"""What the core asks: panels, personal data."""

from typing import Any

from flask import Flask
from imbas_hots_assessment import api, panels, personal
from imbas_hots_assessment.models import Card, CardReview
from imbas_hots_assessment.rules import Decision
from sqlalchemy import event, select, update

from lms.api import Base, Place, Role, db, workplace
from lms.api import now as read_clock
from lms.testing import write
from lms.testing.people import actor_of

FIELDS = api.CardFields(
    number=1,
    competence="3.5",
    material="Kolam",
    indicator="Disajikan data",
    bloom="C5",
    format="essay",
    source="Catatan",
    stimulus="Data",
    stimulus_table="",
    stem="Nilailah",
    options="",
    answer_key="",
    guide="Langkah 1",
    reason="Menimbang",
)


def card_and_review(app: Flask, world: Any) -> None:
    """A shared card of the teacher, reviewed by a colleague."""
    with write() as session:
        now = read_clock()
        at = workplace(session, programme_id=world.programme_id, school_id=world.school_id)
        teacher = actor_of(session, world.people[Role.TEACHER])
        colleague = actor_of(session, world.colleague)
        card = api.create_card(session, at=at, fields=FIELDS, actor=teacher, now=now)
        api.share_card(session, card_id=card.id, version=1, now=now)
        scores = {line.code: 1 for line in api.checklist_of(card).criteria}
        api.review_card(
            session,
            card_id=card.id,
            version=1,
            scores=scores,
            decision=Decision.USE,
            comment="Baik",
            actor=colleague,
            now=now,
        )


def test_the_panel_on_the_teachers_home(app: Flask, world: Any) -> None:
    place = Place(None, world.school_id, world.programme_id, world.people[Role.TEACHER])
    with app.test_request_context():
        session = db.session()
        actor = actor_of(session, world.people[Role.TEACHER])
        assert panels.of_teacher(session, actor, place) == ()
        assert panels.of_teacher(session, actor, Place(school_id=world.school_id)) == ()
    card_and_review(app, world)
    with app.test_request_context():
        session = db.session()
        actor = actor_of(session, world.people[Role.TEACHER])
        found: list[str] = []
        event.listen(db.engine, "before_cursor_execute", lambda *arguments: found.append(arguments[2]))
        (panel,) = panels.of_teacher(session, actor, place)
        assert panel.href == world.root
        assert panel.lines == ("Kartu Bapak/Ibu: 1, di antaranya 1 C4-C6",)
        assert len([statement for statement in found if statement.startswith("SELECT")]) <= 2


def test_a_writer_is_exported_and_forgotten(app: Flask, world: Any) -> None:
    card_and_review(app, world)
    writer = world.people[Role.TEACHER]
    known = personal.export_person(db.session(), person_id=writer)
    assert known["blueprints"][0]["cards"][0]["stem"] == "Nilailah"
    db.session.remove()
    with write() as session:
        personal.forget_person(session, person_id=writer)
    assert personal.export_person(db.session(), person_id=writer) == {
        "blueprints": [],
        "reviews": [],
        "analyses": [],
    }
    assert db.session.scalar(select(Card.id)) is None


def test_a_reviewer_is_exported_and_forgotten(app: Flask, world: Any) -> None:
    card_and_review(app, world)
    known = personal.export_person(db.session(), person_id=world.colleague)
    assert known["reviews"][0]["comment"] == "Baik"
    db.session.remove()
    with write() as session:
        personal.forget_person(session, person_id=world.colleague)
    assert db.session.scalar(select(CardReview.reviewer_id)) is None
    assert db.session.scalar(select(CardReview.comment)) == "Baik"


def test_a_card_of_a_programme_that_has_not_begun_stands_there(app: Flask, world: Any) -> None:
    """Only an admin's role counts in a draft, and none for a change once it is closed: a card must say where it is."""
    card_and_review(app, world)
    for status, found in (("draft", (True, False)), ("closed", (False, True)), ("running", (False, False))):
        with write() as session:
            programme = Base.metadata.tables["programme"]
            session.execute(update(programme).values(status=status))
            place = api.place_of_card(session, session.scalars(select(Card.id)).one())
        assert (place.draft, place.closed) == found
        assert place.person_id == world.people[Role.TEACHER]
