"""Who of an order of certificates waits, or got none, is a row: a list in the order was written anew with each slice."""

import sqlalchemy as sa
from alembic import op

revision = "core_0024"
down_revision = "core_0023"
branch_labels = None
depends_on = None

_BATCH = sa.table(
    "certificate_batch",
    sa.column("id", sa.Integer()),
    sa.column("waiting", sa.JSON()),
    sa.column("problems", sa.JSON()),
)
_LINE = sa.table(
    "certificate_batch_line",
    sa.column("batch_id", sa.Integer()),
    sa.column("position", sa.Integer()),
    sa.column("school_id", sa.Integer()),
    sa.column("enrolment_id", sa.Integer()),
    sa.column("problem", sa.JSON(none_as_null=True)),
)


def upgrade() -> None:
    op.create_table(
        "certificate_batch_line",
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("enrolment_id", sa.Integer(), nullable=True),
        sa.Column("problem", sa.JSON(none_as_null=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["certificate_batch.id"], name=op.f("fk_certificate_batch_line_batch_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"], name=op.f("fk_certificate_batch_line_school_id")),
        sa.ForeignKeyConstraint(
            ["enrolment_id"], ["enrolment.id"], name=op.f("fk_certificate_batch_line_enrolment_id")
        ),
        sa.PrimaryKeyConstraint("batch_id", "position", name=op.f("pk_certificate_batch_line")),
    )
    for name in ("school_id", "enrolment_id"):
        op.create_index(op.f(f"ix_certificate_batch_line_{name}"), "certificate_batch_line", [name])
    connection = op.get_bind()
    for batch_id, waiting, problems in connection.execute(sa.select(_BATCH)).all():
        lines = [(entry["school_id"], entry["enrolment_id"], {key: entry[key] for key in ("id", "en")}) for entry in problems]
        lines += [(school_id, enrolment_id, None) for school_id, enrolment_id in waiting]
        rows = [
            {"batch_id": batch_id, "position": position, "school_id": school, "enrolment_id": enrolment or None, "problem": why}
            for position, (school, enrolment, why) in enumerate(lines)
        ]
        if rows:
            connection.execute(sa.insert(_LINE), rows)
    with op.batch_alter_table("certificate_batch") as table:
        table.drop_column("waiting")
        table.drop_column("problems")


def downgrade() -> None:
    with op.batch_alter_table("certificate_batch") as table:
        table.add_column(sa.Column("waiting", sa.JSON(), nullable=True))
        table.add_column(sa.Column("problems", sa.JSON(), nullable=True))
    connection = op.get_bind()
    for (batch_id,) in connection.execute(sa.select(_BATCH.c.id)).all():
        lines = connection.execute(sa.select(_LINE).where(_LINE.c.batch_id == batch_id).order_by(_LINE.c.position)).all()
        waiting = [[line.school_id, line.enrolment_id or 0] for line in lines if line.problem is None]
        problems = [
            {"school_id": line.school_id, "enrolment_id": line.enrolment_id or 0, **line.problem}
            for line in lines
            if line.problem is not None
        ]
        connection.execute(sa.update(_BATCH).where(_BATCH.c.id == batch_id).values(waiting=waiting, problems=problems))
    with op.batch_alter_table("certificate_batch") as table:
        table.alter_column("waiting", existing_type=sa.JSON(), nullable=False)
        table.alter_column("problems", existing_type=sa.JSON(), nullable=False)
    op.drop_table("certificate_batch_line")
