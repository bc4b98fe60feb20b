"""What a plugin asks of the core about schools, people and programmes: what it gets, and what it costs."""

from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import update
from sqlalchemy.orm import Session

from lms.api import Actor, NotFound, Role, people_at, programme_card, schools_of, workplace
from lms.contract.paging import PAGE
from lms.people.directory.models import Agency, RoleGrant, School
from lms.platform.db import db
from lms.platform.transaction import write
from lms.programmes.models import Programme, ProgrammeStatus
from lms.testing.people import actor_of, make_person, make_school
from lms.testing.walking import counted
from lms.testing.world import START, World, make_world, row

BOARD = "evidence.board"
"""A permission that roles have by school, by assignment and for a whole agency."""


@pytest.fixture
def world(app: Flask) -> Iterator[World]:
    with app.app_context():
        yield make_world("hots_assessment", title="Soal", school_name="SD Negeri Pulau")


def asks(asked: Counter[str]) -> int:
    return sum(count for text, count in asked.items() if text != "BEGIN")


def actor(world: World, role: Role) -> Actor:
    return actor_of(db.session(), world.people[role])


def seen(who: Actor, **where: int) -> list[int]:
    return [at.school_id for at in schools_of(db.session(), actor=who, permission=BOARD, **where).schools]


def another_programme(session: Session, world: World) -> int:
    own = session.get_one(Programme, world.programme_id)
    other = Programme(
        agency_id=own.agency_id,
        code="LAIN",
        title="Lain",
        school_year=own.school_year,
        timezone=own.timezone,
        status=own.status,
        version=1,
        definition=own.definition,
        created_at=START,
    )
    session.add(other)
    session.flush()
    return other.id


def test_everybody_gets_the_schools_that_are_theirs(world: World) -> None:
    both = sorted([world.school_id, world.other_school_id])
    assert sorted(seen(actor(world, Role.ADMIN))) == both
    assert seen(actor(world, Role.FACILITATOR)) == [world.school_id]
    assert seen(actor(world, Role.HEADMASTER), programme_id=world.programme_id) == [world.school_id]
    assert seen(actor(world, Role.HEADMASTER), programme_id=world.programme_id + 1) == []
    assert seen(actor(world, Role.TEACHER)) == [], "the permission is not a teacher's"
    assert seen(actor_of(db.session(), world.far_admin)) == []


def test_a_draft_is_for_the_admin_alone(world: World) -> None:
    with write() as session:
        session.execute(update(Programme).values(status=ProgrammeStatus.DRAFT))
    assert seen(actor(world, Role.FACILITATOR)) == []
    assert len(seen(actor(world, Role.ADMIN))) == 2


def test_a_role_for_another_programme_opens_nothing(world: World) -> None:
    with write() as session:
        person = make_person(session, Role.OPERATOR, school=session.get_one(School, world.school_id))
        session.execute(
            update(RoleGrant)
            .where(RoleGrant.person_id == person.id)
            .values(programme_id=another_programme(session, world))
        )
        who = actor_of(session, person)
    assert seen(who) == []


def test_many_schools_come_in_full_pages_at_the_same_cost(app: Flask, world: World) -> None:
    """Pages are cut after the rights are applied: nobody gets a page with holes."""
    with write() as session:
        agency = session.get_one(Programme, world.programme_id).agency_id
        for number in range(PAGE + 3):
            school = make_school(
                session, session.get_one(Agency, agency), name=f"SD Negeri Deret {number:02}"
            )
            row(
                session,
                "programme_school",
                programme_id=world.programme_id,
                school_id=school.id,
                kind="imbas",
            )
    who = actor(world, Role.ADMIN)
    found = []
    for number, size in ((1, PAGE), (2, 5), (3, 0)):
        with counted(app) as asked:
            page = schools_of(
                db.session(), actor=who, permission=BOARD, programme_id=world.programme_id, page=number
            )
        assert (len(page.schools), asks(asked), page.has_more) == (size, 1, number == 1)
        found += [at.school_id for at in page.schools]
    assert len(set(found)) == PAGE + 5
    search = schools_of(db.session(), actor=who, permission=BOARD, search="negeri pulau")
    assert [at.school for at in search.schools] == ["SD Negeri Pulau"]
    npsn = search.schools[0].npsn
    assert schools_of(db.session(), actor=who, permission=BOARD, search=npsn).only == search.schools[0]


def test_who_works_at_some_schools(app: Flask, world: World) -> None:
    session = db.session()
    at = schools_of(session, actor=actor(world, Role.ADMIN), permission=BOARD).schools
    with counted(app) as asked:
        found = people_at(session, at, (Role.HEADMASTER, Role.TEACHER), now=START)
    assert asks(asked) == 1
    assert {(who.person_id, who.role, who.school_id) for who in found} == {
        (world.people[Role.HEADMASTER], Role.HEADMASTER, world.school_id),
        (world.people[Role.TEACHER], Role.TEACHER, world.school_id),
        (world.colleague, Role.TEACHER, world.school_id),
        (world.stranger, Role.TEACHER, world.other_school_id),
    }
    assert people_at(session, (), Role, now=START) == ()
    with pytest.raises(ValueError, match="at most 50"):
        people_at(session, at * 26, Role, now=START)


def test_whose_role_has_ended_or_is_for_another_programme_does_not_work_there(world: World) -> None:
    with write() as session:
        for person_id, change in (
            (world.people[Role.HEADMASTER], {"valid_to": START.date() - timedelta(days=1)}),
            (world.people[Role.TEACHER], {"programme_id": another_programme(session, world)}),
            (world.people[Role.OPERATOR], {"programme_id": world.programme_id}),
            (world.colleague, {"valid_from": date(2099, 1, 1)}),
        ):
            session.execute(update(RoleGrant).where(RoleGrant.person_id == person_id).values(**change))
    at = workplace(db.session(), programme_id=world.programme_id, school_id=world.school_id)
    roles = (Role.HEADMASTER, Role.TEACHER, Role.OPERATOR)
    found = people_at(db.session(), (at,), roles, now=START)
    assert [who.person_id for who in found] == [world.people[Role.OPERATOR]]


def test_the_card_of_a_programme(app: Flask, world: World) -> None:
    with write() as session:
        for number, module in enumerate(("lesson_planning", "spmi_documents"), start=2):
            row(
                session,
                "module_placement",
                stage_id=world.stage_id,
                module_key=module,
                title="Modul",
                position=number,
                jp_in=1,
                jp_on=1,
            )
        row(
            session,
            "stage",
            programme_id=world.programme_id,
            no=2,
            title="Tahap 2",
            starts_on=START.date(),
            ends_on=START.date(),
            opens_at=START + timedelta(days=9),
            on_service_due_at=START,
            closes_at=START,
        )
    with counted(app) as asked:
        card = programme_card(db.session(), world.programme_id)
    assert asks(asked) == 1
    assert [(stage.no, stage.modules) for stage in card.stages] == [
        (1, ("hots_assessment", "lesson_planning", "spmi_documents")),
        (2, ()),
    ]
    stage = card.stage_of("spmi_documents")
    assert stage is not None
    assert stage.opens_at == START
    assert card.stage_of("program_unggulan") is None
    assert (card.place.agency_id, card.place.programme_id) == (card.agency_id, world.programme_id)
    with pytest.raises(NotFound):
        programme_card(db.session(), world.programme_id + 99)
