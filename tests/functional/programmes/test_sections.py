"""A section of the definition that a plugin owns: in the editor, in a copy, and while the plugin is off."""

import sys
from collections.abc import Iterator
from importlib.metadata import EntryPoint
from pathlib import Path
from types import ModuleType
from typing import Annotated, Any

import pytest
from flask import Flask
from pydantic import Field

from lms.app import core_values, create_app
from lms.contract.plugin import Plugin
from lms.contract.sections import ProgrammeOutline, ProgrammeSection, SectionFault
from lms.contract.text import Localized
from lms.contract.typed_fields import FieldLabel, TypedFields
from lms.platform.application import platform
from lms.platform.db import db
from lms.platform.plugins import load
from lms.platform.transaction import write
from lms.programmes import api
from lms.testing.apps import Browser
from lms.testing.clock import FixedClock
from lms.testing.people import sign_in
from tests.functional.programmes.conftest import World
from tests.functional.programmes.test_programme_editor import field, text_of


class Bed(TypedFields):
    code: Annotated[str, Field(min_length=1), FieldLabel(Localized(id="Kode", en="Code"))]
    plant: Annotated[str, Field(min_length=1, max_length=20), FieldLabel(Localized(id="Tanaman", en="Plant"))]


class Orchard(TypedFields):
    beds: Annotated[tuple[Bed, ...], FieldLabel(Localized(id="Petak", en="Bed"), known_by="code")] = ()


def check(values: Orchard, _outline: ProgrammeOutline) -> Iterator[SectionFault]:
    """Says what it finds in a plain text, as no check may."""
    if any(bed.plant == "gulma" for bed in values.beds):
        yield SectionFault(("beds",), "gulma tidak ditanam")  # type: ignore[arg-type]


SECTION = ProgrammeSection(
    "orchard", Localized(id="Kebun buah", en="Orchard"), Orchard, check, only_shown=True
)
WRITTEN = "sections:\n  orchard:\n    beds:\n      - {code: A, plant: jeruk}\ncertificate:"


@pytest.fixture
def orchard(
    app: Flask, database_url: str, tmp_path: Path, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Flask]:
    """The same database with the plugin; ``app`` is the one without."""
    module = ModuleType("stranger_orchard")
    plugin = Plugin(name="orchard", title=SECTION.title, version="1", api=">=2.0,<3", sections=(SECTION,))
    vars(module)["lms_plugin"] = lambda: plugin
    monkeypatch.setitem(sys.modules, module.__name__, module)
    found = load(core_values(), found=[EntryPoint("orchard", module.__name__, "lms.plugins")])
    with_plugin = create_app(platform(app).settings, plugins=found, clock=clock)
    with_plugin.test_client_class = Browser
    yield with_plugin
    with with_plugin.app_context():
        db.session.remove()
        db.engine.dispose()


def apply(site: Flask, world: World, text: str) -> Any:
    """Preview, then bring into force."""
    browser, address = sign_in(site, world.admin), f"/program/{world.programme_id}/naskah"
    version = api.get_programme(db.session(), world.programme_id).version
    db.session.remove()
    sent = {"text": text, "version": str(version)}
    seen = browser.post(address, data=sent)
    if seen.status_code != 200:
        return seen
    return browser.post(address, data={**sent, "go": "apply", "seen": field(seen, "seen")})


def sections(world: World) -> dict[str, Any]:
    db.session.remove()
    return api.definition_of(api.get_programme(db.session(), world.programme_id)).sections


def test_it_is_written_edited_compared_and_read(orchard: Flask, world: World, document: str) -> None:
    assert apply(orchard, world, document.replace("certificate:", WRITTEN)).status_code == 303
    admin = sign_in(orchard, world.admin)
    form = f"/program/{world.programme_id}/naskah/sunting"
    page = text_of(admin.get(form))
    assert "Petak A" in page
    assert "Tanaman" in page
    sent = {"version": "2", "f-orchard-beds-A-plant": "mangga"}
    assert admin.post(form, data=sent).status_code == 303
    told = text_of(admin.get(f"/program/{world.programme_id}/naskah/versi/3"))
    assert "Kebun buah › Petak A › Tanaman" in told
    assert "jeruk" in told
    refused = admin.post(form, data={"version": "3", "f-orchard-beds-A-plant": "m" * 21})
    assert "terlalu panjang (paling banyak 20 huruf)" in text_of(refused)
    with orchard.app_context():
        read = api.programme_section(db.session(), world.programme_id, Orchard)
        assert read == Orchard(beds=(Bed(code="A", plant="mangga"),))


def test_a_fault_names_its_line(orchard: Flask, world: World, document: str) -> None:
    broken = document.replace("certificate:", WRITTEN.replace("plant", "plants")).replace("jp: 4", "jp: x")
    answer = apply(orchard, world, broken)
    assert answer.status_code == 422
    page = text_of(answer)
    line = next(number for number, text in enumerate(broken.splitlines(), 1) if "plants" in text)
    assert f"baris {line}: sections › orchard › beds › nomor 1 › plants: tidak dikenal" in page
    assert "jp: harus bilangan bulat" in page, "all at once"


def test_a_sentence_that_cannot_be_shown_is_a_failed_check(
    orchard: Flask, world: World, document: str
) -> None:
    assert apply(orchard, world, document.replace("certificate:", WRITTEN)).status_code == 303
    told = "tidak dapat diperiksa karena modulnya gagal"
    admin, form = sign_in(orchard, world.admin), f"/program/{world.programme_id}/naskah/sunting"
    refused = admin.post(form, data={"version": "2", "f-orchard-beds-A-plant": "gulma"})
    assert (refused.status_code, told in text_of(refused)) == (422, True)
    refused = apply(orchard, world, document.replace("certificate:", WRITTEN.replace("jeruk", "gulma")))
    assert (refused.status_code, told in text_of(refused)) == (422, True)


def test_a_second_entry_known_by_the_same_is_refused(
    app: Flask, orchard: Flask, world: World, document: str
) -> None:
    """Also one that came in while nobody looked at it."""
    once = document.replace("certificate:", WRITTEN)
    twice = once.replace("certificate:", "      - {code: A, plant: mangga}\ncertificate:")
    told = "beds › nomor 2 › code: Kode dipakai dua kali: A"
    refused = apply(orchard, world, twice)
    assert (refused.status_code, told in text_of(refused)) == (422, True)
    assert apply(orchard, world, once).status_code == 303
    with write() as session:
        row = api.get_programme(session, world.programme_id)
        beds = [{"code": "A", "plant": "jeruk"}, {"code": "A", "plant": "mangga"}]
        row.definition = {**row.definition, "sections": {"orchard": {"beds": beds}}}
    admin, form = sign_in(orchard, world.admin), f"/program/{world.programme_id}/naskah/sunting"
    assert admin.get(form).status_code == 200
    refused = admin.post(form, data={"version": "2", "f-orchard-beds-A-plant": "salak"})
    assert (refused.status_code, told in text_of(refused)) == (422, True)
    assert [bed["plant"] for bed in sections(world)["orchard"]["beds"]] == ["jeruk", "mangga"]


def test_while_the_plugin_is_off_it_stays_as_it_is(
    app: Flask, orchard: Flask, world: World, document: str
) -> None:
    written = document.replace("certificate:", WRITTEN)
    assert apply(orchard, world, written).status_code == 303
    before = sections(world)
    admin = sign_in(app, world.admin)
    form = f"/program/{world.programme_id}/naskah/sunting"
    assert "Petak A" not in text_of(admin.get(form))
    assert admin.post(form, data={"version": "2", "f-title": "Lain"}).status_code == 303
    assert sections(world) == before
    downloaded = admin.get(f"/program/{world.programme_id}/naskah.yaml").text
    assert apply(app, world, downloaded.replace("title: Lain", "title: Baru")).status_code == 303
    assert sections(world) == before
    answer = apply(app, world, downloaded.replace("plant: jeruk", "plant: mangga"))
    assert answer.status_code == 422
    assert "milik modul yang sedang dimatikan" in text_of(answer)
    unknown = apply(app, world, downloaded.replace("  orchard:", "  orchad:"))
    assert "bagian 'orchad' tidak ada" in text_of(unknown)
    with write() as session:
        copy = api.copy_programme(
            session,
            programme_id=world.programme_id,
            code="LAIN",
            title="Tahun depan",
            school_year="2021/2022",
            days=365,
            actor_id=world.admin,
            now=platform(app).clock(),
        )
        assert api.definition_of(copy).sections == before


def test_what_only_is_shown_asks_nobodys_completion_again(
    orchard: Flask, world: World, document: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    monkeypatch.setattr("lms.programmes.editing.impact.listeners", lambda: asked.append("all") or ())
    assert apply(orchard, world, document.replace("certificate:", WRITTEN)).status_code == 303
    assert asked == []
    changed = document.replace("certificate:", WRITTEN).replace(
        "title: Program unggulan\n    starts", "title: X\n    starts"
    )
    assert apply(orchard, world, changed).status_code == 303
    assert asked
