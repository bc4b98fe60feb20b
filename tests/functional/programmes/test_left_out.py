"""What a definition leaves out goes, with all that hangs on it, unless somebody has worked on it."""

import html
import re
from collections.abc import Callable
from copy import deepcopy
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from lms.assessment import api as assessment
from lms.contract.actors import Role
from lms.evidence import api as evidence
from lms.modules import api as modules
from lms.platform.clock import now
from lms.platform.db import db
from lms.platform.transaction import write
from lms.programmes import api
from lms.programmes.definition.document import dump, parse
from lms.programmes.definition.yaml_document import dump_yaml
from lms.programmes.editing.trial_run import rehearse
from lms.programmes.models import DeadlineChange
from lms.testing.people import sign_in
from tests.inhabitants import Province

pytestmark = pytest.mark.modules

Document = dict[str, Any]


def text_of(answer: Any) -> str:
    return html.unescape(re.sub(r"\s+", " ", answer.get_data(as_text=True)))


def send(browser: FlaskClient, programme_id: int, document: Document, *, file: bool = False) -> Any:
    """Preview, then bring into force what was seen: typed, or as a file."""
    address = f"/program/{programme_id}/naskah"
    db.session.remove()
    text = dump_yaml(parse(document))
    version = str(api.get_programme(db.session(), programme_id).version)
    given: dict[str, Any] = {"file": (BytesIO(text.encode()), "program.yaml")} if file else {}
    seen = browser.post(address, data={"text": text, "version": version, **given})
    found = re.search(r'name="seen" value="([^"]*)"', seen.get_data(as_text=True))
    if seen.status_code != 200 or found is None:
        return seen
    return browser.post(
        address, data={"text": text, "version": version, "go": "apply", "seen": html.unescape(found[1])}
    )


def without_stage(document: Document, no: int) -> Document:
    stages = [stage for stage in document["stages"] if stage["no"] != no]
    rounds = [
        {**entry, "stage": None if entry["stage"] == no else entry["stage"]}
        for entry in document["sections"]["coaching"]["rounds"]
    ]
    return {**document, "stages": stages, "sections": {"coaching": {"rounds": rounds}}}


def without_module(document: Document, no: int) -> tuple[Document, str]:
    """Stage ``no`` without its modules' materials, and one of them."""
    changed = deepcopy(document)
    stage = next(entry for entry in changed["stages"] if entry["no"] == no)
    (gone, *_more) = [line for line in stage["materials"] if line["module"]]
    stage["materials"] = [line for line in stage["materials"] if not line["module"]]
    return changed, gone["module"]


@pytest.fixture
def copy(site_both: Flask, province_both: Province) -> int:
    """Last year's programme for the next one, with schools and moved deadlines; nobody has begun."""
    own = province_both.own
    with write() as session:
        row = api.copy_programme(
            session,
            programme_id=own.programme_id,
            code="SEKMOD-2021",
            title="Tahun depan",
            school_year="2021/2022",
            days=364,
            actor_id=own.people[Role.ADMIN],
            now=now(),
        )
        api.add_school(
            session, programme_id=row.id, school_id=own.school.id, kind=api.SchoolKind.MODEL, now=now()
        )
        for stage in api.stages_of(session, row.id):
            api.move_deadline(
                session,
                stage_id=stage.id,
                school_id=own.school.id,
                target="on_service",
                due_at=stage.closes_at + timedelta(days=7),
                defined_at=stage.on_service_due_at,
                reason="Libur",
                actor_id=None,
                now=now(),
            )
        found = row.id
    db.session.remove()
    return found


@pytest.fixture
def admin(site_both: Flask, province_both: Province) -> FlaskClient:
    return sign_in(site_both, province_both.own.people[Role.ADMIN])


def document_of(programme_id: int) -> Document:
    db.session.remove()
    return dump(api.definition_of(api.get_programme(db.session(), programme_id)))


def numbers(programme_id: int) -> list[int]:
    db.session.remove()
    return [stage.no for stage in api.stages_of(db.session(), programme_id)]


@pytest.mark.parametrize("file", [False, True], ids=["typed", "file"])
def test_last_years_copy_is_cut_to_two_stages_and_gets_the_third_back(
    admin: FlaskClient, copy: int, file: bool
) -> None:
    whole = document_of(copy)
    last = whole["stages"][-1]["no"]
    assert numbers(copy) == [1, 2, 3]
    third = api.stages_of(db.session(), copy)[2].id
    assert evidence.dues_of(db.session(), [third])
    assert modules.placements_of(db.session(), [third])
    assert send(admin, copy, without_stage(whole, last), file=file).status_code == 303
    assert numbers(copy) == [1, 2]
    assert not evidence.dues_of(db.session(), [third])
    assert not modules.placements_of(db.session(), [third])
    assert db.session.scalars(select(DeadlineChange).where(DeadlineChange.stage_id == third)).all() == []
    assert send(admin, copy, whole, file=file).status_code == 303
    assert numbers(copy) == [1, 2, 3]


def quizzes(programme_id: int) -> dict[str, assessment.Quiz]:
    db.session.remove()
    return {quiz.key: quiz for quiz in assessment.quizzes_of(db.session(), _stage_ids(programme_id))}


def _stage_ids(programme_id: int) -> list[int]:
    return [stage.id for stage in api.stages_of(db.session(), programme_id)]


def test_a_module_with_a_quiz_goes_and_comes_back_with_a_number_of_its_own(
    admin: FlaskClient, copy: int
) -> None:
    whole = document_of(copy)
    changed, key = without_module(whole, 3)
    before = quizzes(copy)
    for quiz in before.values():
        assert assessment.items_of(db.session(), quiz.id, quiz.edition)
    assert send(admin, copy, changed).status_code == 303
    db.session.remove()
    assert modules.placement_in(db.session(), programme_id=copy, module_key=key) is None
    assert set(quizzes(copy)) < set(before)
    assert send(admin, copy, whole).status_code == 303
    after = quizzes(copy)
    assert set(after) == set(before)
    (again,) = [quiz for quiz in after.values() if quiz.id not in {old.id for old in before.values()}]
    assert again.id > max(quiz.id for quiz in before.values())


def test_the_trial_finds_the_same_and_keeps_everything(site_both: Flask, copy: int) -> None:
    whole = document_of(copy)
    for changed in (without_stage(whole, 3), without_module(whole, 2)[0]):
        with site_both.app_context():
            found = rehearse(programme_id=copy, definition=parse(changed), version=1, now=now())
        assert found.counts == ()
        assert numbers(copy) == [1, 2, 3]
    assert len(quizzes(copy)) >= 3


def _stage_with_its_quiz(document: Document) -> Document:
    return without_module(document, 1)[0]


def _a_stage(document: Document) -> Document:
    return without_stage(document, 3)


def _a_due(document: Document) -> Document:
    changed = deepcopy(document)
    changed["stages"][0]["deliverables"] = changed["stages"][0]["deliverables"][1:]
    return changed


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (_stage_with_its_quiz, r"Kuis .* sudah berisi pekerjaan peserta"),
        (_a_due, r"Tagihan .* sudah berisi pekerjaan peserta"),
    ],
)
def test_what_people_have_worked_on_stays_and_is_named(
    admin: FlaskClient, province_both: Province, change: Callable[[Document], Document], sentence: str
) -> None:
    programme_id = province_both.own.programme_id
    whole = document_of(programme_id)
    answer = send(admin, programme_id, change(whole))
    assert answer.status_code == 409
    assert re.search(sentence, text_of(answer))
    assert "tutup tahapnya" not in text_of(answer)
    assert document_of(programme_id) == whole
