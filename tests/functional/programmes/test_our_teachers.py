"""Who is behind: what the school's team sees, and the words that WhatsApp gets."""

import html
from decimal import Decimal
from typing import Any
from urllib.parse import unquote

from flask import Flask

from lms.completion.models import CompletionState
from lms.contract.actors import Role
from lms.people import api as people
from lms.people.directory.models import Person
from lms.platform.db import db
from lms.platform.transaction import write
from lms.programmes import api as programmes
from lms.testing.people import make_person, sign_in
from tests.functional.programmes.conftest import NOW, World

OWN = {"rule": "quiz", "text": {"id": "Kuis RPP belum dikerjakan"}, "who": "teacher"}
WAITING = {"rule": "quiz", "text": {"id": "Uraian menunggu penilai"}, "who": "grader"}


def test_a_reminder_names_only_what_the_teacher_owes(app: Flask, world: World) -> None:
    page = html.unescape(board(app, world, [[OWN, WAITING], [WAITING], []]))
    first, second, third = names(world.teachers[0])
    assert first in page
    assert second not in page
    assert third not in page
    link = unquote(page.split("https://wa.me/6281234567890?text=")[1].split('"')[0])
    assert "Kuis RPP belum dikerjakan" in link
    assert "penilai" not in link
    assert f"Yth. Bapak/Ibu {first}\n" in link  # the title's point ends the line, too
    assert "Jumat, 30 Oktober 2020, 16.00 WIB" in link
    everybody = unquote(page.split("https://wa.me/?text=")[1].split('"')[0])
    assert f"{first} (1 tugas)" in everybody


def test_when_nobody_is_behind_the_page_says_so(app: Flask, world: World) -> None:
    page = board(app, world, [[], [WAITING], []])
    assert "Semua peserta sudah mengerjakan tugasnya." in page
    assert "wa.me" not in page


def board(app: Flask, world: World, reasons: list[list[dict[str, Any]]]) -> str:
    """The page as a member of the quality team sees it, in the second stage."""
    with write() as session:
        stage = programmes.stages_of(session, world.programme_id)[1]
        teacher = session.get_one(Person, world.teachers[0][0])
        teacher.phone, teacher.title_back = "+6281234567890", "S.Pd."
        for enrolment_id, missing in zip(world.enrolments[0], reasons, strict=True):
            session.add(state(world, enrolment_id, stage.id, missing))
        school = people.get_school(session, world.schools[0])
        chair = make_person(session, Role.QUALITY_TEAM, school=school).id
    db.session.remove()
    answer = sign_in(app, chair).get(f"/guru-kami/{world.programme_id}/{world.schools[0]}")
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def state(world: World, enrolment_id: int, stage_id: int, reasons: list[dict[str, str]]) -> Any:
    return CompletionState(
        programme_id=world.programme_id,
        school_id=world.schools[0],
        enrolment_id=enrolment_id,
        stage_id=stage_id,
        phase="",
        met=not reasons,
        fraction=Decimal(0),
        reasons=reasons,
        scores={},
        changed_at=NOW,
    )


def names(person_ids: list[int]) -> list[str]:
    found = [db.session.get_one(Person, person_id).display_name for person_id in person_ids]
    db.session.remove()
    return found
