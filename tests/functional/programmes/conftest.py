"""A programme with two schools, three teachers in each, and the people around them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event

from lms.contract.actors import Role
from lms.platform.db import db
from lms.platform.transaction import write
from lms.programmes import api
from lms.testing.clock import FixedClock
from lms.testing.people import make_agency, make_person, make_school

DOCUMENT = """\
format: 1
code: SEKMOD-2020
title: Pendampingan Sekolah Model
school_year: 2020/2021
timezone: Asia/Jakarta
participants:
  - {role: teacher}
  - {role: headmaster, products: false}
stages:
  - no: 1
    title: Dokumen SPMI
    starts_on: 2020-09-07
    ends_on: 2020-09-30
    on_service_due_at: 2020-09-30T16:00:00+07:00
    sessions:
      - {code: IN-1A, title: Orientasi, starts_at: 2020-09-08T09:00:00+07:00, ends_at: 2020-09-08T11:15:00+07:00, jp: 3}
    materials:
      - {group: UMUM, title: Kebijakan SPMI, jp_in: 3, jp_on: 0}
  - no: 2
    title: Program unggulan
    starts_on: 2020-10-01
    ends_on: 2020-10-31
    on_service_due_at: 2020-10-30T16:00:00+07:00
    sessions:
      - {code: IN-2A, title: Tri Pusat, starts_at: 2020-10-06T09:00:00+07:00, ends_at: 2020-10-06T11:15:00+07:00, jp: 3}
      - {code: IN-2B, title: RPP, starts_at: 2020-10-07T09:00:00+07:00, ends_at: 2020-10-07T12:00:00+07:00, jp: 4,
         join_url: "https://zoom.example/j/1"}
    materials:
      - {group: POKOK, title: Program unggulan, jp_in: 7, jp_on: 6}
    deliverables:
      - {key: follow_up_plan, due_at: 2020-10-30T16:00:00+07:00}
certificate:
  activity: Pendampingan Sekolah Model
  city: Palembang
  signer: {position: Kepala LPMP, name: "(nama kepala)"}
  responsible: {position: Penanggung jawab, name: "(nama)"}
"""
NOW = datetime(2020, 10, 20, 2, 0, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class World:
    """Ids of what the tests need: two schools of a programme, three teachers in each."""

    programme_id: int
    sessions: tuple[int, ...]
    schools: tuple[int, int]
    npsn: tuple[str, str]
    teachers: tuple[list[int], list[int]]
    enrolments: tuple[list[int], list[int]]
    facilitator: int
    second_facilitator: int
    stranger: int
    """Facilitator of the second school."""
    admin: int
    head: int
    far_admin: int


@pytest.fixture
def world(app: Flask, clock: FixedClock) -> World:
    clock.set(NOW)
    with write() as session:
        agency, far = make_agency(session), make_agency(session)
        schools = [make_school(session, agency, name=f"SD Negeri {name}") for name in ("Satu", "Dua")]
        admin = make_person(session, Role.ADMIN, agency=agency)
        programme = api.create_programme(
            session, agency_id=agency.id, definition=api.load_yaml(DOCUMENT), actor_id=admin.id, now=NOW
        )
        teachers: tuple[list[int], list[int]] = ([], [])
        enrolments: tuple[list[int], list[int]] = ([], [])
        for index, school in enumerate(schools):
            kind = api.SchoolKind.IMBAS if index else api.SchoolKind.MODEL
            api.add_school(session, programme_id=programme.id, school_id=school.id, kind=kind, now=NOW)
            teachers[index].extend(make_person(session, Role.TEACHER, school=school).id for _ in range(3))
            enrolments[index].extend(
                api.enrol(
                    session,
                    programme_id=programme.id,
                    now=NOW,
                    people_roles=[(person, school.id, Role.TEACHER) for person in teachers[index]],
                )
            )
        stages = api.stages_of(session, programme.id)
        found = World(
            programme.id,
            tuple(row.id for row in api.sessions_of(session, [stage.id for stage in stages])),
            (schools[0].id, schools[1].id),
            (schools[0].npsn, schools[1].npsn),
            teachers,
            enrolments,
            make_person(session, Role.FACILITATOR, school=schools[0]).id,
            make_person(session, Role.FACILITATOR, school=schools[0]).id,
            make_person(session, Role.FACILITATOR, school=schools[1]).id,
            admin.id,
            make_person(session, Role.AGENCY_HEAD, agency=agency).id,
            make_person(session, Role.ADMIN, agency=far).id,
        )
    db.session.remove()
    return found


@pytest.fixture
def document() -> str:
    """The programme's YAML."""
    return DOCUMENT


@pytest.fixture
def selects() -> Callable[[FlaskClient, str], int]:
    """How many queries a page costs."""

    def count(browser: FlaskClient, address: str) -> int:
        found: list[str] = []

        def note(*arguments: Any) -> None:
            found.append(arguments[2])

        event.listen(db.engine, "before_cursor_execute", note)
        answer = browser.get(address)
        event.remove(db.engine, "before_cursor_execute", note)
        assert answer.status_code == 200, address
        return len([statement for statement in found if statement.startswith(("SELECT", "WITH"))])

    return count
