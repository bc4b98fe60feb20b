"""What the core asks: rules, certificate lines, panels, personal data, and the demonstration."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from flask import Flask
from imbas_program_unggulan import api, panels, personal, queries, reviewing, story
from imbas_program_unggulan.models import FlagshipPlan, FlagshipReview
from imbas_program_unggulan.rules import ReviewDecision
from sqlalchemy import event, select

from lms.api import Actor, Award, Place, Role, RuleSubject, StorySchool, Workplace, db, workplace
from lms.api import now as read_clock
from lms.testing import write
from lms.testing.people import actor_of

PLAN = api.PlanFields(
    "Kebun Gizi",
    "1.1.10",
    "Siswa lemas",
    "Rapat sekolah",
    "Guru kelas V",
    "BOS, bibit",
    "Kemarau panjang",
    "Bibit sendiri",
)
LINE = api.LineFields(
    "Siswa sarapan sehat",
    "%",
    Decimal(45),
    date(2020, 9, 3),
    Decimal(70),
    date(2020, 10, 1),
    date(2020, 11, 30),
    "Kartu gambar",
    "Merekap kartu",
    "Memaraf buku",
    "Menyuluh",
)
FULL = {f"U{number}": [0, 1, 2, 3] for number in range(1, 7)}
DAY = date(2020, 10, 16)


def actor(session: Any, world: Any, role: Role) -> Actor:
    return actor_of(session, world.people[role])


def at_school(session: Any, world: Any) -> Workplace:
    return workplace(session, programme_id=world.programme_id, school_id=world.school_id)


def tell(app: Flask, world: Any, *, accepted: bool = True) -> None:
    """A plan that was written, handed in, perhaps accepted, and measured once."""
    now = read_clock()
    with write() as session:
        at, writer = at_school(session, world), actor(session, world, Role.QUALITY_TEAM)
        api.save_plan(session, at=at, version=0, fields=PLAN, actor=writer, now=now)
        line = api.save_line(session, at=at, line_id=None, version=0, fields=LINE, actor=writer, now=now)
        plan = api.submit(session, at=at, actor=writer, now=now)
        api.add_measure(
            session,
            at=at,
            line_id=line.id,
            measured_on=DAY,
            value=Decimal(60),
            note="",
            actor=writer,
            today=DAY,
            now=now,
        )
        if accepted:
            reviewing.review(
                session,
                at=at,
                version=plan.version,
                scores=FULL,
                comments={"U1": "Baik"},
                comment="",
                decision=ReviewDecision.ACCEPTED,
                actor=actor(session, world, Role.FACILITATOR),
                now=now,
            )


def test_facts_of_many_schools_in_few_queries(app: Flask, world: Any) -> None:
    tell(app, world)
    subjects = tuple(
        RuleSubject(world.programme_id, 1, school_id, None)
        for school_id in (world.school_id, world.other_school_id)
    )
    found: list[str] = []
    event.listen(db.engine, "before_cursor_execute", lambda *arguments: found.append(arguments[2]))
    facts = queries.gather(db.session(), subjects * 20)
    assert [dict(entry) for entry in facts[:2]] == [
        {"state": "accepted", "lines": 1, "measured": 1},
        {"state": None, "lines": 0, "measured": 0},
    ]
    assert len(facts) == 40
    assert len([statement for statement in found if statement.startswith("SELECT")]) <= 5


def test_the_school_certificate_names_the_accepted_programme(app: Flask, world: Any) -> None:
    tell(app, world)
    session = db.session()
    (line,) = queries.certificate_lines(session, Award(world.programme_id, world.school_id, None, None))
    assert (line.label.id, line.value) == ("Program unggulan", "Kebun Gizi")
    assert queries.certificate_lines(session, Award(world.programme_id, world.school_id, 1, None)) == ()
    other = Award(world.programme_id, world.other_school_id, None, None)
    assert queries.certificate_lines(session, other) == ()


def test_a_plan_that_waits_is_on_no_certificate(app: Flask, world: Any) -> None:
    tell(app, world, accepted=False)
    award = Award(world.programme_id, world.school_id, None, None)
    assert queries.certificate_lines(db.session(), award) == ()


def test_the_panel_on_the_school_board(app: Flask, world: Any) -> None:
    tell(app, world)
    with app.test_request_context():
        session = db.session()
        reader = actor(session, world, Role.TEACHER)
        place = Place(programme_id=world.programme_id, school_id=world.school_id)
        (panel,) = panels.of_school(session, reader, place)
        assert panel.href == world.root
        assert panel.lines == (
            "Kebun Gizi: Rencana diterima.",
            "Siswa sarapan sehat: sudah 60\u00a0% menuju target",
        )
        other = Place(programme_id=world.programme_id, school_id=world.other_school_id)
        assert panels.of_school(session, reader, other)[0].lines == ("Rencana belum ditulis.",)
        assert panels.of_school(session, reader, Place(school_id=world.school_id)) == ()


def test_people_are_exported_and_forgotten(app: Flask, world: Any) -> None:
    tell(app, world)
    writer, reviewer = world.people[Role.QUALITY_TEAM], world.people[Role.FACILITATOR]
    known = personal.export_person(db.session(), person_id=writer)
    assert (len(known["plans_written"]), known["measurements"][0]["measured_on"]) == (1, "2020-10-16")
    assert personal.export_person(db.session(), person_id=reviewer)["reviews_given"][0]["comments"] == {
        "U1": "Baik"
    }
    with write() as session:
        for person_id in (writer, reviewer):
            personal.forget_person(session, person_id=person_id)
    for person_id in (writer, reviewer):
        left = personal.export_person(db.session(), person_id=person_id)
        assert left == {"plans_written": [], "measurements": [], "reviews_given": []}
    assert db.session.scalar(select(FlagshipPlan.name)) == "Kebun Gizi"
    assert db.session.scalar(select(FlagshipReview.reviewer_id)) is None


def test_the_demonstration_is_told_in_the_order_of_its_days(app: Flask, world: Any) -> None:
    people_of = world.people
    schools = tuple(
        StorySchool(
            school_id,
            people_of[Role.HEADMASTER],
            (people_of[Role.QUALITY_TEAM],),
            (),
            people_of[Role.FACILITATOR],
            people_of[Role.GRADER],
        )
        for school_id in (world.school_id, world.other_school_id)
    )
    events = sorted(story.events(world.programme_id, schools), key=lambda entry: entry[0])
    assert events[-1][0] < datetime.fromisoformat("2020-10-20T09:00:00+07:00")
    for moment, act in events:
        with write() as session:
            act(session, moment)
    states = queries.lines_of(db.session(), [(world.programme_id, school.school_id) for school in schools])
    assert {key[1]: line.state.value for key, line in states.items()} == {
        world.school_id: "accepted",
        world.other_school_id: "draft",
    }
    percents = db.session.scalars(select(FlagshipReview.percent).order_by(FlagshipReview.id)).all()
    assert percents == [Decimal("66.67"), Decimal("79.17")]
    assert len(story._plans()) == 6
