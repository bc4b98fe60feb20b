"""One write transaction: committed, rolled back, never by accident."""

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from sqlalchemy import create_engine, func, select, text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from lms.platform import audit
from lms.platform import db as db_module
from lms.platform.audit import AuditEntry
from lms.platform.columns import Unstorable
from lms.platform.db import db
from lms.platform.session import WriteOutsideTransaction
from lms.platform.transaction import AT_ONCE, savepoint_if_writing, streaming, write

NOW = datetime(2020, 10, 20, 2, 0, tzinfo=UTC)


def entry(session: Session, subject_id: int) -> None:
    audit.record(session, actor_id=None, action="test.try", subject=("thing", subject_id), now=NOW)


def test_commits_at_the_end(app: Flask) -> None:
    with write() as session:
        entry(session, 1)
    assert db.session.scalar(select(AuditEntry.subject_id)) == 1


def test_rolls_back_on_an_exception(app: Flask) -> None:
    def broken() -> None:
        with write() as session:
            entry(session, 1)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        broken()
    assert db.session.scalar(select(AuditEntry.subject_id)) is None


def test_refuses_rows_outside(app: Flask) -> None:
    db.session.add(
        AuditEntry(
            at=NOW,
            action="x",
            subject_kind="x",
            subject_id=1,
            before={},
            after={},
            reason="",
            previous="0",
            digest="0",
        )
    )
    with pytest.raises(WriteOutsideTransaction):
        db.session.flush()


def test_does_not_nest(app: Flask) -> None:
    with write(), pytest.raises(RuntimeError, match="nest"), write():
        pass


def test_many_threads_lose_nothing_and_keep_the_chain(app: Flask) -> None:
    def work(start: int) -> None:
        with app.app_context():
            for number in range(start, start + 10):
                with write() as session:
                    entry(session, number)

    threads = [threading.Thread(target=work, args=(start,)) for start in range(0, 80, 10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(db.session.scalars(select(AuditEntry.subject_id))) == list(range(80))
    with write() as session:
        assert audit.seal(session) == 80
    assert audit.first_broken(db.session()) is None


def test_a_changed_entry_breaks_the_chain(app: Flask) -> None:
    for number in range(3):
        with write() as session:
            entry(session, number)
    with write() as session:
        audit.seal(session)
        second = session.scalars(select(AuditEntry).where(AuditEntry.subject_id == 1)).one()
        second.reason = "tampered"
    assert audit.first_broken(db.session()) == second.id


def test_an_entry_is_hashed_as_it_will_be_read_again(app: Flask) -> None:
    jakarta = datetime(2020, 10, 9, 14, 0, tzinfo=ZoneInfo("Asia/Jakarta"))
    with write() as session:
        audit.record(
            session,
            actor_id=None,
            action="test.zone",
            subject=("person", 1),
            now=jakarta,
            after={9: "nine", 10: "ten"},  # type: ignore[dict-item]
        )
    with write() as session:
        assert audit.seal(session) == 1
    assert audit.first_broken(db.session()) is None


def test_exact_refuses_what_it_cannot_hold(app: Flask) -> None:
    from lms.platform.db import Exact

    with pytest.raises(Unstorable, match="4 angka di belakang koma"):
        Exact().process_bind_param(Decimal("0.00001"), db.engine.dialect)


@pytest.mark.only_on("postgresql")  # SQLite has no server
def test_a_connection_that_rested_is_asked_whether_the_server_is_still_there(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(db_module, "RESTED_SECONDS", 0)
    own = db.session.scalar(text("SELECT pg_backend_pid()"))
    db.session.rollback()
    cut(own)
    assert db.session.scalar(text("SELECT pg_backend_pid()")) != own


def cut(backend: int | None) -> None:
    """What a restart of the server does to one of its connections."""
    other = create_engine(db.engine.url)
    with other.connect() as connection:
        connection.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": backend})
    other.dispose()


@pytest.mark.parametrize("around", [nullcontext, write])
@pytest.mark.only_on("postgresql")  # SQLite has no server
def test_a_server_that_dies_meanwhile_is_told_and_the_next_page_works(
    app: Flask, around: Callable[[], AbstractContextManager[object]]
) -> None:
    def use() -> None:
        with around():
            cut(db.session.scalar(text("SELECT pg_backend_pid()")))
            db.session.execute(text("SELECT 1"))

    with pytest.raises(DBAPIError):
        use()
    db.session.rollback()
    assert db.session.scalar(text("SELECT 1")) == 1


@pytest.mark.only_on("postgresql")  # SQLite has no server
def test_a_server_that_dies_before_the_commit_is_told(app: Flask) -> None:
    with pytest.raises(DBAPIError), write() as session:
        cut(session.scalar(text("SELECT pg_backend_pid()")))
    assert db.session.scalar(text("SELECT 1")) == 1


@pytest.mark.only_on("postgresql")  # SQLite plans in no time
def test_what_pages_read_stays_prepared(app: Flask) -> None:
    for _page in range(8):
        db.session.execute(select(AuditEntry.id).limit(1))
        db.session.remove()
    held = select(func.count()).select_from(text("pg_prepared_statements"))
    assert (db.session.scalar(held) or 0) > 0


@pytest.mark.only_on("postgresql")  # SQLite reads a snapshot
def test_on_postgresql_a_page_reads_without_a_transaction(app: Flask) -> None:
    begun = select(func.now(), func.clock_timestamp())
    first = db.session.execute(begun).one()
    assert db.session.execute(begun).one()[0] > first[0], "a transaction's now() stands still"
    with write() as session:
        assert session.execute(begun).one()[0] == session.execute(begun).one()[0]


def test_what_failed_while_reading_spoils_nothing_that_follows(app: Flask) -> None:
    session = db.session()
    with pytest.raises(DBAPIError), savepoint_if_writing(session):
        session.execute(text("SELECT nothing FROM nowhere"))
    assert session.scalar(select(1)) == 1


def fail_after(session: Session, subject_id: int) -> None:
    entry(session, subject_id)
    raise ZeroDivisionError


def test_what_failed_apart_while_writing_leaves_the_rest(app: Flask) -> None:
    with write() as session:
        entry(session, 1)
        with pytest.raises(ZeroDivisionError), savepoint_if_writing(session):
            fail_after(session, 2)
        entry(session, 3)
    assert sorted(db.session.scalars(select(AuditEntry.subject_id))) == [1, 3]


def test_refuses_a_statement_that_changes_rows_outside(app: Flask) -> None:
    with pytest.raises(WriteOutsideTransaction):
        db.session.execute(update(AuditEntry).values(reason="x"))


def test_a_long_query_streams_as_things_were_at_its_beginning(app: Flask) -> None:
    with write() as session:
        for number in range(AT_ONCE + 5):
            entry(session, number)
    rows = streaming(select(AuditEntry.subject_id).order_by(AuditEntry.id))
    seen = [next(rows).subject_id]
    with write() as session:
        entry(session, -1)
    seen += [row.subject_id for row in rows]
    assert seen == list(range(AT_ONCE + 5))


def test_streams_nothing_while_writing(app: Flask) -> None:
    with write(), pytest.raises(RuntimeError, match="outside"):
        next(streaming(select(AuditEntry.id)))
