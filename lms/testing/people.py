"""Factories of agencies, schools and people, and a browser that signs in."""

import itertools
from datetime import UTC, date, datetime
from functools import cache

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from lms.contract.actors import Actor, Role
from lms.people import api as people
from lms.platform.application import platform
from lms.platform.db import db
from lms.platform.transaction import write

PASSWORD = "tiga kata acak"  # noqa: S105  # of invented people
NOW = datetime(2020, 9, 1, 1, 0, tzinfo=UTC)
_numbers = itertools.count(1)

get_person = people.get_person
get_school = people.get_school


def make_agency(session: Session, *, code: str = "", timezone: str = "Asia/Jakarta") -> people.Agency:
    """An agency with a name of its own."""
    number = next(_numbers)
    return people.create_agency(
        session,
        code=code or f"lpmp-{number}",
        name=f"LPMP Provinsi {number}",
        short_name=f"LPMP {number}",
        kind="lpmp",
        city="Palembang",
        region_code="16",
        timezone=timezone,
        unit_code=f"B5.{number}",
    )


def make_school(session: Session, agency: people.Agency, *, name: str = "", npsn: str = "") -> people.School:
    """A school of ``agency``."""
    number = next(_numbers)
    return people.create_school(
        session,
        agency_id=agency.id,
        npsn=npsn or f"{99100000 + number}",
        name=name or f"SD Negeri {number} Contoh",
        short_name=f"SDN {number}",
        region_code="16.07.03",
        actor=None,
        now=NOW,
    )


def make_person(
    session: Session,
    role: Role | None = None,
    *,
    school: people.School | None = None,
    agency: people.Agency | None = None,
    programme_id: int | None = None,
    name: str = "",
    username: str = "",
) -> people.Person:
    """A person with an account (``PASSWORD``) and, when ``role`` is given, that role.

    Agency-wide roles need ``agency``, the others ``school``.
    """
    number = next(_numbers)
    person = people.create_person(
        session,
        fields=people.PersonFields(full_name=name or f"Orang Zz{_letters(number)}"),
        actor=None,
        now=NOW,
    )
    people.add_account(
        session,
        person_id=person.id,
        username=username or f"orang{number}",
        password_hash=_password_hash(),
        must_change_password=False,
        now=NOW,
    )
    if role is not None:
        wear(session, person, role, school=school, agency=agency, programme_id=programme_id)
    return person


def wear(
    session: Session,
    person: people.Person,
    role: Role,
    *,
    school: people.School | None = None,
    agency: people.Agency | None = None,
    programme_id: int | None = None,
) -> None:
    """Give ``person`` one more role, valid since 2020."""
    place = school.agency_id if school is not None else agency.id if agency is not None else 0
    people.grant_role(
        session,
        person_id=person.id,
        role=role,
        agency_id=place,
        school_id=school.id if school else None,
        programme_id=programme_id,
        valid_from=date(2020, 1, 1),
        actor=None,
        now=NOW,
    )


def actor_of(session: Session, person: people.Person | int) -> Actor:
    """The person (or whose id it is) as an actor, with the roles of the demonstration's time."""
    person_id = person if isinstance(person, int) else person.id
    return people.actor_of(session, person_id, datetime(2020, 10, 20, 2, 0, tzinfo=UTC))


def sign_in(app: Flask, person_id: int) -> FlaskClient:
    """A browser in which a person is signed in, without going through the sign-in page."""
    with app.app_context():
        with write() as session:
            token = people.open_session(
                session,
                person_id=person_id,
                device="Tes",
                address_hash="test",
                now=platform(app).clock(),
                lasting=app.permanent_session_lifetime,
            )
        db.session.remove()
    app.config["WTF_CSRF_ENABLED"] = False
    client = app.test_client()
    with client.session_transaction() as cookie:
        cookie["_user_id"] = token
        cookie.permanent = True
    return client


def _letters(number: int) -> str:
    """Names carry no digits: 27 is "aa". Behind Zz they are no beginning of a word that some text may hold."""
    signs = ""
    while number:
        number, rest = divmod(number - 1, 26)
        signs = chr(97 + rest) + signs
    return signs


@cache
def _password_hash() -> str:
    """Hashed once for all: 35 ms each would be most of a test's time."""
    return people.hash_password(PASSWORD)
