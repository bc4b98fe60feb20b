"""Settings of a plugin: chosen by an agency's admin on a page made from the model, in force at once, in the trail."""

import sys
from collections.abc import Iterator
from decimal import Decimal
from importlib.metadata import EntryPoint
from types import ModuleType
from typing import Annotated, Literal, Self

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pydantic import Field, model_validator

from lms.app import core_values, create_app
from lms.contract.actors import Role
from lms.contract.plugin import Plugin
from lms.contract.text import Localized
from lms.contract.typed_fields import FieldLabel, TypedFields
from lms.people.api import get_agency
from lms.people.plugin_settings.models import PluginSetting
from lms.people.plugin_settings.stored import plugin_settings, usable
from lms.platform.application import platform
from lms.platform.audit import AuditEntry
from lms.platform.db import db
from lms.platform.plugins import load
from lms.platform.transaction import write
from lms.testing.apps import Browser
from lms.testing.clock import FixedClock
from lms.testing.people import make_agency, make_person, make_school, sign_in

MODES = {"wet": Localized(id="Basah", en="Wet"), "dry": Localized(id="Kering", en="Dry")}
PAGE = "/pengaturan-modul/orchard"


class Watering(TypedFields):
    minutes: Annotated[
        int,
        Field(ge=5, le=90),
        FieldLabel(Localized(id="Menit", en="Minutes"), help=Localized(id="Tiap petak.", en="Per bed.")),
    ] = 20
    litres: Annotated[Decimal, Field(gt=0), FieldLabel(Localized(id="Liter", en="Litres"))] = Decimal("2.5")
    mode: Annotated[Literal["wet", "dry"], FieldLabel(Localized(id="Cara", en="Mode"), options=MODES)] = "wet"
    on: Annotated[bool, FieldLabel(Localized(id="Menyala", en="On"))] = True
    note: Annotated[str, Field(max_length=10), FieldLabel(Localized(id="Catatan", en="Note"))] = ""

    @model_validator(mode="after")
    def _not_too_much(self) -> Self:
        if self.minutes > 60 and self.mode == "wet":
            raise ValueError("lebih dari 60 menit terlalu basah")
        return self


TYPED = {"s-minutes": "30", "s-litres": "2,5", "s-mode": "dry", "s-on": "no", "s-note": "", "version": "0"}


@pytest.fixture
def orchard(app: Flask, clock: FixedClock, monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    """The same database with a plugin that has settings."""
    module = ModuleType("stranger_orchard")
    plugin = Plugin(
        name="orchard",
        title=Localized(id="Kebun", en="Orchard"),
        version="1",
        api=">=2.0,<3",
        settings=Watering,
    )
    vars(module)["lms_plugin"] = lambda: plugin
    monkeypatch.setitem(sys.modules, module.__name__, module)
    found = load(core_values(), found=[EntryPoint("orchard", module.__name__, "lms.plugins")])
    site = create_app(platform(app).settings, plugins=found, clock=clock)
    site.test_client_class = Browser
    yield site
    with site.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def agencies(app: Flask) -> list[tuple[int, int]]:
    """Two agencies, each with its admin."""
    with write() as session:
        made = [make_agency(session) for _number in range(2)]
        return [(agency.id, make_person(session, Role.ADMIN, agency=agency).id) for agency in made]


@pytest.fixture
def admin(orchard: Flask, agencies: list[tuple[int, int]]) -> FlaskClient:
    return sign_in(orchard, agencies[0][1])


def in_force(site: Flask, agency_id: int) -> Watering:
    with site.app_context():
        return plugin_settings(db.session(), agency_id, Watering)


def test_the_form_says_what_each_value_means(admin: FlaskClient) -> None:
    assert "Kebun" in admin.get("/pengaturan-modul").text
    page = admin.get(PAGE).text
    assert "Tiap petak. 5 sampai 90. Bawaan: 20." in page
    assert "Bawaan: Basah." in page
    assert 'value="2,5"' in page
    english = admin.get(f"{PAGE}?lang=en").text
    assert "Per bed. 5 to 90. Default: 20." in english


def test_what_is_chosen_is_in_force_for_the_own_agency_alone(
    orchard: Flask, admin: FlaskClient, agencies: list[tuple[int, int]]
) -> None:
    assert in_force(orchard, agencies[0][0]) == Watering()
    assert admin.post(PAGE, data=TYPED).status_code == 303
    chosen = Watering(minutes=30, litres=Decimal("2.5"), mode="dry", on=False)
    assert [in_force(orchard, agency) for agency, _admin in agencies] == [chosen, Watering()]
    (entry,) = db.session.query(AuditEntry).filter_by(action="people.change_plugin_settings")
    assert entry.after["minutes"] == 30
    assert entry.after["plugin"] == "orchard"
    assert admin.post(PAGE, data={**TYPED, "version": "1", "s-minutes": "40"}).status_code == 303
    assert in_force(orchard, agencies[0][0]).minutes == 40


def test_faults_stand_beside_their_fields_and_nothing_changes(
    orchard: Flask, admin: FlaskClient, agencies: list[tuple[int, int]]
) -> None:
    for typed, sentence in (
        ({"s-minutes": "4"}, "Paling sedikit 5."),
        ({"s-minutes": "91"}, "Paling banyak 90."),
        ({"s-minutes": "x"}, "Tulis bilangan bulat."),
        ({"s-minutes": ""}, "Tulis bilangan bulat."),
        ({"s-litres": "0"}, "Harus lebih dari 0."),
        ({"s-mode": "muddy"}, "Pilihan yang ada"),
        ({"s-on": "perhaps"}, "Pilih ya atau tidak."),
        ({"s-note": "n" * 11}, "Terlalu panjang (paling banyak 10 huruf)."),
        ({"s-minutes": "70", "s-mode": "wet"}, "Lebih dari 60 menit terlalu basah."),
    ):
        answer = admin.post(PAGE, data={**TYPED, **typed})
        assert answer.status_code == 422, typed
        assert sentence in answer.text
        assert all(f'value="{value}"' in answer.text for value in typed.values() if value.isdigit())
    assert in_force(orchard, agencies[0][0]) == Watering()


def test_a_colleague_was_faster(admin: FlaskClient, orchard: Flask, agencies: list[tuple[int, int]]) -> None:
    assert admin.post(PAGE, data=TYPED).status_code == 303
    late = admin.post(PAGE, data={**TYPED, "s-minutes": "50"})
    assert late.status_code == 409
    assert 'value="50"' in late.text
    assert in_force(orchard, agencies[0][0]).minutes == 30
    gone = admin.post("/pengaturan-modul/lain", data=TYPED)
    assert gone.status_code == 404


def test_what_a_newer_model_does_not_take_is_left_out(
    app: Flask, orchard: Flask, agencies: list[tuple[int, int]], clock: FixedClock
) -> None:
    values = {"minutes": 500, "litres": "3", "colour": "red"}
    with write() as session:
        session.add(
            PluginSetting(
                agency_id=agencies[0][0], plugin="orchard", version=1, values=values, changed_at=clock()
            )
        )
    assert in_force(orchard, agencies[0][0]) == Watering(litres=Decimal(3))
    assert usable(Watering, {"minutes": 70}) == Watering(), "they do not go together"


def test_only_admins_choose(orchard: Flask, agencies: list[tuple[int, int]]) -> None:
    with write() as session:
        agency = get_agency(session, agencies[0][0])
        school = make_school(session, agency)
        others = [
            make_person(session, Role.AGENCY_HEAD, agency=agency).id,
            make_person(session, Role.HEADMASTER, school=school).id,
        ]
    for person in others:
        browser = sign_in(orchard, person)
        assert browser.get("/pengaturan-modul").status_code in (403, 404)
        assert browser.get(PAGE).status_code in (403, 404)
        assert browser.post(PAGE, data=TYPED).status_code in (403, 404)
    assert in_force(orchard, agencies[0][0]) == Watering()
