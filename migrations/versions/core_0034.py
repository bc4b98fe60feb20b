"""Texts by language in one column: titles of quizzes and deliverables, competences, results, and what is still open.

Columns ``title_id`` and ``title_en`` become ``title``, ``{"id": ..., "en": ...}``; so does what stands within JSON. The digest of a
quiz is made anew over the new columns, so that an unchanged quiz keeps its edition.
"""

import hashlib
import json
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "core_0034"
down_revision = "core_0033"
branch_labels = None
depends_on = None

COLUMNS = (("quiz", "title"), ("deliverable_due", "title"), ("item", "competence"))
AT_ONCE = 1000


def upgrade() -> None:
    for table, column in COLUMNS:
        op.add_column(table, sa.Column(column, sa.JSON(), nullable=True))
        build = "json_object" if op.get_bind().dialect.name == "sqlite" else "json_build_object"
        op.execute(f"UPDATE {table} SET {column} = {build}('id', {column}_id, 'en', {column}_en)")  # noqa: S608
        with op.batch_alter_table(table, table_kwargs=_kept(table)) as changed:
            changed.alter_column(column, existing_type=sa.JSON(), nullable=False)
            changed.drop_column(f"{column}_id")
            changed.drop_column(f"{column}_en")
    _rewrite("attempt", "result", _groups(_labels_by_language))
    _rewrite("completion_state", "reasons", lambda reasons: [_reason_by_language(reason) for reason in reasons])
    _make_digests()


def downgrade() -> None:
    for table, column in COLUMNS:
        for language in ("id", "en"):
            op.add_column(table, sa.Column(f"{column}_{language}", sa.String(200), nullable=True))
        for key, text in _column(table, column):
            values = {f"{column}_{language}": _in(text, language)[:200] for language in ("id", "en")}
            found = sa.table(table, sa.column("id"), *(sa.column(name) for name in values))
            op.execute(found.update().where(found.c.id == key).values(values))
        with op.batch_alter_table(table, table_kwargs=_kept(table)) as changed:
            for language in ("id", "en"):
                changed.alter_column(f"{column}_{language}", existing_type=sa.String(200), nullable=False)
            changed.drop_column(column)
    _rewrite("attempt", "result", _groups(_labels_apart))
    _rewrite("completion_state", "reasons", lambda reasons: [_reason_apart(reason) for reason in reasons])


def _kept(table: str) -> dict[str, Any]:
    """What SQLite would forget of a table that is written anew: numbers of quizzes are never given again."""
    return {"sqlite_autoincrement": True} if table == "quiz" else {}


def _column(table: str, column: str) -> Iterator[tuple[int, Any]]:
    """Keys and values of a JSON column, some rows at a time."""
    found = sa.table(table, sa.column("id", sa.BigInteger()), sa.column(column, sa.JSON()))
    last = 0
    while rows := list(
        op.get_bind().execute(
            sa.select(found).where(found.c.id > last).order_by(found.c.id).limit(AT_ONCE)
        )
    ):
        yield from ((row[0], row[1]) for row in rows)
        last = rows[-1][0]


def _rewrite(table: str, column: str, change: Callable[[Any], Any]) -> None:
    found = sa.table(table, sa.column("id", sa.BigInteger()), sa.column(column, sa.JSON()))
    statement = found.update().where(found.c.id == sa.bindparam("key")).values({column: sa.bindparam("value")})
    changed = [{"key": key, "value": change(value)} for key, value in _column(table, column) if value]
    for start in range(0, len(changed), AT_ONCE):
        op.get_bind().execute(statement, changed[start : start + AT_ONCE])


def _groups(change: Callable[[dict[str, Any]], dict[str, Any]]) -> Callable[[Any], Any]:
    return lambda result: {
        name: [change(group) for group in groups] if name in ("competence", "bloom") else groups
        for name, groups in result.items()
    }


def _labels_by_language(group: dict[str, Any]) -> dict[str, Any]:
    label = group["label"]
    rest = {name: value for name, value in group.items() if name != "label_en"}
    return {**rest, "label": {"id": label, "en": group.get("label_en", label)}}


def _labels_apart(group: dict[str, Any]) -> dict[str, Any]:
    return {**group, "label": _in(group["label"], "id"), "label_en": _in(group["label"], "en")}


def _reason_by_language(reason: dict[str, Any]) -> dict[str, Any]:
    rest = {name: value for name, value in reason.items() if name not in ("id", "en")}
    return {**rest, "text": {"id": reason["id"], "en": reason["en"]}}


def _reason_apart(reason: dict[str, Any]) -> dict[str, Any]:
    rest = {name: value for name, value in reason.items() if name != "text"}
    return {**rest, "id": _in(reason["text"], "id"), "en": _in(reason["text"], "en")}


def _in(text: dict[str, Any], language: str) -> str:
    """A text in a language as far as it stands here: of a sentence of the program the Indonesian, with its parameters."""
    if "msgid" in text:
        params = {name: _in(value, language) if isinstance(value, dict) else value for name, value in text.get("params", {}).items()}
        return str(text["msgid"] % {**params, "num": text.get("number")}) if params or "number" in text else str(text["msgid"])
    if "joined" in text:
        return str(text["separator"]).join(_in(part, language) for part in text["joined"])
    if "sentence" in text:
        return _in(text["sentence"], language)
    return str(text.get(language) or text.get("id") or next(iter(text.values())))


def _make_digests() -> None:
    """As ``lms/assessment/quiz_versions.py`` makes them, of the items of the present edition."""
    bind = op.get_bind()
    quiz = sa.table("quiz", sa.column("id"), sa.column("edition"), sa.column("digest"))
    names = ("position", "key", "type", "bloom", "competence", "maximum", "body", "secret")
    in_json = {"competence", "body", "secret"}
    columns = [sa.column(name, sa.JSON() if name in in_json else None) for name in names]
    item = sa.table("item", sa.column("quiz_id"), sa.column("edition"), *columns)
    scale = 10_000 if bind.dialect.name == "sqlite" else 1
    for key, edition in bind.execute(sa.select(quiz.c.id, quiz.c.edition)).all():
        rows = bind.execute(
            sa.select(*(item.c[name] for name in names))
            .where(item.c.quiz_id == key, item.c.edition == edition)
            .order_by(item.c.position)
        )
        values = [
            {**row, "maximum": format((Decimal(row["maximum"]) / scale).normalize(), "f")}
            for row in (dict(found) for found in rows.mappings())
        ]
        text = json.dumps(values, sort_keys=True, default=str)
        digest = hashlib.sha256(text.encode()).hexdigest()
        bind.execute(quiz.update().where(quiz.c.id == key).values(digest=digest))
