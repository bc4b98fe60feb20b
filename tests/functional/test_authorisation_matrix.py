"""Every route x role x {mine, my school, another school, another province}, and every writable field.

The table of what the core's routes let through stands in ``docs/authorisation.csv`` and is
reviewed there. When a rule has changed on purpose, write it anew and read the difference::

    LMS_WRITE_AUTHORISATION=1 pytest tests/functional/test_authorisation_matrix.py

Letters: ``m`` my own object, ``s`` another's in my school, ``a`` another school of my agency,
``x`` another province; ``-`` nothing. A route without a place is asked once (``*``).
"""

import csv
import io
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import IntegerConverter
from werkzeug.routing import Rule as UrlRule

from lms.contract.actors import SCHOOL_ROLES, Actor, Place, Reach, Role
from lms.people import api
from lms.people.grants import ROLES_IN_A_SCHOOL
from lms.people.permissions import FIELDS
from lms.platform.transaction import write
from lms.testing.people import actor_of, make_agency, make_person, make_school, sign_in
from lms.web import routing
from lms.web.routing import PUBLIC, SIGNED_IN, Rule

TABLE = Path(__file__).parents[2] / "docs" / "authorisation.csv"
PLUGINS = "/m/"


class LetIn(Exception):
    """Raised in place of the view: the rule has let the request through."""


class World:
    """One person for each role, and objects near and far."""

    def __init__(self, app: Flask) -> None:
        with write() as session:
            agency, far_agency = make_agency(session), make_agency(session)
            school, other, far = (
                make_school(session, agency), make_school(session, agency), make_school(session, far_agency),
            )  # fmt: skip
            self.people: dict[Role, int] = {}
            self.actors: dict[Role, Actor] = {}
            for role in Role:
                place = {"school": school} if role in ROLES_IN_A_SCHOOL else {"agency": agency}
                person = make_person(session, role, **place)  # type: ignore[arg-type]
                self.people[role] = person.id
                self.actors[role] = actor_of(session, person)
            somebody = make_person(session, Role.TEACHER, school=school).id
        self.places = {
            "m": Place(agency.id, school.id),  # the person is filled in for each role
            "s": Place(agency.id, school.id, None, somebody),
            "a": Place(agency.id, other.id, None, somebody),
            "x": Place(far_agency.id, far.id, None, somebody),
        }
        self.browsers: dict[Role, FlaskClient] = {
            role: sign_in(app, person_id) for role, person_id in self.people.items()
        }

    def place(self, letter: str, role: Role) -> Place:
        found = self.places[letter]
        return Place(found.agency_id, found.school_id, None, self.people[role]) if letter == "m" else found


@pytest.fixture
def world(app: Flask) -> World:
    return World(app)


def routes(app: Flask) -> Iterator[tuple[str, str, UrlRule, Rule]]:
    """Endpoint, method, URL rule and declared rule of every route."""
    for url_rule in sorted(app.url_map.iter_rules(), key=lambda found: (found.endpoint, found.rule)):
        declared = app.view_functions[url_rule.endpoint].__rule__  # type: ignore[attr-defined]
        for method in sorted((url_rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield url_rule.endpoint, method, url_rule, declared


def address(app: Flask, url_rule: UrlRule) -> str:
    """An address of the route, with made-up ids."""
    converters = url_rule._converters
    values = {
        name: 1 if isinstance(converters[name], IntegerConverter) else "x" for name in url_rule.arguments
    }
    return str(
        app.url_map.bind("localhost").build(
            url_rule.endpoint, values, method=next(iter(url_rule.methods or ()))
        )
    )


@contextmanager
def standing_at(rule: Rule, place: Place | None) -> Iterator[None]:
    """Let the route's object stand at ``place``."""
    before = rule.place
    if before is not None:
        object.__setattr__(rule, "place", lambda _session, **_ids: place)
    try:
        yield
    finally:
        object.__setattr__(rule, "place", before)


@pytest.fixture
def doors_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stop each request behind its rule: the views need objects that are not there."""
    real = routing.demand

    def demand(rule: Rule, arguments: dict[str, Any]) -> Actor | None:
        real(rule, arguments)
        raise LetIn

    monkeypatch.setattr(routing, "demand", demand)


def lets_in(browser: FlaskClient, method: str, path: str) -> bool:
    try:
        answer = browser.open(path, method=method)
    except LetIn:
        return True
    assert answer.status_code in {303, 403, 404}, (path, answer.status_code)
    return False


def row_of(world: World, url_rule: UrlRule, method: str, rule: Rule, path: str) -> dict[str, str]:
    row = {
        "endpoint": url_rule.endpoint,
        "method": method,
        "path": url_rule.rule,
        "action": rule.action,
        "fields": " ".join((*rule.fields, *(f"{name}(file)" for name in rule.files))),
    }
    for role, browser in world.browsers.items():
        letters = world.places if rule.place is not None else ("*",)
        found = ""
        for letter in letters:
            with standing_at(rule, world.place(letter, role) if letter != "*" else None):
                if lets_in(browser, method, path):
                    found += letter
        row[role.value] = found or "-"
    return row


def field_rows(app: Flask, world: World) -> list[dict[str, str]]:
    """Who may write which field, for the actions that have rules of fields."""
    permissions = app.extensions["plugins"].registry.permissions
    rows = []
    for action, fields in sorted(FIELDS.items()):
        for name in sorted(fields):
            row = {"endpoint": "(field)", "method": "", "path": "", "action": action, "fields": name}
            for role, actor in world.actors.items():
                row[role.value] = "".join(
                    letter
                    for letter in world.places
                    if name in api.writable_fields(actor, action, world.place(letter, role), permissions, FIELDS)
                ) or "-"  # fmt: skip
            rows.append(row)
    return rows


@pytest.mark.usefixtures("doors_only")
def test_the_reviewed_table_is_what_the_routes_do(app: Flask, world: World) -> None:
    rows = []
    for _endpoint, method, url_rule, rule in routes(app):
        if rule.action in {PUBLIC, SIGNED_IN} or url_rule.rule.startswith(PLUGINS):
            continue
        rows.append(row_of(world, url_rule, method, rule, address(app, url_rule)))
    rows += field_rows(app, world)
    text = io.StringIO()
    table = csv.DictWriter(text, fieldnames=list(rows[0]), lineterminator="\n")
    table.writeheader()
    table.writerows(rows)
    if os.environ.get("LMS_WRITE_AUTHORISATION"):
        TABLE.write_text(text.getvalue(), encoding="utf-8")
    stored = TABLE.read_text(encoding="utf-8") if TABLE.exists() else ""
    changed = set(stored.splitlines()) ^ set(text.getvalue().splitlines())
    assert not changed, (
        "the rules differ from docs/authorisation.csv; if that is meant, run "
        "LMS_WRITE_AUTHORISATION=1 pytest tests/functional/test_authorisation_matrix.py "
        "and review the difference:\n" + "\n".join(sorted(changed))
    )


@pytest.mark.usefixtures("doors_only")
def test_nothing_in_another_province_is_let_through(app: Flask, world: World) -> None:
    permissions = app.extensions["plugins"].registry.permissions
    for _endpoint, method, url_rule, rule in routes(app):
        if rule.action in {PUBLIC, SIGNED_IN} or rule.place is None:
            continue
        anywhere = {role for role, reach in permissions[rule.action].reach if reach is Reach.ANY}
        for role, browser in world.browsers.items():
            if role not in anywhere:
                with standing_at(rule, world.place("x", role)):
                    assert not lets_in(browser, method, address(app, url_rule)), (url_rule.rule, role)


@pytest.mark.usefixtures("doors_only")
def test_school_roles_stay_in_their_school(app: Flask, world: World) -> None:
    permissions = app.extensions["plugins"].registry.permissions
    for _endpoint, method, url_rule, rule in routes(app):
        if rule.action in {PUBLIC, SIGNED_IN} or rule.place is None:
            continue
        anywhere = {role for role, reach in permissions[rule.action].reach if reach is Reach.ANY}
        for role in SCHOOL_ROLES - anywhere:
            with standing_at(rule, world.place("a", role)):
                assert not lets_in(world.browsers[role], method, address(app, url_rule)), (
                    url_rule.rule,
                    role,
                )


@pytest.mark.usefixtures("doors_only")
def test_every_route_but_the_public_ones_asks_for_a_sign_in(app: Flask, world: World) -> None:
    stranger = app.test_client()
    for _endpoint, method, url_rule, rule in routes(app):
        if rule.action != PUBLIC:
            with standing_at(rule, world.places["s"]):
                assert not lets_in(stranger, method, address(app, url_rule)), url_rule.rule


def test_every_action_in_use_is_declared(app: Flask) -> None:
    permissions = app.extensions["plugins"].registry.permissions
    used = {rule.action for _endpoint, _method, _url, rule in routes(app)} - {PUBLIC, SIGNED_IN}
    assert used <= set(permissions)


def test_only_commands_change_things(app: Flask) -> None:
    for endpoint, method, _url, rule in routes(app):
        assert (method == "GET") or rule.changes, endpoint
        assert (method != "GET") or not rule.changes, endpoint


def test_unknown_fields_and_files_are_refused_everywhere(app: Flask, world: World) -> None:
    browser = world.browsers[Role.ADMIN]
    for _endpoint, method, url_rule, rule in routes(app):
        if not rule.changes or "*" in rule.fields:
            continue
        path = address(app, url_rule)
        answer = browser.open(path, method=method, data={"person_id_of_somebody_else": "1"})
        assert answer.status_code == 400, (path, answer.status_code)
        file = {"unasked_file": (io.BytesIO(b"x"), "x.pdf")}
        assert browser.open(path, method=method, data=file).status_code == 400, path


def test_forged_requests_are_refused_everywhere(app: Flask, world: World) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    browser = world.browsers[Role.ADMIN]
    for _endpoint, method, url_rule, rule in routes(app):
        if rule.changes:
            assert browser.open(address(app, url_rule), method=method).status_code == 400, url_rule.rule


def test_a_grader_who_coaches_a_school_does_not_grade_it(app: Flask, world: World) -> None:
    permissions = app.extensions["plugins"].registry.permissions
    for action, permission in permissions.items():
        if all(role is Role.GRADER for role, _reach in permission.reach) and permission.reach:
            grader, coach = world.actors[Role.GRADER], world.actors[Role.FACILITATOR]
            both = Actor(grader.person_id, "", "id", (*grader.grants, *coach.grants), 0)
            place = world.place("s", Role.GRADER)
            assert api.allowed(grader, action, place, permissions), action
            assert not api.allowed(both, action, place, permissions), action
