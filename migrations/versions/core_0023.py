"""Decisions about deadlines are rows of their own, which the worker brings to the schools.

Moves that were decided together, so far told by equal reasons and times, become one decision, done for all its schools.
"""

import sqlalchemy as sa
from alembic import op
from lms.platform.db import UtcDateTime

revision = "core_0023"
down_revision = "core_0022"
branch_labels = None
depends_on = None

_CHANGE = sa.table(
    "deadline_change",
    sa.column("id", sa.Integer()),
    sa.column("decision_id", sa.Integer()),
    sa.column("stage_id", sa.Integer()),
    sa.column("school_id", sa.Integer()),
    sa.column("target", sa.String()),
    sa.column("due_at", UtcDateTime()),
    sa.column("otherwise_at", UtcDateTime()),
    sa.column("reason", sa.Text()),
    sa.column("changed_by", sa.Integer()),
    sa.column("changed_at", UtcDateTime()),
)
_DECISION = sa.table(
    "deadline_decision",
    sa.column("id", sa.Integer()),
    sa.column("stage_id", sa.Integer()),
    sa.column("school_id", sa.Integer()),
    sa.column("target", sa.String()),
    sa.column("due_at", UtcDateTime()),
    sa.column("defined_at", UtcDateTime()),
    sa.column("reason", sa.Text()),
    sa.column("decided_by", sa.Integer()),
    sa.column("decided_at", UtcDateTime()),
    sa.column("total", sa.Integer()),
    sa.column("done", sa.Integer()),
    sa.column("upto_school_id", sa.Integer()),
    sa.column("finished_at", UtcDateTime()),
)
_TOGETHER = ("stage_id", "target", "due_at", "reason", "changed_by", "changed_at")


def upgrade() -> None:
    op.create_table(
        "deadline_decision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("stage_id", sa.Integer(), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=True),
        sa.Column("target", sa.String(length=120), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("defined_at", UtcDateTime(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("decided_at", UtcDateTime(), nullable=False),
        sa.Column("withdrawn_by", sa.Integer(), nullable=True),
        sa.Column("withdrawn_at", UtcDateTime(), nullable=True),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("upto_school_id", sa.Integer(), nullable=False),
        sa.Column("finished_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["stage_id"], ["stage.id"], name=op.f("fk_deadline_decision_stage_id")),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"], name=op.f("fk_deadline_decision_school_id")),
        sa.ForeignKeyConstraint(["decided_by"], ["person.id"], name=op.f("fk_deadline_decision_decided_by")),
        sa.ForeignKeyConstraint(["withdrawn_by"], ["person.id"], name=op.f("fk_deadline_decision_withdrawn_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deadline_decision")),
    )
    op.create_index(op.f("ix_deadline_decision_stage_id"), "deadline_decision", ["stage_id"])
    op.create_index(op.f("ix_deadline_decision_school_id"), "deadline_decision", ["school_id"])
    op.add_column("deadline_change", sa.Column("decision_id", sa.Integer(), nullable=True))
    _decide()
    with op.batch_alter_table("deadline_change") as table:
        table.alter_column("decision_id", existing_type=sa.Integer(), nullable=False)
        table.drop_constraint("fk_deadline_change_changed_by", type_="foreignkey")
        table.drop_column("reason")
        table.drop_column("changed_by")
        table.drop_column("changed_at")
        table.create_foreign_key(
            op.f("fk_deadline_change_decision_id"), "deadline_decision", ["decision_id"], ["id"]
        )
    op.create_index(op.f("ix_deadline_change_decision_id"), "deadline_change", ["decision_id"])


def downgrade() -> None:
    op.drop_index(op.f("ix_deadline_change_decision_id"), "deadline_change")
    with op.batch_alter_table("deadline_change") as table:
        table.drop_constraint(op.f("fk_deadline_change_decision_id"), type_="foreignkey")
        table.add_column(sa.Column("reason", sa.Text(), nullable=True))
        table.add_column(sa.Column("changed_by", sa.Integer(), nullable=True))
        table.add_column(sa.Column("changed_at", UtcDateTime(), nullable=True))
    for name, was in (("reason", "reason"), ("changed_by", "decided_by"), ("changed_at", "decided_at")):
        then = sa.select(_DECISION.c[was]).where(_DECISION.c.id == _CHANGE.c.decision_id).scalar_subquery()
        op.execute(sa.update(_CHANGE).values({name: then}))
    with op.batch_alter_table("deadline_change") as table:
        table.alter_column("reason", existing_type=sa.Text(), nullable=False)
        table.alter_column("changed_at", existing_type=UtcDateTime(), nullable=False)
        table.create_foreign_key(op.f("fk_deadline_change_changed_by"), "person", ["changed_by"], ["id"])
        table.drop_column("decision_id")
    op.drop_table("deadline_decision")


def _decide() -> None:
    connection = op.get_bind()
    columns = [_CHANGE.c[name] for name in _TOGETHER]
    grouped = sa.select(
        *columns,
        sa.func.count().label("schools"),
        sa.func.min(_CHANGE.c.school_id).label("first"),
        sa.func.max(_CHANGE.c.school_id).label("last"),
        sa.func.min(_CHANGE.c.otherwise_at).label("otherwise_at"),
    )
    newest = sa.func.min(_CHANGE.c.id)
    for number, row in enumerate(connection.execute(grouped.group_by(*columns).order_by(newest)).all(), start=1):
        values = {
            "id": number,
            "stage_id": row.stage_id,
            "school_id": row.first if row.schools == 1 else None,
            "target": row.target,
            "due_at": row.due_at,
            "defined_at": row.otherwise_at,
            "reason": row.reason,
            "decided_by": row.changed_by,
            "decided_at": row.changed_at,
            "total": row.schools,
            "done": row.schools,
            "upto_school_id": row.last,
            "finished_at": row.changed_at,
        }
        connection.execute(sa.insert(_DECISION).values(values))
        same = [_CHANGE.c[name].is_not_distinct_from(getattr(row, name)) for name in _TOGETHER]
        connection.execute(sa.update(_CHANGE).where(*same).values(decision_id=number))
    if connection.dialect.name == "postgresql":
        connection.execute(
            sa.text(
                "SELECT setval(pg_get_serial_sequence('deadline_decision', 'id'), "
                "(SELECT coalesce(max(id), 0) + 1 FROM deadline_decision), false)"
            )
        )
