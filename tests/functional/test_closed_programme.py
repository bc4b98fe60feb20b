"""In a programme that has ended nothing of the modules changes any more, whatever their authors have thought of."""

import pytest
from flask import Flask
from sqlalchemy import update

from lms.platform.db import Base
from lms.platform.plugins import plugins
from lms.platform.transaction import write
from lms.testing.people import sign_in
from lms.testing.world import make_world
from lms.web.routing import Rule

CLOSED = "Program ini sudah ditutup, jadi isinya tidak berubah lagi."


@pytest.mark.modules
def test_each_command_at_a_school_is_refused_there(app: Flask) -> None:
    module = min(plugins().registry.module_types)
    world = make_world(module, title="Modul")
    with write() as session:
        programme = Base.metadata.tables["programme"]
        session.execute(update(programme).where(programme.c.id == world.programme_id).values(status="closed"))
    browsers = [sign_in(app, person) for person in world.people.values()]
    addresses = _commands(app, world.programme_id, world.school_id)
    assert len(addresses) >= 8
    for address in addresses:
        answers = [browser.post(address, data={"_key": address}) for browser in browsers]
        assert {answer.status_code for answer in answers} == {403}, address
        assert [answer for answer in answers if CLOSED in answer.text], address


def _commands(app: Flask, programme_id: int, school_id: int) -> list[str]:
    """Commands of plugins whose address names a school in a programme and nothing else."""
    found = []
    urls = app.url_map.bind("localhost")
    for address in app.url_map.iter_rules():
        rule: Rule = app.view_functions[address.endpoint].__rule__  # type: ignore[attr-defined]
        if (
            rule.changes
            and address.rule.startswith("/m/")
            and address.arguments == {"programme_id", "school_id"}
        ):
            ids = {"programme_id": programme_id, "school_id": school_id}
            found.append(urls.build(address.endpoint, ids, method="POST"))
    return sorted(set(found))
