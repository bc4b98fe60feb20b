"""Sign-ins as rows."""

from datetime import date, timedelta

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from lms.contract.actors import Grant, Role
from lms.people import api
from lms.people.auth import sessions
from lms.people.auth.sessions import device_name
from lms.testing.clock import FixedClock
from lms.testing.people import make_agency, make_person, make_school


def opened(session: Session, person_id: int, clock: FixedClock) -> str:
    return api.open_session(
        session, person_id=person_id, device="HP", address_hash="x", now=clock(), lasting=timedelta(days=14)
    )


def test_the_actor_has_the_roles_of_today(session: Session, clock: FixedClock) -> None:
    agency = make_agency(session)
    school = make_school(session, agency)
    person = make_person(session)
    for first, last, role in (
        (date(2020, 1, 1), None, Role.TEACHER),
        (date(2020, 10, 20), date(2020, 10, 20), Role.OPERATOR),
        (date(2020, 1, 1), date(2020, 10, 19), Role.HEADMASTER),
        (date(2020, 10, 21), None, Role.QUALITY_TEAM),
    ):
        api.grant_role(
            session,
            person_id=person.id,
            role=role,
            agency_id=agency.id,
            school_id=school.id,
            valid_from=first,
            valid_to=last,
            actor=None,
            now=clock(),
        )
    token = opened(session, person.id, clock)
    signed_in = api.load_signed_in(session.connection(), token, clock())
    assert signed_in is not None
    actor = signed_in.actor
    assert [grant.role for grant in actor.grants] == [Role.TEACHER, Role.OPERATOR]
    assert actor.grants[0] == Grant(Role.TEACHER, agency.id, school.id, None)


def test_unknown_expired_and_revoked_tokens_are_nobody(session: Session, clock: FixedClock) -> None:
    person = make_person(session)
    token = opened(session, person.id, clock)
    connection = session.connection()
    assert api.load_signed_in(connection, "guessed", clock()) is None
    assert api.load_signed_in(connection, token, clock() + timedelta(days=14)) is None
    signed_in = api.load_signed_in(connection, token, clock())
    assert signed_in is not None
    api.revoke(session, session_id=signed_in.actor.session_id, person_id=person.id, now=clock())
    assert api.load_signed_in(connection, token, clock()) is None


def test_the_table_does_not_hold_the_token(session: Session, clock: FixedClock) -> None:
    person = make_person(session)
    token = opened(session, person.id, clock)
    row = api.list_sessions(session, person.id, clock())[0]
    assert row.token_hash == sessions.token_hash(token)
    assert token not in {row.token_hash, row.device, row.address_hash}


def test_tidying_keeps_open_sign_ins(session: Session, clock: FixedClock) -> None:
    person = make_person(session)
    token = opened(session, person.id, clock)
    assert sessions.prune(session, clock(), 500) == 0
    assert api.load_signed_in(session.connection(), token, clock()) is not None
    assert sessions.prune(session, clock() + timedelta(days=200), 500) == 1
    assert api.list_sessions(session, person.id, clock()) == []


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        (
            "Mozilla/5.0 (Linux; Android 8.1) AppleWebKit/537.36 Chrome/66.0 Mobile Safari/537.36",
            "Chrome · Android",
        ),
        (
            "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/120 Safari/537.36 Edg/120",
            "Edge · Windows",
        ),
        ("curl/8.5", ""),
        ("Mozilla/5.0 (X11; Linux x86_64)", "Linux"),
    ],
)
def test_devices_have_names_that_people_know(agent: str, name: str) -> None:
    assert device_name(agent) == name


def test_who_is_there_costs_one_statement(session: Session, clock: FixedClock) -> None:
    person = make_person(session, Role.TEACHER, school=make_school(session, make_agency(session)))
    token = opened(session, person.id, clock)
    asked: list[str] = []
    event.listen(session.connection(), "before_cursor_execute", lambda *arguments: asked.append(arguments[2]))
    assert api.load_signed_in(session.connection(), token, clock()) is not None
    assert len(asked) == 1
