"""In a programme that has ended nothing of the modules changes any more, whatever their authors have thought of."""

import re
from collections.abc import Mapping

import pytest
from flask import Flask
from sqlalchemy import update
from sqlalchemy.orm import Session

from lms.contract.actors import Role
from lms.contract.documents import DocumentType
from lms.contract.modules import Unit
from lms.documents.api import create_document
from lms.modules.api import workplace
from lms.platform.db import Base
from lms.platform.plugins import plugins, registry
from lms.platform.transaction import write
from lms.testing.people import actor_of, sign_in
from lms.testing.world import START, World, make_world
from lms.web.routing import Rule

CLOSED = "Program ini sudah ditutup, jadi isinya tidak berubah lagi."


@pytest.mark.modules
def test_each_command_at_a_school_is_refused_there(app: Flask) -> None:
    module = min(plugins().registry.module_types)
    world = make_world(module, title="Modul")
    with write() as session:
        documents = {
            type_.key.partition(".")[0]: _begun(session, world, type_)
            for type_ in registry().document_types.values()
        }
        programme = Base.metadata.tables["programme"]
        session.execute(update(programme).where(programme.c.id == world.programme_id).values(status="closed"))
    browsers = [sign_in(app, person) for person in world.people.values()]
    addresses = _commands(app, world, documents)
    assert (
        len([address for address in addresses if re.search("/(rencana|kartu)/", address)])
        > 7 * len(documents)
        > 14
    )
    assert len(addresses) >= 20
    for address in addresses:
        answers = [browser.post(address, data={"_key": address}) for browser in browsers]
        assert {answer.status_code for answer in answers} == {403}, address
        assert [answer for answer in answers if CLOSED in answer.text], address


def _begun(session: Session, world: World, type_: DocumentType) -> int:
    """A document that somebody has begun at the school."""
    at = workplace(session, programme_id=world.programme_id, school_id=world.school_id)
    role = Role.TEACHER if type_.unit is Unit.TEACHER else Role.QUALITY_TEAM
    writer = actor_of(session, world.people[role])
    kind = min(type_.kinds, key=lambda kind: kind.since).key
    return create_document(
        session, type_=type_, at=at, kind=kind, title="Rencana", actor=writer, now=START
    ).id


def _commands(app: Flask, world: World, documents: Mapping[str, int]) -> list[str]:
    """Commands of plugins whose address names a school in a programme, or a document there, and nothing else."""
    found = []
    urls = app.url_map.bind("localhost")
    for address in app.url_map.iter_rules():
        rule: Rule = app.view_functions[address.endpoint].__rule__  # type: ignore[attr-defined]
        if not rule.changes or not address.rule.startswith("/m/"):
            continue
        ids: dict[str, str | int] = {
            "programme_id": world.programme_id,
            "school_id": world.school_id,
            "document_id": documents.get(address.endpoint.partition(".")[0], 0),
            "part": "heading",
            "row": 1,
            "field": "picture",
        }
        if address.arguments <= set(ids) and {"school_id", "document_id"} & address.arguments:
            wanted = {name: ids[name] for name in address.arguments}
            found.append(urls.build(address.endpoint, wanted, method="POST"))
    return sorted(set(found))
