"""Rows of an invented province come back as they were written, however the database takes them."""

from datetime import UTC, datetime
from decimal import Decimal

from flask import Flask
from imbas_demo.crowd import bulk
from sqlalchemy import select

from lms.completion.models import CompletionState
from lms.people.directory.models import School
from lms.platform.db import db, table_of
from lms.platform.transaction import write
from lms.testing.people import make_agency, make_school
from lms.testing.world import row

ODD = "Tab\there, line\nbreak, back\\slash, \\N, 'quotes' \"both\", é\u2019"
NOW = datetime(2020, 9, 8, 1, 30, 15, 250_000, tzinfo=UTC)


def test_texts_numbers_times_and_json(app: Flask) -> None:
    school, state = table_of(School), table_of(CompletionState)
    with write() as session:
        agency = make_agency(session)
        first = {
            "id": 501,
            "agency_id": agency.id,
            "npsn": "90000501",
            "name": ODD,
            "short_name": "",
            "aliases": [ODD, {"a": None}],
            "level": "SD",
            "region_code": "16.01.01",
            "timezone": "Asia/Jakarta",
            "name_key": "x",
        }
        bulk(session, School, [first, {**first, "id": 502, "npsn": "90000502", "aliases": []}])
        programme = row(
            session,
            "programme",
            agency_id=agency.id,
            code="X",
            title="X",
            school_year="2020/2021",
            timezone="Asia/Jakarta",
            status="running",
            version=1,
            definition={},
            created_at=NOW,
        )
        second = {
            "id": 9,
            "programme_id": programme,
            "school_id": 501,
            "enrolment_id": None,
            "stage_id": None,
            "phase": "",
            "met": False,
            "fraction": Decimal("0.3333"),
            "reasons": [{"id": ODD}],
            "scores": {},
            "changed_at": NOW,
        }
        bulk(session, CompletionState, [second])
    found = db.session.execute(select(school).where(school.c.id == 501)).mappings().one()
    assert dict(found) == first
    assert dict(db.session.execute(select(state)).mappings().one()) == second
    with write() as session:
        assert make_school(session, agency).id > 502, "the next row gets a number of its own"
