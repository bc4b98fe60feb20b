"""Flagship plans are documents of the core: plans, goals, writers and reviews are carried over, none is left behind.

Measurements stay here and point at the document and the row of their goal. What was read at each review becomes a version.
Whoever goes back to the revision before gets the plans with everything that those tables can hold.
"""

from datetime import date
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from alembic import context, op
from lms.api import Exact, UtcDateTime

revision = "program_unggulan_0002"
down_revision = "program_unggulan_0001"
branch_labels = None
depends_on = None

TYPE, KIND, ABOUT, GOALS = "program_unggulan.plan", "flagship", "plan", "goals"
TEXTS = ("name", "code", "problem", "reason", "responsible", "budget", "risk", "sustainability")
FIGURES, DAYS = ("baseline", "target"), ("baseline_on", "starts_on", "ends_on")
GOAL_TEXTS = ("goal", "unit", "method", "role_school", "role_family", "role_community")
Row = dict[str, Any]
_WHEN, _WORDS, _NUMBER = UtcDateTime(), sa.String(), sa.Integer()


def _table(name: str, /, **columns: Any) -> sa.Table:
    keyed = [sa.Column("id", sa.Integer(), primary_key=True)] if columns.pop("numbered", True) else []
    return sa.Table(name, sa.MetaData(), *keyed, *(sa.Column(key, kind) for key, kind in columns.items()))


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
_PLACE = {"programme_id": _NUMBER, "school_id": _NUMBER}
_STATE = {"state": _WORDS, "version": _NUMBER, "updated_at": _WHEN, "submitted_at": _WHEN}
_MEASURE = {
    "measured_on": sa.Date(),
    "value": Exact(),
    "note": _WORDS,
    "recorded_by": _NUMBER,
    "recorded_at": _WHEN,
}
plan = _table("p_program_unggulan_plan", **_PLACE, **_STATE, **dict.fromkeys(TEXTS, _WORDS))
writer = _table(
    "p_program_unggulan_writer", numbered=False, plan_id=_NUMBER, person_id=_NUMBER, last_at=_WHEN
)
line = _table(
    "p_program_unggulan_line",
    plan_id=_NUMBER,
    version=_NUMBER,
    **dict.fromkeys(GOAL_TEXTS, _WORDS),
    **dict.fromkeys(FIGURES, Exact()),
    **dict.fromkeys(DAYS, sa.Date()),
)
old_measure = _table("p_program_unggulan_measure", line_id=_NUMBER, **_MEASURE)
measure = _table("p_program_unggulan_measure", document_id=_NUMBER, row=_NUMBER, **_MEASURE)
review = _table("p_program_unggulan_review", plan_id=_NUMBER, content=sa.JSON(), **_REVIEW)
document = _table(
    "document", type_key=_WORDS, kind=_WORDS, title=_WORDS, person_id=_NUMBER, **_PLACE, **_STATE
)
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
    measured: list[Row] = []
    for row in _of(connection, plan, sa.true(), plan.c.id):
        measured += _carry_over(connection, row)
    for table in (old_measure, review, line, writer, plan):
        op.drop_table(table.name)
    op.create_table(
        measure.name,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("measured_on", sa.Date(), nullable=False),
        sa.Column("value", Exact(), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("recorded_by", sa.Integer(), nullable=True),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"], ["document.id"], name=op.f("fk_p_program_unggulan_measure_document_id")
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["person.id"], name=op.f("fk_p_program_unggulan_measure_recorded_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_p_program_unggulan_measure")),
        sa.UniqueConstraint(
            "document_id",
            "row",
            "measured_on",
            name=op.f("uq_p_program_unggulan_measure_document_id_row_measured_on"),
        ),
    )
    op.create_index(op.f("ix_p_program_unggulan_measure_recorded_by"), measure.name, ["recorded_by"])
    _insert(connection, measure, measured)


def downgrade() -> None:
    connection = op.get_bind()
    measured = _of(connection, measure, sa.true(), measure.c.id)
    op.drop_table(measure.name)
    context.script.get_revision("program_unggulan_0001").module.upgrade()
    for row in _of(connection, document, document.c.type_key == TYPE, document.c.id):
        _carry_back(connection, row, [one for one in measured if one["document_id"] == row["id"]])


def _carry_over(connection: sa.Connection, old: Row) -> list[Row]:
    """Write the plan as a document; its measurements, as they are to be stored."""
    lines = _of(connection, line, line.c.plan_id == old["id"], line.c.id)
    reviews = _of(connection, review, review.c.plan_id == old["id"], review.c.id)
    writers = _of(connection, writer, writer.c.plan_id == old["id"], writer.c.last_at)
    new = {key: old[key] for key in (*_PLACE, *_STATE)}
    document_id = _new_id(
        connection,
        document,
        {"type_key": TYPE, "kind": KIND, "title": old["name"], "person_id": None, **new},
    )
    own = {"document_id": document_id}
    about = {key: old[key] for key in TEXTS}
    rows = {one["id"]: number for number, one in enumerate(lines, start=1)}
    now = [(ABOUT, 0, about, old["version"])]
    now += [(GOALS, rows[one["id"]], _plain(one), one["version"]) for one in lines]
    _insert(
        connection,
        document_part,
        [
            {
                **own,
                "part": part,
                "row": row,
                "content": content,
                "version": version,
                "form": "",
                "updated_at": old["updated_at"],
            }
            for part, row, content, version in now
        ],
    )
    _insert(
        connection,
        document_writer,
        [{**own, "person_id": one["person_id"], "last_at": one["last_at"]} for one in writers],
    )
    read = [(_of_review(one["content"], about, rows), one["reviewed_at"], None) for one in reviews]
    if old["state"] == "in_review":
        by = writers[-1]["person_id"] if writers else None
        written = [{"part": part, "row": row, "values": values} for part, row, values, _version in now]
        read.append((written, old["submitted_at"], by))
    _insert(
        connection,
        document_revision,
        [
            {**own, "no": no, "content": {"rows": content}, "submitted_at": at, "submitted_by": by}
            for no, (content, at, by) in enumerate(read, start=1)
        ],
    )
    _insert(
        connection,
        document_review,
        [
            {**own, "revision_no": no, "remarks": {}, **{key: one[key] for key in _REVIEW}}
            for no, one in enumerate(reviews, start=1)
        ],
    )
    return [
        {**own, "row": rows[one["line_id"]], **{key: one[key] for key in _MEASURE}}
        for one in _of(connection, old_measure, old_measure.c.line_id.in_(list(rows)), old_measure.c.id)
    ]


def _of_review(content: Row, about: Row, rows: dict[int, int]) -> list[Row]:
    """What a review has kept, as a version; goals that were removed since come after those of today."""
    numbers = dict(rows)
    for one in content["lines"]:
        numbers.setdefault(one["id"], max(numbers.values(), default=0) + 1)
    goals = [
        {
            "part": GOALS,
            "row": numbers[one["id"]],
            "values": {key: one.get(key) for key in (*GOAL_TEXTS, *FIGURES, *DAYS)},
        }
        for one in content["lines"]
    ]
    return [{"part": ABOUT, "row": 0, "values": {key: content.get(key, about[key]) for key in TEXTS}}, *goals]


def _carry_back(connection: sa.Connection, new: Row, measured: list[Row]) -> None:
    parts = _of(connection, document_part, document_part.c.document_id == new["id"], document_part.c.row)
    about: Row = next((one["content"] for one in parts if one["part"] == ABOUT), {})
    old = {key: new[key] for key in (*_PLACE, *_STATE)}
    plan_id = _new_id(connection, plan, {**old, **{key: about.get(key) or "" for key in TEXTS}})
    lines: dict[int, int] = {}
    for one in parts:
        if one["part"] == GOALS:
            values = _typed(one["content"])
            lines[one["row"]] = _new_id(
                connection, line, {"plan_id": plan_id, "version": one["version"], **values}
            )
    for one in _of(connection, document_writer, document_writer.c.document_id == new["id"]):
        _insert(
            connection,
            writer,
            [{"plan_id": plan_id, "person_id": one["person_id"], "last_at": one["last_at"]}],
        )
    read = {
        one["no"]: one["content"]["rows"]
        for one in _of(connection, document_revision, document_revision.c.document_id == new["id"])
    }
    _insert(
        connection,
        review,
        [
            {
                "plan_id": plan_id,
                "content": _for_review(read[one["revision_no"]], lines),
                **{key: one[key] for key in _REVIEW},
            }
            for one in _of(
                connection, document_review, document_review.c.document_id == new["id"], document_review.c.id
            )
        ],
    )
    _insert(
        connection,
        old_measure,
        [{"line_id": lines[one["row"]], **{key: one[key] for key in _MEASURE}} for one in measured],
    )
    for table in (document_review, document_revision, document_writer, document_lock, document_part):
        connection.execute(table.delete().where(table.c.document_id == new["id"]))
    connection.execute(document.delete().where(document.c.id == new["id"]))


def _for_review(rows: list[Row], lines: dict[int, int]) -> Row:
    about: Row = next((one["values"] for one in rows if one["part"] == ABOUT), {})
    goals = [{"id": lines.get(one["row"], 0), **one["values"]} for one in rows if one["part"] == GOALS]
    return {**about, "lines": goals}


def _plain(one: Row) -> Row:
    """A goal as JSON values; decimals without the zeros that only one of the databases adds."""
    return {
        **{key: one[key] for key in GOAL_TEXTS},
        **{key: None if one[key] is None else format(one[key].normalize(), "f") for key in FIGURES},
        **{key: None if one[key] is None else one[key].isoformat() for key in DAYS},
    }


def _typed(values: Row) -> Row:
    return {
        **{key: values.get(key) or "" for key in GOAL_TEXTS},
        **{key: None if values.get(key) is None else Decimal(values[key]) for key in FIGURES},
        **{key: None if values.get(key) is None else date.fromisoformat(values[key]) for key in DAYS},
    }


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
