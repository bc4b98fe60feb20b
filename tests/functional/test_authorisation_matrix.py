"""Every route x role x {mine, my school, another school, another province}, with real objects, through
the real door: what each request was answered, core and plugins.

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
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Table, select
from sqlalchemy.orm import Session
from werkzeug.routing import Rule as UrlRule

from lms.contract.actors import SCHOOL_ROLES, Role
from lms.contract.modules import Unit
from lms.people import api as people
from lms.people.permissions import FIELDS
from lms.platform.db import Base, db
from lms.platform.transaction import write
from lms.testing.owners import Owner, owner_of
from lms.testing.people import make_person, sign_in, wear
from lms.testing.province import Corner, Province
from lms.web import once, routing
from lms.web.routing import PUBLIC, SIGNED_IN, Rule

TABLE = Path(__file__).parents[2] / "docs" / "authorisation.csv"
CORE = {
    "attempt_id": "attempt", "certificate_id": "certificate", "due_id": "deliverable_due",
    "enrolment_id": "enrolment",
    "file_id": "evidence_file", "grant_id": "role_grant", "person_id": "person",
    "placement_id": "module_placement", "programme_id": "programme", "quiz_id": "quiz", "school_id": "school",
    "stage_id": "stage", "submission_id": "submission", "upload_id": "evidence_upload",
}  # fmt: skip
"""Which table an argument of an address points into; a plugin's is found by its name."""
UNITS = {"evidence.open_own": Unit.TEACHER, "evidence.open_for_school": Unit.SCHOOL}
"""Routes that are about one kind of deliverable."""
NUMBERS = {"no": 1, "position": 1, "version": 1}
Ids = dict[str, int]


def table_of(endpoint: str, argument: str) -> Table:
    owner = endpoint.partition(".")[0]
    if argument == "session_id":
        return Base.metadata.tables["user_session" if owner == "people" else "in_service_session"]
    if argument in CORE:
        return Base.metadata.tables[CORE[argument]]
    stem = argument.removesuffix("_id")
    found = [
        table
        for name, table in sorted(Base.metadata.tables.items())
        if name.startswith(f"p_{owner}_") and name.endswith(f"_{stem}")
    ]
    assert found, f"tell this test which table {argument} of {endpoint} means"
    return found[0]


@dataclass
class Atlas:
    """Which rows are mine, my school's, another school's, another province's."""

    session: Session
    province: Province
    owners: dict[str, dict[int, Owner]]

    def rows(self, table: Table) -> dict[int, Owner]:
        if table.name not in self.owners:
            ids = self.session.scalars(select(table.c.id).order_by(table.c.id)).all()
            self.owners[table.name] = {row_id: owner_of(self.session, table, row_id) for row_id in ids}
        return self.owners[table.name]

    def find(self, table: Table, letter: str, me: int, unit: Unit | None = None) -> int | None:
        """The first row that stands at ``letter``; None when there is none."""
        units = self._units(table) if unit else {}
        corner = {"a": self.province.other, "x": self.province.far}.get(letter, self.province.own)
        for row_id, owner in self.rows(table).items():
            if row_id in units and units[row_id] is not unit:
                continue
            if letter == "m" and owner.person_id == me:
                return row_id
            if letter != "m" and owner.person_id != me and self._stands_in(table, owner, corner, letter):
                return row_id
        return None

    def _units(self, table: Table) -> dict[int, Unit]:
        wanted = select(table.c.id, table.c.unit) if "unit" in table.c else None
        return {} if wanted is None else {row.id: row.unit for row in self.session.execute(wanted)}

    def _stands_in(self, table: Table, owner: Owner, corner: Corner, letter: str) -> bool:
        if self.in_schools(table):
            return owner.school_id == corner.school.id
        if letter == "a":
            return False  # an object of no school is in my agency or in another one
        return owner.programme_id == corner.programme_id or owner.agency_id == corner.agency_id

    def in_schools(self, table: Table) -> bool:
        return any(owner.school_id is not None for owner in self.rows(table).values())

    def of_people(self, table: Table) -> bool:
        return any(owner.person_id is not None for owner in self.rows(table).values())


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

    for module in (once, routing):
        monkeypatch.setattr(module, "write", dry)


def routes(app: Flask) -> Iterator[tuple[str, str, UrlRule, Rule]]:
    """Endpoint, method, URL rule and declared rule of every route."""
    for url_rule in sorted(app.url_map.iter_rules(), key=lambda found: (found.endpoint, found.rule)):
        declared = app.view_functions[url_rule.endpoint].__rule__  # type: ignore[attr-defined]
        for method in sorted((url_rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield url_rule.endpoint, method, url_rule, declared


def id_arguments(url_rule: UrlRule) -> list[str]:
    return sorted(name for name in url_rule.arguments if name.endswith("_id"))


def whereabouts(atlas: Atlas, url_rule: UrlRule, me: int) -> Iterator[tuple[str, Ids]]:
    """The ids to ask with, by letter; addresses whose parts do not fit together last."""
    names = id_arguments(url_rule)
    tables = {name: table_of(url_rule.endpoint, name) for name in names}
    at: dict[str, Ids] = {}
    for letter in "msax":
        unit = UNITS.get(url_rule.endpoint)
        found = {name: _of_letter(atlas, tables[name], letter, me, unit) for name in names}
        if all(value is not None for value in found.values()):
            at[letter] = {name: value for name, value in found.items() if value is not None}
    if at.get("m") == at.get("s"):
        at.pop("m", None)  # it belongs to nobody in particular
    if at.get("a") == at.get("s"):
        at.pop("a", None)
    yield from at.items()
    home = at.get("m") or at.get("s")
    for letter in "ax":
        for name in names if home and letter in at else ():
            mixed = {**home, name: at[letter][name]}
            if mixed not in at.values():
                yield "y", mixed


def _of_letter(atlas: Atlas, table: Table, letter: str, me: int, unit: Unit | None = None) -> int | None:
    """An object of ``letter``; what has no owner of its own stands where its surroundings do."""
    found = atlas.find(table, letter, me, unit)
    if found is None and letter == "m":
        found = atlas.find(table, "s", me, unit) if not atlas.of_people(table) else None
    if found is None and letter == "a":
        found = atlas.find(table, "s", me, unit) if not atlas.in_schools(table) else None
    return found


def address(app: Flask, atlas: Atlas, url_rule: UrlRule, ids: Ids) -> str:
    values: dict[str, str | int] = {**ids}
    for name in url_rule.arguments - set(ids):
        values[name] = NUMBERS.get(name) or _word(app, atlas, url_rule, name, ids)
    method = next(iter(url_rule.methods or ()))
    return str(app.url_map.bind("localhost").build(url_rule.endpoint, values, method=method))


def _word(app: Flask, atlas: Atlas, url_rule: UrlRule, name: str, ids: Ids) -> str:
    """A word in an address: the key of a row that hangs on the object, or of a module and its picture."""
    for module in app.extensions["plugins"].registry.module_types.values() if not ids else ():
        pictures = module.material.pictures if module.material else None
        if pictures is not None and any(pictures.iterdir()):
            first = min(entry.name for entry in pictures.iterdir())
            return {"key": module.key, "name": first}.get(name, "x")
    for argument in ids:
        parent = table_of(url_rule.endpoint, argument)
        for table in Base.metadata.tables.values():
            link = [key.parent for key in table.foreign_keys if key.column.table is parent]
            if link and name in table.c and table.name.startswith("p_"):
                found = atlas.session.scalar(select(table.c[name]).where(link[0] == ids[argument]))
                if found:
                    return str(found)
    return "x"


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
        "endpoint": url_rule.endpoint, "method": method, "path": url_rule.rule, "action": rule.action,
        "fields": " ".join((*rule.fields, *(f"{name}(file)" for name in rule.files))),
    }  # fmt: skip
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
    found = {name: _of_letter(atlas, table, letter, me) for name, table in tables.items()}
    return {name: str(value) for name, value in found.items() if value is not None}


def _asked(rule: Rule, url_rule: UrlRule) -> bool:
    """Public pages and the way out are for everybody; own pages are asked when an address names something."""
    return rule.action not in {PUBLIC, SIGNED_IN} or bool(id_arguments(url_rule))


@pytest.mark.modules
@pytest.mark.slow
@pytest.mark.usefixtures("rolled_back")
def test_the_reviewed_table_is_what_the_door_does(
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
    installed = {f"/m/{name}/" for name in site.extensions["plugins"].registry.plugins}
    stored = [
        line for line in stored if ",/m/" not in line or any(f",{prefix}" in line for prefix in installed)
    ]
    changed = set(stored) ^ set(text.getvalue().splitlines())
    assert not changed, (
        "the door differs from docs/authorisation.csv; if that is meant, run LMS_WRITE_AUTHORISATION=1 "
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
                "endpoint": "(field)", "method": "", "path": "", "action": rule.action, "fields": name,
            }  # fmt: skip
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
    permissions = site.extensions["plugins"].registry.permissions
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
    """Source: DOMAIN section 1, "a grader may not grade the school where he is facilitator"."""
    desks = {
        "/nilai": atlas.find(Base.metadata.tables["submission"], "s", 0),
        "/uraian": atlas.find(Base.metadata.tables["attempt"], "s", 0),
    }
    for path, row_id in desks.items():
        assert browsers[Role.GRADER].get(f"{path}/{row_id}").status_code == 200
    for hat in (Role.FACILITATOR, Role.TEACHER):
        with write() as session:
            school = people.get_school(session, province.own.school.id)
            double = make_person(session, Role.GRADER, school=school)
            wear(session, double, hat, school=school)
        browser = sign_in(site, double.id)
        for path, row_id in desks.items():
            assert browser.get(f"{path}/{row_id}").status_code == 403, (hat, path)
            assert browser.post(f"{path}/{row_id}").status_code == 403, (hat, path)
        assert browser.post("/nilai/mulai").headers["Location"] == "/nilai/"
