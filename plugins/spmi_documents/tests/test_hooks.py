"""What the core asks: rules for many schools, certificate lines, panels, personal data."""

from decimal import Decimal
from typing import Any

from flask import Flask
from imbas_spmi_documents import api, panels, personal, queries
from imbas_spmi_documents.models import Report
from imbas_spmi_documents.rules import PARTS, ScoreStatus, StandardScore
from sqlalchemy import event, select

from lms.api import Award, Localized, Place, Role, RuleSubject, db, now, workplace
from lms.testing import write
from lms.testing.people import actor_of, get_person

SDN_26 = ("6.21", "5.83", "6.05", "5.62", "4.10", "3.55", "5.90", "6.70")


def enter(app: Flask, world: Any) -> None:
    with write() as session:
        person = get_person(session, world.people[Role.QUALITY_TEAM])
        entries = {
            number: (StandardScore(number, ScoreStatus.SCORED, Decimal(score)), "")
            for number, score in enumerate(SDN_26, start=1)
        }
        api.save_report(
            session,
            at=workplace(session, programme_id=world.programme_id, school_id=world.school_id),
            version=0,
            year=2019,
            entries=entries,
            actor=actor_of(session, person),
            now=now(),
        )


def test_facts_of_many_schools_in_few_queries(app: Flask, world: Any) -> None:
    enter(app, world)
    subjects = tuple(
        RuleSubject(world.programme_id, 1, school_id, None)
        for school_id in (world.school_id, world.other_school_id)
    )
    found: list[str] = []
    event.listen(db.engine, "before_cursor_execute", lambda *arguments: found.append(arguments[2]))
    facts = queries.gather(db.session(), subjects * 20)
    assert [dict(entry) for entry in facts[:2]] == [
        {"standards": 8, "problems": 0, "planned": 0},
        {"standards": 0, "problems": 0, "planned": 0},
    ]
    assert len(facts) == 40
    assert len([statement for statement in found if statement.startswith("SELECT")]) <= 4


def test_the_school_certificate_names_what_was_done(app: Flask, world: Any) -> None:
    enter(app, world)
    award = Award(world.programme_id, world.school_id, None, None)
    assert queries.certificate_lines(db.session(), award) == ()
    db.session.remove()
    with write() as session:
        at = workplace(session, programme_id=world.programme_id, school_id=world.school_id)
        writer = actor_of(session, get_person(session, world.people[Role.QUALITY_TEAM]))
        moment = now()
        problem = api.save_problem(
            session,
            at=at,
            problem_id=None,
            version=0,
            code="6.2.3",
            texts=dict.fromkeys(PARTS, "Tertulis lengkap"),
            actor=writer,
            now=moment,
        )
        fields = api.PlanFields("Pojok baca", "Rak buku", "0 menjadi 120 buku", 0, "none", 10, "Guru")
        api.save_line(
            session,
            at=at,
            problem_id=problem.id,
            line_id=None,
            version=0,
            fields=fields,
            actor=writer,
            now=moment,
        )
    db.session.remove()
    session = db.session()
    (line,) = queries.certificate_lines(session, award)
    assert (line.label.in_("id"), line.value) == ("Pemetaan mutu", "1 masalah mutu dipetakan sampai rencana")
    assert queries.certificate_lines(session, Award(world.programme_id, world.school_id, 1, None)) == ()


def test_the_panel_on_the_school_board(app: Flask, world: Any) -> None:
    enter(app, world)
    with app.test_request_context():
        session = db.session()
        actor = actor_of(session, world.people[Role.TEACHER])
        (panel,) = panels.of_school(
            session, actor, Place(programme_id=world.programme_id, school_id=world.school_id)
        )
        assert panel.href == world.root
        assert "Rata-rata 5,50, Menuju SNP 4" in panel.lines
        assert panels.of_school(session, actor, Place(school_id=world.school_id)) == ()


def test_the_export_of_scores(app: Flask, world: Any) -> None:
    enter(app, world)
    rows = list(queries.score_rows(db.session(), Place(programme_id=world.programme_id)))
    assert len(rows) == 1
    *_rest, mean, band = rows[0]
    assert mean == Decimal("5.50")
    assert band == Localized(id="Menuju SNP 4", en="Towards SNP 4")
    assert list(queries.score_rows(db.session(), Place())) == []


def test_a_person_is_exported_and_forgotten(app: Flask, world: Any) -> None:
    enter(app, world)
    person_id = world.people[Role.QUALITY_TEAM]
    known = personal.export_person(db.session(), person_id=person_id)
    assert len(known["reports"]) == 1
    with write() as session:
        personal.forget_person(session, person_id=person_id)
    assert personal.export_person(db.session(), person_id=person_id)["reports"] == []
    assert db.session.scalar(select(Report.updated_by)) is None
