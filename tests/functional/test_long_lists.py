"""Lists longer than what a statement takes as single parameters: 65,535 on PostgreSQL, 32,766 on SQLite."""

import ast
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from imbas_demo.crowd import bulk
from sqlalchemy import bindparam, event, func, select
from sqlalchemy.exc import StatementError
from sqlalchemy.orm import Session

import lms
from lms.assessment import api as assessment
from lms.completion import api as completion
from lms.completion.queries import others, stage_states
from lms.contract.actors import Role
from lms.contract.text import verbatim
from lms.evidence import api as evidence
from lms.modules import api as modules
from lms.people import api as people
from lms.people.auth.accounts import cards
from lms.people.directory.models import Person
from lms.people.notices.models import Notice
from lms.people.notices.notifying import told
from lms.platform.audit import AuditEntry, Change, record_each
from lms.platform.db import db
from lms.platform.long_lists import among
from lms.platform.transaction import write
from lms.programmes import api as programmes
from lms.programmes.enrolment.enrolling import enrol
from lms.programmes.enrolment.queries import participant_counts
from lms.testing.world import World, make_world

MANY = range(1, 70_001)
NOW = datetime(2020, 9, 9, tzinfo=UTC)
LIMIT = 32_000


@pytest.fixture
def world(app: Flask) -> World:
    return make_world("garden", title="Kebun")


@pytest.fixture
def most(app: Flask) -> Iterator[list[int]]:
    """How many parameters each statement had."""
    counts: list[int] = []

    def note(*arguments: Any) -> None:
        parameters = arguments[3]
        rows = (
            parameters if isinstance(parameters, list) else [parameters]
        )  # a list of rows, or the values of one
        counts.extend(len(row) for row in rows[:1])

    event.listen(db.engine, "before_cursor_execute", note)
    yield counts
    event.remove(db.engine, "before_cursor_execute", note)


def test_the_condition_itself(world: World) -> None:
    session = db.session()
    everybody = set(session.scalars(select(Person.id)))
    some = sorted(everybody)[:2]
    name = session.get_one(Person, some[0]).full_name

    def found(condition: Any, **values: Any) -> set[int]:
        return set(session.scalars(select(Person.id).where(condition), values))

    assert found(among(Person.id, some)) == set(some)
    assert found(~among(Person.id, some)) == everybody - set(some)
    assert found(among(Person.id, [])) == set()
    assert found(~among(Person.id, ())) == everybody
    assert found(among(Person.id, bindparam("x")), x=MANY) == everybody
    assert found(among(Person.id, [2**40, *some])) == set(some), "a number that the column cannot hold"
    assert found(among(Person.full_name, {name, "'; DROP", '"], 1'})) >= {some[0]}
    assert found(among(Person.full_name, (entry for entry in ("\u201cx\u201d", name)))) >= {some[0]}
    assert found(among(Person.employment_status, ["pns"])) == set(), "NULL is none of them"


READERS: dict[str, Callable[[Session, World], Any]] = {
    "schools_by_id": lambda session, _world: people.schools_by_id(session, MANY),
    "persons_by_id": lambda session, _world: people.persons_by_id(session, MANY),
    "names": lambda session, _world: people.names(session, MANY),
    "cards": lambda session, _world: cards(session, MANY, key="k" * 40, now=NOW),
    "told": lambda session, _world: told(session, key="x", people=MANY),
    "enrolments": lambda session, world: programmes.enrolments(
        session, programme_id=world.programme_id, school_ids=MANY, ids=MANY
    ),
    "participant_counts": lambda session, world: participant_counts(
        session, programme_id=world.programme_id, school_ids=MANY, but=MANY
    ),
    "model_schools": lambda session, world: programmes.model_schools(session, world.programme_id, MANY),
    "hold_schools": lambda session, world: programmes.hold_schools(session, world.programme_id, MANY),
    "deadlines": lambda session, world: programmes.deadlines(
        session, programme_id=world.programme_id, school_ids=MANY
    ),
    "jp_of": lambda session, world: programmes.jp_of(
        session, programme_id=world.programme_id, enrolment_ids=MANY, excused_counts=True, now=NOW
    ),
    "states_of_schools": lambda session, world: completion.states_of_schools(
        session, programme_id=world.programme_id, school_ids=MANY
    ),
    "stage_states": lambda session, world: stage_states(
        session, programme_id=world.programme_id, school_id=world.school_id, stage_ids=MANY
    ),
    "people_counts": lambda session, world: completion.people_counts(
        session, programme_id=world.programme_id, school_ids=MANY
    ),
    "others": lambda session, world: others(
        session, programme_id=world.programme_id, school_ids=MANY, but=MANY
    ),
    "submissions_of": lambda session, _world: evidence.submissions_of(
        session, due_ids=MANY, school_ids=MANY, enrolment_ids=[*MANY, None]
    ),
    "best_attempts": lambda session, _world: assessment.best_attempts(session, enrolment_ids=MANY),
    "progress_of": lambda session, world: modules.progress_of(
        session, enrolment_ids=MANY, placements=modules.placements_of(session, [world.stage_id])
    ),
}


@pytest.mark.parametrize("reader", READERS)
def test_reading_about_very_many(world: World, most: list[int], reader: str) -> None:
    with write() as session:
        READERS[reader](session, world)
    assert max(most, default=0) < LIMIT


def test_reading_gives_what_is_there(world: World) -> None:
    session = db.session()
    assert set(people.schools_by_id(session, MANY)) == {world.school_id, world.other_school_id}
    assert {row.id for row in programmes.enrolments(session, programme_id=world.programme_id, ids=MANY)}
    assert world.people[next(iter(world.people))] in people.names(session, MANY)


@pytest.mark.slow
def test_writing_about_very_many(world: World, most: list[int]) -> None:
    """Told, enrolled, evaluated, put on a list, written down: 40,000 people of one school."""
    number = 40_000
    with write() as session:
        first = (session.scalar(select(func.max(Person.id))) or 0) + 1
        ids = range(first, first + number)
        plain = {"title_front": "", "title_back": "", "nip": "", "nuptk": "", "position": "", "locale": "id"}
        plain |= {"employment_status": None, "timezone": "Asia/Jakarta", "phone": ""}
        rows = [{"id": n, "full_name": f"Guru {n}", "name_key": "guru", "created_at": NOW} for n in ids]
        bulk(session, Person, [row | plain for row in rows])
    most.clear()
    with write() as session:
        people.notify(
            session, people=ids, key="uji", text=verbatim("Uji"), href="/", now=NOW, zone="", moment=None
        )
        changes = [Change(("person", n), concerns=n) for n in ids]
        record_each(session, changes, actor_id=None, action="people.test", now=NOW)
        roles = [(n, world.other_school_id, Role.TEACHER) for n in ids]
        enrolled = enrol(session, programme_id=world.programme_id, people_roles=roles, now=NOW)
    assert len(enrolled) == number
    assert max(most) < LIMIT
    session = db.session()
    assert session.scalar(select(func.count()).select_from(Notice)) == number
    assert session.scalar(select(func.count()).where(AuditEntry.action == "people.test")) == number
    assert told(session, key="uji", people=ids) == set(ids)


def test_null_is_not_among_them(app: Flask) -> None:
    with pytest.raises((ValueError, StatementError), match="NULL equals nothing"):
        db.session().scalars(select(Person.id).where(among(Person.id, [1, None]))).all()


def test_conditions_on_ids_take_lists_of_any_length() -> None:
    """``in_`` binds each value: it is for subqueries and for the few values of an enumeration."""
    here = Path(lms.__file__).parent
    sources = [*here.rglob("*.py"), *(here.parent / "plugins").glob("*/imbas_*/**/*.py")]
    found = [
        f"{path.relative_to(here.parent)}:{call.lineno}: {ast.unparse(call)}"
        for path in sources
        if "migrations" not in path.parts
        for call in ast.walk(ast.parse(path.read_text()))
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Attribute)
        and call.func.attr in {"in_", "not_in"}
        and ast.unparse(call.func.value).endswith((".id", "_id"))
        and ast.unparse(call.args[0]) not in SUBQUERIES
        and not ast.unparse(call.args[0]).startswith("select(")
    ]
    assert len(sources) > 300
    assert found == []


SUBQUERIES = {
    "of_agency",
    "_schools_of_interest(actor)",
    "here",
    "old",
    "cards",
    "blueprints",
    "attempt_ids",
    "but",
    "without_any",
}
"""Names of subqueries."""
