"""What the core asks: rules, certificate lines, panels, personal data, and the demonstration."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from flask import Flask
from imbas_program_unggulan import measuring, panels, personal, queries, story
from imbas_program_unggulan.documents import PLAN
from imbas_program_unggulan.models import FlagshipMeasure
from sqlalchemy import event, select

from lms.api import (
    Actor,
    Award,
    Base,
    Place,
    ReviewDecision,
    Role,
    RuleSubject,
    StorySchool,
    contents_of,
    create_document,
    db,
    review_document,
    save_part,
    submit_document,
    workplace,
)
from lms.api import now as read_clock
from lms.testing import write
from lms.testing.people import actor_of, sign_in

PLANS, REVIEWS = (Base.metadata.tables[name] for name in ("document", "document_review"))
ABOUT = {
    "name": "Kebun Gizi",
    "code": "1.1.10",
    "problem": "Siswa lemas",
    "reason": "Rapat sekolah",
    "responsible": "Guru kelas V",
    "budget": "BOS, bibit",
    "risk": "Kemarau panjang",
    "sustainability": "Bibit sendiri",
}
GOAL = {
    "goal": "Siswa sarapan sehat",
    "unit": "%",
    "baseline": Decimal(45),
    "baseline_on": date(2020, 9, 3),
    "target": Decimal(70),
    "starts_on": date(2020, 10, 1),
    "ends_on": date(2020, 11, 30),
    "method": "Kartu gambar",
    "role_school": "Merekap kartu",
    "role_family": "Memaraf buku",
    "role_community": "Menyuluh",
}
FULL = {f"U{number}": [0, 1, 2, 3] for number in range(1, 7)}
DAY = date(2020, 10, 16)


def actor(session: Any, world: Any, role: Role) -> Actor:
    return actor_of(session, world.people[role])


def tell(app: Flask, world: Any, *, accepted: bool = True) -> None:
    """A plan that was written, submitted, perhaps accepted, and measured once."""
    now = read_clock()
    with write() as session:
        at = workplace(session, programme_id=world.programme_id, school_id=world.school_id)
        writer = actor(session, world, Role.QUALITY_TEAM)
        plan = create_document(session, type_=PLAN, at=at, kind="flagship", actor=writer, now=now)
        for part, values in (("plan", ABOUT), ("goals", GOAL)):
            save_part(
                session, document_id=plan.id, part=part, values=values, version=0, actor=writer, now=now
            )
        submit_document(session, document_id=plan.id, actor=writer, now=now)
        content = contents_of(session, PLAN, [plan])[plan.id]
        measuring.add_measure(
            session,
            document_id=plan.id,
            goal=measuring.goals_of(session, plan.id, content)[1],
            measured_on=DAY,
            value=Decimal(60),
            note="",
            actor=writer,
            today=DAY,
            now=now,
        )
        if accepted:
            review_document(
                session,
                document_id=plan.id,
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
    assert (line.label.in_("id"), line.value) == ("Program unggulan", "Kebun Gizi")
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


def test_who_measured_is_exported_and_forgotten(app: Flask, world: Any) -> None:
    tell(app, world)
    writer = world.people[Role.QUALITY_TEAM]
    known = personal.export_person(db.session(), person_id=writer)
    assert [row["measured_on"] for row in known["measurements"]] == ["2020-10-16"]
    with write() as session:
        personal.forget_person(session, person_id=writer)
    assert personal.export_person(db.session(), person_id=writer) == {"measurements": []}
    assert db.session.scalar(select(FlagshipMeasure.value)) == 60


def test_paper_holds_what_was_measured(app: Flask, world: Any) -> None:
    tell(app, world)
    reader = sign_in(app, world.people[Role.QUALITY_TEAM])
    plan = f"/m/program_unggulan/rencana/{db.session.scalar(select(PLANS.c.id))}"
    db.session.remove()
    paper = reader.get(f"{plan}/cetak").text
    assert "Hasil pengukuran" in paper
    assert "16 Oktober 2020" in paper
    assert reader.get(f"{plan}/pdf").data[:5] == b"%PDF-"
    assert reader.get(f"{plan}/docx").data[:2] == b"PK"


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
    found = db.session.execute(select(PLANS.c.school_id, PLANS.c.state))
    states = {row.school_id: row.state for row in found}
    assert {school: state.value for school, state in states.items()} == {
        world.school_id: "accepted",
        world.other_school_id: "draft",
    }
    percents = db.session.scalars(select(REVIEWS.c.percent).order_by(REVIEWS.c.id)).all()
    assert percents == [Decimal("66.67"), Decimal("79.17")]
    assert len(story._plans()) == 6
