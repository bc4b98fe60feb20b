"""A plugin that raises in a panel, a link, a query, a handler, a task or a rule hurts nobody else and is shown."""

import sys
from collections.abc import Callable, Iterator
from datetime import datetime
from importlib.metadata import EntryPoint
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.orm import Session

from lms.app import core_values, create_app
from lms.completion import api as completion
from lms.contract.actors import Actor, Place, Role
from lms.contract.events import EventHandler, EventType, Fact, Task
from lms.contract.hookspecs import hookimpl
from lms.contract.modules import CompletionRule, Phase, Unit
from lms.contract.plugin import Link, Panel, Plugin
from lms.contract.text import Localized, text_of
from lms.platform import outbox
from lms.platform.db import db
from lms.platform.plugin_failures import recent_failures
from lms.platform.plugins import load
from lms.platform.transaction import write
from lms.platform.worker import run_due_tasks
from lms.programmes import api as programmes
from lms.settings import Settings
from lms.testing.apps import Browser
from lms.testing.clock import FixedClock
from lms.testing.fixtures import run_worker
from lms.testing.people import make_agency, make_person, make_school, sign_in

SIGNER = {"position": "Kepala", "name": "Contoh"}


def explode(*_arguments: Any, **_more: Any) -> Any:
    raise ZeroDivisionError("rumus salah")


def module_of(name: str, *, declares: dict[str, Any], **hooks: Callable[..., Any]) -> dict[str, Any]:
    """What stands in the module of a plugin."""
    plugin = Plugin(name=name, title=Localized(id=name, en=name), version="1.0", api=">=2.0,<3", **declares)
    return {"lms_plugin": lambda: plugin} | {hook: hookimpl(function) for hook, function in hooks.items()}


def broken() -> dict[str, Any]:
    def lms_navigation(actor: Actor, place: Place) -> Any:
        return explode(actor, place)

    def lms_panels(session: Session, actor: Actor, slot: str, place: Place) -> Any:
        if slot == "school_board":
            return ["not a panel"]
        return session.execute(text("SELECT * FROM there_is_no_such_table")).all()

    def lms_offline_pages(session: Session, actor: Actor) -> Any:
        return [Link("not a page", "/")]

    rule = CompletionRule(
        key="broken.rule",
        title=Localized(id="Aturan rusak", en="Broken rule"),
        unit=Unit.SCHOOL,
        phase=Phase.ON_SERVICE,
        gather=explode,
        evaluate=explode,
    )
    declares = {
        "event_types": (EventType("broken.cracked.v1", "Payload: none."),),
        "event_handlers": (EventHandler("broken.on_crack", "broken.cracked.v1", explode),),
        "tasks": (Task("broken.tidy", explode, 60, "Never works."),),
        "completion_rules": (rule,),
    }
    return module_of(
        "broken",
        declares=declares,
        lms_navigation=lms_navigation,
        lms_panels=lms_panels,
        lms_offline_pages=lms_offline_pages,
    )


def sound(heard: list[Fact]) -> dict[str, Any]:
    def lms_navigation(actor: Actor, place: Place) -> tuple[Link, ...]:
        return (Link("Menu sehat", "/m/sound/"),)

    def lms_panels(session: Session, actor: Actor, slot: str, place: Place) -> tuple[Panel, ...]:
        assert session.execute(text("SELECT 1")).scalar() == 1
        return (Panel("Panel sehat", ("satu",)),)

    def hear(_session: Session, fact: Fact, _now: datetime) -> None:
        heard.append(fact)

    declares = {"event_handlers": (EventHandler("sound.on_crack", "broken.cracked.v1", hear),)}
    return module_of("sound", declares=declares, lms_navigation=lms_navigation, lms_panels=lms_panels)


@pytest.fixture
def heard() -> list[Fact]:
    return []


@pytest.fixture
def site(
    database_url: str, tmp_path: Path, clock: FixedClock, heard: list[Fact], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Flask]:
    """The core with one broken and one sound plugin; the broken one comes first."""
    points = []
    for name, hooks in (("broken", broken()), ("sound", sound(heard))):
        module = ModuleType(f"stranger_{name}")
        vars(module).update(hooks)
        monkeypatch.setitem(sys.modules, module.__name__, module)
        points.append(EntryPoint(name, module.__name__, "lms.plugins"))
    settings = Settings(
        data=tmp_path,
        database_url=database_url,
        secret_key="k" * 40,
        environment="test",
        require_totp=False,
        public_url="http://localhost",
    )
    app = create_app(settings, plugins=load(core_values(), found=points), clock=clock)
    app.test_client_class = Browser
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def world(site: Flask, clock: FixedClock) -> dict[str, int]:
    definition = {
        "code": "UJI",
        "title": "Uji",
        "school_year": "2020/2021",
        "participants": [{"role": "teacher"}],
        "stages": [
            {
                "no": 1,
                "title": "Satu",
                "starts_on": "2020-09-01",
                "ends_on": "2020-12-30",
                "on_service_due_at": "2020-12-20T16:00:00+07:00",
                "rules": [{"rule": "broken.rule"}],
            }
        ],
        "certificate": {"activity": "Uji", "city": "Palembang", "signer": SIGNER, "responsible": SIGNER},
    }
    with write() as session:
        agency = make_agency(session)
        school = make_school(session, agency)
        ids = {
            "admin": make_person(session, Role.ADMIN, agency=agency).id,
            "head": make_person(session, Role.HEADMASTER, school=school).id,
            "school": school.id,
        }
        programme = programmes.create_programme(
            session, agency_id=agency.id, definition=programmes.parse(definition), actor_id=None, now=clock()
        )
        programmes.add_school(
            session,
            programme_id=programme.id,
            school_id=school.id,
            kind=programmes.SchoolKind.MODEL,
            now=clock(),
        )
        ids["programme"] = programme.id
    db.session.remove()
    return ids


def test_the_others_work_and_the_admin_sees_each_failure(
    site: Flask, world: dict[str, int], heard: list[Fact], clock: FixedClock
) -> None:
    admin, head = sign_in(site, world["admin"]), sign_in(site, world["head"])
    board = head.get(f"/bukti/papan/{world['programme']}/{world['school']}")
    assert board.status_code == 200
    assert "Menu sehat" in board.text
    assert "Panel sehat" in board.text
    along = head.get("/tanpa-sinyal")
    assert along.status_code == 200
    assert "not a page" not in along.text
    with write() as session:
        outbox.emit(session, Fact("broken.cracked.v1", clock(), {"n": 1}))
    for _try in range(outbox.MAX_TRIES):
        run_worker(site)
        clock.forward(minutes=2)
    assert [fact.payload for fact in heard] == [{"n": 1}]  # once, although its neighbour failed five times
    with site.app_context():
        run_due_tasks(clock)
        with write() as session:
            completion.recompute(session, programme_id=world["programme"], now=clock())
    page = admin.get(f"/ruang-kendali/{world['programme']}")
    page = admin.get(f"/ruang-kendali/{world['programme']}")  # what this page itself met is on the next one
    assert page.status_code == 200
    assert "Panel sehat" in page.text
    for place in (
        "lms_navigation",
        "lms_panels",
        "lms_offline_pages",
        "rule broken.rule",
        "broken.on_crack",
        "broken.tidy",
    ):
        assert place in page.text, place
    assert "rumus salah" in page.text
    assert "Perlu dilihat" in page.text
    school = next(
        row
        for row in completion.states_of_schools(
            db.session(), programme_id=world["programme"], school_ids=[world["school"]]
        )
        if not row.stage_id
    )
    assert not school.met  # a rule that cannot be checked is not met
    assert any("gagal diperiksa" in text_of(reason["text"]).in_("id") for reason in school.reasons)


def test_a_failure_that_was_seen_goes_and_comes_back(
    site: Flask, world: dict[str, int], clock: FixedClock
) -> None:
    admin = sign_in(site, world["admin"])
    address = f"/ruang-kendali/{world['programme']}"
    admin.get(address)
    form = {"plugin": "broken", "place": "lms_panels", "_key": "seen-once-0001"}
    assert admin.post(f"{address}/sudah-dilihat", data=form).status_code == 303
    with site.app_context():
        session = db.session()
        assert not [row for row in recent_failures(session, clock()) if row.place == "lms_panels"]
        db.session.remove()
    clock.forward(minutes=5)
    admin.get(address)
    assert "lms_panels" in admin.get(address).text
