"""Item cards are documents of the core: cards and reviews are carried over, none is left behind.

A version that was reviewed keeps its number. What stood on a card at a review before its last change was never kept: such a
version is empty. Whoever goes back to the revision before gets the cards with everything that those tables can hold.
"""

from itertools import count
from typing import Any

import sqlalchemy as sa
from alembic import op
from lms.api import Exact, UtcDateTime

revision = "hots_assessment_0003"
down_revision = "hots_assessment_0002"
branch_labels = None
depends_on = None

TYPE, ROW, ITEM = "hots_assessment.card", "row", "item"
ROW_FIELDS = {"competence": 300, "material": 200, "indicator": 500, "bloom": 2, "format": 20}
ITEM_FIELDS = {
    "source": 200,
    "stimulus": 4000,
    "stimulus_table": 4000,
    "stem": 2000,
    "options": 3000,
    "answer_key": 1000,
    "guide": 3000,
    "reason": 1000,
}
DECISIONS = {"use": "accepted", "improve": "needs_revision", "replace": "rejected"}
STRICTEST = ("replace", "improve", "use")
Row = dict[str, Any]


def _table(name: str, /, **columns: Any) -> sa.Table:
    keyed = [sa.Column("id", sa.Integer(), primary_key=True)] if columns.pop("numbered", True) else []
    return sa.Table(name, sa.MetaData(), *keyed, *(sa.Column(key, kind) for key, kind in columns.items()))


_WHEN, _WORDS, _NUMBER = UtcDateTime(), sa.String(), sa.Integer()
_PLACE = {"programme_id": _NUMBER, "school_id": _NUMBER, "person_id": _NUMBER}
_REVIEW = {
    "reviewer_id": _NUMBER,
    "rubric_key": _WORDS,
    "rubric_version": _WORDS,
    "scores": sa.JSON(),
    "percent": Exact(),
    "comment": _WORDS,
    "reviewed_at": _WHEN,
}
blueprint = _table(
    "p_hots_assessment_blueprint",
    **_PLACE,
    subject=_WORDS,
    grade=_WORDS,
    curriculum=_WORDS,
    minutes=_NUMBER,
    version=_NUMBER,
    updated_at=_WHEN,
)
card = _table(
    "p_hots_assessment_card",
    blueprint_id=_NUMBER,
    number=_NUMBER,
    **dict.fromkeys((*ROW_FIELDS, *ITEM_FIELDS, "picture_key", "picture_alt"), _WORDS),
    shared=sa.Boolean(),
    version=_NUMBER,
    updated_at=_WHEN,
)
review = _table("p_hots_assessment_review", card_id=_NUMBER, card_version=_NUMBER, decision=_WORDS, **_REVIEW)
document = _table(
    "document",
    type_key=_WORDS,
    kind=_WORDS,
    **_PLACE,
    title=_WORDS,
    state=_WORDS,
    version=_NUMBER,
    updated_at=_WHEN,
    submitted_at=_WHEN,
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
    "document_review",
    document_id=_NUMBER,
    revision_no=_NUMBER,
    comments=sa.JSON(),
    remarks=sa.JSON(),
    decision=_WORDS,
    **_REVIEW,
)


def upgrade() -> None:
    connection = op.get_bind()
    heads = {row["id"]: row for row in _rows(connection, sa.select(blueprint))}
    for row in _rows(connection, sa.select(card).order_by(card.c.id)):
        _carry_over(connection, row, heads[row["blueprint_id"]])
    op.drop_table(review.name)
    op.drop_table(card.name)


def downgrade() -> None:
    connection = op.get_bind()
    heads = _rows(connection, sa.select(blueprint))
    _create_tables()
    places = {tuple(head[key] for key in _PLACE): head["id"] for head in heads}
    cards = _rows(connection, sa.select(document).where(document.c.type_key == TYPE).order_by(document.c.id))
    head_of: dict[int, int] = {}
    for row in cards:
        place = tuple(row[key] for key in _PLACE)
        if place not in places:
            places[place] = _new_head(connection, row)
        head_of[row["id"]] = places[place]
    numbers = _numbers(connection, head_of)
    for row in cards:
        _carry_back(connection, row, head_of[row["id"]], numbers[row["id"]])


def _create_tables() -> None:
    """The tables of cards and reviews as they were at the revision before."""
    texts = {**ROW_FIELDS, **ITEM_FIELDS}
    later = {"stimulus_table": 4000, "picture_key": 80, "picture_alt": 300}
    op.create_table(
        card.name,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("blueprint_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        *(
            sa.Column(key, sa.String(longest), nullable=False)
            for key, longest in texts.items()
            if key not in later
        ),
        sa.Column("shared", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        *(
            sa.Column(key, sa.String(longest), server_default="", nullable=False)
            for key, longest in later.items()
        ),
        sa.ForeignKeyConstraint(
            ["blueprint_id"], [f"{blueprint.name}.id"], name=op.f(f"fk_{card.name}_blueprint_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{card.name}")),
        sa.UniqueConstraint("blueprint_id", "number", name=op.f(f"uq_{card.name}_blueprint_id_number")),
    )
    decision = sa.Enum(
        *DECISIONS, name="decision", native_enum=False, create_constraint=True, length=32
    )
    op.create_table(
        review.name,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("card_id", sa.Integer(), nullable=False),
        sa.Column("card_version", sa.Integer(), nullable=False),
        sa.Column("reviewer_id", sa.Integer(), nullable=True),
        sa.Column("rubric_key", sa.String(120), nullable=False),
        sa.Column("rubric_version", sa.String(20), nullable=False),
        sa.Column("scores", sa.JSON(), nullable=False),
        sa.Column("percent", Exact(), nullable=False),
        sa.Column("decision", decision, nullable=False),
        sa.Column("comment", sa.String(2000), nullable=False),
        sa.Column("reviewed_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["card_id"], [f"{card.name}.id"], name=op.f(f"fk_{review.name}_card_id")),
        sa.ForeignKeyConstraint(
            ["reviewer_id"], ["person.id"], name=op.f(f"fk_{review.name}_reviewer_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{review.name}")),
        sa.UniqueConstraint(
            "card_id",
            "reviewer_id",
            "card_version",
            name=op.f(f"uq_{review.name}_card_id_reviewer_id_card_version"),
        ),
    )
    op.create_index(op.f(f"ix_{review.name}_reviewer_id"), review.name, ["reviewer_id"])


def _carry_over(connection: sa.Connection, old: Row, head: Row) -> None:
    reviews = _rows(connection, sa.select(review).where(review.c.card_id == old["id"]).order_by(review.c.id))
    picture = {"key": old["picture_key"], "alt": old["picture_alt"]}
    parts: dict[str, Row] = {
        ROW: {"number": str(old["number"]), **{key: old[key] for key in ROW_FIELDS}},
        ITEM: {key: old[key] for key in ITEM_FIELDS} | ({"picture": picture} if old["picture_key"] else {}),
    }
    document_id = _new_id(
        connection,
        document,
        {
            "type_key": TYPE,
            "kind": "card",
            **{key: head[key] for key in _PLACE},
            "title": (old["material"] or old["indicator"] or f"No. {old['number']}")[:200],
            "state": _state(old, reviews),
            "version": old["version"],
            "updated_at": old["updated_at"],
            "submitted_at": old["updated_at"] if old["shared"] else None,
        },
    )
    own = {"document_id": document_id}
    now = {"version": old["version"], "form": "", "updated_at": old["updated_at"]}
    written = [{**own, "part": key, "row": 0, "content": values, **now} for key, values in parts.items()]
    _insert(connection, document_part, written)
    _insert(
        connection,
        document_writer,
        [{**own, "person_id": head["person_id"], "last_at": old["updated_at"]}],
    )
    moments: dict[int, Any] = {}
    for row in reviews:
        moments.setdefault(row["card_version"], row["reviewed_at"])
    if old["shared"]:
        moments[old["version"]] = old["updated_at"]
    today = [{"part": key, "row": 0, "values": values} for key, values in sorted(parts.items())]
    _insert(
        connection,
        document_revision,
        [
            {
                **own,
                "no": no,
                "content": {"rows": today if no == old["version"] else []},
                "submitted_at": at,
                "submitted_by": head["person_id"],
            }
            for no, at in sorted(moments.items())
        ],
    )
    _insert(
        connection,
        document_review,
        [
            {
                **own,
                "revision_no": row["card_version"],
                "comments": {},
                "remarks": {},
                "decision": DECISIONS[row["decision"]],
                **{key: row[key] for key in _REVIEW},
            }
            for row in reviews
        ],
    )


def _state(old: Row, reviews: list[Row]) -> str:
    """Where a card stood: of the reviews of what is written now, the strictest counted."""
    found = {row["decision"] for row in reviews if row["card_version"] == old["version"]}
    decision = next((one for one in STRICTEST if one in found), None)
    if not old["shared"]:
        return "draft"
    return DECISIONS[decision] if decision else "in_review"


def _carry_back(connection: sa.Connection, new: Row, blueprint_id: int, number: int) -> None:
    own = document_part.c.document_id == new["id"]
    stored = {row["part"]: row for row in _rows(connection, sa.select(document_part).where(own))}
    row, item = (stored[key]["content"] if key in stored else {} for key in (ROW, ITEM))
    revisions = _rows(
        connection, sa.select(document_revision).where(document_revision.c.document_id == new["id"])
    )
    last = max(revisions, key=lambda one: one["no"], default=None)
    picture = item.get("picture") or {"key": "", "alt": ""}
    values = {
        "blueprint_id": blueprint_id,
        "number": number,
        **{key: (row.get(key) or "")[:longest] for key, longest in ROW_FIELDS.items()},
        **{key: (item.get(key) or "")[:longest] for key, longest in ITEM_FIELDS.items()},
        "picture_key": picture["key"],
        "picture_alt": picture["alt"],
        "shared": new["submitted_at"] is not None,
        "version": _version(stored, last),
        "updated_at": new["updated_at"],
    }
    card_id = _new_id(connection, card, values)
    reviews = sa.select(document_review).where(document_review.c.document_id == new["id"])
    words = {state: decision for decision, state in DECISIONS.items()}
    _insert(
        connection,
        review,
        [
            {
                "card_id": card_id,
                "card_version": one["revision_no"],
                "decision": words[one["decision"]],
                **{key: one[key] for key in _REVIEW},
            }
            for one in _rows(connection, reviews.order_by(document_review.c.id))
        ],
    )
    for table in (document_review, document_revision, document_writer, document_lock, document_part):
        connection.execute(table.delete().where(table.c.document_id == new["id"]))
    connection.execute(document.delete().where(document.c.id == new["id"]))


def _version(stored: dict[str, Row], last: Row | None) -> int:
    """The version that a card has: the one submitted last while it stands, or one more."""
    if last is None:
        return max((row["version"] for row in stored.values()), default=1)
    submitted = {row["part"]: row["values"] for row in last["content"]["rows"]}
    unchanged = submitted == {key: row["content"] for key, row in stored.items()}
    return int(last["no"]) + (0 if unchanged else 1)


def _numbers(connection: sa.Connection, head_of: dict[int, int]) -> dict[int, int]:
    """The number of each card, once in its blueprint: first those that their writers gave, then free ones for the rest."""
    query = sa.select(document_part).where(document_part.c.part == ROW)
    written = {row["document_id"]: row["content"].get("number") for row in _rows(connection, query)}
    taken: dict[int, set[int]] = {head: set() for head in head_of.values()}
    found: dict[int, int] = {}
    for card_id, head in head_of.items():
        text = written.get(card_id)
        wanted = int(text) if text and text.isdecimal() else 0
        if 1 <= wanted <= 99 and wanted not in taken[head]:
            found[card_id] = wanted
            taken[head].add(wanted)
    for card_id, head in head_of.items():
        if card_id not in found:
            found[card_id] = next(number for number in count(1) if number not in taken[head])
            taken[head].add(found[card_id])
    return found


def _new_head(connection: sa.Connection, new: Row) -> int:
    empty = {"subject": "", "grade": "", "curriculum": "", "minutes": None, "version": 0}
    values = {key: new[key] for key in _PLACE}
    return _new_id(connection, blueprint, {**values, **empty, "updated_at": new["updated_at"]})


def _rows(connection: sa.Connection, query: Any) -> list[Row]:
    return [dict(row) for row in connection.execute(query).mappings().all()]


def _insert(connection: sa.Connection, table: sa.Table, rows: list[Row]) -> None:
    if rows:
        connection.execute(table.insert(), rows)


def _new_id(connection: sa.Connection, table: sa.Table, values: Row) -> int:
    key = connection.execute(table.insert().values(**values)).inserted_primary_key
    assert key is not None
    return int(key[0])
