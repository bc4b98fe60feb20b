"""A backup of revision 2482f94, as that revision wrote it, comes back with every row, upgraded to the schema of today."""

import io
import json
import lzma
import tarfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import click
import pytest
from flask import Flask
from sqlalchemy import select

from lms.assessment import api as assessment
from lms.assessment import quiz_versions
from lms.cli.archive import opened
from lms.cli.restore import drill, read_backup
from lms.cli.rows import line
from lms.contract.items import Bloom, ItemSpec, QuizSpec
from lms.contract.text import stored
from lms.platform import audit, migrate, schema
from lms.platform.application import platform
from lms.platform.db import Base, db
from lms.platform.plugins import registry
from lms.platform.transaction import write
from lms.programmes import api as programmes
from lms.programmes.models import digest_of
from lms.settings import Settings
from lms.testing.apps import make_app
from lms.testing.databases import PostgresqlDatabases, SqliteDatabases

pytestmark = pytest.mark.modules

OLD = Path(__file__).parent / "old_backups" / "2482f94.tar.xz"
Row = Mapping[str, Any]

ADOPTED = {"dissemination_report": "dissemination.report", "grant_report": "grant.report"}
"""Keys of the core that are a module's today."""


def _definition(value: Any) -> Any:
    """A definition as it is today: visits are a section of a module, two deliverables are modules' too."""
    rounds = value.pop("visits")
    assert len(rounds) == 4
    for stage in value["stages"]:
        for due in stage["deliverables"]:
            due["key"] = ADOPTED.get(due["key"], due["key"])
    return {**value, "sections": {"coaching": {"rounds": rounds}}}


def _key(value: Any) -> Any:
    return ADOPTED.get(value, value)


def _labels_by_language(result: Row) -> Row:
    def by_language(group: Row) -> Row:
        rest = {name: value for name, value in group.items() if name != "label_en"}
        return {**rest, "label": {"id": group["label"], "en": group["label_en"]}}

    return {name: [by_language(group) for group in groups] for name, groups in result.items()}


def _reasons_by_language(reasons: list[Row]) -> list[Row]:
    def by_language(reason: Row) -> Row:
        rest = {name: value for name, value in reason.items() if name not in ("id", "en")}
        return {**rest, "text": {"id": reason["id"], "en": reason["en"]}}

    return [by_language(reason) for reason in reasons]


MOVED: dict[tuple[str, str], Callable[[Any], Any]] = {
    ("stage", "closes_at"): lambda value: str(datetime.fromisoformat(value) + timedelta(seconds=1)),
    ("programme", "definition"): _definition,
    ("programme_version", "definition"): _definition,
    ("deliverable_due", "deliverable_key"): _key,
    ("deadline_change", "target"): _key,
    ("review", "rubric_key"): _key,
    ("attempt", "result"): _labels_by_language,
    ("completion_state", "reasons"): _reasons_by_language,
    **{
        key: lambda value: value or None
        for key in (
            ("completion_state", "enrolment_id"),
            ("completion_state", "stage_id"),
            ("submission", "enrolment_id"),
            ("certificate", "enrolment_id"),
            ("certificate", "replaced_by"),
        )
    },
}
"""Values that mean the same and are written otherwise today: a stage closes at midnight, not a second before; texts by language;
what has no participant, stage or certificate says NULL instead of 0 or nothing."""
TEXTS = (("quiz", "title"), ("deliverable_due", "title"), ("item", "competence"))
"""What had a column for each of two languages."""
ELSEWHERE = {
    ("account", "recovery_hashes"),
    ("certificate_batch", "waiting"),
    ("certificate_batch", "problems"),
    ("deadline_change", "reason"),
    ("deadline_change", "changed_by"),
    ("deadline_change", "changed_at"),
    ("quiz", "digest"),
    *((table, f"{column}_{language}") for table, column in TEXTS for language in ("id", "en")),
}
"""Columns whose values became rows of another table: compared by a test of their own."""

BECAME_DOCUMENTS = {
    *(f"p_lesson_planning_{name}" for name in ("plan", "part", "review")),
    *(f"p_program_unggulan_{name}" for name in ("plan", "writer", "line", "measure", "review")),
}
"""Tables of modules whose rows are documents of the core today: compared by a test of their own."""
CARDS = {f"p_hots_assessment_{name}" for name in ("card", "review")}
"""Tables whose rows are documents, too."""


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("old") / "old.tar"
    path.write_bytes(lzma.decompress(OLD.read_bytes()))
    return path


@pytest.fixture
def restored(
    archive: Path, databases: SqliteDatabases | PostgresqlDatabases, tmp_path: Path
) -> Iterator[Flask]:
    url = databases.empty() if isinstance(databases, PostgresqlDatabases) else ""
    app = make_app(
        Settings(data=tmp_path / "data", database_url=url, secret_key="s" * 40, environment="test")
    )
    with app.app_context():
        with opened(archive) as found:
            wanted = sum(len(found.rows_of(table).readlines()) for table in found.tables)
        assert read_backup(archive).rows == wanted > 16_000
        yield app
        db.session.remove()
        db.engine.dispose()


def test_every_row_comes_back(restored: Flask, archive: Path) -> None:
    different: list[str] = []
    with opened(archive) as found, db.engine.connect() as connection:
        for name in set(found.tables) - BECAME_DOCUMENTS - CARDS:
            table = Base.metadata.tables[name]
            key = [column.name for column in table.primary_key.columns]
            rows = (json.loads(line(row)) for row in connection.execute(select(table)).mappings())
            now = {tuple(row[part] for part in key): row for row in rows}
            for text in found.rows_of(name):
                then: Row = json.loads(text)
                row = now.pop(tuple(then[part] for part in key), None)
                different += (
                    [f"{name} {then[key[0]]} is gone"] if row is None else _differences(name, then, row)
                )
            different += [f"{name} {number} is new" for number in now]
    assert different == []


def test_recovery_codes_became_rows(restored: Flask, archive: Path) -> None:
    code = Base.metadata.tables["recovery_code"]
    with opened(archive) as found:
        accounts = [json.loads(line) for line in found.rows_of("account")]
    wanted = {(account["id"], code) for account in accounts for code in account["recovery_hashes"]}
    assert len(wanted) == 8
    assert {tuple(row) for row in db.session.execute(select(code.c.account_id, code.c.code_hash))} == wanted


def test_texts_became_one_column_with_their_languages(restored: Flask, archive: Path) -> None:
    for name, column in TEXTS:
        with opened(archive) as found:
            then = [json.loads(text) for text in found.rows_of(name)]
        table = Base.metadata.tables[name]
        now = {row.id: stored(row[1]) for row in db.session.execute(select(table.c.id, table.c[column]))}
        assert then
        assert now == {row["id"]: {"id": row[f"{column}_id"], "en": row[f"{column}_en"]} for row in then}


def test_a_quiz_that_nobody_changed_keeps_its_edition(restored: Flask) -> None:
    with write() as session:
        for quiz in session.scalars(select(assessment.Quiz)):
            edition, items = quiz.edition, quiz_versions.items_of(session, quiz.id, quiz.edition)
            quiz_versions.renew(
                session, quiz, QuizSpec(quiz.key, quiz.title, quiz.minutes, quiz.attempts, _specs(items))
            )
            assert quiz.edition == edition
            *others, last = _specs(items)
            changed = (*others, replace(last, body={**last.body, "stem": "Soal lain?"}))
            quiz_versions.renew(
                session, quiz, QuizSpec(quiz.key, quiz.title, quiz.minutes, quiz.attempts, changed)
            )
            assert quiz.edition == edition + 1


def _specs(items: Sequence[assessment.LoadedItem]) -> tuple[ItemSpec, ...]:
    """The items of a file that would say what is stored."""
    return tuple(
        ItemSpec(
            key=item.key,
            type=item.type,
            bloom=Bloom(item.bloom),
            competence=item.competence,
            minutes=1,
            indicator="",
            maximum=item.maximum,
            body=item.body,
            secret=item.secret,
        )
        for item in items
    )


def test_moves_of_deadlines_became_decisions(restored: Flask, archive: Path) -> None:
    change, decision = (Base.metadata.tables[name] for name in ("deadline_change", "deadline_decision"))
    with opened(archive) as found:
        moves = [json.loads(text) for text in found.rows_of("deadline_change")]
    rows = db.session.execute(
        select(change.c.id, decision).join(decision, decision.c.id == change.c.decision_id)
    ).mappings()
    now = {row[change.c.id]: row for row in rows}
    assert moves
    for move in moves:
        row = now[move["id"]]
        assert (row["reason"], row["decided_by"]) == (move["reason"], move["changed_by"])
        assert (row["school_id"], row["total"], row["done"]) == (move["school_id"], 1, 1)
        assert str(row["decided_at"]) == str(row["finished_at"]) == move["changed_at"]


def test_plans_became_documents(restored: Flask, archive: Path) -> None:
    """Every plan, part, goal, writer, review and measurement; a number of its own may be another one."""
    with opened(archive) as found:
        old = {name: [json.loads(text) for text in found.rows_of(name)] for name in BECAME_DOCUMENTS}
    plan_types = {"lesson_planning.plan", "program_unggulan.plan"}
    documents, now = _documents(plan_types)
    measures = select(Base.metadata.tables["p_program_unggulan_measure"])
    now["p_program_unggulan_measure"] = [
        json.loads(line(row)) for row in db.session.execute(measures).mappings()
    ]
    assert all(old.values())
    plans = {row["id"]: row for row in old["p_lesson_planning_plan"]}
    flagships = {row["id"]: row for row in old["p_program_unggulan_plan"]}
    lines = {row["id"]: row for row in old["p_program_unggulan_line"]}

    def of(row: Row) -> tuple[Any, ...]:
        """What a plan is known by, before and after."""
        return (row["school_id"], row.get("person_id"), row.get("title", row.get("name")), row["state"])

    assert Counter(map(of, documents.values())) == Counter(map(of, (*plans.values(), *flagships.values())))
    texts = Counter(
        (of(plans[row["plan_id"]]), row["key"], row["text"]) for row in old["p_lesson_planning_part"]
    )
    assert texts == Counter(
        (of(documents[row["document_id"]]), row["part"], row["content"]["text"])
        for row in now["document_part"]
        if "text" in row["content"]
    )
    goals = Counter(
        (of(flagships[row["plan_id"]]), row["goal"], row["role_family"]) for row in lines.values()
    )
    assert goals == Counter(
        (of(documents[row["document_id"]]), row["content"]["goal"], row["content"]["role_family"])
        for row in now["document_part"]
        if row["part"] == "goals"
    )
    wrote = Counter(
        (of(flagships[row["plan_id"]]), row["person_id"], row["last_at"])
        for row in old["p_program_unggulan_writer"]
    )
    wrote += Counter((of(row), row["person_id"], row["updated_at"]) for row in plans.values())
    assert wrote == Counter(
        (of(documents[row["document_id"]]), row["person_id"], row["last_at"])
        for row in now["document_writer"]
    )
    said = [(plans, row) for row in old["p_lesson_planning_review"]]
    said += [(flagships, row) for row in old["p_program_unggulan_review"]]
    assert Counter((of(whose[row["plan_id"]]), *_review(row)) for whose, row in said) == Counter(
        (of(documents[row["document_id"]]), *_review(row)) for row in now["document_review"]
    )
    measured = Counter(
        (
            of(flagships[lines[row["line_id"]]["plan_id"]]),
            row["measured_on"],
            row["value"],
            row["recorded_by"],
        )
        for row in old["p_program_unggulan_measure"]
    )
    assert measured == Counter(
        (of(documents[row["document_id"]]), row["measured_on"], row["value"], row["recorded_by"])
        for row in now["p_program_unggulan_measure"]
    )


def _rows(table: str) -> list[Row]:
    return [dict(row) for row in db.session.execute(select(Base.metadata.tables[table])).mappings()]


def test_item_cards_became_documents(restored: Flask, archive: Path) -> None:
    """Every card with all that stands on it, and every review; the strictest decision is where a card stands."""
    with opened(archive) as found:
        old = {
            name: [json.loads(text) for text in found.rows_of(f"p_hots_assessment_{name}")]
            for name in ("blueprint", "card", "review")
        }
    documents, now = _documents({"hots_assessment.card"})
    heads = {row["id"]: row for row in old["blueprint"]}
    cards = {row["id"]: row for row in old["card"]}
    assert len(cards) == len(documents) > 30
    skipped = {
        "id",
        "blueprint_id",
        "shared",
        "version",
        "updated_at",
        "number",
        "picture_key",
        "picture_alt",
    }

    def of_card(row: Row) -> str:
        head = heads[row["blueprint_id"]]
        texts = {key: value for key, value in row.items() if key not in skipped}
        picture = [row.get("picture_key", ""), row.get("picture_alt", "")]
        return json.dumps(
            [
                head["school_id"],
                head["person_id"],
                row["number"],
                row["version"],
                texts,
                picture,
                row["updated_at"],
            ],
            sort_keys=True,
        )

    written: dict[int, dict[str, Any]] = {}
    for part in now["document_part"]:
        written.setdefault(part["document_id"], {}).update(part["content"])

    def of_document(row: Row) -> str:
        content = dict(written[row["id"]])
        number, picture = int(content.pop("number")), content.pop("picture", None) or {"key": "", "alt": ""}
        content = {key: value for key, value in content.items() if key in texts_then}
        return json.dumps(
            [
                row["school_id"],
                row["person_id"],
                number,
                row["version"],
                content,
                [picture["key"], picture["alt"]],
                row["updated_at"],
            ],
            sort_keys=True,
        )

    texts_then = set(old["card"][0]) - skipped
    assert Counter(map(of_card, cards.values())) == Counter(map(of_document, documents.values()))
    words = {"use": "accepted", "improve": "needs_revision", "replace": "rejected"}
    said = Counter(
        (
            of_card(cards[row["card_id"]]),
            row["card_version"],
            *_review({**row, "decision": words[row["decision"]]}),
        )
        for row in old["review"]
    )
    assert said == Counter(
        (of_document(documents[row["document_id"]]), row["revision_no"], *_review(row))
        for row in now["document_review"]
    )
    reviewed = {
        row["card_id"] for row in old["review"] if row["card_version"] == cards[row["card_id"]]["version"]
    }
    waiting = sum(row["shared"] for row in cards.values()) - len(reviewed)
    assert Counter(row["state"] for row in documents.values())["in_review"] == waiting


def _documents(types: set[str]) -> tuple[dict[int, Row], dict[str, list[Row]]]:
    """Documents of some types by id, and the rows of the tables below them."""
    documents = {row["id"]: row for row in _today("document") if row["type_key"] in types}
    below = ("document_part", "document_review", "document_writer")
    return documents, {
        name: [row for row in _today(name) if row["document_id"] in documents] for name in below
    }


def _today(name: str) -> list[Row]:
    query = select(Base.metadata.tables[name])
    return [json.loads(line(row)) for row in db.session.execute(query).mappings()]


def _review(row: Row) -> tuple[str, ...]:
    names = ("reviewer_id", "percent", "decision", "comment", "scores", "comments", "reviewed_at")
    return tuple(json.dumps(row.get(name) or None, sort_keys=True) for name in names)


def test_its_trail_is_whole_and_goes_on(restored: Flask) -> None:
    assert audit.first_broken(db.session()) is None


def test_its_schema_is_that_of_the_models(restored: Flask) -> None:
    parts = platform(restored).components
    assert all(status.at_head for status in schema.status(db.engine, parts))
    assert [migrate.differences(db.engine, part) for part in parts] == [[] for _ in parts]


def test_its_definition_is_named_by_what_it_says(restored: Flask) -> None:
    """Also after a plugin has brought over what it owns today."""
    (programme,) = db.session.scalars(select(programmes.Programme))
    assert "coaching" in programme.definition["sections"]
    assert programme.definition_digest == digest_of(programme.definition)


def test_its_pages_are_read(restored: Flask) -> None:
    session = db.session()
    (programme,) = session.scalars(select(programmes.Programme))
    assert len(programmes.definition_of(programme).stages) == 3
    assert {due["deliverable_key"] for due in _rows("deliverable_due")} >= set(ADOPTED.values())
    assert {due["deliverable_key"] for due in _rows("deliverable_due")} <= registry().deliverables.keys()
    reviewed_by = {row["rubric_key"] for row in _rows("review")}
    assert "dissemination.report" in reviewed_by
    assert not reviewed_by & ADOPTED.keys()
    definition = programmes.definition_of(programme)
    assert programmes.load_yaml(programmes.dump_yaml(definition), registry().sections.values()).sections


def test_without_the_modules_it_is_read_as_it_was_written(restored: Flask) -> None:
    """As an installation reads it that has the new core only: those modules' rows are those of modules that are off."""
    parts = {part.name: part for part in platform(restored).components}
    db.session.remove()
    for name in ("coaching", "dissemination", "grant"):
        migrate.downgrade(db.engine, parts[name], "base")
    (programme,) = db.session().scalars(select(programmes.Programme))
    definition = programmes.definition_of(programme)
    assert [visit["no"] for visit in definition.sections["visits"]] == [1, 2, 3, 4]
    assert programmes.load_yaml(programmes.dump_yaml(definition)) == definition
    assert {due["deliverable_key"] for due in _rows("deliverable_due")} >= ADOPTED.keys()


def test_it_goes_down_to_where_it_was_and_up_again(restored: Flask, archive: Path) -> None:
    """What the newer schema cannot hold otherwise is still there when it is taken back."""
    parts = platform(restored).components
    with opened(archive) as found:
        then = found.manifest["revisions"]
    db.session.remove()
    for part in reversed(parts):
        migrate.downgrade(db.engine, part, then.get(part.name, "base"))
    assert _stored_now("programme", "definition") == _archived(archive, "programme", "definition")
    assert _stored_now("programme_version", "definition") == _archived(
        archive, "programme_version", "definition"
    )
    assert _stored_now("quiz", "digest") == _archived(archive, "quiz", "digest")
    migrate.upgrade(db.engine, parts)
    test_plans_became_documents(restored, archive)
    test_item_cards_became_documents(restored, archive)
    test_every_row_comes_back(restored, archive)
    test_recovery_codes_became_rows(restored, archive)
    test_moves_of_deadlines_became_decisions(restored, archive)
    test_texts_became_one_column_with_their_languages(restored, archive)
    test_its_trail_is_whole_and_goes_on(restored)


def _archived(archive: Path, name: str, column: str) -> dict[tuple[Any, ...], Any]:
    """A column as the archive holds it, by primary key."""
    key = Base.metadata.tables[name].primary_key.columns.keys()
    with opened(archive) as found:
        rows = [json.loads(text) for text in found.rows_of(name)]
    assert rows
    return {tuple(row[part] for part in key): row[column] for row in rows}


def _stored_now(name: str, column: str) -> dict[tuple[Any, ...], Any]:
    """The same column as it stands in the database, whatever its revision."""
    table = Base.metadata.tables[name]
    key = list(table.primary_key.columns)
    with db.engine.connect() as connection:
        found = connection.execute(select(*key, table.c[column])).all()
    return {tuple(row[:-1]): row[-1] for row in found}


def test_a_drill_does_not_pretend(app: Flask, archive: Path) -> None:
    with pytest.raises(click.ClickException, match="an earlier version"):
        drill(archive, app)


def test_what_a_later_version_wrote_is_refused(app: Flask, archive: Path, tmp_path: Path) -> None:
    later = tmp_path / "later.tar"
    with tarfile.open(archive) as source, tarfile.open(later, "w") as target:
        for member in source:
            file = source.extractfile(member)
            assert file is not None
            body = file.read()
            if member.name == "manifest.json":
                body = body.replace(b'"core_0012"', b'"core_9999"')
                member.size = len(body)
                file.close()
            target.addfile(member, io.BytesIO(body))
    with pytest.raises(click.ClickException, match="Nothing was changed"):
        read_backup(later)


def _differences(name: str, then: Row, row: Row) -> Iterator[str]:
    for column, value in then.items():
        if (name, column) not in ELSEWHERE:
            wanted = MOVED.get((name, column), lambda value: value)(value)
            if row[column] != wanted:
                yield f"{name} {then.get('id')}, {column}: {row[column]!r} was {value!r}"
