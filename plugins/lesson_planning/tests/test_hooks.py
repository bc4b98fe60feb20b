"""What the core asks: the rule for many teachers, the panel, personal data."""

from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import Any

from flask import Flask
from imbas_lesson_planning import panels, queries, story
from imbas_lesson_planning.documents import PLAN
from sqlalchemy import event, select

from lms.api import (
    Actor,
    Base,
    Place,
    ReviewDecision,
    Role,
    RuleSubject,
    StorySchool,
    create_document,
    db,
    review_document,
    save_part,
    submit_document,
    workplace,
)
from lms.api import now as read_clock
from lms.testing import write
from lms.testing.people import actor_of, get_school, make_person, sign_in

PLANS, REVIEWS = (Base.metadata.tables[name] for name in ("document", "document_review"))
TAGS = {"character": ["cooperative"], "literacy": ["numeracy"], "c4": ["critical"], "bloom": ["C4"]}
FULL = {"T1": [0, 1, 2, 3], "L1": [0, 1, 2, 3], "N1": [0, 1, 2, 3]}


def actor(session: Any, world: Any, role: Role) -> Actor:
    return actor_of(session, world.people[role])


def submit(app: Flask, world: Any) -> int:
    """A complete plan of the teacher that waits for its review."""
    now = read_clock()
    with write() as session:
        writer = actor(session, world, Role.TEACHER)
        at = workplace(session, programme_id=world.programme_id, school_id=world.school_id)
        plan = create_document(
            session, type_=PLAN, at=at, kind="one_page", title="Selokan", actor=writer, now=now
        )
        save = partial(save_part, session, document_id=plan.id, actor=writer, now=now)
        for key in ("objectives", "steps", "assessment"):
            save(part=key, values={"text": "Isi bagian"}, version=0)
        save(part="heading", values={"title": "Selokan", **TAGS}, version=1)
        submit_document(session, document_id=plan.id, actor=writer, now=now)
        return plan.id


def accept(app: Flask, world: Any, plan_id: int) -> None:
    with write() as session:
        review_document(
            session,
            document_id=plan_id,
            version=2,
            scores=FULL,
            comments={"T1": "Bagus"},
            comment="",
            decision=ReviewDecision.ACCEPTED,
            actor=actor(session, world, Role.HEADMASTER),
            now=read_clock(),
        )


def test_facts_of_many_teachers_in_one_query(app: Flask, world: Any) -> None:
    plan_id = submit(app, world)
    subjects = tuple(
        RuleSubject(world.programme_id, 1, world.school_id, enrolment_id, person_id)
        for enrolment_id, person_id in (
            (world.enrolment_id, world.people[Role.TEACHER]),
            (world.enrolment_id + 1, world.colleague),
        )
    )
    found: list[str] = []
    event.listen(db.engine, "before_cursor_execute", lambda *arguments: found.append(arguments[2]))
    facts = queries.gather(db.session(), subjects * 20)
    assert [dict(entry) for entry in facts[:2]] == [{"states": ["in_review"]}, {"states": []}]
    assert len(facts) == 40
    assert len([statement for statement in found if statement.startswith("SELECT")]) == 1
    accept(app, world, plan_id)
    assert dict(queries.gather(db.session(), subjects)[0]) == {"states": ["accepted"]}


def test_a_review_is_on_record_for_the_writer(app: Flask, world: Any) -> None:
    accept(app, world, submit(app, world))
    table = Base.metadata.tables["audit_entry"]
    row = db.session.execute(select(table).where(table.c.action == "documents.review")).one()
    assert (row.concerns, row.actor_id) == (world.people[Role.TEACHER], world.people[Role.HEADMASTER])
    assert row.after == {"percent": "100.00", "descriptors": 12, "decision": "accepted"}


def test_the_panel_on_the_school_board(app: Flask, world: Any) -> None:
    submit(app, world)
    board = f"/bukti/papan/{world.programme_id}/{world.school_id}"
    page = sign_in(app, world.people[Role.HEADMASTER]).get(board).text
    assert "1 rencana menunggu telaah." in page
    assert f'href="{world.root}"' in page
    page = sign_in(app, world.people[Role.OPERATOR]).get(board).text
    assert "1 rencana menunggu telaah." in page
    assert f'href="{world.root}"' not in page  # no link to what one may not open
    with app.test_request_context():
        session = db.session()
        reader = actor(session, world, Role.HEADMASTER)
        assert panels.of_school(session, reader, Place(school_id=world.school_id)) == ()


def test_the_panel_on_the_teachers_home(app: Flask, world: Any, clock: Any) -> None:
    with app.test_request_context():
        session = db.session()
        teacher = actor(session, world, Role.TEACHER)
        place = Place(None, world.school_id, world.programme_id, teacher.person_id)
        assert panels.of_teacher(session, teacher, place)[0].lines == ("Belum ada rencana.",)
        clock.set(datetime.fromisoformat("2020-09-01T09:00:00+07:00"))
        assert panels.of_teacher(session, teacher, place) == ()
    plan_id = submit(app, world)
    with app.test_request_context():
        (panel,) = panels.of_teacher(db.session(), teacher, place)
        assert (panel.lines, panel.href) == (("Selokan: menunggu telaah.",), world.root)
    accept(app, world, plan_id)
    with app.test_request_context():
        assert panels.of_teacher(db.session(), teacher, place)[0].lines == ("Selokan: diterima.",)


def test_the_demonstration_is_told_in_the_order_of_its_days(app: Flask, world: Any) -> None:
    with write() as session:
        school = get_school(session, world.school_id)
        teachers = tuple(make_person(session, Role.TEACHER, school=school).id for _number in range(5))
    heads = world.people[Role.HEADMASTER]
    schools = tuple(
        StorySchool(school_id, heads, (), some, 0, 0)
        for school_id, some in ((world.school_id, teachers), (world.other_school_id, (world.stranger,)))
    )
    events = sorted(story.events(world.programme_id, schools), key=lambda entry: entry[0])
    assert events[-1][0] < datetime.fromisoformat("2020-10-20T09:00:00+07:00")
    for moment, act in events:
        with write() as session:
            act(session, moment)
    states = {row[0]: row[1] for row in db.session.execute(select(PLANS.c.person_id, PLANS.c.state))}
    assert [states[teacher].value for teacher in teachers] == [
        "accepted",
        "accepted",
        "in_review",
        "needs_revision",
        "draft",
    ]
    assert states[world.stranger].value == "in_review"
    percents = db.session.scalars(select(REVIEWS.c.percent).order_by(REVIEWS.c.id)).all()
    assert sorted(percents) == [Decimal("42.86"), Decimal("47.92"), Decimal("77.08"), Decimal("82.14")]


def test_the_demonstration_has_every_kind_of_plan_reviewed_by_its_own_rubric(app: Flask, world: Any) -> None:
    with write() as session:
        school = get_school(session, world.school_id)
        others = tuple(make_person(session, Role.TEACHER, school=school).id for _number in range(5))
        more = tuple(make_person(session, Role.TEACHER, school=school).id for _number in range(5))
    heads = world.people[Role.HEADMASTER]
    schools = tuple(StorySchool(world.school_id, heads, (), some, 0, 0) for some in (others, more, ()))
    for moment, act in sorted(story.events(world.programme_id, schools), key=lambda entry: entry[0]):
        with write() as session:
            act(session, moment)
    used = db.session.execute(
        select(PLANS.c.kind, REVIEWS.c.rubric_key, REVIEWS.c.rubric_version)
        .join(REVIEWS, REVIEWS.c.document_id == PLANS.c.id)
        .where(REVIEWS.c.decision == ReviewDecision.ACCEPTED)
    )
    assert {tuple(row) for row in used} == {
        ("one_page", "lesson_planning.review_one_page", "1.0"),
        ("k13", "lesson_planning.review_k13", "1.0"),
    }, "every kind of 2020/2021"
