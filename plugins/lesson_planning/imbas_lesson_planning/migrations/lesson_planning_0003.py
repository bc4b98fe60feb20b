"""Lesson plans are documents of the core: plans, parts and reviews are carried over, none is left behind.

What was read at each review becomes a version; of title and tags only those of today are known. Whoever goes back to the
revision before gets the plans with everything that those tables can hold.
"""

from typing import Any

import sqlalchemy as sa
from alembic import context, op
from lms.api import Exact, UtcDateTime

revision = "lesson_planning_0003"
down_revision = "lesson_planning_0002"
branch_labels = None
depends_on = None

TYPE, HEADING, TEXT = "lesson_planning.plan", "heading", "text"
TAGS = ("character", "profile", "literacy", "c4", "bloom")
Row = dict[str, Any]


def _table(name: str, /, **columns: Any) -> sa.Table:
    keyed = [sa.Column("id", sa.Integer(), primary_key=True)] if columns.pop("numbered", True) else []
    return sa.Table(name, sa.MetaData(), *keyed, *(sa.Column(key, kind) for key, kind in columns.items()))


_WHEN, _WORDS, _NUMBER = UtcDateTime(), sa.String(), sa.Integer()
_REVIEW = {
    "reviewer_id": _NUMBER,
    "rubric_key": _WORDS,
    "rubric_version": _WORDS,
    "scores": sa.JSON(),
    "comments": sa.JSON(),
    "percent": Exact(),
    "decision": _WORDS,
    "comment": _WORDS,
    "reviewed_at": _WHEN,
}
_PLACE = {"programme_id": _NUMBER, "school_id": _NUMBER, "person_id": _NUMBER, "kind": _WORDS, "title": _WORDS}
_STATE = {"state": _WORDS, "version": _NUMBER, "updated_at": _WHEN, "submitted_at": _WHEN}
plan = _table("p_lesson_planning_plan", **_PLACE, **_STATE, tags=sa.JSON(), low_reason=_WORDS)
part = _table(
    "p_lesson_planning_part",
    numbered=False,
    plan_id=_NUMBER,
    key=_WORDS,
    text=_WORDS,
    version=_NUMBER,
    updated_at=_WHEN,
)
review = _table("p_lesson_planning_review", plan_id=_NUMBER, texts=sa.JSON(), **_REVIEW)
document = _table("document", type_key=_WORDS, **_PLACE, **_STATE)
document_part = _table(
    "document_part",
    document_id=_NUMBER,
    part=_WORDS,
    row=_NUMBER,
    content=sa.JSON(),
    version=_NUMBER,
    form=_WORDS,
    updated_at=_WHEN,
)
document_writer = _table(
    "document_writer", numbered=False, document_id=_NUMBER, person_id=_NUMBER, last_at=_WHEN
)
document_lock = _table("document_lock", numbered=False, document_id=_NUMBER)
document_revision = _table(
    "document_revision",
    numbered=False,
    document_id=_NUMBER,
    no=_NUMBER,
    content=sa.JSON(),
    submitted_at=_WHEN,
    submitted_by=_NUMBER,
)
document_review = _table(
    "document_review", document_id=_NUMBER, revision_no=_NUMBER, remarks=sa.JSON(), **_REVIEW
)


def upgrade() -> None:
    connection = op.get_bind()
    for row in connection.execute(sa.select(plan).order_by(plan.c.id)).mappings().all():
        _carry_over(connection, dict(row))
    for table in (review, part, plan):
        op.drop_table(table.name)


def downgrade() -> None:
    for earlier in ("lesson_planning_0001", "lesson_planning_0002"):
        context.script.get_revision(earlier).module.upgrade()
    connection = op.get_bind()
    known = sa.select(document).where(document.c.type_key == TYPE).order_by(document.c.id)
    for row in connection.execute(known).mappings().all():
        _carry_back(connection, dict(row))


def _carry_over(connection: sa.Connection, old: Row) -> None:
    parts = _of(connection, part, part.c.plan_id == old["id"])
    reviews = _of(connection, review, review.c.plan_id == old["id"], review.c.id)
    new = {key: old[key] for key in (*_PLACE, *_STATE)}
    document_id = _new_id(connection, document, {"type_key": TYPE, **new})
    heading = {"title": old["title"], "low_reason": old["low_reason"], **old["tags"]}
    own = {"document_id": document_id}
    _insert(
        connection,
        document_part,
        [
            {
                **own,
                "part": row["key"],
                "row": 0,
                "content": {TEXT: row["text"]},
                "version": row["version"],
                "form": "",
                "updated_at": row["updated_at"],
            }
            for row in parts
        ]
        + [
            {
                **own,
                "part": HEADING,
                "row": 0,
                "content": heading,
                "version": old["version"],
                "form": "",
                "updated_at": old["updated_at"],
            }
        ],
    )
    writer = {**own, "person_id": old["person_id"], "last_at": old["updated_at"]}
    _insert(connection, document_writer, [writer])
    revisions = [(row["texts"], row["reviewed_at"]) for row in reviews]
    if old["state"] == "in_review":
        revisions.append(({row["key"]: row["text"] for row in parts}, old["submitted_at"]))
    _insert(
        connection,
        document_revision,
        [
            {
                **own,
                "no": no,
                "content": {"rows": _snapshot(texts, heading)},
                "submitted_at": at,
                "submitted_by": old["person_id"],
            }
            for no, (texts, at) in enumerate(revisions, start=1)
        ],
    )
    _insert(
        connection,
        document_review,
        [
            {**own, "revision_no": no, "remarks": {}, **{key: row[key] for key in _REVIEW}}
            for no, row in enumerate(reviews, start=1)
        ],
    )


def _carry_back(connection: sa.Connection, new: Row) -> None:
    parts = _of(connection, document_part, document_part.c.document_id == new["id"])
    heading: Row = next((row["content"] for row in parts if row["part"] == HEADING), {})
    texts = {
        row["no"]: {one["part"]: one["values"][TEXT] for one in row["content"]["rows"] if one["part"] != HEADING}
        for row in _of(connection, document_revision, document_revision.c.document_id == new["id"])
    }
    old = {key: new[key] for key in (*_PLACE, *_STATE)}
    old["title"] = new["title"][:160]
    tags = {key: heading[key] for key in TAGS if key in heading}
    plan_id = _new_id(connection, plan, {**old, "tags": tags, "low_reason": heading.get("low_reason", "")})
    _insert(
        connection,
        part,
        [
            {
                "plan_id": plan_id,
                "key": row["part"],
                "text": row["content"].get(TEXT, ""),
                "version": row["version"],
                "updated_at": row["updated_at"],
            }
            for row in parts
            if row["part"] != HEADING
        ],
    )
    reviews = _of(
        connection, document_review, document_review.c.document_id == new["id"], document_review.c.id
    )
    _insert(
        connection,
        review,
        [
            {"plan_id": plan_id, "texts": texts[row["revision_no"]], **{key: row[key] for key in _REVIEW}}
            for row in reviews
        ],
    )
    for table in (document_review, document_revision, document_writer, document_lock, document_part):
        connection.execute(table.delete().where(table.c.document_id == new["id"]))
    connection.execute(document.delete().where(document.c.id == new["id"]))


def _snapshot(texts: Row, heading: Row) -> list[Row]:
    rows = [{"part": key, "row": 0, "values": {TEXT: text}} for key, text in sorted(texts.items())]
    return [*rows, {"part": HEADING, "row": 0, "values": heading}]


def _of(connection: sa.Connection, table: sa.Table, condition: Any, order: Any = None) -> list[Row]:
    query = sa.select(table).where(condition)
    query = query if order is None else query.order_by(order)
    return [dict(row) for row in connection.execute(query).mappings().all()]


def _insert(connection: sa.Connection, table: sa.Table, rows: list[Row]) -> None:
    if rows:
        connection.execute(table.insert(), rows)


def _new_id(connection: sa.Connection, table: sa.Table, values: Row) -> int:
    key = connection.execute(table.insert().values(**values)).inserted_primary_key
    assert key is not None
    return int(key[0])
