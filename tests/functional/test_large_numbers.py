"""Tables that grow for years number their rows beyond 32 bits, and so do the keys that point at them."""

from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import BigInteger, Column, insert, select, text
from werkzeug.exceptions import NotFound

from lms.contract.parsing import long_whole
from lms.platform.audit import AuditEntry, record
from lms.platform.db import db, table_of
from lms.platform.outbox import OutboxDelivery, OutboxFact
from lms.platform.transaction import write

BEYOND = 2**31 + 7
NOW = datetime(2020, 9, 9, tzinfo=UTC)
GROWING = (
    "attempt",
    "audit_entry",
    "completion_state",
    "document_part",
    "evidence_file",
    "notice",
    "outbox_fact",
    "review",
    "submission",
    "submission_version",
    "user_session",
)


def is_wide(column: Column[Any]) -> bool:
    kind: Any = column.type
    return isinstance(getattr(kind, "kind", kind), BigInteger)


def test_who_points_at_a_large_number_is_as_large() -> None:
    tables = db.metadata.tables
    assert [name for name in GROWING if not is_wide(tables[name].c.id)] == []
    narrow = [
        f"{table.name}.{key.parent.name}"
        for table in tables.values()
        for key in table.foreign_keys
        if is_wide(key.column) and not is_wide(key.parent)
    ]
    assert narrow == []


def test_rows_are_numbered_on_beyond_32_bits(app: Flask) -> None:
    with write() as session:
        fact = {"id": BEYOND, "type": "x", "payload": {}, "occurred_at": NOW, "request": ""}
        session.execute(insert(table_of(OutboxFact)).values(fact))
        session.execute(
            insert(table_of(OutboxDelivery)).values(
                fact_id=BEYOND, handler="x", state="done", tries=0, next_try_at=NOW, error=""
            )
        )
        record(session, actor_id=None, action="people.test", subject=("attempt", BEYOND), now=NOW)
    assert db.session.scalars(select(OutboxDelivery.fact_id)).all() == [BEYOND]
    assert db.session.scalars(select(AuditEntry.subject_id)).all() == [BEYOND]


def test_addresses_take_them(app: Flask) -> None:
    addresses = app.url_map.bind("localhost")
    assert addresses.match(f"/kuis/kerja/{BEYOND}/1")[1]["attempt_id"] == BEYOND
    with pytest.raises(NotFound):
        addresses.match(f"/kuis/kerja/{2**63}/1")
    with pytest.raises(NotFound):
        addresses.match(f"/kuis/{BEYOND}")
    assert long_whole(str(BEYOND)) == BEYOND


@pytest.mark.only_on("postgresql")  # SQLite has no sequences
@pytest.mark.parametrize("table", GROWING)
def test_their_sequences_go_on(app: Flask, table: str) -> None:
    found = text("SELECT data_type FROM pg_sequences WHERE sequencename = :name")
    assert db.session.scalar(found, {"name": f"{table}_id_seq"}) == "bigint"
