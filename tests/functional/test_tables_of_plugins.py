"""A report that a plugin declares is a file that the agency downloads; one that fails hurts nobody else."""

import csv
import io
import sys
from collections.abc import Iterator
from decimal import Decimal
from importlib.metadata import EntryPoint
from pathlib import Path
from types import ModuleType
from typing import Any

import openpyxl
import pytest
from flask import Flask

from lms.app import create_app, load_plugins
from lms.contract.actors import Permission, Place, Reach, Role
from lms.contract.plugin import Plugin, Report
from lms.contract.text import Localized
from lms.platform.db import Base, db
from lms.platform.plugin_failures import recent_failures
from lms.platform.plugins import plugins
from lms.settings import Settings
from lms.testing.apps import Browser
from lms.testing.clock import FixedClock
from lms.testing.people import sign_in
from lms.testing.world import World, make_world

COLUMNS = (
    Localized(id="Tanaman", en="Plant"),
    Localized(id="Jumlah", en="Count"),
    Localized(id="NPSN", en="School number"),
)
ADMINS = ((Role.ADMIN, Reach.AGENCY),)


def rows(_session: Any, place: Place) -> Iterator[tuple[Any, ...]]:
    assert place.programme_id is not None
    yield Localized(id="Tomat", en="Tomato"), Decimal("2.5"), "10600019"
    yield '=HYPERLINK("http://contoh.id")', 3, None


def report(name: str, read: Any, permission: str = "garden.count") -> Report:
    return Report(f"garden.{name}", Localized(id="Isi kebun", en="In the garden"), COLUMNS, permission, read)


@pytest.fixture
def site(
    database_url: str, tmp_path: Path, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Flask]:
    """The core with a garden: a sound report, two that fail, and one for heads of agencies alone."""
    garden = Plugin(
        name="garden",
        title=Localized(id="Kebun", en="Garden"),
        version="1",
        api=">=2.0,<3",
        permissions=(
            Permission("garden.count", "Count.", ADMINS),
            Permission("garden.lead", "Lead.", ((Role.AGENCY_HEAD, Reach.AGENCY),)),
        ),
        reports=(
            report("beds", rows),
            report("broken", lambda session, _place: session.execute(Base.metadata.tables["school"].c.none)),
            report("narrow", lambda _session, _place: [("Tomat",)]),
            report("secret", rows, "garden.lead"),
        ),
    )
    module = ModuleType("stranger_garden")
    module.lms_plugin = lambda: garden  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, module.__name__, module)
    settings = Settings(
        data=tmp_path,
        database_url=database_url,
        secret_key="k" * 40,
        environment="test",
        require_totp=False,
        public_url="http://localhost",
    )
    found = load_plugins(found=[EntryPoint("garden", module.__name__, "lms.plugins")])
    app = create_app(settings, plugins=found, clock=clock)
    app.test_client_class = Browser
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def world(site: Flask) -> World:
    return make_world("garden", title="Kebun")


def address(world: World, name: str) -> str:
    return f"/ruang-kendali/{world.programme_id}/tabel/garden.{name}"


def test_the_agency_downloads_it_as_a_workbook_and_as_text(site: Flask, world: World) -> None:
    admin = sign_in(site, world.people[Role.ADMIN])
    page = admin.get(f"/ruang-kendali/{world.programme_id}").text
    for ending in ("xlsx", "csv"):
        assert f'href="{address(world, "beds")}.{ending}"' in page
    assert address(world, "secret") not in page
    with admin.get(f"{address(world, 'beds')}.xlsx") as answer:
        assert "garden.beds.xlsx" in answer.headers["Content-Disposition"]
        sheet = openpyxl.load_workbook(io.BytesIO(answer.data)).active
    assert sheet is not None
    assert list(sheet.values) == [
        ("Tanaman", "Jumlah", "NPSN"),
        ("Tomat", 2.5, "10600019"),
        ('=HYPERLINK("http://contoh.id")', 3, ""),
    ]
    assert sheet["A3"].data_type == "s", "a text, and no formula"
    with admin.get(f"{address(world, 'beds')}.csv?lang=en") as answer:
        assert answer.mimetype == "text/csv"
        text = answer.data.decode("utf-8-sig")
    assert list(csv.reader(io.StringIO(text))) == [
        ["Plant", "Count", "School number"],
        ["Tomato", "2.5", "10600019"],
        ['\'=HYPERLINK("http://contoh.id")', "3", ""],
    ]


@pytest.mark.parametrize(("name", "status"), [("secret.csv", 404), ("none.csv", 404), ("beds.pdf", 404)])
def test_what_is_not_offered_is_not_there(site: Flask, world: World, name: str, status: int) -> None:
    assert sign_in(site, world.people[Role.ADMIN]).get(address(world, name)).status_code == status


def test_others_are_refused(site: Flask, world: World) -> None:
    for person in (world.people[Role.HEADMASTER], world.people[Role.GRADER], world.far_admin):
        assert sign_in(site, person).get(f"{address(world, 'beds')}.csv").status_code == 403


@pytest.mark.parametrize("name", ["broken", "narrow"])
@pytest.mark.parametrize("ending", ["xlsx", "csv"])
def test_a_report_that_fails_is_told_and_noted(
    site: Flask, world: World, clock: FixedClock, name: str, ending: str
) -> None:
    answer = sign_in(site, world.people[Role.ADMIN]).get(f"{address(world, name)}.{ending}")
    assert answer.status_code == 409
    assert "modulnya bermasalah" in answer.text
    assert [row.place for row in recent_failures(db.session(), clock())] == [f"report garden.{name}"]


@pytest.mark.modules
def test_each_report_of_the_modules_is_served(app: Flask) -> None:
    reports = plugins().registry.reports
    assert len(reports) >= 2
    world = make_world(min(plugins().registry.module_types), title="Modul")
    admin = sign_in(app, world.people[Role.ADMIN])
    for key, one in reports.items():
        with admin.get(f"/ruang-kendali/{world.programme_id}/tabel/{key}.csv") as answer:
            assert answer.status_code == 200, key
            head = answer.data.decode("utf-8-sig").splitlines()[0]
        assert next(csv.reader([head])) == [title.in_("id") for title in one.columns]
