"""Which addresses stand where: real ids of the inhabited world for each argument of each route."""

from collections.abc import Iterator
from dataclasses import dataclass

from flask import Flask
from sqlalchemy import Table, select
from sqlalchemy.orm import Session
from werkzeug.routing import Rule as UrlRule

from lms.contract.documents import FieldKind
from lms.contract.modules import Unit
from lms.platform.application import platform
from lms.platform.db import Base
from lms.platform.plugins import registry
from lms.testing.owners import Owner, owner_of
from lms.web.routing import Rule
from tests.inhabitants import Corner, Province

CORE = {
    "attempt_id": "attempt",
    "certificate_id": "certificate",
    "document_id": "document",
    "due_id": "deliverable_due",
    "enrolment_id": "enrolment",
    "file_id": "evidence_file",
    "grant_id": "role_grant",
    "notice_id": "notice",
    "person_id": "person",
    "placement_id": "module_placement",
    "programme_id": "programme",
    "quiz_id": "quiz",
    "school_id": "school",
    "stage_id": "stage",
    "submission_id": "submission",
    "upload_id": "evidence_upload",
}
"""Which table an argument of an address points into; a plugin's is found by its name."""
UNITS = {"evidence.open_own": Unit.TEACHER, "evidence.open_for_school": Unit.SCHOOL}
"""Routes that are about one kind of deliverable."""
NUMBERS = {"no": 1, "other_no": 0, "position": 1, "version": 1}
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

    def find(self, table: Table, letter: str, me: int, kind: str = "") -> int | None:
        """The first row of a kind that stands at ``letter``; None when there is none."""
        kinds = self._kinds(table) if kind else {}
        corner = {"a": self.province.other, "x": self.province.far}.get(letter, self.province.own)
        for row_id, owner in self.rows(table).items():
            if not kinds.get(row_id, kind).startswith(kind):
                continue
            if letter == "m" and owner.person_id == me:
                return row_id
            if letter != "m" and owner.person_id != me and self._stands_in(table, owner, corner, letter):
                return row_id
        return None

    def _kinds(self, table: Table) -> dict[int, str]:
        columns = [table.c[name] for name in ("unit", "type_key") if name in table.c]
        query = select(table.c.id, *columns)
        return {row[0]: str(row[1]) for row in self.session.execute(query)} if columns else {}

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
        kind = UNITS.get(url_rule.endpoint, "")
        if "document_id" in names:
            kind = f"{url_rule.endpoint.partition('.')[0]}."
        found = {name: of_letter(atlas, tables[name], letter, me, kind) for name in names}
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


def of_letter(atlas: Atlas, table: Table, letter: str, me: int, kind: str = "") -> int | None:
    """An object of ``letter``; what has no owner of its own stands where its surroundings do."""
    found = atlas.find(table, letter, me, kind)
    if found is None and letter == "m":
        found = atlas.find(table, "s", me, kind) if not atlas.of_people(table) else None
    if found is None and letter == "a":
        found = atlas.find(table, "s", me, kind) if not atlas.in_schools(table) else None
    return found


def address(app: Flask, atlas: Atlas, url_rule: UrlRule, ids: Ids) -> str:
    values: dict[str, str | int] = {**ids}
    if "field" in url_rule.arguments:
        values |= _picture_of(url_rule)
    for name in url_rule.arguments - set(values):
        if name == "row":  # of a list, or of a part that is none
            values[name] = int("/sasaran/" in url_rule.rule)
            continue
        values[name] = NUMBERS[name] if name in NUMBERS else _word(app, atlas, url_rule, name, ids)
    method = next(iter(url_rule.methods or ()))
    return str(app.url_map.bind("localhost").build(url_rule.endpoint, values, method=method))


def _picture_of(url_rule: UrlRule) -> dict[str, str]:
    """The part and the field of a plugin's documents that hold a picture."""
    owner = url_rule.endpoint.partition(".")[0]
    return next(
        {"part": part.key, "field": entry.key}
        for type_ in registry().document_types.values()
        if type_.key.startswith(f"{owner}.")
        for kind in type_.kinds
        for part in kind.parts
        for entry in part.fields
        if entry.kind is FieldKind.PICTURE
    )


def _word(app: Flask, atlas: Atlas, url_rule: UrlRule, name: str, ids: Ids) -> str:
    """A word in an address: the key of a row that hangs on the object, or of a module and its picture."""
    for module in platform(app).plugins.registry.module_types.values() if not ids else ():
        pictures = module.material.pictures if module.material else None
        if pictures is not None and any(pictures.iterdir()):
            first = min(entry.name for entry in pictures.iterdir())
            return {"key": module.key, "name": first}.get(name, "x")
    for argument in ids:
        parent = table_of(url_rule.endpoint, argument)
        for table in Base.metadata.tables.values():
            link = [key.parent for key in table.foreign_keys if key.column.table is parent]
            if link and name in table.c and table.name.startswith(("p_", "document_")):
                found = atlas.session.scalar(select(table.c[name]).where(link[0] == ids[argument]))
                if found:
                    return str(found)
    return "x"
