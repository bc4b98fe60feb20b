"""Every route x role x {mine, my school, another school, another province}, with real objects, through
the real application: what each request was answered, core and plugins.

The table stands in ``docs/authorisation.csv`` and is reviewed there. When a rule has changed on
purpose, write it anew and read the difference::

    LMS_WRITE_AUTHORISATION=1 pytest tests/functional/test_authorisation_matrix.py

Letters, for what was let in: ``m`` my own object, ``s`` of my school (or of my agency, for things that
belong to no school), ``a`` of another school of my agency, ``x`` of another province, ``y`` parts of an
address that do not belong together (my school, somebody else's object); ``*`` a route about nothing in
particular; ``-`` nothing. Whose an object is, is found by following its foreign keys, not by asking the
code under test. Changing requests are carried out and rolled back.
"""

import csv
import io
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.routing import Rule as UrlRule

from lms.contract.actors import SCHOOL_ROLES, Role
from lms.people import api as people
from lms.people.permissions import FIELDS
from lms.platform.application import platform
from lms.platform.db import Base, db
from lms.platform.transaction import write
from lms.testing.people import make_person, sign_in, wear
from lms.web import idempotent_command, routing
from lms.web.routing import PUBLIC, SIGNED_IN, Rule
from tests.atlas import Atlas, address, id_arguments, of_letter, routes, table_of, whereabouts
from tests.inhabitants import Province

TABLE = Path(__file__).parents[2] / "docs" / "authorisation.csv"


@pytest.fixture
def atlas(site: Flask, province: Province) -> Atlas:
    return Atlas(db.session(), province, {})


@pytest.fixture
def browsers(site: Flask, province: Province) -> dict[Role, FlaskClient]:
    return {role: sign_in(site, person_id) for role, person_id in province.own.people.items()}


class _Undone(Exception):
    pass


@pytest.fixture
def rolled_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """Carry commands out to the end, then leave no trace of them."""

    @contextmanager
    def dry() -> Iterator[Session]:
        try:
            with write() as session:
                yield session
                raise _Undone
        except _Undone:
            return

    for module in (idempotent_command, routing):
        monkeypatch.setattr(module, "write", dry)


def outcome(browser: FlaskClient, method: str, path: str, data: dict[str, str] | None = None) -> bool:
    """Whether the request was let in: everything but "sign in", "not for you" and "not found"."""
    answer = browser.open(path, method=method, data=data or {})
    answer.close()
    assert answer.status_code < 500, (path, answer.status_code)
    return answer.status_code not in {401, 403, 404} and not answer.headers.get("Location", "").startswith(
        "/masuk"
    )


def row_of(
    app: Flask, atlas: Atlas, browsers: dict[Role, FlaskClient], method: str, url_rule: UrlRule, rule: Rule
) -> dict[str, str]:
    row = {
        "endpoint": url_rule.endpoint,
        "method": method,
        "path": url_rule.rule,
        "action": rule.action,
        "fields": " ".join((*rule.fields, *(f"{name}(file)" for name in rule.files))),
    }
    for role, browser in browsers.items():
        me, found = atlas.province.own.people[role], ""
        if not id_arguments(url_rule):
            found = "*" if outcome(browser, method, address(app, atlas, url_rule, {})) else ""
        else:
            for letter, ids in whereabouts(atlas, url_rule, me):
                path = address(app, atlas, url_rule, ids)
                data = _fields_with_ids(atlas, url_rule, rule, letter, me)
                if letter not in found and outcome(browser, method, path, data):
                    found += letter
        row[role.value] = found or "-"
    return row


def _fields_with_ids(atlas: Atlas, url_rule: UrlRule, rule: Rule, letter: str, me: int) -> dict[str, str]:
    """Fields that name another object: one from the same corner."""
    names = [name for name in rule.fields if name.endswith("_id")]
    tables = {name: table_of(url_rule.endpoint, name) for name in names}
    found = {name: of_letter(atlas, table, letter, me) for name, table in tables.items()}
    return {name: str(value) for name, value in found.items() if value is not None}


def _asked(rule: Rule, url_rule: UrlRule) -> bool:
    """Public pages and the way out are for everybody; own pages are asked when an address names something."""
    return rule.action not in {PUBLIC, SIGNED_IN} or bool(id_arguments(url_rule))


@pytest.mark.modules
@pytest.mark.slow
@pytest.mark.usefixtures("rolled_back")
def test_what_is_allowed_is_the_reviewed_table(
    site: Flask, atlas: Atlas, browsers: dict[Role, FlaskClient]
) -> None:
    rows = [
        row_of(site, atlas, browsers, method, url_rule, rule)
        for _endpoint, method, url_rule, rule in routes(site)
        if _asked(rule, url_rule)
    ] + field_rows(site, atlas, browsers)
    text = io.StringIO()
    table = csv.DictWriter(text, fieldnames=list(rows[0]), lineterminator="\n")
    table.writeheader()
    table.writerows(rows)
    if os.environ.get("LMS_WRITE_AUTHORISATION"):
        TABLE.write_text(text.getvalue(), encoding="utf-8")
    stored = TABLE.read_text(encoding="utf-8").splitlines() if TABLE.exists() else []
    installed = {f"/m/{name}/" for name in platform(site).plugins.registry.plugins}
    stored = [
        line for line in stored if ",/m/" not in line or any(f",{prefix}" in line for prefix in installed)
    ]
    changed = set(stored) ^ set(text.getvalue().splitlines())
    assert not changed, (
        "what is allowed differs from docs/authorisation.csv; if that is meant, run LMS_WRITE_AUTHORISATION=1 "
        f"pytest {Path(__file__).name} and review the difference:\n" + "\n".join(sorted(changed))
    )


def field_rows(site: Flask, atlas: Atlas, browsers: dict[Role, FlaskClient]) -> list[dict[str, str]]:
    """Who may write which field, for the actions that have rules of fields: each posted by itself."""
    rows = []
    for _endpoint, method, url_rule, rule in routes(site):
        if not rule.changes or rule.action not in FIELDS:
            continue
        for name in sorted(FIELDS[rule.action]):
            row = {
                "endpoint": "(field)",
                "method": "",
                "path": "",
                "action": rule.action,
                "fields": name,
            }
            for role, browser in browsers.items():
                found = ""
                for letter, ids in whereabouts(atlas, url_rule, atlas.province.own.people[role]):
                    path = address(site, atlas, url_rule, ids)
                    if letter not in found and outcome(browser, method, path, {name: _value(name)}):
                        found += letter
                row[role.value] = found or "-"
            rows.append(row)
    return rows


def _value(field: str) -> str:
    return {"role": Role.TEACHER.value, "username": "nama.lain"}.get(field, "1")


def stored_rows() -> list[dict[str, str]]:
    with TABLE.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_nothing_of_another_province_is_let_in() -> None:
    """The reviewed table itself says so: no ``x`` and no ``y`` anywhere."""
    wrong = [
        (row["endpoint"], role.value)
        for row in stored_rows()
        for role in Role
        if set(row[role.value]) & {"x", "y"}
    ]
    assert not wrong


def test_school_roles_stay_in_their_school() -> None:
    wrong = [
        (row["endpoint"], role.value)
        for row in stored_rows()
        for role in SCHOOL_ROLES
        if "a" in row[role.value] and not row["action"].startswith("modules.")
    ]
    assert not wrong


def test_every_route_but_the_public_ones_asks_for_a_sign_in(site: Flask, atlas: Atlas) -> None:
    stranger = site.test_client()
    for _endpoint, method, url_rule, rule in routes(site):
        if rule.action != PUBLIC:
            ids = next((ids for _letter, ids in whereabouts(atlas, url_rule, 0)), None)
            ids = ids or dict.fromkeys(id_arguments(url_rule), 1)
            assert not outcome(stranger, method, address(site, atlas, url_rule, ids)), url_rule.rule


def test_every_action_in_use_is_declared(site: Flask) -> None:
    permissions = platform(site).plugins.registry.permissions
    used = {rule.action for _endpoint, _method, _url, rule in routes(site)} - {PUBLIC, SIGNED_IN}
    assert used <= set(permissions)


def test_only_commands_change_things(site: Flask) -> None:
    for endpoint, method, _url, rule in routes(site):
        assert (method == "GET") or rule.changes, endpoint
        assert (method != "GET") or not rule.changes, endpoint


def test_unknown_fields_and_files_are_refused_everywhere(
    site: Flask, atlas: Atlas, browsers: dict[Role, FlaskClient]
) -> None:
    for path, method, rule in commands(site, atlas):
        assert "*" not in rule.fields, path
        for browser in (browsers[Role.ADMIN], browsers[Role.TEACHER]):
            answer = browser.open(path, method=method, data={"person_id_of_somebody_else": "1"})
            assert answer.status_code == 400, (path, answer.status_code)
            file = {"unasked_file": (io.BytesIO(b"x"), "x.pdf")}
            assert browser.open(path, method=method, data=file).status_code == 400, path


def test_forged_requests_are_refused_everywhere(
    site: Flask, atlas: Atlas, browsers: dict[Role, FlaskClient]
) -> None:
    site.config["WTF_CSRF_ENABLED"] = True
    for path, method, _rule in commands(site, atlas):
        for browser in (browsers[Role.ADMIN], browsers[Role.TEACHER], site.test_client()):
            assert browser.open(path, method=method).status_code == 400, path
            forged = browser.open(path, method=method, data={"csrf_token": "x" * 60})
            assert forged.status_code == 400, path


def commands(site: Flask, atlas: Atlas) -> Iterator[tuple[str, str, Rule]]:
    """Address, method and rule of everything that changes something."""
    me = atlas.province.own.people[Role.ADMIN]
    for _endpoint, method, url_rule, rule in routes(site):
        if rule.changes:
            ids = next((ids for _letter, ids in whereabouts(atlas, url_rule, me)), None)
            ids = ids or dict.fromkeys(id_arguments(url_rule), 1)
            yield address(site, atlas, url_rule, ids), method, rule


@pytest.mark.modules
def test_a_grader_who_coaches_or_works_in_a_school_does_not_grade_it(
    site: Flask, atlas: Atlas, province: Province, browsers: dict[Role, FlaskClient]
) -> None:
    """Source: requirement F1, "a grader may not grade the school where he is facilitator"."""
    desks = {
        "/nilai": atlas.find(Base.metadata.tables["submission"], "s", 0),
        "/uraian": atlas.find(Base.metadata.tables["attempt"], "s", 0),
    }
    for path, row_id in desks.items():
        assert browsers[Role.GRADER].get(f"{path}/{row_id}").status_code == 200
    for role in (Role.FACILITATOR, Role.TEACHER):
        with write() as session:
            school = people.get_school(session, province.own.school.id)
            double = make_person(session, Role.GRADER, school=school)
            wear(session, double, role, school=school)
        browser = sign_in(site, double.id)
        for path, row_id in desks.items():
            assert browser.get(f"{path}/{row_id}").status_code == 403, (role, path)
            assert browser.post(f"{path}/{row_id}").status_code == 403, (role, path)
        assert browser.post("/nilai/mulai").headers["Location"] == "/nilai/"
