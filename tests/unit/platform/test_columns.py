"""What SQLite takes PostgreSQL takes: a value that a column cannot hold is refused before the driver, by its name."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from lms.contract.errors import Invalid
from lms.people.directory.models import Agency, Person
from lms.platform.audit import AuditEntry
from lms.platform.columns import dump_json
from lms.platform.db import Base, Exact, db
from lms.platform.transaction import write
from lms.platform.worker import TaskRun
from lms.testing.people import make_agency, make_person

NOW = datetime(2020, 10, 20, 2, 0, tzinfo=UTC)
NUL, HALF = "Kebun\x00Gizi", "Kebun\ud800Gizi"


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("full_name", "x" * 121),
        ("full_name", "\U0001f331" * 121),
        ("full_name", NUL),
        ("full_name", HALF),
        ("phone", "0" * 21),
        ("created_at", datetime(1, 1, 1, tzinfo=UTC)),
        ("created_at", datetime(9999, 12, 31, tzinfo=UTC)),
    ],
)
def test_objects_and_statements_are_refused_by_the_name_of_the_column(
    session: Session, column: str, value: Any
) -> None:
    person = make_person(session)
    session.flush()
    with pytest.raises(Invalid) as by_statement, session.begin_nested():
        session.execute(update(Person).where(Person.id == person.id).values({column: value}))
    setattr(person, column, value)
    with pytest.raises(Invalid) as by_object:
        session.flush()
    session.rollback()
    assert list(by_statement.value.fields) == list(by_object.value.fields) == [column]
    assert by_object.value.status == 422


def test_whole_numbers_have_32_bits(session: Session) -> None:
    agency = make_agency(session)
    table = Base.metadata.tables["certificate_series"]
    for number in (2**31, -(2**31) - 1, 2**63, 10**30):
        with pytest.raises(Invalid, match="next_no"), session.begin_nested():
            session.execute(insert(table).values(agency_id=agency.id, year=2020, next_no=number))
    session.execute(insert(table).values(agency_id=agency.id, year=2020, next_no=2**31 - 1))


def test_many_rows_at_once_are_checked_too(session: Session) -> None:
    rows = [{"name": name, "error": "", "runs": 0} for name in ("a", "b" * 121)]
    columns = TaskRun.__table__.columns.keys()
    values = [{key: value for key, value in row.items() if key in columns} for row in rows]
    with pytest.raises(Invalid, match="name"):
        session.execute(insert(TaskRun), values)


def test_a_text_or_number_to_look_for_finds_nothing(app: Flask) -> None:
    rows = db.session()
    assert rows.scalar(select(Agency.id).where(Agency.code == "x" * 5000)) is None
    assert rows.scalar(select(Agency.id).where(Agency.id == 2**31)) is None
    assert rows.scalar(select(Agency.id).where(Agency.id.in_([2**31 - 1]))) is None
    assert rows.scalar(select(Agency.id).where(Agency.name.icontains("x" * 300))) is None
    for sign in (NUL, HALF):
        with pytest.raises(Invalid, match="code"):
            rows.scalar(select(Agency.id).where(Agency.code == sign))


@pytest.mark.parametrize(
    "value",
    [NUL, HALF, {"a": [NUL]}, {NUL: 1}, [[{"b": HALF}]], float("nan"), {"c": float("inf")}],
)
def test_json_holds_what_both_databases_take(session: Session, value: Any) -> None:
    entry = AuditEntry.__table__
    with pytest.raises(Invalid):
        session.execute(insert(entry).values(after=value))


def test_json_keeps_what_only_looks_odd() -> None:
    assert (
        dump_json({"a": "\\u0000 \\ud800", "b": "\U0001f331"})
        == r'{"a": "\\u0000 \\ud800", "b": "\ud83c\udf31"}'
    )


@pytest.mark.parametrize("number", ["100000000000", "-100000000000", "NaN", "Infinity", "1E+30", "0.00001"])
def test_exact_numbers_fit_their_column(app: Flask, number: str) -> None:
    with pytest.raises(Invalid, match="percent"):
        Exact("percent").process_bind_param(Decimal(number), db.engine.dialect)


def test_every_column_is_checked(app: Flask) -> None:
    """Also those of plugins, and keys that point to other tables."""
    kinds = {
        type(column.type).__name__ for table in Base.metadata.tables.values() for column in table.columns
    }
    assert kinds <= {
        "CheckedInteger",
        "CheckedString",
        "CheckedDate",
        "UtcDateTime",
        "Exact",
        "Enum",
        "Boolean",
        "JSON",
        "TextColumn",
        "Uuid",
    }


def test_days_have_a_day_before_and_after(session: Session) -> None:
    person = make_person(session)
    table = Base.metadata.tables["role_grant"]
    agency = make_agency(session)
    for day in (date(1, 1, 1), date(1899, 12, 31), date(3000, 1, 1), date.max):
        with pytest.raises(Invalid, match="valid_from"), session.begin_nested():
            session.execute(
                insert(table).values(person_id=person.id, role="admin", agency_id=agency.id, valid_from=day)
            )


def test_a_refused_write_leaves_the_connection_usable(app: Flask) -> None:
    with pytest.raises(Invalid), write() as session:
        make_person(session).full_name = "x" * 500
    with write() as session:
        assert make_person(session).id
