"""Rows that modules wrote before the core had documents: carried over, and back again, on both databases."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import MetaData, Table, insert, inspect, select, update
from sqlalchemy.exc import IntegrityError

from lms.api import Exact, UtcDateTime
from lms.contract.actors import Role
from lms.contract.documents import DocumentState, ReviewDecision
from lms.documents.models import Document, DocumentReview, PartText
from lms.platform import migrate
from lms.platform.application import platform
from lms.platform.db import db
from lms.platform.schema import Component
from lms.testing import write
from lms.testing.world import World, make_world

pytestmark = pytest.mark.modules
WHEN = datetime(2020, 10, 9, 12, 30, tzinfo=UTC)
REVIEW = {
    "rubric_version": "1.0",
    "percent": Decimal("42.86"),
    "decision": "needs_revision",
    "comment": "Perbaiki",
    "reviewed_at": WHEN + timedelta(days=1),
}


def component(app: Flask, name: str) -> Component:
    return next(part for part in platform(app).components if part.name == name)


def old_table(name: str) -> Table:
    """A table as it stands in the database, with the exact types that the plugin gave it."""
    table = Table(name, MetaData(), autoload_with=db.engine)
    for column in table.columns:
        kind = str(column.type).upper()
        if column.name.endswith(("_at",)):
            column.type = UtcDateTime()
        elif column.name in {"percent", "baseline", "target", "value"}:
            column.type = Exact()
        elif "JSON" in kind:
            column.type = Document.metadata.tables["document_part"].c.content.type
    return table


def rows(name: str) -> list[dict[str, Any]]:
    table = old_table(name)
    with db.engine.connect() as connection:
        found = connection.execute(select(table).order_by(*table.primary_key.columns)).mappings()
        return [dict(row) for row in found]


def put(name: str, /, **values: Any) -> None:
    with db.engine.begin() as connection:
        connection.execute(insert(old_table(name)).values(**values))


def lesson_plans(world: World) -> None:
    teacher, head = world.people[Role.TEACHER], world.people[Role.HEADMASTER]
    at = {
        "programme_id": world.programme_id,
        "school_id": world.school_id,
        "kind": "one_page",
        "updated_at": WHEN,
    }
    tags = {"character": ["cooperative"], "bloom": ["C2"]}
    put(
        "p_lesson_planning_plan",
        id=7,
        person_id=teacher,
        title="Ekosistem selokan",
        tags=tags,
        low_reason="KD ini hanya meminta mengenal",
        state="in_review",
        version=5,
        submitted_at=WHEN,
        **at,
    )
    put(
        "p_lesson_planning_plan",
        id=9,
        person_id=world.colleague,
        title="Draf",
        tags={},
        low_reason="",
        state="draft",
        version=1,
        submitted_at=None,
        **at,
    )
    for key, text, version in (("objectives", "Siswa menganalisis\nselokan", 3), ("steps", "Inti", 1)):
        put("p_lesson_planning_part", plan_id=7, key=key, text=text, version=version, updated_at=WHEN)
    put(
        "p_lesson_planning_review",
        id=4,
        plan_id=7,
        reviewer_id=head,
        rubric_key="lesson_planning.review_one_page",
        scores={"T1": [0, 1]},
        comments={"T1": "Siapa?"},
        texts={"objectives": "Siswa tahu selokan"},
        **REVIEW,
    )


def test_lesson_plans_are_carried_over_and_back(app: Flask) -> None:
    world = make_world("lesson_planning", title="RPP")
    part = component(app, "lesson_planning")
    db.session.remove()
    migrate.downgrade(db.engine, part, "lesson_planning_0002")
    lesson_plans(world)
    names = [f"p_lesson_planning_{name}" for name in ("plan", "part", "review")]
    before = [rows(name) for name in names]
    migrate.upgrade(db.engine, (part,))
    assert not set(names) & set(inspect(db.engine).get_table_names())

    plan, draft = db.session.scalars(select(Document).order_by(Document.id))
    assert (plan.title, plan.state.value, plan.version, plan.submitted_at) == (
        "Ekosistem selokan",
        "in_review",
        5,
        WHEN,
    )
    assert (draft.person_id, draft.state.value, len(draft.revisions)) == (world.colleague, "draft", 0)
    written = {one.part: (one.content, one.version) for one in plan.parts}
    assert written["objectives"] == ({"text": "Siswa menganalisis\nselokan"}, 3)
    assert written["heading"][0] == {
        "title": "Ekosistem selokan",
        "low_reason": "KD ini hanya meminta mengenal",
        "character": ["cooperative"],
        "bloom": ["C2"],
    }
    assert [row.person_id for row in plan.writers] == [world.people[Role.TEACHER]]
    first, second = plan.revisions
    assert [row["values"] for row in first.content["rows"] if row["part"] == "objectives"] == [
        {"text": "Siswa tahu selokan"}
    ]
    assert {row["part"] for row in second.content["rows"]} == {"objectives", "steps", "heading"}
    (review,) = plan.reviews
    assert (review.revision_no, review.percent, review.comments) == (1, Decimal("42.86"), {"T1": "Siapa?"})

    db.session.remove()
    migrate.downgrade(db.engine, part, "lesson_planning_0002")
    after = [rows(name) for name in names]
    assert [[without_ids(row) for row in table] for table in after] == [
        [without_ids(row) for row in table] for table in before
    ]
    for model in (Document, PartText, DocumentReview):
        assert db.session.scalars(select(model)).all() == []
    db.session.remove()
    migrate.upgrade(db.engine, (part,))


def without_ids(row: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in row.items() if key not in {"id", "plan_id", "line_id"}}


def flagship_plan(world: World) -> None:
    team = world.people[Role.QUALITY_TEAM]
    texts = {
        name: f"Isi {name}"
        for name in ("problem", "reason", "responsible", "budget", "risk", "sustainability")
    }
    put(
        "p_program_unggulan_plan",
        id=3,
        programme_id=world.programme_id,
        school_id=world.school_id,
        name="Kebun Gizi",
        code="1.1.10",
        state="needs_revision",
        version=4,
        updated_at=WHEN,
        submitted_at=WHEN,
        **texts,
    )
    put("p_program_unggulan_writer", plan_id=3, person_id=team, last_at=WHEN)
    for line_id, goal, target in ((11, "Sarapan", Decimal("70.5")), (14, "Kebun", None)):
        put(
            "p_program_unggulan_line",
            id=line_id,
            plan_id=3,
            goal=goal,
            unit="%",
            baseline=Decimal(45),
            baseline_on=date(2020, 9, 3),
            target=target,
            starts_on=date(2020, 10, 1),
            ends_on=None,
            method="Kartu",
            role_school="a",
            role_family="b",
            role_community="c",
            version=2,
        )
    measured = {"measured_on": date(2020, 10, 16), "recorded_by": team, "recorded_at": WHEN}
    put(
        "p_program_unggulan_measure", id=6, line_id=14, value=Decimal("52.25"), note="96 dari 160", **measured
    )
    old_goal = {"id": 8, "goal": "Dihapus", "unit": "kg", "baseline": "1", "target": "2"}
    put(
        "p_program_unggulan_review",
        id=5,
        plan_id=3,
        reviewer_id=world.people[Role.FACILITATOR],
        rubric_key="program_unggulan.plan_review",
        scores={"U1": [0]},
        comments={},
        content={**texts, "name": "Kebun", "code": "1.1.10", "lines": [old_goal]},
        **REVIEW,
    )


def test_flagship_plans_are_carried_over_and_back(app: Flask) -> None:
    world = make_world("program_unggulan", title="Program unggulan")
    part = component(app, "program_unggulan")
    db.session.remove()
    migrate.downgrade(db.engine, part, "program_unggulan_0001")
    flagship_plan(world)
    names = [f"p_program_unggulan_{name}" for name in ("plan", "writer", "line", "measure", "review")]
    before = [rows(name) for name in names]
    migrate.upgrade(db.engine, (part,))

    (plan,) = db.session.scalars(select(Document))
    assert (plan.title, plan.person_id, plan.state.value) == ("Kebun Gizi", None, "needs_revision")
    goals = {one.row: one.content for one in plan.parts if one.part == "goals"}
    assert [goals[row]["goal"] for row in (1, 2)] == ["Sarapan", "Kebun"]
    assert (goals[1]["target"], goals[1]["baseline_on"], goals[2]["target"]) == ("70.5", "2020-09-03", None)
    assert [row.person_id for row in plan.writers] == [world.people[Role.QUALITY_TEAM]]
    (revision,) = plan.revisions
    (removed,) = [row for row in revision.content["rows"] if row["part"] == "goals"]
    assert (removed["row"], removed["values"]["goal"]) == (3, "Dihapus")
    assert plan.reviews[0].revision_no == 1
    (measured,) = rows("p_program_unggulan_measure")
    more = {key: value for key, value in measured.items() if key not in {"id", "measured_on"}}
    put("p_program_unggulan_measure", measured_on=date(2020, 10, 17), **more)  # numbers go on where they were
    with db.engine.begin() as connection:
        table = old_table("p_program_unggulan_measure")
        connection.execute(table.delete().where(table.c.measured_on == date(2020, 10, 17)))
    assert (measured["document_id"], measured["row"], measured["value"]) == (
        plan.id,
        2,
        Decimal("52.25"),
    )

    db.session.remove()
    migrate.downgrade(db.engine, part, "program_unggulan_0001")
    after = [rows(name) for name in names]
    for old, new in zip(before[:4], after[:4], strict=True):
        assert [without_ids(row) for row in new] == [without_ids(row) for row in old]
    (review,) = after[4]
    assert review["content"]["lines"][0]["goal"] == "Dihapus"
    assert db.session.scalars(select(Document)).all() == []
    db.session.remove()
    migrate.upgrade(db.engine, (part,))


CARD_TEXTS = {
    "competence": "3.5 Ekosistem",
    "material": "Jaring makanan",
    "indicator": "Disajikan tabel, siswa menyimpulkan",
    "bloom": "C4",
    "format": "mc_single",
    "source": "Kolam sekolah",
    "stimulus": "",
    "stimulus_table": "Minggu | Ikan\n1 | 40",
    "stem": "Simpulannya ....",
    "options": "A. a\nB. b\nC. c",
    "answer_key": "B",
    "guide": "",
    "reason": "Membandingkan",
}
"""What an item card of before said, by column."""


def item_cards(world: World) -> None:
    teacher, head = world.people[Role.TEACHER], world.people[Role.HEADMASTER]
    at = {"programme_id": world.programme_id, "school_id": world.school_id, "updated_at": WHEN}
    headed = {"subject": "IPA", "grade": "V / 1", "curriculum": "K13", "minutes": 70}
    put("p_hots_assessment_blueprint", id=5, person_id=teacher, version=3, **headed, **at)
    put("p_hots_assessment_blueprint", id=6, person_id=world.colleague, version=1, **headed, **at)

    def a_card(card_id: int, number: int, version: int, **more: Any) -> None:
        picture = {"picture_key": "", "picture_alt": "", "blueprint_id": 5, "shared": True}
        values = {**CARD_TEXTS, **picture, **more}
        put("p_hots_assessment_card", id=card_id, number=number, version=version, updated_at=WHEN, **values)

    a_card(11, 3, 4, picture_key="ab/cdef.jpg", picture_alt="Dua diagram", stimulus_table="")
    a_card(12, 1, 2, shared=False, bloom="", format="", stem="")
    a_card(14, 7, 5)
    a_card(15, 9, 1, material="")
    a_card(16, 1, 2, blueprint_id=6)

    def a_review(review_id: int, card_id: int, version: int, reviewer: int | None, decision: str) -> None:
        values = {**REVIEW, "percent": Decimal("94.74"), "decision": decision, "rubric_version": "1.1"}
        put(
            "p_hots_assessment_review",
            id=review_id,
            card_id=card_id,
            card_version=version,
            reviewer_id=reviewer,
            rubric_key="hots_assessment.item_review_mc",
            scores={"M1": 1, "K4": "na", "B1": 0},
            **values,
        )

    a_review(1, 11, 2, head, "improve")
    a_review(2, 11, 4, head, "use")
    a_review(3, 11, 4, world.colleague, "replace")
    a_review(4, 14, 5, None, "use")
    a_review(5, 15, 1, head, "improve")


def test_item_cards_are_carried_over_and_back(app: Flask) -> None:
    world = make_world("hots_assessment", title="Soal")
    part = component(app, "hots_assessment")
    db.session.remove()
    migrate.downgrade(db.engine, part, "hots_assessment_0002")
    item_cards(world)
    names = [f"p_hots_assessment_{name}" for name in ("blueprint", "card", "review")]
    before = [rows(name) for name in names]
    migrate.upgrade(db.engine, (part,))
    assert not set(names[1:]) & set(inspect(db.engine).get_table_names())
    assert rows(names[0]) == before[0]

    cards = {card.title: card for card in db.session.scalars(select(Document).order_by(Document.id))}
    several, *_more = db.session.scalars(select(Document).order_by(Document.id))
    assert [card.state.value for card in db.session.scalars(select(Document).order_by(Document.id))] == [
        "rejected",  # of two reviews of one version the stricter counts
        "draft",
        "accepted",
        "needs_revision",
        "in_review",
    ]
    assert CARD_TEXTS["indicator"] in cards, "a card without a material is called by its indicator"
    written = {one.part: (one.content, one.version) for one in several.parts}
    assert written["row"] == (
        {
            "number": "3",
            **{key: CARD_TEXTS[key] for key in ("competence", "material", "indicator", "bloom", "format")},
        },
        4,
    )
    assert written["item"][0]["picture"] == {"key": "ab/cdef.jpg", "alt": "Dua diagram"}
    assert [row.person_id for row in several.writers] == [world.people[Role.TEACHER]]
    first, second = several.revisions
    assert (first.no, first.content, second.no) == (2, {"rows": []}, 4)
    assert {row["part"]: row["values"] for row in second.content["rows"]} == {
        one.part: one.content for one in several.parts
    }
    assert [(row.revision_no, row.decision.value, row.reviewer_id) for row in several.reviews] == [
        (2, "needs_revision", world.people[Role.HEADMASTER]),
        (4, "accepted", world.people[Role.HEADMASTER]),
        (4, "rejected", world.colleague),
    ]
    assert several.reviews[0].scores == {"M1": 1, "K4": "na", "B1": 0}

    db.session.remove()
    migrate.downgrade(db.engine, part, "hots_assessment_0002")
    after = [rows(name) for name in names]
    assert [[unlinked(row) for row in table] for table in after] == [
        [unlinked(row) for row in table] for table in before
    ]
    for model in (Document, PartText, DocumentReview):
        assert db.session.scalars(select(model)).all() == []
    db.session.remove()
    migrate.upgrade(db.engine, (part,))


def test_going_back_keeps_the_numbers_that_writers_gave(app: Flask) -> None:
    """Cards without a number, or with one that another card has, take those that nobody gave; each blueprint for itself."""
    world = make_world("hots_assessment", title="Soal")
    part = component(app, "hots_assessment")
    teacher, colleague = world.people[Role.TEACHER], world.colleague
    given = [
        (teacher, None),
        (teacher, "3"),
        (teacher, "1"),
        (teacher, ""),
        (colleague, None),
        (teacher, "3"),
        (teacher, "100"),
        (colleague, "2"),
        (teacher, "5"),
        (teacher, "no part"),
    ]
    with write() as session:
        for place, (person_id, number) in enumerate(given):
            document = Document(
                type_key="hots_assessment.card",
                kind="card",
                programme_id=world.programme_id,
                school_id=world.school_id,
                person_id=person_id,
                title="Kolam",
                state=DocumentState.DRAFT,
                version=1,
                updated_at=WHEN,
                submitted_at=None,
            )
            content = {"number": number, "material": str(place)}
            if number != "no part":
                document.parts.append(
                    PartText(part="row", row=0, content=content, version=1, updated_at=WHEN)
                )
            session.add(document)
            session.flush()
    db.session.remove()
    migrate.downgrade(db.engine, part, "hots_assessment_0002")
    found = {row["material"]: row["number"] for row in rows("p_hots_assessment_card")}
    assert found == {
        "0": 2,
        "1": 3,
        "2": 1,
        "3": 4,
        "4": 1,
        "5": 6,
        "6": 7,
        "7": 2,
        "8": 5,
        "": 8,
    }
    migrate.upgrade(db.engine, (part,))


def unlinked(row: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in row.items() if key not in {"id", "card_id"}}


def test_documents_stay_while_reviewers_learn_to_reject(app: Flask) -> None:
    """The core's own step: a database with documents goes down, where nothing is rejected, and up again."""
    world = make_world("hots_assessment", title="Soal")
    part = component(app, "core")
    with write() as session:
        document = Document(
            type_key="hots_assessment.card",
            kind="card",
            programme_id=world.programme_id,
            school_id=world.school_id,
            person_id=world.people[Role.TEACHER],
            title="Kolam",
            state=DocumentState.REJECTED,
            version=2,
            updated_at=WHEN,
            submitted_at=WHEN,
        )
        document.parts.append(
            PartText(part="row", row=0, content={"number": "1"}, version=1, updated_at=WHEN)
        )
        document.reviews.append(
            DocumentReview(
                **{**REVIEW, "decision": ReviewDecision.REJECTED},
                revision_no=1,
                reviewer_id=world.colleague,
                rubric_key="hots_assessment.item_review_mc",
                scores={"M1": 0},
                comments={},
                remarks={},
            )
        )
        session.add(document)
    db.session.remove()
    names = ("document", "document_part", "document_review")
    before = {name: rows(name) for name in names}
    migrate.downgrade(db.engine, part, "core_0030")
    down = {name: rows(name) for name in names}
    assert (down["document"][0]["state"], down["document_review"][0]["decision"]) == ("needs_revision",) * 2
    assert down["document_part"] == before["document_part"]
    migrate.upgrade(db.engine, (part,))
    assert {name: rows(name) for name in names} == down
    with pytest.raises(IntegrityError), db.engine.begin() as connection:
        connection.execute(update(old_table("document")).values(state="forgotten"))
