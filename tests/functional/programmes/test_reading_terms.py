"""Whether reading is required is a term of the programme: off in programmes that exist, switched on with open eyes."""

import html
import re
from copy import deepcopy
from dataclasses import replace
from typing import Any

import pytest
import yaml
from flask import Flask
from flask.testing import FlaskClient
from imbas_demo.cast import source
from sqlalchemy import select

from lms.completion.models import CompletionState
from lms.contract.actors import Role
from lms.modules import api as modules
from lms.platform.db import db
from lms.platform.outbox import drain
from lms.platform.plugins import registry
from lms.platform.transaction import write
from lms.programmes import api
from lms.programmes.definition.document import dump, parse
from lms.testing.people import sign_in
from tests.inhabitants import TODAY, Province

pytestmark = pytest.mark.modules
FIELD = "f-1-materi-spmi_documents-reading_required"


def text_of(answer: Any) -> str:
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True))))


def document_of(programme_id: int) -> dict[str, Any]:
    db.session.remove()
    found = deepcopy(dump(api.definition_of(api.get_programme(db.session(), programme_id))))
    db.session.remove()
    return found


def in_service(province: Province) -> dict[int, bool]:
    """Who of the first school has completed the in-service part of stage 1."""
    db.session.remove()
    stage = api.stages_of(db.session(), province.own.programme_id)[0]
    rows = db.session.scalars(
        select(CompletionState).where(
            CompletionState.stage_id == stage.id,
            CompletionState.phase == "in_service",
            CompletionState.school_id == province.own.school.id,
            CompletionState.enrolment_id != 0,
        )
    )
    found = {row.enrolment_id: row.met for row in rows}
    db.session.remove()
    return found


@pytest.fixture
def earlier(site_both: Flask, province_both: Province) -> FlaskClient:
    """A programme as it was stored before: its document does not know the term. Presence alone completes stage 1."""
    own = province_both.own
    document = document_of(own.programme_id)
    for stage in document["stages"]:
        for line in stage["materials"]:
            del line["reading_required"]
    document["passing"]["attendance_percent"] = "40"
    document["participants"] = [{**entry, "quizzes": False} for entry in document["participants"]]
    with write() as session:
        row = api.get_programme(session, own.programme_id)
        api.apply_definition(
            session,
            programme_id=row.id,
            definition=parse(document),
            version=row.version,
            actor_id=None,
            now=TODAY,
            note="",
        )
        row.definition = document
    drain(lambda: TODAY)
    db.session.remove()
    return sign_in(site_both, own.people[Role.ADMIN])


def form(browser: FlaskClient, province: Province, value: str, **more: str) -> Any:
    db.session.remove()
    version = str(api.get_programme(db.session(), province.own.programme_id).version)
    db.session.remove()
    return browser.post(
        f"/program/{province.own.programme_id}/naskah/sunting",
        data={"version": version, FIELD: value, **more},
    )


def test_a_programme_that_exists_asks_nobody_to_read(earlier: FlaskClient, province_both: Province) -> None:
    assert all(in_service(province_both).values())
    page = earlier.get(f"/program/{province_both.own.programme_id}/naskah/sunting").text
    select_of = page[page.index(f'name="{FIELD}"') :]
    assert re.search(r'<option value="no" selected', select_of[: select_of.index("</select>")])
    assert "wajib dibaca" not in earlier.get(f"/program/{province_both.own.programme_id}/tahap/1").text


def test_switching_it_on_shows_first_who_would_lose_and_spares_who_has_read(
    earlier: FlaskClient, province_both: Province
) -> None:
    own = province_both.own
    with write() as session:
        stage = api.stages_of(session, own.programme_id)[0]
        (placement,) = modules.placements_of(session, [stage.id])
        enrolment = api.enrolment_of(session, own.school.teachers[-1], now=TODAY)
        assert enrolment is not None
        reader = enrolment.id
        sections = [section.number for section in modules.sections_of(placement)]
        modules.mark_read(session, enrolment_id=reader, placement=placement, sections=sections, now=TODAY)
    drain(lambda: TODAY)
    before = in_service(province_both)
    seen = form(earlier, province_both, "yes")
    assert seen.status_code == 200
    assert "akan kehilangan ketuntasan" in text_of(seen)
    assert in_service(province_both) == before  # looked at, kept nothing
    digest = re.search(r'name="seen" value="([^"]*)"', seen.get_data(as_text=True))
    assert digest
    done = form(earlier, province_both, "yes", seen=digest[1])
    assert done.status_code == 303
    drain(lambda: TODAY)
    assert in_service(province_both) == {key: key == reader for key in before}
    assert "Materi wajib dibaca Berubah tidak ya" in text_of(earlier.get(done.location))
    assert "wajib dibaca" in earlier.get(f"/program/{own.programme_id}/tahap/1").text


@pytest.mark.parametrize("value", ["maybe", "", "true", "1", "ya\u0000"])
def test_the_form_takes_yes_and_no(earlier: FlaskClient, province_both: Province, value: str) -> None:
    answer = form(earlier, province_both, value)
    assert answer.status_code in {400, 422}
    assert (
        document_of(province_both.own.programme_id)["stages"][0]["materials"][1]["reading_required"] is False
    )


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ({"module": ""}, "reading_required: hanya untuk baris yang punya module"),
        ({"reading_required": "mungkin"}, "reading_required: harus true atau false"),
        ({"module": "tidak.ada"}, "modul 'tidak.ada' tidak ada"),
    ],
)
def test_yaml_is_refused_with_the_place(
    earlier: FlaskClient, province_both: Province, line: dict[str, Any], sentence: str
) -> None:
    own = province_both.own
    document = document_of(own.programme_id)
    document["stages"][0]["materials"][1] |= {"reading_required": True, "quiz": None, **line}
    text = yaml.safe_dump(document, allow_unicode=True, sort_keys=False)
    version = str(api.get_programme(db.session(), own.programme_id).version)
    answer = earlier.post(f"/program/{own.programme_id}/naskah", data={"text": text, "version": version})
    assert answer.status_code == 422
    assert sentence in text_of(answer)
    assert "bacaan modul" not in text_of(answer)


def test_reading_of_a_module_without_a_text_cannot_be_required(
    earlier: FlaskClient, province_both: Province, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = registry()
    bare = {**known.module_types}
    bare["spmi_documents"] = replace(bare["spmi_documents"], material=None)
    monkeypatch.setattr(
        "lms.programmes.editing.definition_service.registry", lambda: replace(known, module_types=bare)
    )
    answer = form(earlier, province_both, "yes")
    assert answer.status_code == 422
    assert "bacaan modul 'spmi_documents' tidak ada" in text_of(answer)


def test_new_programmes_of_the_example_require_every_material() -> None:
    definition = api.load_yaml(source("programme.yaml").read_text("utf-8"))
    lines = [line for stage in definition.stages for line in stage.materials]
    assert [line.reading_required for line in lines] == [bool(line.module) for line in lines]
