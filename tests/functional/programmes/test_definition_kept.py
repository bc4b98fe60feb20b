"""A page reads a programme without its definition, which each process keeps parsed, by what it says."""

import re
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, update

from lms.platform.db import db
from lms.platform.transaction import write
from lms.programmes import api
from lms.programmes.definition import queries
from lms.programmes.definition.document import dump
from lms.programmes.editing.trial_run import rehearse
from lms.programmes.models import Programme, digest_of
from lms.testing.people import sign_in
from tests.functional.programmes.conftest import NOW


def definition(world: Any) -> api.Definition:
    """As a process sees it that begins to work on a page."""
    db.session.remove()
    found = api.definition_of(api.get_programme(db.session(), world.programme_id))
    db.session.remove()
    return found


def test_pages_do_not_read_the_definition(app: Flask, world: Any) -> None:
    client = sign_in(app, world.admin)
    pages = [f"/program/{world.programme_id}", f"/program/{world.programme_id}/tahap/2", "/"]
    for address in pages:
        assert client.get(address, follow_redirects=True).status_code == 200
    asked: list[str] = []

    def note(*arguments: Any) -> None:
        asked.append(arguments[2])

    event.listen(db.engine, "before_cursor_execute", note)
    for address in pages:
        client.get(address, follow_redirects=True)
    event.remove(db.engine, "before_cursor_execute", note)
    assert any("programme.definition_digest" in statement for statement in asked)
    assert not [
        statement for statement in asked if re.search(r"\bprogramme(_version)?\.definition\b", statement)
    ]


def test_what_another_process_brought_into_force_is_seen_at_once(world: Any) -> None:
    before = definition(world)
    assert definition(world) is before, "parsed once"
    after = {**dump(before), "title": "Judul lain"}
    with db.engine.begin() as connection:
        values = {"version": 2, "definition": after, "definition_digest": digest_of(after)}
        connection.execute(update(Programme).values(**values))
    assert definition(world).title == "Judul lain"


def test_a_definition_that_was_saved_between_two_statements_is_kept_under_its_own_digest(world: Any) -> None:
    kept = dump(definition(world))
    before, after = {**kept, "title": "Judul baru"}, {**kept, "title": "Judul lain"}
    # the digest was read, then somebody saved
    assert (
        api.definition_of(Programme(definition=after, definition_digest=digest_of(before))).title
        == "Judul lain"
    )
    # and saved again what had stood there before
    again = api.definition_of(Programme(definition=before, definition_digest=digest_of(before)))
    assert again.title == "Judul baru"


def test_the_digest_follows_the_definition(world: Any) -> None:
    with write() as session:
        row = session.get_one(Programme, world.programme_id)
        row.definition = {**row.definition, "title": "Judul baru"}
    assert definition(world).title == "Judul baru"


def test_what_is_tried_out_is_never_taken_for_what_is_in_force(world: Any, document: str) -> None:
    """The trial has the number of the version that comes next; another one comes."""
    tried = api.load_yaml(document).model_copy(update={"title": "Dicoba"})
    rehearse(programme_id=world.programme_id, definition=tried, version=1, now=NOW)
    assert definition(world).title != "Dicoba"
    other = tried.model_copy(update={"title": "Berlaku"})
    with write() as session:
        api.apply_definition(
            session,
            programme_id=world.programme_id,
            definition=other,
            version=1,
            note="",
            actor_id=world.admin,
            now=NOW,
        )
    assert definition(world).title == "Berlaku"


def test_a_process_keeps_no_more_than_it_should(world: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "MOST_PARSED", 3)
    first = definition(world)
    with write() as session:
        row = session.get_one(Programme, world.programme_id)
        for number in range(5):
            row.definition = {**dump(first), "title": f"Judul {number}"}
            assert api.definition_of(row).title == f"Judul {number}"
    assert len(queries._PARSED) == 3
