"""No page ends nowhere: a refused form is drawn again, a link leads where one may go, an undo stays in reach."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from lms.contract.actors import Role
from lms.contract.modules import Unit
from lms.evidence.models import Assignment, Submission
from lms.evidence.rules import WITH_GRADER
from lms.platform.application import platform
from lms.platform.db import db
from lms.testing.people import sign_in
from tests.functional.test_replays import criteria
from tests.inhabitants import Province

pytestmark = pytest.mark.modules


def test_new_codes_for_nobody_show_the_list_again(site: Flask, province: Province) -> None:
    school_id = province.own.school.id
    operator = sign_in(site, province.own.people[Role.OPERATOR])
    refused = operator.post(f"/akun/{school_id}/kartu", data={})
    assert refused.status_code == 422
    assert "Pilih 1 sampai 60 orang dulu" in refused.text
    assert 'name="person"' in refused.text


def test_no_link_to_a_workspace_leads_to_a_refusal(site: Flask, province: Province) -> None:
    ids = list(
        db.session.scalars(select(Submission.id).where(Submission.school_id == province.own.school.id))
    )
    db.session.remove()
    offered: dict[bool, set[str]] = {True: set(), False: set()}
    for role, person in province.own.people.items():
        browser = sign_in(site, person)
        for submission_id in ids:
            page = browser.get(f"/bukti/{submission_id}")
            link = re.search(
                r'href="([^"]+)"[^>]*>Buka (?:kartu soal|rencana pembelajaran|program unggulan|papan rencana)',
                page.text,
            )
            if page.status_code != 200:
                continue
            offered[link is not None].add(role)
            if link:
                assert browser.get(link[1], follow_redirects=True).status_code == 200, (role, link[1])
    assert Role.HEADMASTER in offered[True]


def test_an_undo_stays_in_reach_while_it_lasts(site: Flask, province: Province) -> None:
    person = province.own.people[Role.GRADER]
    waiting = db.session.scalars(
        select(Submission.id)
        .join(Assignment)
        .where(
            Submission.school_id == province.own.school.id,
            Submission.status.in_(WITH_GRADER),
            Assignment.unit == Unit.SCHOOL,
        )
    ).first()
    version = db.session.get_one(Submission, waiting).version
    db.session.remove()
    grader, undo = sign_in(site, person), f"/nilai/{waiting}/urungkan"
    form = {
        "version": str(version),
        "decision": "needs_revision",
        "reason": "incomplete",
        "comment": "Mohon dilengkapi.",
        **criteria(site, waiting, person),  # type: ignore[arg-type]
    }
    assert grader.post(f"/nilai/{waiting}", data=form).status_code == 303
    assert grader.get("/akun/saya").status_code == 200
    assert undo in grader.get("/nilai/").text
    platform(site).clock.forward(minutes=4)
    assert undo in grader.get("/nilai/").text
    assert sign_in(site, person).get("/nilai/").text.count(undo) == 0  # another browser did not decide it
    assert grader.post(undo).status_code == 303
    assert undo not in grader.get("/nilai/").text
    assert grader.post(f"/nilai/{waiting}", data=form).status_code == 303
    platform(site).clock.set(platform(site).clock() + timedelta(minutes=6))
    assert undo not in grader.get("/nilai/").text


def test_a_refused_grade_keeps_what_was_typed(site: Flask, province: Province) -> None:
    person = province.own.people[Role.GRADER]
    waiting = db.session.scalars(
        select(Submission.id).where(
            Submission.school_id == province.own.school.id, Submission.status.in_(WITH_GRADER)
        )
    ).first()
    db.session.remove()
    grader = sign_in(site, person)
    for wrong in (
        {"decision": "rejected"},
        {"decision": "perhaps"},
        {"decision": "accepted", "version": "99"},
    ):
        form = {**criteria(site, waiting, person), "comment": "Tanggal belum ada.", "version": "1", **wrong}  # type: ignore[arg-type]
        refused = grader.post(f"/nilai/{waiting}", data=form)
        assert refused.status_code in {409, 422}
        assert "Tanggal belum ada." in refused.text


def test_a_refusal_leads_back_to_where_the_form_was(site: Flask, province: Province) -> None:
    teacher = sign_in(site, province.own.people[Role.TEACHER])
    headers = {"Referer": "http://localhost/akun/saya?dari=beranda"}
    refused = teacher.post("/program/baru", data={"text": "format: satu dua"}, headers=headers)
    assert refused.status_code in {403, 404}
    assert 'href="/akun/saya?dari=beranda"' in refused.text
    assert "format: satu dua" in refused.text
    for elsewhere in (
        "https://jahat.example/akun/saya",
        "//jahat.example",
        "http://localhost//jahat.example",
    ):
        bare = teacher.post("/program/baru", data={"text": "x"}, headers={"Referer": elsewhere})
        assert "jahat" not in bare.text
