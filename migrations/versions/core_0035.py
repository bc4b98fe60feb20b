"""Rows of a school or of a whole programme say so by NULL instead of 0, and every number of another row is a foreign key."""

import sqlalchemy as sa
from alembic import op

revision = "core_0035"
down_revision = "core_0034"
branch_labels = None
depends_on = None

_OF_SCHOOL = "enrolment_id IS NULL"
_OF_PROGRAMME = "stage_id IS NULL"


def upgrade() -> None:
    # derived rows of stages that are gone: the next evaluation would have removed them
    op.execute("DELETE FROM completion_state WHERE stage_id <> 0 AND stage_id NOT IN (SELECT id FROM stage)")
    op.execute(
        "DELETE FROM completion_state WHERE enrolment_id <> 0 AND enrolment_id NOT IN (SELECT id FROM enrolment)"
    )
    # a role for a programme that never was gives nothing
    op.execute("DELETE FROM role_grant WHERE programme_id NOT IN (SELECT id FROM programme)")
    op.drop_index("ix_completion_state_standing", "completion_state")
    with op.batch_alter_table("completion_state") as table:
        table.alter_column("enrolment_id", existing_type=sa.Integer(), nullable=True)
        table.alter_column("stage_id", existing_type=sa.Integer(), nullable=True)
    op.execute("UPDATE completion_state SET enrolment_id = NULL WHERE enrolment_id = 0")
    op.execute("UPDATE completion_state SET stage_id = NULL WHERE stage_id = 0")
    with op.batch_alter_table("completion_state") as table:
        for column, other in (("enrolment_id", "enrolment"), ("stage_id", "stage")):
            name = op.f(f"fk_completion_state_{column}")
            table.create_foreign_key(name, other, [column], ["id"], ondelete="CASCADE")
    with op.batch_alter_table("submission") as table:
        table.alter_column("enrolment_id", existing_type=sa.Integer(), nullable=True)
    op.execute("UPDATE submission SET enrolment_id = NULL WHERE enrolment_id = 0")
    with op.batch_alter_table("submission") as table:
        table.create_foreign_key(op.f("fk_submission_enrolment_id"), "enrolment", ["enrolment_id"], ["id"])
    with op.batch_alter_table("certificate") as table:
        table.alter_column("enrolment_id", existing_type=sa.Integer(), nullable=True)
        table.alter_column("replaced_by", existing_type=sa.String(80), nullable=True)
    op.execute("UPDATE certificate SET enrolment_id = NULL WHERE enrolment_id = 0")
    op.execute("UPDATE certificate SET replaced_by = NULL WHERE replaced_by = ''")
    with op.batch_alter_table("certificate") as table:
        table.create_foreign_key(op.f("fk_certificate_enrolment_id"), "enrolment", ["enrolment_id"], ["id"])
        table.create_foreign_key(
            op.f("fk_certificate_replaced_by"),
            "certificate",
            ["replaced_by"],
            ["number"],
            deferrable=True,
            initially="DEFERRED",
        )
    with op.batch_alter_table("role_grant") as table:
        table.create_foreign_key(op.f("fk_role_grant_programme_id"), "programme", ["programme_id"], ["id"])
    op.create_index(op.f("ix_certificate_replaced_by"), "certificate", ["replaced_by"])
    op.create_index(op.f("ix_completion_state_stage_id"), "completion_state", ["stage_id"])
    for name, table, columns, condition in _UNIQUE:
        op.create_index(
            name, table, columns, unique=True, sqlite_where=sa.text(condition), postgresql_where=sa.text(condition)
        )
    op.create_index(
        "ix_completion_state_standing",
        "completion_state",
        ["programme_id", "met", "school_id", "enrolment_id"],
        sqlite_where=sa.text(_OF_PROGRAMME),
        postgresql_where=sa.text(_OF_PROGRAMME),
    )


def downgrade() -> None:
    op.drop_index("ix_completion_state_standing", "completion_state")
    for name, table, _columns, _condition in reversed(_UNIQUE):
        op.drop_index(name, table)
    op.drop_index(op.f("ix_completion_state_stage_id"), "completion_state")
    op.drop_index(op.f("ix_certificate_replaced_by"), "certificate")
    with op.batch_alter_table("role_grant") as table:
        table.drop_constraint(op.f("fk_role_grant_programme_id"), type_="foreignkey")
    with op.batch_alter_table("certificate") as table:
        table.drop_constraint(op.f("fk_certificate_replaced_by"), type_="foreignkey")
        table.drop_constraint(op.f("fk_certificate_enrolment_id"), type_="foreignkey")
    op.execute("UPDATE certificate SET replaced_by = '' WHERE replaced_by IS NULL")
    op.execute("UPDATE certificate SET enrolment_id = 0 WHERE enrolment_id IS NULL")
    with op.batch_alter_table("certificate") as table:
        table.alter_column("replaced_by", existing_type=sa.String(80), nullable=False)
        table.alter_column("enrolment_id", existing_type=sa.Integer(), nullable=False)
    with op.batch_alter_table("submission") as table:
        table.drop_constraint(op.f("fk_submission_enrolment_id"), type_="foreignkey")
    op.execute("UPDATE submission SET enrolment_id = 0 WHERE enrolment_id IS NULL")
    with op.batch_alter_table("submission") as table:
        table.alter_column("enrolment_id", existing_type=sa.Integer(), nullable=False)
    with op.batch_alter_table("completion_state") as table:
        table.drop_constraint(op.f("fk_completion_state_stage_id"), type_="foreignkey")
        table.drop_constraint(op.f("fk_completion_state_enrolment_id"), type_="foreignkey")
    op.execute("UPDATE completion_state SET stage_id = 0 WHERE stage_id IS NULL")
    op.execute("UPDATE completion_state SET enrolment_id = 0 WHERE enrolment_id IS NULL")
    with op.batch_alter_table("completion_state") as table:
        table.alter_column("stage_id", existing_type=sa.Integer(), nullable=False)
        table.alter_column("enrolment_id", existing_type=sa.Integer(), nullable=False)
    op.create_index(
        "ix_completion_state_standing",
        "completion_state",
        ["programme_id", "stage_id", "met", "school_id", "enrolment_id"],
    )


_UNIQUE = (
    ("uq_submission_of_school", "submission", ["due_id", "school_id"], _OF_SCHOOL),
    ("uq_certificate_of_school", "certificate", ["programme_id", "school_id", "revision"], _OF_SCHOOL),
    (
        "uq_completion_state_of_school",
        "completion_state",
        ["programme_id", "school_id", "stage_id", "phase"],
        _OF_SCHOOL,
    ),
    (
        "uq_completion_state_of_programme",
        "completion_state",
        ["programme_id", "school_id", "enrolment_id"],
        _OF_PROGRAMME,
    ),
    (
        "uq_completion_state_of_school_in_programme",
        "completion_state",
        ["programme_id", "school_id"],
        f"{_OF_SCHOOL} AND {_OF_PROGRAMME}",
    ),
)
