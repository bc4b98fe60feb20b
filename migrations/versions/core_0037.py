"""Rows that people make every day for years are numbered in 64 bits on PostgreSQL; SQLite's numbers have them already.

Each table is rewritten once, whatever number of its columns grows.
"""

from alembic import op

revision = "core_0037"
down_revision = "core_0036"
branch_labels = None
depends_on = None

_COLUMNS = {
    "attempt": ("id",),
    "answer": ("attempt_id",),
    "answer_score": ("attempt_id",),
    "mark": ("attempt_id",),
    "rescoring_change": ("attempt_id",),
    "submission": ("id",),
    "submission_version": ("id", "submission_id"),
    "evidence_file": ("id", "version_id"),
    "evidence_upload": ("submission_id",),
    "review": ("id", "version_id"),
    "evidence_feedback": ("id", "submission_id"),
    "completion_state": ("id",),
    "outbox_fact": ("id",),
    "outbox_delivery": ("fact_id",),
    "audit_entry": ("id", "subject_id"),
    "user_session": ("id",),
    "sign_in_failure": ("id",),
    "deadline_change": ("id",),
    "document_part": ("id",),
    "document_review": ("id",),
    "lease": ("piece_id",),
}


def upgrade() -> None:
    _number_in("bigint")


def downgrade() -> None:
    _number_in("integer")


def _number_in(kind: str) -> None:
    if op.get_bind().dialect.name != "postgresql":
        return
    for table, columns in _COLUMNS.items():
        op.execute(f"ALTER TABLE {table} " + ", ".join(f"ALTER COLUMN {column} TYPE {kind}" for column in columns))
        if "id" in columns:
            op.execute(f"ALTER SEQUENCE {table}_id_seq AS {kind}")
