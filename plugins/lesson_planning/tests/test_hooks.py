"""What the core asks: the rule for many teachers, the panel, personal data."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from flask import Flask
from imbas_lesson_planning import api, panels, personal, queries, story
from imbas_lesson_planning.models import LessonPart, LessonPlan, LessonReview
from imbas_lesson_planning.rules import ReviewDecision
from sqlalchemy import event, func, select, update

from lms.api import Actor, Place, Role, RuleSubject, StorySchool, db, workplace
from lms.api import now as read_clock
from lms.testing import write
from lms.testing.people import actor_of, get_school, make_person, sign_in

TAGS = {"character": ["cooperative"], "literacy": ["numeracy"], "c4": ["critical"], "bloom": ["C4"]}
FULL = {"T1": [0, 1, 2, 3], "L1": [0, 1, 2, 3], "N1": [0, 1, 2, 3]}


def actor(session: Any, world: Any, role: Role) -> Actor:
    return actor_of(session, world.people[role])


def hand_in(app: Flask, world: Any) -> int:
    """A complete plan of the teacher that waits for its review."""
    now = read_clock()
    with write() as session:
        writer = actor(session, world, Role.TEACHER)
        at = workplace(session, programme_id=world.programme_id, school_id=world.school_id)
        plan = api.create_plan(session, at=at, kind="one_page", title="Selokan", actor=writer, now=now)
        for key in ("objectives", "steps", "assessment"):
            api.save_part(
                session, plan_id=plan.id, key=key, text="Isi bagian", version=0, actor=writer, now=now
            )
        api.save_heading(
            session, plan_id=plan.id, title="Selokan", tags=TAGS, version=1, actor=writer, now=now
        )
        api.submit(session, plan_id=plan.id, actor=writer, now=now)
        return plan.id


def accept(app: Flask, world: Any, plan_id: int) -> None:
    with write() as session:
        api.review(
            session,
            plan_id=plan_id,
            version=3,
            scores=FULL,
            comments={"T1": "Bagus"},
            comment="",
            decision=ReviewDecision.ACCEPTED,
            actor=actor(session, world, Role.HEADMASTER),
            now=read_clock(),
        )


def test_facts_of_many_teachers_in_one_query(app: Flask, world: Any) -> None:
    plan_id = hand_in(app, world)
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


def test_a_plan_of_a_programme_that_has_not_begun_stands_there(app: Flask, world: Any) -> None:
    plan_id = hand_in(app, world)
    programme = LessonPlan.metadata.tables["programme"]
    for status, found in (("draft", (True, False)), ("closed", (False, True))):
        with write() as session:
            session.execute(update(programme).values(status=status))
            place = api.place_of_plan(session, plan_id)
        assert (place.draft, place.closed) == found


def test_a_review_is_on_record_for_the_writer(app: Flask, world: Any) -> None:
    accept(app, world, hand_in(app, world))
    table = LessonPlan.metadata.tables["audit_entry"]
    row = db.session.execute(select(table).where(table.c.action == "lesson_planning.review")).one()
    assert (row.concerns, row.actor_id) == (world.people[Role.TEACHER], world.people[Role.HEADMASTER])
    assert row.after == {"percent": "100.00", "descriptors": 12, "decision": "accepted"}


def test_the_panel_on_the_school_board(app: Flask, world: Any) -> None:
    hand_in(app, world)
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
    plan_id = hand_in(app, world)
    with app.test_request_context():
        (panel,) = panels.of_teacher(db.session(), teacher, place)
        assert (panel.lines, panel.href) == (("Selokan: menunggu telaah.",), world.root)
    accept(app, world, plan_id)
    with app.test_request_context():
        assert panels.of_teacher(db.session(), teacher, place)[0].lines == ("Selokan: diterima.",)


def test_a_teacher_is_exported_and_forgotten(app: Flask, world: Any) -> None:
    accept(app, world, hand_in(app, world))
    teacher, head = world.people[Role.TEACHER], world.people[Role.HEADMASTER]
    known = personal.export_person(db.session(), person_id=teacher)
    assert [plan["texts"]["steps"] for plan in known["plans"]] == ["Isi bagian"]
    assert known["plans"][0]["reviews"][0]["comments"] == {"T1": "Bagus"}
    assert len(personal.export_person(db.session(), person_id=head)["reviews_given"]) == 1
    with write() as session:
        personal.forget_person(session, person_id=head)
    assert db.session.scalar(select(LessonReview.reviewer_id)) is None
    with write() as session:
        personal.forget_person(session, person_id=teacher)
    assert personal.export_person(db.session(), person_id=teacher)["plans"] == []
    for model in (LessonPlan, LessonPart, LessonReview):
        assert db.session.scalar(select(func.count()).select_from(model)) == 0


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
    states = {row[0]: row[1] for row in db.session.execute(select(LessonPlan.person_id, LessonPlan.state))}
    assert [states[teacher].value for teacher in teachers] == [
        "accepted",
        "accepted",
        "in_review",
        "needs_revision",
        "draft",
    ]
    assert states[world.stranger].value == "in_review"
    percents = db.session.scalars(select(LessonReview.percent).order_by(LessonReview.id)).all()
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
        select(LessonPlan.kind, LessonReview.rubric_key, LessonReview.rubric_version)
        .join(LessonPlan.reviews)
        .where(LessonReview.decision == ReviewDecision.ACCEPTED)
    )
    assert {tuple(row) for row in used} == {
        ("one_page", "lesson_planning.review_one_page", "1.0"),
        ("k13", "lesson_planning.review_k13", "1.0"),
    }, "every kind of 2020/2021"
