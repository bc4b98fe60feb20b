"""Texts that were stored in no language, or in all, go back to a column or a key for each of two languages."""

import hashlib
import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import JSON, column, event, insert, select, table
from sqlalchemy.orm import Session

from lms.assessment import quiz_versions
from lms.assessment.models import Quiz
from lms.certificates.pdf import Unprintable
from lms.contract.actors import Role
from lms.contract.items import Bloom, ItemSpec, QuizSpec
from lms.contract.text import Joined, Localized, Percent, Text, message, stored, verbatim
from lms.people.api import notify
from lms.people.notices.models import Notice
from lms.platform import migrate
from lms.platform.application import platform
from lms.platform.db import Base, db
from lms.programmes.models import Programme
from lms.testing import write
from lms.testing.world import World, make_world, row

pytestmark = pytest.mark.modules
BEFORE = "core_0033"
NOW = datetime(2020, 10, 9, 12, 30, tzinfo=UTC)
GONE = message("Pemberitahuan ini tidak ada lagi.")
UNSET = Unprintable("no font for \u1b13").text
BOTH = Joined(": ", (GONE, Percent(Decimal("26.5"))))
WATER = Localized(id="Air", en="Water")
SOIL = verbatim("Tanah")
"""Written in Indonesian only."""
OPTIONS = {"stem": "Apa?", "options": ["a", "b"]}


def in_both(text: Text) -> dict[str, str]:
    return {language: text.in_(language) for language in ("id", "en")}


def item(key: str, competence: Localized, maximum: str, reason: Text | None) -> ItemSpec:
    return ItemSpec(
        key=key,
        type="single_choice",
        bloom=Bloom.C4,
        competence=competence,
        minutes=1,
        indicator="",
        maximum=Decimal(maximum),
        body=OPTIONS,
        secret={"key": "a"},
        level_reason=reason,
    )


ITEMS = (item("one", WATER, "1", None), item("two", SOIL, "2.5", SOIL))


def quiz_of(session: Session, world: World) -> Quiz:
    spec = QuizSpec("ecosystem", SOIL, 30, 2, ITEMS)
    quiz = Quiz(
        placement_id=world.placement_id,
        stage_id=world.stage_id,
        key=spec.key,
        title=spec.title,
        minutes=30,
        attempts=2,
        opens_at=NOW,
        due_at=NOW,
        release="at_close",
        edition=0,
        digest="",
        scorers={},
    )
    session.add(quiz)
    session.flush()
    quiz_versions.renew(session, quiz, spec)
    return quiz


def former_digest() -> str:
    """As it was made of the columns of before."""
    values = [
        {
            "position": position,
            "key": one.key,
            "type": one.type,
            "bloom": one.bloom.value,
            "competence_id": one.competence.in_("id"),
            "competence_en": one.competence.in_("en"),
            "maximum": str(one.maximum),
            "body": OPTIONS,
            "secret": {"key": "a"}
            | ({"level_reason": in_both(one.level_reason)} if one.level_reason else {}),
        }
        for position, one in enumerate(ITEMS, start=1)
    ]
    return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()


def one_of_each(session: Session, world: World) -> None:
    """A row of every kind that holds a text."""
    teacher = world.people[Role.TEACHER]
    place = {"programme_id": world.programme_id, "school_id": world.school_id}
    quiz = quiz_of(session, world)
    group = {"percent": "50", "earned": "1", "maximum": "2", "label": stored(SOIL)}
    row(
        session,
        "attempt",
        quiz_id=quiz.id,
        enrolment_id=world.enrolment_id,
        person_id=teacher,
        no=1,
        edition=1,
        state="submitted",
        started_at=NOW,
        deadline_at=NOW,
        receipt="",
        by_time=False,
        earned=Decimal(1),
        maximum=Decimal(2),
        percent=Decimal(50),
        provisional=False,
        result={"competence": [group], "bloom": [group], "by_rule": []},
    )
    reasons = [{"rule": "core.quiz", "text": stored(BOTH), "who": "participant"}]
    row(
        session,
        "completion_state",
        **place,
        enrolment_id=world.enrolment_id,
        phase="",
        met=False,
        fraction=Decimal(0),
        scores={},
        reasons=reasons,
        changed_at=NOW,
    )
    row(
        session,
        "certificate",
        agency_id=session.get_one(Programme, world.programme_id).agency_id,
        **place,
        enrolment_id=world.enrolment_id,
        person_id=teacher,
        revision=0,
        year=2020,
        seq=1,
        number="1/2020",
        code="ABC",
        state="issued",
        snapshot={},
        issued_at=NOW,
        end_reason="",
        pdf_key="",
        pdf_sha256="",
        pdf_problem=stored(UNSET),
    )
    batch(session, world, [GONE, None])
    notify(session, people=[teacher], key="certificates.issued", text=BOTH, href="/", now=NOW)


def batch(session: Session, world: World, problems: list[Text | None]) -> None:
    number = row(
        session,
        "certificate_batch",
        programme_id=world.programme_id,
        ordered_by=world.people[Role.ADMIN],
        ordered_at=NOW,
        total=len(problems),
        done=0,
        stopped=False,
    )
    lines = [
        {
            "batch_id": number,
            "position": position,
            "school_id": world.school_id,
            "problem": stored(problem) if problem else None,
        }
        for position, problem in enumerate(problems)
    ]
    session.execute(insert(Base.metadata.tables["certificate_batch_line"]), lines)


def values(name: str, *columns: str) -> list[tuple[Any, ...]]:
    """What stands in columns of a table of any revision, JSON read, by primary key."""
    found = table(name, *(column(one, JSON() if one in IN_JSON else None) for one in columns))
    key = [column(one.name) for one in Base.metadata.tables[name].primary_key.columns]
    with db.engine.connect() as connection:
        return [tuple(one) for one in connection.execute(select(*found.c).order_by(*key))]


IN_JSON = {"text", "pdf_problem", "problem", "result", "reasons", "secret"}


def test_one_of_each_goes_back_and_comes_again(app: Flask) -> None:
    world = make_world("lesson_planning", title="RPP")
    with write() as session:
        one_of_each(session, world)
    db.session.remove()
    core = platform(app).components[0]
    migrate.downgrade(db.engine, core, BEFORE)
    assert values("notice", "text") == [(in_both(BOTH),)]
    assert values("certificate", "pdf_problem") == [(in_both(UNSET),)]
    assert values("certificate_batch_line", "problem") == [(in_both(GONE),), (None,)]
    assert in_both(GONE)["en"] == "This notice is no longer there."
    assert values("quiz", "title_id", "title_en", "digest") == [("Tanah", "Tanah", former_digest())]
    assert values("item", "competence_id", "competence_en", "secret") == [
        ("Air", "Water", {"key": "a"}),
        ("Tanah", "Tanah", {"key": "a", "level_reason": {"id": "Tanah", "en": "Tanah"}}),
    ]
    ((result,),) = values("attempt", "result")
    assert [(one["label"], one["label_en"]) for one in result["competence"] + result["bloom"]] == [
        ("Tanah", "Tanah")
    ] * 2
    (((reason,),),) = values("completion_state", "reasons")
    assert reason == {"rule": "core.quiz", "who": "participant", **in_both(BOTH)}
    migrate.upgrade(db.engine, (core,))
    ((result,),) = values("attempt", "result")
    assert [one["label"] for one in result["competence"] + result["bloom"]] == [in_both(SOIL)] * 2
    assert values("completion_state", "reasons") == [
        ([{"rule": "core.quiz", "who": "participant", "text": in_both(BOTH)}],)
    ]


def test_many_rows_are_written_some_at_a_time_and_each_once(app: Flask) -> None:
    """Also where two columns together are the key."""
    world = make_world("lesson_planning", title="RPP")
    texts = [verbatim(f"Kabar {number}") for number in range(2_500)]
    with write() as session:
        session.execute(
            insert(Notice),
            [
                {
                    "person_id": world.stranger,
                    "key": f"told.{number}",
                    "text": stored(text),
                    "href": "/",
                    "zone": "",
                    "made_at": NOW,
                }
                for number, text in enumerate(texts)
            ],
        )
        batch(session, world, [*texts[:1500]])
        batch(session, world, [None, *texts[1500:]])
    db.session.remove()
    done: list[tuple[str, int]] = []

    def note(
        _connection: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, many: bool
    ) -> None:
        first, name = statement.split()[0], next((one for one in TABLES if f" {one}" in statement), "")
        done.append((f"{first} {name}", len(parameters) if many else 1))

    event.listen(db.engine, "before_cursor_execute", note)
    migrate.downgrade(db.engine, platform(app).components[0], BEFORE)
    event.remove(db.engine, "before_cursor_execute", note)
    assert values("notice", "text") == [(in_both(text),) for text in texts]
    lines = [(in_both(text),) for text in texts]
    assert values("certificate_batch_line", "problem") == [*lines[:1500], (None,), *lines[1500:]]
    for name in TABLES:
        written = [count for statement, count in done if statement == f"UPDATE {name}"]
        assert sum(written) == len(texts), "each once"
        assert max(written) <= 1000
        order = [statement for statement, _count in done if statement.endswith(f" {name}")]
        assert order[:4] == [f"SELECT {name}", f"UPDATE {name}"] * 2, (
            "what was read is written before more is read"
        )


TABLES = ("notice", "certificate_batch_line")
