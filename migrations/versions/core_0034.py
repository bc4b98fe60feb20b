"""Texts by language in one column: titles of quizzes and deliverables, competences, results, and what is still open.

Columns ``title_id`` and ``title_en`` become ``title``, ``{"id": ..., "en": ...}``; so does what stands within JSON. The digest of a
quiz is made anew over the new columns, so that an unchanged quiz keeps its edition.

On the way back every stored text becomes ``{"id": ..., "en": ...}``, also a sentence that was stored in no language, and
digests are those of the former columns.
"""

import hashlib
import json
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from alembic import op

from lms.contract.text import text_of

revision = "core_0034"
down_revision = "core_0033"
branch_labels = None
depends_on = None

COLUMNS = (("quiz", "title"), ("deliverable_due", "title"), ("item", "competence"))
TEXTS = (("notice", "text", ("id",)), ("certificate", "pdf_problem", ("id",)), ("certificate_batch_line", "problem", ("batch_id", "position")))
"""Where a sentence is stored; what was there before the upgrade is read today as it is."""
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
    _make_digests(lambda row: row)


def downgrade() -> None:
    _rewrite("item", "secret", _with_reason_in_both)
    _make_digests(_competence_apart)
    for table, column in COLUMNS:
        for language in ("id", "en"):
            op.add_column(table, sa.Column(f"{column}_{language}", sa.String(200), nullable=True))
        for rows in _batches(table, column, ("id",)):
            _update(table, ("id",), [(key, _apart(column, text)) for key, text in rows], sa.String())
        with op.batch_alter_table(table, table_kwargs=_kept(table)) as changed:
            for language in ("id", "en"):
                changed.alter_column(f"{column}_{language}", existing_type=sa.String(200), nullable=False)
            changed.drop_column(column)
    _rewrite("attempt", "result", _groups(_labels_apart))
    _rewrite("completion_state", "reasons", lambda reasons: [_reason_apart(reason) for reason in reasons])
    for table, column, key in TEXTS:
        _rewrite(table, column, _in_both, key)


def _kept(table: str) -> dict[str, Any]:
    """What SQLite would forget of a table that is written anew: numbers of quizzes are never given again."""
    return {"sqlite_autoincrement": True} if table == "quiz" else {}


Key = tuple[int, ...]


def _batches(table: str, column: str, key: tuple[str, ...]) -> Iterator[list[tuple[Key, Any]]]:
    """Keys and values of a JSON column in the order of the keys, so that they may be written meanwhile."""
    keys = [sa.column(name, sa.BigInteger()) for name in key]
    found = sa.table(table, *keys, sa.column(column, sa.JSON()))
    query = sa.select(found).order_by(*keys).limit(AT_ONCE)
    rows = op.get_bind().execute(query).all()
    while rows:
        yield [(tuple(row[:-1]), row[-1]) for row in rows]
        rows = op.get_bind().execute(query.where(sa.tuple_(*keys) > tuple(rows[-1][:-1]))).all()


def _rewrite(table: str, column: str, change: Callable[[Any], Any], key: tuple[str, ...] = ("id",)) -> None:
    """Some rows at a time: of 200,000 people there are millions."""
    for rows in _batches(table, column, key):
        _update(table, key, [(at, {column: change(value)}) for at, value in rows if value], sa.JSON())


def _update(table: str, key: tuple[str, ...], rows: list[tuple[Key, dict[str, Any]]], kind: sa.types.TypeEngine[Any]) -> None:
    """Write values of columns of one type."""
    if not rows:
        return
    names = list(rows[0][1])
    found = sa.table(table, *(sa.column(name) for name in key), *(sa.column(name, kind) for name in names))
    statement = (
        found.update()
        .where(*(found.c[name] == sa.bindparam(f"key_{name}") for name in key))
        .values({name: sa.bindparam(f"new_{name}") for name in names})
    )
    op.get_bind().execute(
        statement,
        [
            {f"key_{name}": part for name, part in zip(key, at, strict=True)}
            | {f"new_{name}": value for name, value in values.items()}
            for at, values in rows
        ],
    )


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
    label = _in_both(group["label"])
    return {**group, "label": label["id"], "label_en": label["en"]}


def _reason_by_language(reason: dict[str, Any]) -> dict[str, Any]:
    rest = {name: value for name, value in reason.items() if name not in ("id", "en")}
    return {**rest, "text": {"id": reason["id"], "en": reason["en"]}}


def _reason_apart(reason: dict[str, Any]) -> dict[str, Any]:
    rest = {name: value for name, value in reason.items() if name != "text"}
    return {**rest, **_in_both(reason["text"])}


def _with_reason_in_both(secret: dict[str, Any]) -> dict[str, Any]:
    reason = secret.get("level_reason")
    return {**secret, "level_reason": _in_both(reason)} if reason else secret


def _competence_apart(row: dict[str, Any]) -> dict[str, Any]:
    competence = _in_both(row["competence"])
    rest = {name: value for name, value in row.items() if name != "competence"}
    return {**rest, "competence_id": competence["id"], "competence_en": competence["en"]}


def _apart(column: str, text: dict[str, Any]) -> dict[str, str]:
    return {f"{column}_{language}": said[:200] for language, said in _in_both(text).items()}


def _in_both(kept: dict[str, Any]) -> dict[str, str]:
    """A stored text in the two languages; a sentence of the program by the catalogue of its package."""
    text = text_of(kept)
    return {language: text.in_(language) for language in ("id", "en")}


def _make_digests(form: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    """As ``lms/assessment/quiz_versions.py`` makes them, of the items of the present edition in ``form``."""
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
            {**form(row), "maximum": format((Decimal(row["maximum"]) / scale).normalize(), "f")}
            for row in (dict(found) for found in rows.mappings())
        ]
        text = json.dumps(values, sort_keys=True, default=str)
        digest = hashlib.sha256(text.encode()).hexdigest()
        bind.execute(quiz.update().where(quiz.c.id == key).values(digest=digest))
